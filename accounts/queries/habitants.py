"""Residents' accounts as the agents who check them look for them and read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import REPRESENTANTS, Compte, Etat, Foyer, Membre, Personne
from accounts.models.personne import NOMS
from portal.kernel.clock import retirer_jours_ouvres
from portal.kernel.pli import Pli

MOTS_LUS, TRIGRAMME = 6, 3


@dataclass
class Fiche:
    """One account with its person and its home, as one page shows it."""

    compte: Compte
    foyer: Foyer | None = None
    membres: list[Membre] = field(default_factory=list)


def habitants() -> QuerySet[Compte]:
    """Return the accounts of residents: those of agents are none of this."""
    return Compte.objects.filter(is_staff=False)


def limite() -> datetime:
    """Return the moment before which an account that still waits is late."""
    jour = retirer_jours_ouvres(timezone.localdate(), settings.DELAI_VALIDATION_JOURS_OUVRES)
    return timezone.make_aware(datetime.combine(jour, datetime.min.time()))


def a_verifier() -> tuple[int, int]:
    """Return how many accounts wait for a clerk, and how many of them are late."""
    en_retard = Count("pk", filter=Q(activation_at__lt=limite()))
    comptes = habitants().filter(etat=Etat.EN_ATTENTE).order_by()
    nombres = comptes.aggregate(total=Count("pk"), en_retard=en_retard)
    return nombres["total"], nombres["en_retard"]


def chercher(comptes: QuerySet[Compte], texte: str) -> QuerySet[Compte]:
    """Keep the accounts whose names, e-mail or identifiant hold every word, whatever the accents.

    Words too short for trigrams find nobody by themselves but who begins by them: « Ng Li ».
    """
    mots = texte.split()[:MOTS_LUS]
    if mots and all(len(mot) < TRIGRAMME for mot in mots):
        return _qui_a(comptes, "".join(mots), "startswith")
    for mot in mots:
        if "@" in mot:
            adresses = comptes.alias(minuscule=Lower("courriel"))
            comptes = adresses.filter(minuscule__startswith=mot.lower())
        else:
            comptes = _qui_a(comptes, mot, "contains")
    return comptes


def _qui_a(comptes: QuerySet[Compte], mot: str, comment: str) -> QuerySet[Compte]:
    """Keep those found in people, by their trigram index, or in accounts, by theirs: an OR over
    both tables would read all.
    """
    noms = {f"noms__{comment}": Pli(Value(mot))}
    personnes = Personne.objects.alias(noms=Pli(NOMS)).filter(**noms)
    par_nom = Compte.objects.filter(personne__in=personnes.values("pk"))
    par_identifiant = Compte.objects.filter(identifiant__startswith=mot.lower())
    pks = [found.order_by().values("pk") for found in (par_nom, par_identifiant)]
    return comptes.filter(pk__in=pks[0].union(pks[1], all=True))


def fiches(comptes: Iterable[Compte]) -> list[Fiche]:
    """Return each account with its home and who is in it today (one query)."""
    found = {compte.personne_id: Fiche(compte) for compte in comptes}
    moi = Membre.objects.actifs().filter(personne__in=found, role__in=REPRESENTANTS)
    ailleurs = Membre.objects.actifs().filter(personne=OuterRef("personne"))
    membres = (
        Membre.objects.actifs()
        .filter(foyer__in=moi.values("foyer"))
        .select_related("personne__compte", "foyer")
        .annotate(partage=Exists(ailleurs.exclude(foyer=OuterRef("foyer"))))
        .order_by("id")
    )
    foyers: dict[int, list[Membre]] = {}
    for membre in membres:
        foyers.setdefault(membre.foyer_id, []).append(membre)
    for groupe in foyers.values():
        for place in groupe:
            fiche = found.get(place.personne_id)
            if fiche is not None and place.role in REPRESENTANTS:
                fiche.foyer, fiche.membres = place.foyer, groupe
    return list(found.values())
