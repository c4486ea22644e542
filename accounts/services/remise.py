"""Keys just made, as they reach families: a table for a mailing, or printed letters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import DossierFamille, Personne, RoleMembre
from accounts.queries.familles import personnes
from accounts.services.emission import CleEmise
from portal.kernel import tableur
from portal.pdf import documents
from portal.ui.formats import date_courte, date_longue, telephone
from portal.ui.pays import PAYS

COLONNES = [
    "reference",
    "famille",
    "destinataire",
    "voie",
    "complement",
    "code_postal",
    "commune",
    "pays",
    "courriel",
    "cle",
    "valable_jusqu_au",
]
_REPRESENTANTS = (RoleMembre.RESPONSABLE, RoleMembre.CO_REPRESENTANT)
_NOMS_DE_PAYS = dict(PAYS)


def en_csv(emises: Sequence[CleEmise]) -> bytes:
    """Return the table of keys, one line a family, for a mail merge."""
    return tableur.ecrire([COLONNES, *map(_ligne, emises)])


def en_lettres(emises: Sequence[CleEmise]) -> bytes:
    """Return the letters of families of one service, one page each, ready for window envelopes."""
    service = emises[0].dossier.service
    town = settings.TOWN
    contact = [telephone(service.telephone), service.courriel]
    return documents.lettres_de_cles(
        documents.LettresDeCles(
            commune=town["nom"],
            service=service.nom,
            expediteur=[service.nom, *_lignes(town["adresse"])],
            lieu_et_date=f"Le {date_longue(timezone.localdate())}",
            lien_services=settings.PUBLIC_URL + reverse("accounts:services"),
            lien_inscription=settings.PUBLIC_URL + reverse("accounts:inscription"),
            contact=[ligne for ligne in contact if ligne],
            lettres=[_lettre(emise) for emise in emises],
        )
    )


def nom_de_fichier(emises: Sequence[CleEmise], extension: str) -> str:
    """Return the name under which a clerk finds the file again."""
    dossier = emises[0].dossier
    if len(emises) == 1 and extension == "pdf":
        return f"lettre-{re.sub(r'[^0-9A-Za-z]+', '-', dossier.reference).strip('-')}.pdf"
    return f"cles-{dossier.service.code}-{timezone.localdate():%Y-%m-%d}.{extension}"


def _ligne(emise: CleEmise) -> list[str]:
    dossier = emise.dossier
    adresse = dossier.donnees.get("adresse", {})
    courriels = [p.courriel for p in personnes(dossier) if p.role in _REPRESENTANTS and p.courriel]
    return [
        dossier.reference,
        dossier.nom,
        " et ".join(_destinataires(dossier)),
        *(adresse.get(nom, "") for nom in ("voie", "complement", "code_postal", "commune")),
        _NOMS_DE_PAYS.get(adresse.get("pays", ""), ""),
        courriels[0] if courriels else "",
        emise.cle,
        date_courte(emise.expire_at),
    ]


def _lettre(emise: CleEmise) -> documents.LettreDeCle:
    dossier = emise.dossier
    return documents.LettreDeCle(
        destinataire=[*_destinataires(dossier), *_adresse(dossier)],
        reference=dossier.reference,
        cle=emise.cle,
        valable_jusqu_au=date_longue(emise.expire_at),
    )


def _destinataires(dossier: DossierFamille) -> list[str]:
    """Return who acts for the family, two at most: an address has six lines (NF Z 10-011)."""
    noms = [
        f"{dict(Personne.Civilite.choices).get(p.civilite, '')} {p.nom_complet}".strip()
        for p in personnes(dossier)
        if p.role in _REPRESENTANTS
    ]
    return noms[:2] or [f"Famille {dossier.nom}"]


def _adresse(dossier: DossierFamille) -> list[str]:
    adresse = dossier.donnees.get("adresse", {})
    pays = adresse.get("pays", "FR")
    lignes = [
        adresse.get("complement", ""),
        adresse.get("voie", ""),
        # The line that sorting machines read is in capitals (NF Z 10-011).
        f"{adresse.get('code_postal', '')} {adresse.get('commune', '').upper()}".strip(),
        "" if pays == "FR" else _NOMS_DE_PAYS.get(pays, "").upper(),
    ]
    return [ligne for ligne in lignes if ligne]


def _lignes(adresse: str) -> list[str]:
    return [ligne.strip() for ligne in adresse.split(",") if ligne.strip()]
