// Shows a field only while the answer that asks for it is given. The server decides again: this only
// saves reading. Hidden fields are sent as they are, so nothing typed is lost by changing one's mind.
const CONDITIONNEL = "[data-si-champ]";

function reponses(form, nom) {
  const champs = [...form.querySelectorAll(`[name="${CSS.escape(nom)}"]:not([type="hidden"])`)]
    .filter((champ) => !champ.closest(`${CONDITIONNEL}[hidden]`));
  return champs.flatMap((champ) => {
    if (champ.tagName === "SELECT") return [...champ.selectedOptions].map((option) => option.value);
    if (champ.type === "radio") return champ.checked ? [champ.value] : [];
    if (champ.type !== "checkbox") return [champ.value];
    if (champs.length > 1) return champ.checked ? [champ.value] : [];
    return champ.checked ? [champ.value, "true"] : ["false"];
  });
}

// In the order of the page: a condition only looks at an earlier field.
function appliquer(form) {
  for (const bloc of form.querySelectorAll(CONDITIONNEL)) {
    const attendues = JSON.parse(bloc.dataset.siValeurs);
    bloc.hidden = !reponses(form, bloc.dataset.siChamp).some((valeur) => attendues.includes(valeur));
  }
}

for (const form of document.forms) {
  if (!form.querySelector(CONDITIONNEL)) continue;
  form.addEventListener("input", () => appliquer(form));
  // After a reset, and when the browser restores a form on the way back.
  form.addEventListener("reset", () => setTimeout(appliquer, 0, form));
  addEventListener("pageshow", () => appliquer(form));
  appliquer(form);
}
