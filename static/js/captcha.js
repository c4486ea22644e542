// « Nouveau code » without sending the form: new image and sound in place, then the focus on the field.
// When this does not run, the same button sends the form and the server shows it again with a new code.

const RENEWED = "Un nouveau code est affiché. Le son a changé aussi.";
const FAILED = "Le code n’a pas pu être changé. Vérifiez votre connexion, puis réessayez.";

function prepare(box) {
  const part = (name) => box.querySelector(`[data-anti-robot-${name}]`);
  const key = part("cle");
  const button = part("bouton");
  const answer = box.querySelector("input:not([type=hidden])");

  // A browser may put back, on reload, the key of the code that was renewed before.
  key.value = box.dataset.cle;

  function show(code) {
    key.value = code.cle;
    part("image").src = code.image;
    part("lien").href = code.son;
    part("son").src = code.son; // which also stops the voice of the code that has gone
    answer.value = "";
  }

  async function renew() {
    const response = await fetch(box.dataset.nouveau, { method: "POST", credentials: "omit" });
    if (!response.ok) throw new Error(String(response.status));
    show(await response.json());
  }

  button.addEventListener("click", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") return;
    // Not `disabled`: that would throw the focus away while the network answers.
    button.setAttribute("aria-disabled", "true");
    const status = part("annonce");
    status.textContent = "";
    try {
      await renew();
      status.textContent = RENEWED;
      answer.focus();
    } catch {
      status.textContent = FAILED;
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });
}

document.querySelectorAll("[data-anti-robot]").forEach(prepare);
