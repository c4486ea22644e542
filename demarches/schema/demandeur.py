"""« Mes informations » is a section like another, so that one code asks, checks and reads
everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from demarches.schema.definition import Champ, Condition, Demandeur, Section
from demarches.schema.kinds import KINDS

ETAPE = "mes-informations"
CONCERNES = "concernes"
# The answer of who files for somebody the account does not know: never a dead end.
AUTRE = "autre"
# What is then asked of that person: our names, by what is frozen at filing.
IDENTITE_AUTRE = {"nom": "autre_nom", "prenoms": "autre_prenoms", "naissance": "autre_naissance"}


@dataclass(frozen=True)
class Candidat:
    """Somebody the request may be about, as a choice of the page."""

    valeur: str
    libelle: str
    aide: str = ""


def section(demandeur: Demandeur, candidats: Sequence[Candidat] | None = None) -> Section:
    """Return the section that asks who is filing; and for whom, among `candidats` or somebody
    else, unless they are None (nobody is asked, or the answers are being read).
    """
    champs = [
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
    if candidats is not None:
        champs[0] = replace(champs[0], intertitre="Vous, qui faites la demande")
        champs = [*_concernes(demandeur, candidats), *champs]
    return Section(cle=ETAPE, titre="Mes informations", champs=tuple(champs))


def premier_choix(section: Section) -> dict[str, Any]:
    """Return the first of `candidats` (or « Une autre personne ») as the answer of a section."""
    champ = section.champs[0]
    first = champ.options["choix"][0]["valeur"]
    return {CONCERNES: [first] if champ.type == "choix_multiples" else first}


def _concernes(demandeur: Demandeur, candidats: Sequence[Candidat]) -> list[Champ]:
    several = demandeur.concerne == "personnes"
    choix = [
        {"valeur": c.valeur, "libelle": c.libelle} | ({"aide": c.aide} if c.aide else {})
        for c in candidats
    ]
    qui = _champ(
        CONCERNES,
        "choix_multiples" if several else "choix",
        "Pour qui est cette demande ?",
        aide="Cochez une ou plusieurs personnes." if several else "",
        choix=[*choix, {"valeur": AUTRE, "libelle": "Une autre personne"}],
    )
    return [qui, *(replace(c, si=Condition(CONCERNES, (AUTRE,))) for c in _autre(demandeur))]


def _autre(demandeur: Demandeur) -> list[Champ]:
    cles = IDENTITE_AUTRE
    return [
        _champ(cles["nom"], "texte", "Nom de cette personne", longueur_max=80),
        _champ(cles["prenoms"], "texte", "Prénoms de cette personne", longueur_max=120),
        _champ(
            cles["naissance"],
            "date",
            "Date de naissance de cette personne",
            aide="Exemple : 24/11/2019" if demandeur.parmi == "enfants" else "",
            min="aujourdhui-150a",
            max="aujourdhui",
        ),
    ]


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
