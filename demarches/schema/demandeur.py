"""« Mes informations » is a section like another, so that one code asks, checks and reads
everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from demarches.schema.definition import Champ, Demandeur, Section
from demarches.schema.kinds import KINDS

ETAPE = "mes-informations"
CONCERNES = "concernes"
# The answer of who files for somebody the account does not know: never a dead end.
AUTRE = "autre"


@dataclass(frozen=True)
class Candidat:
    """Somebody the request may be about, as a choice of the page."""

    valeur: str
    libelle: str
    aide: str = ""


def section(demandeur: Demandeur, candidats: Sequence[Candidat] = ()) -> Section:
    """Return the section that asks who is filing, and for whom when there are `candidats`."""
    champs = [_concernes(demandeur, candidats)] if demandeur.concerne and candidats else []
    champs += [
        _champ("nom", "texte", "Nom", autocomplete="family-name", longueur_max=80),
        _champ("prenoms", "texte", "Prénoms", autocomplete="given-name", longueur_max=120),
        _champ(
            "courriel",
            "courriel",
            "Courriel",
            aide="Nous y envoyons votre numéro de ticket et la réponse. Exemple : nom@exemple.fr",
            autocomplete="email",
        ),
    ]
    if demandeur.telephone != "absent":
        champs.append(
            _champ(
                "telephone",
                "telephone",
                "Téléphone",
                aide="Pour vous joindre s’il manque une précision. Numéro étranger : avec +.",
                requis=demandeur.telephone == "requis",
                autocomplete="tel",
            )
        )
    if demandeur.adresse != "absente":
        champs.append(
            _champ(
                "adresse",
                "adresse",
                "Adresse postale",
                requis=demandeur.adresse == "requise",
                autocomplete="address",
            )
        )
    return Section(cle=ETAPE, titre="Mes informations", champs=tuple(champs))


def _concernes(demandeur: Demandeur, candidats: Sequence[Candidat]) -> Champ:
    several = demandeur.concerne == "personnes"
    choix = [
        {"valeur": c.valeur, "libelle": c.libelle} | ({"aide": c.aide} if c.aide else {})
        for c in candidats
    ]
    return _champ(
        CONCERNES,
        "choix_multiples" if several else "choix",
        "Pour qui est cette demande ?",
        aide="Cochez une ou plusieurs personnes." if several else "",
        choix=[*choix, {"valeur": AUTRE, "libelle": "Une autre personne"}],
    )


def _champ(
    cle: str,
    type_: str,
    libelle: str,
    *,
    aide: str = "",
    requis: bool = True,
    autocomplete: str = "",
    **options: object,
) -> Champ:
    defaults = {name: default for name, (_check, default) in KINDS[type_].options.items()}
    return Champ(
        cle=cle,
        type=type_,
        libelle=libelle,
        aide=aide,
        requis=requis,
        options={**defaults, **options},
        autocomplete=autocomplete,
    )
