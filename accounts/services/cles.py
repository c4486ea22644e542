"""Keys of services (B8), on the resident's side: typed, looked at, used once.

`emission` makes them. Only a fingerprint is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.errors import CleInvalide, FamilleDetachee, SansFoyer, ServiceDejaRattache
from accounts.models import (
    ENFANTS,
    Changement,
    CleService,
    Compte,
    DossierFamille,
    Foyer,
    Personne,
    Service,
)
from accounts.queries import familles
from accounts.queries.familles import PersonneDuFichier, inconnues, personnes
from accounts.services import membres
from accounts.services.historique import noter
from portal.audit import log
from portal.kernel import address, throttle
from portal.kernel.crypto import fingerprint, normalise_number
from portal.notifications import outbox
from portal.ui.formats import telephone

# French mobile numbers (ARCEP, national numbering plan), in E.164.
MOBILES = ("+336", "+337")
BY_ACCOUNT = throttle.Rule(
    "cle.compte", free=10, delay=timedelta(seconds=30), ceiling=timedelta(hours=1)
)
BY_ADDRESS = throttle.Rule(
    "cle.adresse", free=30, delay=timedelta(seconds=10), ceiling=timedelta(hours=1)
)


@dataclass(frozen=True)
class Apercu:
    """What a valid key opens, to be shown before it is confirmed.

    `cle_id` may be kept in the session (never in the page) and given to `relire` and `rattacher`.
    """

    cle_id: int
    service: Service
    famille: str
    personnes: tuple[PersonneDuFichier, ...]


def empreinte(cle: str) -> str:
    """Return what is kept of a key in its written form."""
    return fingerprint("cle_service", cle)


def examiner(cle: str, service: Service) -> Apercu:
    """Return what a typed key of a service opens; raises CleInvalide, in the same words whether it
    is unknown, used, replaced, expired, or another service's.
    """
    number = normalise_number(cle)
    if number is None:
        raise CleInvalide
    return _apercu(CleService.objects.filter(empreinte=empreinte(number), dossier__service=service))


def relire(cle_id: int) -> Apercu:
    """Return again what a key examined earlier opens; raises CleInvalide when it is spent."""
    return _apercu(CleService.objects.filter(pk=cle_id))


def compter_essai(compte: Compte | None) -> timedelta | None:
    """Count one key tried by an account (None: at sign-up) and by the address of the request;
    return None when it may be looked at, else the time left to wait.
    """
    wait = throttle.attempt(BY_ADDRESS, address.throttle_key(address.current()))
    if wait is not None or compte is None:
        return wait
    return throttle.attempt(BY_ACCOUNT, str(compte.pk))


def oublier_essai(compte: Compte | None) -> None:
    """Take back the count of a key that turned out right."""
    throttle.take_back(BY_ADDRESS, address.throttle_key(address.current()))
    if compte is not None:
        throttle.take_back(BY_ACCOUNT, str(compte.pk))


@transaction.atomic
def rattacher(*, cle_id: int, compte: Compte) -> DossierFamille:
    """Attach the family of a key to the home of an account: the people the home does not know are
    added, the key is spent, the home's history, the journal and a message tell it.

    Raises CleInvalide, SansFoyer or ServiceDejaRattache. Sent twice, attaches once.
    """
    homes = Foyer.objects.for_compte(compte)
    foyer = homes.select_for_update(of=("self",), no_key=True).first()
    if foyer is None:
        raise SansFoyer
    dossier, is_new = _prendre(cle_id, foyer, compte)
    if not is_new:  # the other click of a double click
        return dossier
    changement = noter(
        foyer,
        Changement.Acte.RATTACHEMENT,
        sujet=f"Famille {dossier.nom}",
        auteur=compte,
        details=[{"libelle": "Service", "ancien": "", "nouveau": dossier.service.nom}],
    )
    for entree in inconnues(personnes(dossier), foyer):
        personne, role = _nouvelle(entree), entree.role_au_foyer
        membres.ajouter(foyer_id=foyer.pk, personne=personne, role=role, auteur=compte)
    log.record("famille.rattachee", target=dossier, actor=compte)
    _annoncer("famille_rattachee", compte, dossier, changement)
    return dossier


@transaction.atomic
def detacher(*, dossier_id: int, agent: Compte) -> DossierFamille:
    """Take a family off the home it is attached to; the people stay in the home, whose
    representatives are told. Raises FamilleDetachee when it is attached to none.
    """
    rows = DossierFamille.objects.select_related("service", "foyer")
    dossier = rows.select_for_update(of=("self",), no_key=True).get(pk=dossier_id)
    foyer = dossier.foyer
    if foyer is None:
        raise FamilleDetachee
    dossier.foyer = dossier.rattachement_at = None
    dossier.save(update_fields=["foyer", "rattachement_at"])
    changement = noter(
        foyer,
        Changement.Acte.DETACHEMENT,
        sujet=f"Famille {dossier.nom}",
        auteur=agent,
        details=[{"libelle": "Service", "ancien": dossier.service.nom, "nouveau": ""}],
    )
    log.record("famille.detachee", target=dossier, actor=agent)
    for compte in familles.representants(foyer):
        _annoncer("famille_detachee", compte, dossier, changement)
    return dossier


def _annoncer(code: str, compte: Compte, dossier: DossierFamille, changement: Changement) -> None:
    if not compte.is_active:  # at sign-up the address is nobody's yet: the activation mail first
        return
    outbox.enqueue(
        code,
        destinataire=outbox.Destinataire(compte.courriel),
        fait=changement.pk,
        context={
            "nom": compte.get_short_name(),
            "famille": dossier.nom,
            "service": dossier.service.nom,
            "telephone": telephone(dossier.service.telephone),
            "lien": settings.PUBLIC_URL + reverse("accounts:services"),
        },
    )


def _apercu(cles: QuerySet[CleService]) -> Apercu:
    cle = (
        cles.filter(pk__in=CleService.objects.valables(), dossier__foyer=None)
        .select_related("dossier__service")
        .first()
    )
    if cle is None:
        raise CleInvalide
    dossier = cle.dossier
    return Apercu(cle.pk, dossier.service, dossier.nom, tuple(personnes(dossier)))


def _prendre(cle_id: int, foyer: Foyer, compte: Compte) -> tuple[DossierFamille, bool]:
    """Spend a key for a home, and tell whether it was not yet: two conditional UPDATEs, so that
    one of two people wins.
    """
    dossier = DossierFamille.objects.select_related("service").filter(cles=cle_id).first()
    if dossier is None:
        raise CleInvalide
    if dossier.foyer_id == foyer.pk:
        return dossier, False
    if DossierFamille.objects.filter(foyer=foyer, service=dossier.service_id).exists():
        raise ServiceDejaRattache
    now = timezone.now()
    libre = DossierFamille.objects.filter(pk=dossier.pk, foyer=None)
    cle = CleService.objects.valables().filter(pk=cle_id)
    # The family first, as where keys are issued: the one who waits here finds it taken.
    if not libre.update(foyer=foyer, rattachement_at=now):
        raise CleInvalide
    if not cle.update(utilisation_at=now, utilisation_par=compte):
        raise CleInvalide
    dossier.refresh_from_db(fields=["nom", "donnees", "foyer", "rattachement_at"])
    return dossier, True


def _nouvelle(entree: PersonneDuFichier) -> Personne:
    # Coordinates of children hang on the home, never on the child, who may have two homes.
    joignable = entree.role_au_foyer not in ENFANTS
    numero = entree.telephone if joignable else ""
    is_mobile = numero.startswith(MOBILES)
    return Personne(
        civilite=entree.civilite,
        nom_naissance=entree.nom,
        prenoms=entree.prenoms,
        date_naissance=entree.date_naissance,
        naissance_prevue=entree.naissance_prevue,
        ecole=entree.ecole,
        classe=entree.classe,
        courriel=entree.courriel if joignable else "",
        telephone_mobile=numero if is_mobile else "",
        telephone_fixe="" if is_mobile else numero,
    )
