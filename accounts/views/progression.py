"""A sign-up under way, kept in the session: what each screen sent, and hashes of what is secret.

`request.session["inscription"]` = {"saisie": {screen: {name: text}}, "secrets": {name: hash},
"cles": [ids of keys looked at], "code_at": when the anti-robot code was copied rightly}.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.urls import reverse

from accounts.forms.inscription import AuthentificationForm, ConditionsForm
from accounts.forms.profil import AdresseForm, ContactForm, IdentiteForm
from accounts.models import Conditions
from accounts.queries.familles import services_emetteurs
from accounts.services import secret
from accounts.services.inscription import Dossier

CONDITIONS, AUTHENTIFICATION = "conditions", "authentification"
SERVICES, ENREGISTRER = "services", "enregistrer"
LIBELLES = {
    CONDITIONS: "Conditions générales",
    "identite": "Identité",
    "adresse": "Adresse",
    "contact": "Moyens de contact",
    AUTHENTIFICATION: "Authentification",
    SERVICES: "Services",
    ENREGISTRER: "Enregistrer",
}
SIMPLES: dict[str, type[forms.Form]] = {
    "identite": IdentiteForm,
    "adresse": AdresseForm,
    "contact": ContactForm,
}
SECRETS = ("mot_de_passe", "reponse_secrete")
# What is refused for its length anyway: a session is no place to store a novel.
GARDE_MAX = 500
_SESSION, _ENVOYEE = "inscription", "inscription_envoyee"
_COMPTE, _INVITATION = "inscription_compte", "inscription_invitation"


@dataclass(frozen=True)
class Etape:
    """One step as the stepper draws it; `etat` is fait, courant or a_venir."""

    libelle: str
    url: str | None
    etat: str


class Progression:
    """What this browser has told so far, and which screens remain."""

    def __init__(self, request: HttpRequest) -> None:
        self._session = request.session
        self._tout: dict[str, Any] = dict(self._session.get(_SESSION, {}))
        self.ecrans = [name for name in LIBELLES if name != SERVICES or services_emetteurs()]

    @property
    def is_commencee(self) -> bool:
        return bool(self._tout)

    @property
    def envoyee(self) -> str:
        """The e-mail of the sign-up that this browser has sent; "" when there is none."""
        return str(self._session.get(_ENVOYEE, ""))

    @property
    def compte_id(self) -> int | None:
        """The number of the account that this browser's sign-up has made."""
        return self._session.get(_COMPTE) if self.envoyee else None

    def proposer_courriel(self, courriel: str) -> None:
        """Keep the address that an invitation was sent to, to fill it in where it is asked."""
        if self._session.get(_INVITATION) != courriel:
            self._session[_INVITATION] = courriel

    def saisie(self, ecran: str) -> dict[str, str]:
        """Return what a screen sent, as typed."""
        return dict(self._tout.get("saisie", {}).get(ecran, {}))

    def garder(self, ecran: str, form: forms.Form) -> None:
        """Keep what a screen sent, right or wrong; of secrets only the hash, and if right."""
        names = [name for name in form.fields if name not in (*SECRETS, "confirmation")]
        sent = {name: form.data.get(name, "") for name in names}
        kept = {name: value for name, value in sent.items() if len(value) <= GARDE_MAX}
        self._tout["saisie"] = self._tout.get("saisie", {}) | {ecran: kept}
        if isinstance(form, AuthentificationForm):
            self._sceller(form)
        self._session.pop(_ENVOYEE, None)
        self._enregistrer()

    def garder_cles(self, cle_ids: list[int]) -> None:
        """Keep which keys were looked at and found valid (ids: a key itself is a secret)."""
        self._tout["cles"] = cle_ids
        self._tout["saisie"] = self._tout.get("saisie", {}) | {SERVICES: {}}
        self._enregistrer()

    @property
    def cles(self) -> list[int]:
        return list(self._tout.get("cles", []))

    @property
    def garde(self) -> frozenset[str]:
        """Which secrets are kept already."""
        return frozenset(self._tout.get("secrets", {}))

    def formulaire(self, ecran: str, data: Any = None, **kwargs: Any) -> forms.Form:
        """Return the form of a screen, filled with what it sent before."""
        if data is None:
            kwargs.setdefault("initial", self._initial(ecran))
        if ecran == CONDITIONS:
            return ConditionsForm(data, **kwargs)
        if ecran == AUTHENTIFICATION:
            courriel = self.saisie("contact").get("courriel", "")
            return AuthentificationForm(data, garde=self.garde, courriel=courriel, **kwargs)
        return SIMPLES[ecran](data, **kwargs)

    def _initial(self, ecran: str) -> dict[str, str]:
        invited = self._session.get(_INVITATION)
        if ecran == "contact" and invited and not self.saisie(ecran):
            return {"courriel": invited}
        return self.saisie(ecran)

    def manquant(self, avant: str = ENREGISTRER) -> str | None:
        """Return the first screen before `avant` that is not done, None when all are."""
        for ecran in self.ecrans[: self.ecrans.index(avant)]:
            if not self._est_fait(ecran):
                return ecran
        return None

    def dossier(self) -> Dossier:
        """Return what was told, checked again; every screen must be done."""
        lus = {
            name: self.formulaire(name, self.saisie(name)) for name in (*SIMPLES, AUTHENTIFICATION)
        }
        assert all(form.is_valid() for form in lus.values())  # noqa: S101 (`manquant` saw it)
        adresse, acces = lus["adresse"], lus[AUTHENTIFICATION].cleaned_data
        assert isinstance(adresse, AdresseForm)  # noqa: S101
        return Dossier(
            conditions=self.saisie(CONDITIONS)["version"],
            identite=lus["identite"].cleaned_data,
            adresse=adresse.adresse,
            contact=lus["contact"].cleaned_data,
            identifiant=acces["identifiant"],
            mot_de_passe=self._tout["secrets"]["mot_de_passe"],
            question=acces["question_secrete"],
            reponse=self._tout["secrets"]["reponse_secrete"],
            cles=tuple(self.cles),
        )

    @property
    def code_est_passe(self) -> bool:
        """Whether the anti-robot code was copied rightly, not long ago: not asked again."""
        lasts = settings.DUREE_CAPTCHA_SUR_BROUILLON.total_seconds()
        return bool(self._tout.get("code_at", 0) + lasts > time())

    def noter_code(self) -> None:
        self._tout["code_at"] = int(time())
        self._enregistrer()

    def terminer(self, courriel: str, compte_id: int) -> None:
        """Forget everything but where the mail went, which the last page says again on reload, and
        for which account, whose address may be corrected.
        """
        self._session.pop(_SESSION, None)
        self._session.pop(_INVITATION, None)
        self._session[_ENVOYEE] = courriel
        self._session[_COMPTE] = compte_id

    def etapes(self, courant: str) -> list[Etape]:
        rang = self.ecrans.index(courant)
        return [
            Etape(
                LIBELLES[name],
                self.url(name) if number < rang else None,
                "fait" if number < rang else "courant" if number == rang else "a_venir",
            )
            for number, name in enumerate(self.ecrans)
        ]

    def url(self, ecran: str) -> str:
        return reverse("accounts:inscription-ecran", kwargs={"ecran": ecran})

    def suivant(self, ecran: str) -> str:
        return self.url(self.ecrans[min(self.ecrans.index(ecran) + 1, len(self.ecrans) - 1)])

    def precedent(self, ecran: str) -> str:
        return self.url(self.ecrans[max(self.ecrans.index(ecran) - 1, 0)])

    def _est_fait(self, ecran: str) -> bool:
        saisies: Mapping[str, Any] = self._tout.get("saisie", {})
        if ecran not in saisies:
            return False
        if ecran == SERVICES:
            return True
        if ecran == AUTHENTIFICATION and not set(SECRETS) <= self.garde:
            return False
        if ecran == CONDITIONS and saisies[ecran].get("version") != _version():
            return False  # a newer version is in force since
        return self.formulaire(ecran, self.saisie(ecran)).is_valid()

    def _sceller(self, form: AuthentificationForm) -> None:
        values = form.cleaned_data if form.is_bound else {}
        hashes = dict(self._tout.get("secrets", {}))
        if password := values.get("mot_de_passe"):
            hashes["mot_de_passe"] = make_password(password)
        if reponse := values.get("reponse_secrete"):
            hashes["reponse_secrete"] = secret.empreinte(reponse)
        self._tout["secrets"] = hashes

    def _enregistrer(self) -> None:
        self._session[_SESSION] = self._tout


def _version() -> str:
    conditions = Conditions.en_vigueur()
    return conditions.version if conditions else ""
