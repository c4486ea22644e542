"""Filing: everything happens, or nothing does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from accounts.models import Compte
from demarches.errors import AntiRobotRequis, DemandeIncomplete, DemarcheFermee, QuotaAtteint
from demarches.models import Campagne, Demande
from demarches.schema import conditions, demandeur
from demarches.schema.builder import SectionForm
from demarches.schema.definition import Section
from demarches.services import concernes, messages, transitions
from demarches.services.brouillon import (
    anti_robot_est_passe,
    exiger_brouillon,
    exiger_famille,
)
from demarches.states import Action
from portal.kernel.crypto import random_number

MA_DEMANDE = "ma-demande"
# What filing reads: the row of a request is wide, and this is the page that people wait for.
LUS = (
    "uuid",
    "etat",
    "saisie",
    "compte_id",
    "campagne_id",
    "anti_robot_at",
    "expire_at",
    "version__demarche__en_ligne",
    "version__demarche__acces",
    "version__demarche__service__nom",
)


@dataclass(frozen=True)
class Verification:
    """What a draft holds so far, checked: the answers, and the first incomplete section."""

    demandeur: dict[str, Any]
    reponses: dict[str, Any]
    a_reprendre: Section | None

    @property
    def is_complete(self) -> bool:
        return self.a_reprendre is None


def verifier(demande: Demande, compte: Compte | None = None) -> Verification:
    """Check everything a draft holds, as if each screen were sent again by `compte`."""
    definition = demande.definition
    saisie = demande.saisie.get(MA_DEMANDE, {})
    personnes = concernes.possibles(demande, compte)
    qui = demandeur.section(definition.demandeur, concernes.candidats(personnes))
    form = SectionForm(definition, qui, {}, sent(demande.saisie.get(demandeur.ETAPE, {})))
    a_reprendre = None if form.is_valid() else qui
    reponses: dict[str, Any] = {}
    identite = concernes.figer(form.reponses, personnes) if form.is_valid() else {}
    for section in conditions.sections(definition, saisie):
        form = SectionForm(definition, section, saisie, sent(saisie))
        if form.is_valid():
            reponses |= form.reponses
        elif a_reprendre is None:
            a_reprendre = section
    return Verification(identite, reponses, a_reprendre)


def sent(saisie: dict[str, list[str]]) -> MultiValueDict[str, str]:
    """Return what a draft holds in the form a browser sends it."""
    return MultiValueDict(saisie)


@transaction.atomic
def deposer(*, demande_id: int, compte: Compte | None) -> Demande:
    """File a draft: place, number, state, history, audit and receipt all happen, or none does.

    Raises DemandeDejaDeposee, BrouillonExpire, DemarcheFermee, FamilleRequise, AntiRobotRequis,
    DemandeIncomplete or QuotaAtteint.
    """
    demande = (
        Demande.objects.select_for_update(of=("self",))
        .select_related("version__demarche__service")
        .only(*LUS)
        .get(pk=demande_id, compte=compte)
    )
    exiger_brouillon(demande)
    if not demande.version.demarche.en_ligne:
        raise DemarcheFermee
    exiger_famille(demande.version.demarche, compte)
    if compte is None and not anti_robot_est_passe(demande):
        raise AntiRobotRequis
    verification = verifier(demande, compte)
    if not verification.is_complete:
        raise DemandeIncomplete

    frozen = _figer(demande, verification)
    evenement = transitions.appliquer(demande, Action.DEPOSER, auteur=compte, avec=frozen)
    if demande.campagne_id:
        # One conditional UPDATE: nobody can slip between "a place is left" and "I take it".
        # The check constraint campagne_quota stays as the last guard.
        ouverte = Campagne.objects.ouvertes(timezone.now()).filter(pk=demande.campagne_id)
        quota = ouverte.filter(places_prises__lt=F("places"))
        if not quota.update(places_prises=F("places_prises") + 1):
            raise QuotaAtteint if ouverte.exists() else DemarcheFermee
    messages.annoncer("demande_deposee", demande, evenement)
    return demande


def _figer(demande: Demande, verification: Verification) -> list[str]:
    """Freeze the answers and give the ticket number; return the fields to write with the state."""
    identite = verification.demandeur
    fields = {
        "demandeur": identite,
        "reponses": verification.reponses,
        "nom_demandeur": f"{identite['prenoms']} {identite['nom']}",
        "concernes": concernes.noms(identite, definition=demande.definition)[:400],
        "courriel": identite["courriel"],
        # 60 random bits: two alike would be refused by the unique key, once in a billion towns.
        "numero": random_number(),
        "saisie": {},
    }
    for name, value in fields.items():
        setattr(demande, name, value)
    return list(fields)
