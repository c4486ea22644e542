// Says how hard a new password is to guess, while it is typed: length first, then variety (CNIL 2022-100).
// On inputs marked data-force-mot-de-passe. The server decides: length and common passwords.
const MINIMUM = 12;
const MOTS = ["trop court", "faible", "moyen", "bon", "très bon"];
const PAUSE = 800;

function note(texte) {
  const signes = [...texte];
  if (signes.length < MINIMUM) return 0;
  const differents = new Set(signes.map((signe) => signe.toLowerCase())).size;
  const suites = signes.filter((signe, i) => i > 0
    && Math.abs(signe.codePointAt(0) - signes[i - 1].codePointAt(0)) <= 1).length;
  if (differents < 6 || suites > signes.length / 2) return 1;
  const sortes = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[^\p{L}\d]/u].filter((sorte) => sorte.test(texte)).length;
  return Math.min(4, 1 + Math.floor((signes.length - MINIMUM) / 4) + (sortes > 1) + (sortes > 2));
}

for (const champ of document.querySelectorAll("[data-force-mot-de-passe]")) {
  const jauge = document.createElement("meter");
  const visible = document.createElement("p");
  const parle = document.createElement("p");
  Object.assign(jauge, { max: 4, low: 2, high: 3, optimum: 4, hidden: true });
  jauge.setAttribute("aria-hidden", "true");
  visible.className = "champ__aide";
  visible.setAttribute("aria-hidden", "true");
  parle.className = "visuellement-cache";
  parle.setAttribute("role", "status");
  champ.closest(".champ").append(jauge, visible, parle);

  let attente;
  champ.addEventListener("input", () => {
    const rang = note(champ.value);
    const reste = MINIMUM - [...champ.value].length;
    const manque = reste > 0 ? ` (encore ${reste} caractère${reste > 1 ? "s" : ""})` : "";
    const texte = champ.value ? `Mot de passe ${MOTS[rang]}${manque}` : "";
    jauge.hidden = !champ.value;
    jauge.value = Math.max(rang, 0.3);
    visible.textContent = texte;
    clearTimeout(attente);
    attente = setTimeout(() => { parle.textContent = texte; }, PAUSE);
  });
}
