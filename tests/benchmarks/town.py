"""A large town: residents, agents, and years of requests with their history, by COPY.

Filing dates run over five years; nearly everything older than two weeks is decided. The same seed
gives the same town. Constraints and foreign keys are checked by PostgreSQL as the rows come in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import AgentProfil, Compte, Foyer, Membre, Personne, Role, RoleMembre, Service
from accounts.models import Etat as EtatCompte
from demarches.models import Demande, Evenement, VersionDemarche
from demarches.states import Action, Etat
from portal.kernel.crypto import CROCKFORD
from tests.benchmarks.answers import Modele, fill
from tests.benchmarks.copying import Bar, Table, reset_sequences

READERS, PER_READER = 200, 20  # accounts whose pages are measured, with as many rows as page d
HEAVY, LIGHT = 300, 3  # one account each, for the number of queries
AGENTS_PER_SERVICE = 5
BATCH = 20_000
SPAN = timedelta(days=5 * 365)
YOUNG = timedelta(days=14)

# Requests a town gets of each démarche; one that is not named weighs 10.
WEIGHTS = {
    "acte-naissance": 40,
    "acte-mariage": 12,
    "acte-deces": 13,
    "encombrants": 15,
    "signalement-voirie": 12,
    "stationnement-resident": 8,
}
_DONE = (Action.DEPOSER, Action.PRENDRE_EN_CHARGE, Action.INSTRUIRE)
DECIDED = {
    Etat.ACCEPTEE: (87, (*_DONE, Action.ACCEPTER)),
    Etat.REFUSEE: (7, (*_DONE, Action.REFUSER)),
    Etat.SANS_SUITE: (2, (*_DONE, Action.CLASSER)),
    Etat.ANNULEE: (4, (Action.DEPOSER, Action.ANNULER)),
}
OPEN = {
    Etat.DEPOSEE: (35, _DONE[:1]),
    Etat.PRISE_EN_CHARGE: (25, _DONE[:2]),
    Etat.EN_INSTRUCTION: (30, _DONE),
    Etat.A_COMPLETER: (10, (*_DONE, Action.DEMANDER_COMPLEMENT)),
}
PRENOMS = ("Élodie", "Noé", "Camille Anne", "Jean-Baptiste", "Maëlys", "Ibrahim", "Zoé", "Loïc")
NOMS = ("Martin", "N’Guyen-Lefèvre", "O’Brien", "Ünal", "Garnier", "Da Silva", "Petit", "Ζωή")


@dataclass(frozen=True)
class Filed:
    """One filed request and what led to where it is."""

    row: tuple[Any, ...]
    events: tuple[tuple[Action, datetime, int | None], ...]


def build(*, accounts: int, requests: int, quiet: bool = False) -> None:
    """Fill an empty, migrated database; raises RuntimeError when it holds requests already."""
    if Demande.objects.exists():
        raise RuntimeError("the town is built in an empty database only")
    call_command("charger_demarches", verbosity=0, stdout=_Silent())
    with transaction.atomic():
        residents = _residents(accounts, Bar("accounts", accounts, quiet=quiet))
        _homes(residents, Bar("homes", accounts, quiet=quiet))
        agents = _agents()
    _requests(residents, agents, Bar("requests", requests, quiet=quiet), requests)


class _Silent:
    def write(self, text: str) -> None:
        """Say nothing: the bar speaks."""


def _residents(count: int, bar: Bar) -> range:
    personnes = Table(Personne, "id", "nom_naissance", "prenoms", "courriel", "telephone_mobile")
    comptes = Table(
        *(Compte, "id", "identifiant", "courriel", "etat", "personne_id", "password", "created_at")
    )
    first_personne, first_compte = personnes.next_id(), comptes.next_id()
    personnes.copy(
        (first_personne + n, NOMS[n % 8], PRENOMS[n // 8 % 8], _courriel(n), "+33639980012")
        for n in range(count)
    )
    now, valide = timezone.now(), EtatCompte.VALIDE.value
    comptes.copy(
        (first_compte + n, f"habitant{n}", _courriel(n), valide, first_personne + n, "!", now)
        for n in range(count)
    )
    reset_sequences(personnes, comptes)
    bar.advance(count)
    bar.end()
    return range(first_compte, first_compte + count)


def _homes(residents: range, bar: Bar) -> None:
    """A home for each account, with two children; the heavy account has 300 members."""
    foyers = Table(Foyer, "id", "voie", "code_postal", "commune", "pays", "created_at")
    personnes = Table(Personne, "id", "nom_naissance", "prenoms", "date_naissance")
    membres = Table(Membre, "personne_id", "foyer_id", "role", "debut")
    first_foyer, first_child, now = foyers.next_id(), personnes.next_id(), timezone.now()
    holders = list(Compte.objects.filter(pk__in=residents).order_by("pk").values_list("personne"))
    heavy = reader_count(len(residents))
    children = [(n, m) for n in range(len(holders)) for m in range(HEAVY if n == heavy else 2)]
    foyers.copy(
        (first_foyer + n, f"{n % 90 + 1} rue des Tilleuls", "49999", "Clairval", "FR", now)
        for n in range(len(holders))
    )
    personnes.copy(
        (
            first_child + rank,
            NOMS[n % 8],
            PRENOMS[m % 8],
            now.date() - timedelta(days=365 * (m % 17)),
        )
        for rank, (n, m) in enumerate(children)
    )
    membres.copy(
        (holder, first_foyer + n, RoleMembre.RESPONSABLE.value, now.date())
        for n, (holder,) in enumerate(holders)
    )
    membres.copy(
        (first_child + rank, first_foyer + n, RoleMembre.ENFANT.value, now.date())
        for rank, (n, _m) in enumerate(children)
    )
    reset_sequences(foyers, personnes, membres)
    bar.advance(len(holders))
    bar.end()


def _courriel(n: int) -> str:
    return f"habitant{n}@courriel.example"


def _agents() -> dict[int, list[int]]:
    """A few agents in each service; return their ids by service."""
    found: dict[int, list[int]] = {}
    for service in Service.objects.all():
        for n in range(AGENTS_PER_SERVICE):
            name = f"agent{n}.{service.code}"[:30]
            compte = Compte.objects.create(
                identifiant=name,
                courriel=f"{name}@mairie.example",
                etat=EtatCompte.VALIDE,
                is_staff=True,
                password="!",
            )
            profil = AgentProfil.objects.create(compte=compte, role=Role.AGENT)
            profil.services.add(service)
            found.setdefault(service.pk, []).append(compte.pk)
    return found


def _requests(residents: range, agents: dict[int, list[int]], bar: Bar, count: int) -> None:
    demandes = Table(
        *(Demande, "id", "uuid", "numero", "version_id", "compte_id", "agent_id", "etat", "canal"),
        *("demandeur", "reponses", "nom_demandeur", "courriel", "motif"),
        *("created_at", "saisie_at", "depot_at", "decision_at"),
    )
    evenements = Table(Evenement, "demande_id", "action", "auteur_id", "created_at")
    writer = _Writer(residents, agents, demandes.next_id(), count)
    filed = writer.all()
    while batch := list(islice(filed, BATCH)):
        demandes.copy(one.row for one in batch)
        evenements.copy(
            (one.row[0], action.value, auteur, at)
            for one in batch
            for action, at, auteur in one.events
        )
        bar.advance(len(batch))
    reset_sequences(demandes)
    bar.end()


class _Writer:
    """Draws the requests of the town, oldest first."""

    def __init__(
        self, residents: range, agents: dict[int, list[int]], first: int, count: int
    ) -> None:
        self._rng = Random(2026)
        self._first, self._count = first, count
        self._agents = agents
        self._now = timezone.now()
        current = VersionDemarche.objects.filter(courante=True).select_related("demarche")
        self._modeles = [_Drawn(fill(version)) for version in current]
        self._free = [m for m in self._modeles if not m.modele.version.demarche.exige_compte]
        self._owners = _owners(self._rng, residents, count)

    def all(self) -> Iterator[Filed]:
        for n, owner in enumerate(self._owners):
            yield self._one(n, owner)

    def _one(self, n: int, owner: int | None) -> Filed:
        rng = self._rng
        drawn = _pick(rng, self._modeles if owner else self._free)
        depot_at = self._now - SPAN * ((self._count - n) / self._count)
        is_open = rng.random() < (0.7 if self._now - depot_at < YOUNG else 0.003)
        etat, actions = _outcome(rng, is_open=is_open, decision=drawn.modele.decision)
        agent = rng.choice(self._agents[drawn.modele.version.demarche.service_id])
        events = _events(actions, depot_at, self._now, owner, agent)
        decision_at = events[-1][1] if etat in DECIDED and etat != Etat.ANNULEE else None
        nom, prenoms = rng.choice(NOMS), rng.choice(PRENOMS)
        row = (
            self._first + n,
            UUID(int=rng.getrandbits(128), version=4),
            _numero(rng),
            drawn.modele.version.pk,
            owner,
            agent if etat != Etat.DEPOSEE else None,
            etat.value,
            rng.choices(("internet", "guichet", "telephone"), (85, 12, 3))[0],
            drawn.demandeur(nom, prenoms),
            drawn.reponses,
            f"{prenoms} {nom}",
            "elodie@courriel.example",
            "Le document part demain par courrier." if decision_at else "",
            depot_at - timedelta(minutes=9),
            depot_at,
            depot_at,
            decision_at,
        )
        return Filed(row, events)


class _Drawn:
    """A filled-in version, its JSON written once; only the name changes between requests."""

    def __init__(self, modele: Modele) -> None:
        self.modele = modele
        self.weight = WEIGHTS.get(modele.version.demarche.code, 10)
        named = modele.demandeur | {"nom": "@nom@", "prenoms": "@prenoms@"}
        self._demandeur = json.dumps(named, ensure_ascii=False)
        self.reponses = json.dumps(modele.reponses, ensure_ascii=False)

    def demandeur(self, nom: str, prenoms: str) -> str:
        return self._demandeur.replace("@nom@", nom).replace("@prenoms@", prenoms)


def reader_count(accounts: int) -> int:
    """Return how many of the first accounts are those whose pages are measured."""
    return min(READERS, accounts // 5)


def _owners(rng: Random, residents: range, count: int) -> list[int | None]:
    """Return who files each request: the measured accounts their share, then 4 in 10 by an account.

    Some people file far more than others; 6 in 10 requests are filed without account.
    """
    readers = reader_count(len(residents))
    special = [residents[n] for n in range(readers) for _ in range(PER_READER)]
    if len(residents) > readers + 2:
        special += [residents[readers]] * HEAVY + [residents[readers + 1]] * LIGHT
    others = residents[readers + 2 :] or residents
    rest = [
        others[int(len(others) * rng.random() ** 2)] if rng.random() < 0.4 else None
        for _ in range(count - len(special))
    ]
    owners = [*special, *rest][:count]
    rng.shuffle(owners)
    return owners


def _pick(rng: Random, among: list[_Drawn]) -> _Drawn:
    return rng.choices(among, [drawn.weight for drawn in among])[0]


def _outcome(rng: Random, *, is_open: bool, decision: bool) -> tuple[Etat, tuple[Action, ...]]:
    """Draw a state and the acts that lead to it; where nothing is decided, nothing is refused."""
    table = OPEN if is_open else DECIDED
    etats = [etat for etat in table if decision or etat != Etat.REFUSEE]
    etat = rng.choices(etats, [table[etat][0] for etat in etats])[0]
    return etat, table[etat][1]


def _events(
    actions: tuple[Action, ...], depot_at: datetime, now: datetime, owner: int | None, agent: int
) -> tuple[tuple[Action, datetime, int | None], ...]:
    gap = min(timedelta(days=2), (now - depot_at) / len(actions))
    theirs = (Action.DEPOSER, Action.ANNULER)
    return tuple(
        (action, depot_at + gap * n, owner if action in theirs else agent)
        for n, action in enumerate(actions)
    )


def _numero(rng: Random) -> str:
    digits = "".join(rng.choices(CROCKFORD, k=12))
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"


def vacuum() -> None:
    """Leave the tables as autovacuum would have left them."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
