"""Families as services know them, read against the homes that residents have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet, Value

from accounts.models import (
    REPRESENTANTS,
    Compte,
    DossierFamille,
    Foyer,
    Membre,
    Personne,
    RoleMembre,
    Service,
)
from accounts.models.famille import RECHERCHE, DossierFamilleQuerySet
from portal.kernel.pli import Pli
from portal.kernel.text import fold
from portal.ui.formats import telephone

# What the file of a service calls a representative is an adult of the home here: acting for a home
# takes an own login and an invitation (C6), never a line in a file.
ROLES = {
    RoleMembre.RESPONSABLE: RoleMembre.ADULTE,
    RoleMembre.CO_REPRESENTANT: RoleMembre.ADULTE,
}
MOTS_LUS = 6
_SEPARATIONS = re.compile(r"[\s'’-]+")


@dataclass(frozen=True)
class PersonneDuFichier:
    """One person of a family, as the service wrote it."""

    role: RoleMembre
    civilite: str
    nom: str
    prenoms: str
    date_naissance: date | None
    naissance_prevue: date | None
    ecole: str
    classe: str
    courriel: str
    telephone: str

    @property
    def nom_complet(self) -> str:
        return f"{self.prenoms} {self.nom}".strip()

    @property
    def telephone_affiche(self) -> str:
        return telephone(self.telephone) if self.telephone else ""

    @property
    def role_libelle(self) -> str:
        return str(self.role.label)

    @property
    def role_au_foyer(self) -> RoleMembre:
        """The place this person takes in a home."""
        return ROLES.get(self.role, self.role)


@dataclass(frozen=True)
class ServiceRattache:
    """A service whose family is attached to the account's home."""

    service: Service
    famille: str
    reference: str
    rattachement_at: datetime | None


def services_emetteurs() -> list[Service]:
    """Return the services that issue keys, by name."""
    return list(Service.objects.filter(emet_des_cles=True))


def services_rattaches(compte: Compte) -> list[ServiceRattache]:
    """Return the services whose family is attached to the home of an account (one query)."""
    dossiers = _rattaches(compte).select_related("service").order_by("service__nom", "id")
    return [ServiceRattache(d.service, d.nom, d.reference, d.rattachement_at) for d in dossiers]


def services_de(compte: Compte) -> set[int]:
    """Return the ids of the services whose family is attached to the home of an account."""
    return set(_rattaches(compte).values_list("service_id", flat=True))


def _rattaches(compte: Compte) -> QuerySet[DossierFamille]:
    homes = Foyer.objects.for_compte(compte)
    return DossierFamille.objects.filter(foyer__in=homes.values("pk"))


def representants(foyer: Foyer) -> list[Compte]:
    """Return the accounts that represent a home today (one query)."""
    places = Membre.objects.actifs().filter(foyer=foyer, role__in=REPRESENTANTS)
    comptes = Compte.objects.filter(personne__in=places.values("personne"))
    return list(comptes.select_related("personne").order_by("id"))


def chercher(dossiers: DossierFamilleQuerySet, texte: str) -> DossierFamilleQuerySet:
    """Keep the families of which every word is in the name, the reference, or a name or e-mail of
    their people, whatever the case, the accents and the punctuation (index `dossier_par_noms`).
    """
    dossiers = dossiers.alias(recherche=RECHERCHE)
    for mot in texte.split()[:MOTS_LUS]:
        dossiers = dossiers.filter(recherche__contains=Pli(Value(mot)))
    return dossiers


def personnes(dossier: DossierFamille) -> list[PersonneDuFichier]:
    """Return the people of a family, in the order of the file."""
    return [_personne(ligne) for ligne in dossier.donnees.get("membres", [])]


def inconnues(fichier: Iterable[PersonneDuFichier], foyer: Foyer) -> list[PersonneDuFichier]:
    """Return the people of a family that a home does not have yet (one query).

    Only the members of this home are looked at: the same child in another home is never matched,
    it would tell one parent about the other (a clerk links them).
    """
    membres = Membre.objects.actifs().filter(foyer=foyer).select_related("personne")
    return list(_sans([membre.personne for membre in membres], fichier))


def is_meme_personne(personne: Personne, autre: PersonneDuFichier) -> bool:
    """Tell whether a member of a home is somebody of the file: same name and first names, whatever
    their case and accents, and same day of birth.

    Adults have no birth date in most files, and often none here: their names are then enough, in
    one home. A second first name that only one side wrote is forgiven.
    """
    noms = {_mots(personne.nom_naissance), _mots(personne.nom_usage)} - {()}
    if _mots(autre.nom) not in noms:
        return False
    if not _memes_prenoms(_mots(personne.prenoms), _mots(autre.prenoms)):
        return False
    ici, la = personne.naissance, autre.date_naissance or autre.naissance_prevue
    if autre.role in (RoleMembre.ENFANT, RoleMembre.A_NAITRE):
        return ici == la
    return ici is None or la is None or ici == la


def _sans(
    connus: list[Personne], fichier: Iterable[PersonneDuFichier]
) -> Iterator[PersonneDuFichier]:
    # One member stands for one person of the file: twins without a first name yet are two.
    restants = list(connus)
    for autre in fichier:
        trouve = next((p for p in restants if is_meme_personne(p, autre)), None)
        if trouve is None:
            yield autre
        else:
            restants.remove(trouve)


def _mots(texte: str) -> tuple[str, ...]:
    return tuple(mot for mot in _SEPARATIONS.split(fold(texte)) if mot)


def _memes_prenoms(ici: tuple[str, ...], la: tuple[str, ...]) -> bool:
    if not ici or not la:
        return ici == la
    court = min(len(ici), len(la))
    return ici[:court] == la[:court]


def _personne(ligne: dict[str, str]) -> PersonneDuFichier:
    return PersonneDuFichier(
        role=RoleMembre(ligne["role"]),
        civilite=ligne.get("civilite", ""),
        nom=ligne.get("nom", ""),
        prenoms=ligne.get("prenoms", ""),
        date_naissance=_jour(ligne.get("date_naissance", "")),
        naissance_prevue=_jour(ligne.get("naissance_prevue", "")),
        ecole=ligne.get("ecole", ""),
        classe=ligne.get("classe", ""),
        courriel=ligne.get("courriel", ""),
        telephone=ligne.get("telephone", ""),
    )


def _jour(texte: str) -> date | None:
    return date.fromisoformat(texte) if texte else None
