// Says how many characters are left in a long text, or are too many: nothing is cut in silence.
// Spoken only when typing pauses.
const PAUSE = 1000;

for (const zone of document.querySelectorAll("textarea[data-longueur-max]")) {
  const visible = document.createElement("p");
  const parle = document.createElement("p");
  visible.className = "compteur";
  visible.setAttribute("aria-hidden", "true");
  parle.className = "visuellement-cache";
  parle.setAttribute("role", "status");
  zone.after(visible, parle);

  const texte = () => {
    const reste = zone.dataset.longueurMax - zone.value.length;
    const nombre = Math.abs(reste);
    const s = nombre > 1 ? "s" : "";
    return `${nombre.toLocaleString("fr-FR")} caractère${s} ${reste < 0 ? "en trop" : `restant${s}`}`;
  };
  let attente;
  zone.addEventListener("input", () => {
    visible.textContent = texte();
    clearTimeout(attente);
    attente = setTimeout(() => { parle.textContent = texte(); }, PAUSE);
  });
  visible.textContent = texte();
}
