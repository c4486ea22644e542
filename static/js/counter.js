// Says how many characters are left in a long text. Spoken only when typing pauses.
const PAUSE = 1000;

for (const zone of document.querySelectorAll("textarea[maxlength]")) {
  const visible = document.createElement("p");
  const parle = document.createElement("p");
  visible.className = "compteur";
  visible.setAttribute("aria-hidden", "true");
  parle.className = "visuellement-cache";
  parle.setAttribute("role", "status");
  zone.after(visible, parle);

  const texte = () => {
    const reste = zone.maxLength - zone.value.length;
    return `${reste.toLocaleString("fr-FR")} caractère${reste > 1 ? "s" : ""} restant${reste > 1 ? "s" : ""}`;
  };
  let attente;
  zone.addEventListener("input", () => {
    visible.textContent = texte();
    clearTimeout(attente);
    attente = setTimeout(() => { parle.textContent = texte(); }, PAUSE);
  });
  visible.textContent = texte();
}
