"""« Qui a consulté mon dossier »: the readings by agents that the journal holds of one account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts import registries
from accounts.models import Compte
from accounts.registries import Sujet
from portal.audit.models import AuditEvent

LECTURES = Q(action__endswith=".consulte") | Q(action__endswith=".consultee")
PAR_PAGE = 20
PAR_LOT = 500
# Whoever reads without being of a service: the technical administrator.
SANS_SERVICE = "Administration du site"


@dataclass(frozen=True)
class Consultation:
    """One reading: when, by which services, of what. Never by whom."""

    pk: int
    date: datetime
    services: str
    objet: str


def lire(compte: Compte, *, avant: int | None = None, nombre: int = PAR_PAGE) -> list[Consultation]:
    """Return the `nombre` latest readings of what is the account's, those before the row `avant`
    when it is given.
    """
    return _lire(sujets_de(compte), avant, nombre)


def toutes(compte: Compte) -> Iterator[Consultation]:
    """Yield every reading, the latest first, some hundreds at a time."""
    sujets = sujets_de(compte)
    avant: int | None = None
    while lot := _lire(sujets, avant, PAR_LOT):
        yield from lot
        avant = lot[-1].pk


def sujets_de(compte: Compte) -> list[Sujet]:
    """Return what of the account agents may read, but what there is none of."""
    return [sujet for sujet in registries.sujets(compte) if sujet.ids]


def requete(sujets: Sequence[Sujet], avant: int | None = None) -> QuerySet[AuditEvent]:
    """Return the readings of these, the latest first."""
    evenements = AuditEvent.objects.filter(_des_sujets(sujets), LECTURES)
    if avant is not None:
        evenements = evenements.filter(pk__lt=avant)
    # An expression, because by the key itself PostgreSQL may walk back through the journal of the
    # whole town until it has found a page of this account's rows.
    return evenements.order_by((F("pk") + 0).desc())


def _lire(sujets: Sequence[Sujet], avant: int | None, nombre: int) -> list[Consultation]:
    if not sujets:
        return []
    libelles = {sujet.genre: sujet.libelle for sujet in sujets}
    return [
        Consultation(
            pk=evenement.pk,
            date=evenement.at,
            services=_services(evenement),
            objet=libelles[evenement.target_type].replace("{}", evenement.target_label),
        )
        for evenement in requete(sujets, avant)[:nombre]
    ]


def _des_sujets(sujets: Sequence[Sujet]) -> Q:
    condition = Q()
    for sujet in sujets:
        rows = Q(target_type=sujet.genre, target_id__in=sujet.ids)
        if sujet.depuis is not None:
            debut = datetime.combine(sujet.depuis, time.min)
            rows &= Q(at__gte=timezone.make_aware(debut))
        condition |= rows
    return condition


def _services(evenement: AuditEvent) -> str:
    services = evenement.details.get("services") or [SANS_SERVICE]
    return ", ".join(str(service) for service in services)
