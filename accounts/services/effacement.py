"""Removing people and homes when an account goes.

Lock order: the account, then its homes in the order of ids, then their people. The account's row
takes its last values after the homes are locked: who attaches a family holds a home, and then needs
the account's key.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import (
    REPRESENTANTS,
    AutorisationSortie,
    Canal,
    Changement,
    Compte,
    DossierFamille,
    Etat,
    Foyer,
    Invitation,
    Membre,
    Personne,
)
from accounts.services import foyer as foyers

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
PARTIE = "Une personne partie du foyer"


def quitter_les_foyers(compte: Compte, personne: Personne) -> list[Foyer]:
    """Take a person out of the home it represents; return those, of its present and past ones,
    that nobody represents any more: they are emptied.

    Where another representative stays, the home goes on with them, and they are told.
    """
    representes = personne.membres.filter(role__in=REPRESENTANTS)
    locked = foyers.verrouiller(representes.values_list("foyer", flat=True))
    moi = foyers.representation(personne)
    if moi is not None:
        foyers.laisser(moi, compte)
    actifs = Membre.objects.actifs().filter(role__in=REPRESENTANTS)
    encore = set(actifs.filter(foyer__in=locked).values_list("foyer", flat=True))
    vides = [foyer for foyer in locked if foyer.pk not in encore]
    for foyer in vides:
        _dissoudre(foyer, personne)
    return vides


def supprimer(personne: Personne) -> None:
    """Delete a person of no account any more, and what the history of homes tells of it.

    Where another home lists it among its own people, it stays there without what the account had
    been entrusted with: its coordinates.
    """
    if personne.membres.actifs().exists():
        personne.courriel = personne.telephone_mobile = personne.telephone_fixe = ""
        personne.save(update_fields=["courriel", "telephone_mobile", "telephone_fixe"])
        return
    chez = Changement.objects.filter(foyer__in=personne.membres.values("foyer"))
    a_son_sujet = Q(membre__personne=personne) | Q(sujet=str(personne)[:210])
    chez.filter(a_son_sujet).update(sujet=PARTIE, details=[])
    _supprimer([personne.pk])


def anonymiser(compte: Compte) -> None:
    """Close an account's row, locked by the caller: nothing in it tells whose it was, nobody logs
    in with it, and its e-mail is free for another.
    """
    pseudo = f"ferme-{compte.pk}"
    if Compte.objects.filter(identifiant=pseudo).exclude(pk=compte.pk).exists():
        pseudo = f"ferme-{compte.pk}-{get_random_string(8, ALPHABET)}"  # somebody chose it
    compte.identifiant = pseudo
    # A domain that can never exist (RFC 2606).
    compte.courriel = f"{pseudo}@compte-ferme.invalid"
    compte.set_unusable_password()
    compte.question_secrete = compte.reponse_secrete = compte.motif_refus = ""
    compte.conditions_acceptees, compte.canal_prefere = "", Canal.COURRIEL
    compte.cles_a_rattacher = []
    compte.personne = compte.conditions_at = compte.last_login = None
    compte.fermeture_demandee_at = None
    compte.etat, compte.ferme_at = Etat.FERME, timezone.now()
    compte.save()


def _dissoudre(foyer: Foyer, personne: Personne) -> None:
    """Empty a home that nobody represents: its address, its history, its people who live in no
    other home. The row stays for what upper apps may have hung on it.
    """
    Invitation.objects.filter(foyer=foyer).delete()
    Changement.objects.filter(foyer=foyer).delete()
    AutorisationSortie.objects.filter(enfant__foyer=foyer).delete()
    # The file is the service's: it keeps it, for a new key to attach.
    DossierFamille.objects.filter(foyer=foyer).update(foyer=None, rattachement_at=None)
    foyer.membres.filter(personne=personne).delete()
    _supprimer(_sans_autre_foyer(foyer))
    fin = Greatest("debut", timezone.localdate())
    foyer.membres.filter(fin=None).update(fin=fin)
    foyer.voie = foyer.complement = foyer.code_postal = foyer.commune = ""
    foyer.save(update_fields=["voie", "complement", "code_postal", "commune"])


def _sans_autre_foyer(foyer: Foyer) -> list[int]:
    """Ids of the people, present and past, whom neither another home nor an account holds."""
    people = Personne.objects.filter(pk__in=foyer.membres.values("personne")).order_by("pk")
    # Locked first: of two homes of one child emptied at once, the second must see the first.
    locked = list(people.select_for_update(of=("self",)).values_list("pk", flat=True))
    ailleurs = Membre.objects.actifs().filter(personne=OuterRef("pk")).exclude(foyer=foyer)
    alone = Personne.objects.filter(~Exists(ailleurs), pk__in=locked, compte=None)
    return list(alone.values_list("pk", flat=True))


def _supprimer(ids: Iterable[int]) -> None:
    ids = list(ids)
    Membre.objects.filter(personne__in=ids).delete()
    Personne.objects.filter(pk__in=ids).delete()
