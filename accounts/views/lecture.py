"""A profile as people read it: on the last screen of the sign-up and on « Mon espace »."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from accounts.forms.profil import AdresseForm
from accounts.models import Canal, Personne
from accounts.services import adresses
from accounts.services.inscription import Dossier
from portal.ui.adresse import lignes
from portal.ui.formats import date_courte, telephone

Lignes = list[tuple[str, Any]]


@dataclass(frozen=True)
class Rubrique:
    """One card: a title, its lines, and where they are changed."""

    cle: str
    titre: str
    lignes: Lignes
    url: str


def rubriques(dossier: Dossier, url: Callable[[str], str]) -> list[Rubrique]:
    """Return the cards of the last screen of the sign-up."""
    return [
        Rubrique("identite", "Identité", identite(dossier.identite), url("identite")),
        Rubrique("adresse", "Adresse", adresse(dossier.adresse), url("adresse")),
        Rubrique("contact", "Moyens de contact", contact(dossier.contact), url("contact")),
        Rubrique(
            "authentification",
            "Authentification",
            [
                ("Identifiant", dossier.identifiant),
                ("Mot de passe", "Gardé, non affiché"),
                ("Question secrète", dossier.question),
            ],
            url("authentification"),
        ),
    ]


def identite(champs: Mapping[str, Any]) -> Lignes:
    """Return who somebody is, from the fields of a Personne."""
    civilite, naissance = champs["civilite"], champs["date_naissance"]
    return [
        ("Civilité", Personne.Civilite(civilite).label if civilite else ""),
        ("Nom de naissance", champs["nom_naissance"]),
        ("Nom d’usage", champs["nom_usage"]),
        ("Prénoms", champs["prenoms"]),
        ("Date de naissance", date_courte(naissance) if naissance else ""),
        ("Lieu de naissance", champs["lieu_naissance"]),
    ]


def adresse(champs: Mapping[str, str]) -> Lignes:
    """Return a home's address as it is written on an envelope."""
    lines = [escape(line) for line in lignes(champs).splitlines()]
    return [("Adresse", Markup("<br>").join(lines))]


def contact(champs: Mapping[str, str]) -> Lignes:
    """Return how somebody is reached."""
    return [
        ("Courriel", champs["courriel"]),
        ("Téléphone mobile", telephone(champs["telephone_mobile"])),
        ("Téléphone fixe", telephone(champs["telephone_fixe"])),
        ("Moyen de contact préféré", _canal(champs["canal_prefere"])),
    ]


def _canal(canal: str) -> str:
    label = str(Canal(canal).label)
    return label[:1].upper() + label[1:]


def avertissement(form: AdresseForm, sent: Mapping[str, str]) -> str:
    """Return the warning about a postcode and a town that do not match, "" when there is none or
    when it was shown for these very two already.
    """
    if sent.get("adresse_verifiee") == form.paire:
        return ""
    return adresses.discordance(form.adresse)
