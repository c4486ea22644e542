// Proposes addresses of the national base while the street is typed; choosing one fills postcode and town.
// Loaded only where the town has an address base; without an answer one simply types on.
const PAUSE = 300;
const MINIMUM = 4;

for (const form of document.querySelectorAll("form[data-adresses]")) {
  const voie = form.elements.namedItem("voie");
  const liste = document.createElement("datalist");
  let propositions = [];
  let attente;
  let demande = 0;

  liste.id = "adresses-proposees";
  voie.after(liste);
  voie.setAttribute("list", liste.id);

  function choisir() {
    const choisie = propositions.find((each) => each.libelle === voie.value);
    if (!choisie) return false;
    for (const nom of ["voie", "code_postal", "commune"]) form.elements.namedItem(nom).value = choisie[nom];
    form.elements.namedItem("pays").value = "FR";
    return true;
  }

  async function demander() {
    const rang = ++demande;
    try {
      const response = await fetch(`${form.dataset.adresses}?q=${encodeURIComponent(voie.value)}`);
      if (!response.ok || rang !== demande) return;
      propositions = (await response.json()).adresses;
    } catch {
      return;
    }
    liste.replaceChildren(...propositions.map((each) => new Option(each.libelle, each.libelle)));
  }

  voie.addEventListener("input", () => {
    clearTimeout(attente);
    demande += 1;
    if (choisir() || voie.value.trim().length < MINIMUM) return;
    attente = setTimeout(demander, PAUSE);
  });
}
