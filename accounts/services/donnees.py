"""What accounts and homes hold about an account: told, shown who read it, erased (B11).

Règlement (UE) 2016/679: art. 13 and 15 (what, why, how long, for whom), art. 17 (erasure).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import registries
from accounts.models import (
    Compte,
    DossierFamille,
    Foyer,
    Invitation,
    Membre,
    SessionCompte,
)
from accounts.registries import Categorie, Sujet
from accounts.services import effacement
from portal.audit import log
from portal.kernel import throttle
from portal.notifications.tasks import BODIES_KEPT
from portal.ui.formats import duree

# The models whose personal data this module and `export` look after.
MODELES = (
    "accounts.Compte",
    "accounts.Personne",
    "accounts.Membre",
    "accounts.Invitation",
    "accounts.Changement",
    "accounts.SessionCompte",
    "accounts.CleService",
)
TELECHARGEMENT = throttle.Rule(
    "donnees.compte", free=3, delay=timedelta(minutes=1), ceiling=timedelta(hours=1)
)
_JUSQU_A_LA_FERMETURE = "Jusqu’à la fermeture de votre compte."


@transaction.atomic
def telecharger(*, compte: Compte) -> Iterator[tuple[str, bytes]]:
    """Return the files of an account's archive, made one by one as they are read; the journal
    keeps that they were asked for.
    """
    log.record("compte.donnees_telechargees", target=compte, actor=compte)
    return registries.export(compte)


def inventaire(compte: Compte) -> Iterator[Categorie]:
    """Tell what accounts and homes hold."""
    yield from _identite()
    yield from _foyer(compte)
    yield from _traces(compte)


def _identite() -> Iterator[Categorie]:
    yield Categorie(
        "Votre compte",
        "Identifiant, courriel de connexion, question secrète. Votre mot de passe et votre réponse "
        "secrète sont gardés sous une forme que personne ne peut lire, même à la mairie.",
        "Vous reconnaître quand vous vous connectez.",
        _JUSQU_A_LA_FERMETURE,
    )
    yield Categorie(
        "Votre identité et vos coordonnées",
        "Ce que vous avez saisi dans « Mon espace » : noms, prénoms, naissance, adresse, "
        "téléphones, courriel.",
        "Remplir vos demandes à votre place et vous répondre.",
        _JUSQU_A_LA_FERMETURE,
    )


def _foyer(compte: Compte) -> Iterator[Categorie]:
    membres = Membre.objects.for_compte(compte).exclude(personne=compte.personne_id)
    yield Categorie(
        "Votre entourage",
        "Les autres personnes de votre foyer, vos contacts, et l’historique des changements.",
        "Faire des démarches pour eux sans tout saisir à nouveau.",
        "Jusqu’à la fermeture de votre compte, sauf si une autre personne représente votre foyer.",
        membres.count(),
    )
    yield Categorie(
        "Votre famille connue des services",
        "Les dossiers que des services ont rattachés à votre foyer, avec une clé.",
        "Vous ouvrir les démarches réservées aux familles de ces services.",
        "Le dossier est celui du service, qui le garde ; il n’est plus relié à vous après la "
        "fermeture de votre compte.",
        DossierFamille.objects.filter(foyer__in=Foyer.objects.for_compte(compte)).count(),
    )


def _traces(compte: Compte) -> Iterator[Categorie]:
    yield Categorie(
        "Vos connexions ouvertes",
        "Pour chaque navigateur connecté : l’appareil, le début de son adresse, les heures.",
        "Vous laisser voir d’où votre compte est ouvert, et fermer à distance.",
        f"{duree(settings.DUREE_SESSION_RESIDENT)} après votre dernière page.".capitalize(),
        SessionCompte.objects.filter(compte_id=compte.pk, expire_date__gt=timezone.now()).count(),
    )
    yield Categorie(
        "Les courriels que nous vous envoyons",
        "Leur texte et votre adresse.",
        "Pouvoir les renvoyer s’ils n’arrivent pas.",
        f"{duree(BODIES_KEPT)}. Ensuite, nous savons seulement qu’un courriel est parti.",
    )
    yield Categorie(
        "Le journal",
        "Qui a fait ou lu quoi, et quand. Il ne contient ni vos réponses, ni vos coordonnées.",
        "Prouver ce qui s’est passé, vous dire qui a consulté votre dossier.",
        "Le journal reste après la fermeture de votre compte : votre identifiant y figure, rien "
        "d’autre sur vous.",
    )


def effacer(compte: Compte) -> None:
    """Erase the person, the home if nobody else represents it, the sessions; the row stays, with
    nothing in it that tells whose it was: requests and the journal hang on it.
    """
    noms = (compte.identifiant, compte.courriel.casefold(), str(compte.pk))
    SessionCompte.objects.filter(compte_id=compte.pk).delete()
    personne = compte.personne
    if personne is not None:
        effacement.quitter_les_foyers(compte, personne)
    Invitation.objects.filter(Q(auteur=compte) | Q(acceptee_par=compte)).delete()
    effacement.anonymiser(compte)
    if personne is not None:
        effacement.supprimer(personne)
    throttle.forget_everywhere(*noms)


def sujets(compte: Compte) -> Iterator[Sujet]:
    """Tell which rows of this app agents read about an account."""
    yield Sujet("accounts.compte", [str(compte.pk)], "votre compte")
    if compte.personne_id is not None:
        yield Sujet("accounts.personne", [str(compte.personne_id)], "votre fiche")
    represente = Membre.objects.for_compte(compte).filter(personne=compte.personne_id)
    moi = represente.values_list("foyer", "debut").first()
    if moi is None:
        return
    foyer, debut = moi
    # Who joins a home later sees nothing earlier.
    yield Sujet("accounts.foyer", [str(foyer)], "votre foyer", debut)
    dossiers = DossierFamille.objects.filter(foyer=foyer).values_list("pk", flat=True)
    ids = [str(pk) for pk in dossiers]
    yield Sujet("accounts.dossierfamille", ids, "le dossier de votre famille", debut)
