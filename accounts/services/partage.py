"""One child of two homes (C5): a clerk links its two entries, corrects what they share, parts them.

Neither home is told of the other, so nothing here writes to anybody; an automatic match would tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from accounts.errors import EnfantSansPartage, EnfantsDifferents
from accounts.models import ENFANTS, Changement, Compte, Membre, Personne
from accounts.queries import doublons
from accounts.services.foyer import terminer, verrouiller
from accounts.services.historique import differences, noter
from portal.audit import log
from portal.ui.formats import date_courte, telephone

# What two homes read of one child; the way to reach somebody is never among it.
PARTAGES = ("civilite", "lieu_naissance", "ecole", "classe")
COORDONNEES = ("courriel", "telephone_mobile", "telephone_fixe")
CORRIGES = ("prenoms", "nom_naissance", "nom_usage", "date_naissance", "ecole", "classe")


@transaction.atomic
def lier(*, membre_id: int, autre_id: int, garder_id: int, agent: Compte) -> Personne:
    """Make two entries of one child, in two homes, one person: the one of `garder_id` (a Membre,
    one of both), whose blanks the other fills; raises EnfantsDifferents.
    """
    membres = {m.pk: m for m in _verrouiller(membre_id, autre_id)}
    if len(membres) != 2 or garder_id not in membres:
        raise EnfantsDifferents
    if autre_id not in doublons.entrees_du_meme_enfant(membre_id):
        raise EnfantsDifferents
    gardee = membres[garder_id].personne
    autre = membres[autre_id if garder_id == membre_id else membre_id]
    avant = {m.pk: valeurs(m.personne) for m in membres.values()}
    fondre(gardee, autre.personne)
    effacer_coordonnees(gardee)
    for membre in membres.values():
        _noter(membre, gardee, differences(avant[membre.pk], valeurs(gardee)), agent)
    log.record("enfant.lie", target=gardee, actor=agent, details={"membres": sorted(membres)})
    return gardee


@transaction.atomic
def delier(*, membre_id: int, agent: Compte) -> Personne:
    """Give a home its own copy of a child it shared; raises EnfantSansPartage."""
    membre = _partage(membre_id)
    partages = Membre.objects.filter(foyer=membre.foyer_id, personne=membre.personne_id)
    pks = list(partages.values_list("pk", flat=True))
    copie = membre.personne
    copie.pk, copie._state.adding = None, True
    copie.save()
    Membre.objects.filter(pk__in=pks).update(personne=copie)
    log.record("enfant.delie", target=copie, actor=agent, details={"membre": membre.pk})
    return copie


@transaction.atomic
def corriger(*, membre_id: int, champs: Mapping[str, Any], agent: Compte) -> Personne:
    """Change the identity or the school (CORRIGES) of a child whom residents can no longer change,
    with a line in the history of each home; raises EnfantSansPartage.
    """
    personne = _partage(membre_id).personne
    avant = valeurs(personne)
    for nom in CORRIGES:
        setattr(personne, nom, champs[nom])
    personne.save(update_fields=CORRIGES)
    changes = differences(avant, valeurs(personne))
    for membre in personne.membres.actifs().select_related("foyer"):
        _noter(membre, personne, changes, agent)
    log.record("enfant.corrige", target=personne, actor=agent, details={"champs": len(changes)})
    return personne


def fondre(gardee: Personne, partie: Personne) -> None:
    """Let `gardee` take every place of `partie`, and its values where it has none; `partie` is
    removed. The caller holds the homes.
    """
    vides = [nom for nom in PARTAGES if not getattr(gardee, nom) and getattr(partie, nom)]
    for nom in vides:
        setattr(gardee, nom, getattr(partie, nom))
    if vides:
        gardee.save(update_fields=vides)
    doubles = Membre.objects.actifs().filter(personne=partie)
    for membre in doubles.filter(foyer__in=gardee.membres.actifs().values("foyer")):
        terminer(membre)
    Membre.objects.filter(personne=partie).update(personne=gardee)
    partie.delete()


def effacer_coordonnees(personne: Personne) -> None:
    """Empty what one home gave to reach a child that another home now reads too."""
    for nom in COORDONNEES:
        setattr(personne, nom, "")
    personne.save(update_fields=COORDONNEES)


def _verrouiller(*membre_ids: int) -> list[Membre]:
    """Return active children, their homes locked in the order of their keys."""
    enfants = Membre.objects.actifs().filter(pk__in=membre_ids, role__in=ENFANTS)
    verrouiller(enfants.values_list("foyer", flat=True))
    locked = enfants.select_related("personne", "foyer").order_by("pk")
    return list(locked.select_for_update(of=("self", "personne"), no_key=True))


def _partage(membre_id: int) -> Membre:
    """Return a child that another home has too, all its homes locked."""
    ensemble = Membre.objects.actifs().filter(personne__membres=membre_id).values_list("pk")
    membres = {m.pk: m for m in _verrouiller(*(pk for (pk,) in ensemble))}
    if membre_id not in membres or len({m.foyer_id for m in membres.values()}) < 2:
        raise EnfantSansPartage
    return membres[membre_id]


def _noter(
    membre: Membre, personne: Personne, changes: list[dict[str, str]], agent: Compte
) -> None:
    if changes:
        noter(
            membre.foyer,
            Changement.Acte.MODIFICATION,
            sujet=personne,
            auteur=agent,
            membre=membre,
            details=changes,
        )


def valeurs(personne: Personne) -> dict[str, str]:
    """Return what the history of a home shows of a person, by label."""
    return {
        "Civilité": personne.get_civilite_display(),
        "Prénoms": personne.prenoms,
        "Nom de naissance": personne.nom_naissance,
        "Nom d’usage": personne.nom_usage,
        "Date de naissance": _jour(personne.date_naissance),
        "Lieu de naissance": personne.lieu_naissance,
        "Téléphone mobile": _telephone(personne.telephone_mobile),
        "Téléphone fixe": _telephone(personne.telephone_fixe),
        "Courriel": personne.courriel,
        "École": personne.ecole,
        "Classe": personne.classe,
    }


def _jour(jour: date | None) -> str:
    return date_courte(jour) if jour else ""


def _telephone(numero: str) -> str:
    return telephone(numero) if numero else ""
