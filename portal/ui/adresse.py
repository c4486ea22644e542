"""A postal address as forms ask it, French or foreign: its controls, its checks, its answer.

Shared by the forms of démarches and by the address of a home, so that one cannot refuse what the
other has accepted. An answer is a mapping voie, complement, code_postal, commune, pays (ISO 3166-1,
two letters).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.ui import champs
from portal.ui.pays import PAYS

FRANCE = "FR"
REQUIS = "Ce champ est obligatoire."
A_COMPLETER = "Complétez l’adresse, ou effacez-la en entier."

# suffix -> (label, autofill token, most characters)
CONTROLES = {
    "voie": ("Numéro et nom de la rue", "address-line1", 120),
    "complement": ("Complément (bâtiment, étage, lieu-dit)", "address-line2", 120),
    "code_postal": ("Code postal", "postal-code", 12),
    "commune": ("Commune", "address-level2", 100),
}


def controles(*, requis: bool, france: bool = False, remplir: bool = True) -> dict[str, Any]:
    """Return the form fields by suffix; `france` asks no country, `remplir` lets the phone offer
    the resident's own address.
    """
    needed = {"voie": requis, "code_postal": requis and france, "commune": requis}
    fields: dict[str, Any] = {}
    for suffix, (label, token, length) in CONTROLES.items():
        fields[suffix] = champs.TexteField(
            longueur_max=length,
            label=label,
            required=needed.get(suffix, False),
            error_messages={"required": REQUIS},
        )
        fields[suffix].widget.attrs["autocomplete"] = token if remplir else "off"
    fields["code_postal"].largeur = "court"
    if not france:
        fields["code_postal"].help_text = "Obligatoire en France."
        fields["code_postal"].asterisque = requis  # required here only by `verifier`
        fields["pays"] = champs.ChoixField(
            label="Pays",
            choices=PAYS,
            initial=FRANCE,
            required=requis,
            error_messages={"invalid_choice": "Choisissez un pays de la liste."},
        )
        fields["pays"].widget.attrs["autocomplete"] = "country" if remplir else "off"
    return fields


def verifier(values: Mapping[str, Any], *, requis: bool) -> dict[str, str]:
    """Return errors between the controls, by suffix: complete or empty, five digits in France."""
    code, country = values.get("code_postal"), values.get("pays", FRANCE) or FRANCE
    needed = ("voie", "code_postal", "commune") if country == FRANCE else ("voie", "commune")
    started = any(values.get(name) for name in ("complement", "code_postal", *needed))
    errors = {}
    if requis or started:
        missing = REQUIS if requis else A_COMPLETER
        errors = {name: missing for name in needed if not values.get(name)}
    if code and country == FRANCE:
        digits = code.replace(" ", "")
        if not (digits.isascii() and digits.isdigit() and len(digits) == 5):
            errors["code_postal"] = "En France, le code postal a 5 chiffres. Exemple : 49100."
    return errors


def lire(values: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the answer from checked values; None when nothing was given."""
    if not values.get("voie") and not values.get("commune"):
        return None
    country = values.get("pays", FRANCE) or FRANCE
    code = values["code_postal"].replace(" ", "") if country == FRANCE else values["code_postal"]
    kept = {name: values.get(name, "") for name in ("voie", "complement", "commune")}
    return kept | {"code_postal": code, "pays": country}


def lignes(adresse: Mapping[str, str]) -> str:
    """Return an answer as it is written on an envelope, several lines; nothing for no address."""
    if not adresse:
        return ""
    country = adresse.get("pays", FRANCE)
    town = f"{adresse['code_postal']} {adresse['commune']}".strip()
    parts = [adresse["voie"], adresse.get("complement", ""), town]
    if country != FRANCE:
        parts.append(dict(PAYS).get(country, country))
    return "\n".join(part for part in parts if part)
