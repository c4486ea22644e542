// Adds a button that shows the password: typing it blind on a phone is the first cause of failed logins.
for (const champ of document.querySelectorAll("input[type=password]")) {
  const cadre = document.createElement("div");
  const bouton = document.createElement("button");
  cadre.className = "mot-de-passe";
  bouton.type = "button";
  bouton.className = "bouton bouton--secondaire";
  bouton.setAttribute("aria-controls", champ.id);

  const montrer = (visible) => {
    champ.type = visible ? "text" : "password";
    bouton.textContent = visible ? "Masquer" : "Afficher";
    bouton.setAttribute("aria-label", visible ? "Masquer le mot de passe" : "Afficher le mot de passe");
  };
  bouton.addEventListener("click", () => montrer(champ.type === "password"));
  // Sent hidden again, so that the browser offers to keep it as a password and not as a text.
  champ.form?.addEventListener("submit", () => montrer(false));

  montrer(false);
  champ.replaceWith(cadre);
  cadre.append(champ, bouton);
}
