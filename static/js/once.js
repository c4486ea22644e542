// A form is sent once: the second click is ignored. The server refuses doubles anyway.
// data-plusieurs-envois on the form opts out (a form that answers with a file to save).
const envoyes = new Set();

function marquer(form, envoye) {
  for (const bouton of form.querySelectorAll("button:not([type=button])")) {
    if (envoye) bouton.setAttribute("aria-disabled", "true");
    else bouton.removeAttribute("aria-disabled");
  }
}

addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "plusieursEnvois" in form.dataset) return;
  if (envoyes.has(form)) {
    event.preventDefault();
    return;
  }
  envoyes.add(form);
  marquer(form, true);
});

// Coming back by the browser's history shows the same page, with its memory: the form serves again.
addEventListener("pageshow", () => {
  for (const form of envoyes) marquer(form, false);
  envoyes.clear();
});
