// Says, while one chooses an identifiant, whether it is free, and offers free ones when it is not.
// The server decides again when the form is sent.
const PAUSE = 500;

for (const zone of document.querySelectorAll("[data-identifiant-libre]")) {
  const champ = zone.closest(".champ").querySelector("input");
  const annonce = zone.querySelector("[role=status]");
  const choix = zone.querySelector(".actions");
  let attente;
  let demande = 0;

  function proposer(noms) {
    choix.querySelectorAll("button").forEach((bouton) => bouton.remove());
    choix.hidden = noms.length === 0;
    for (const nom of noms) {
      const bouton = document.createElement("button");
      bouton.type = "button";
      bouton.className = "bouton bouton--secondaire";
      bouton.textContent = nom;
      bouton.addEventListener("click", () => {
        champ.value = nom;
        proposer([]);
        annonce.textContent = `Identifiant choisi : ${nom}`;
        champ.focus();
      });
      choix.append(bouton);
    }
  }

  async function verifier() {
    const rang = ++demande;
    const typed = champ.value.trim();
    if (typed.length < 3) return;
    try {
      const url = `${zone.dataset.identifiantLibre}?identifiant=${encodeURIComponent(typed)}`;
      const response = await fetch(url);
      if (!response.ok || rang !== demande) return;
      const { message, proposes } = await response.json();
      if (rang !== demande) return;
      annonce.textContent = message;
      proposer(proposes);
    } catch {
      annonce.textContent = "";
    }
  }

  champ.addEventListener("input", () => {
    demande += 1;
    annonce.textContent = "";
    clearTimeout(attente);
    attente = setTimeout(verifier, PAUSE);
  });
}
