"""« Mot de passe oublié ? »: a name, the secret question, a link by mail, a new password."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.backends import trouver
from accounts.errors import LienInvalide
from accounts.models import Compte, Etat, SessionCompte
from accounts.services import activation, appareils, essais, jetons, secret, securite
from portal.audit import log

MOT_DE_PASSE_CHANGE = "votre mot de passe a été changé"


def demander(*, nom: str) -> str:
    """Count the name whose question is asked for and return it, fit to be kept in the session;
    raises TropDEssais.
    """
    essais.compter_adresse(essais.NOMS)
    return nom.strip()


def question(*, nom: str) -> str:
    """Return the secret question of a name: its account's, or one invented for that name."""
    compte = trouver(nom)
    inventee = secret.question_inventee(essais.cle(nom))
    return (compte.question_secrete if compte is not None else "") or inventee


def repondre(*, nom: str, reponse: str, cookie: str) -> None:
    """Send the link when the answer is right; nothing tells whether it was.

    Raises TropDEssais. An account to activate gets its activation link again, which asks no secret
    elsewhere either.
    """
    compte = trouver(nom)
    essais.compter(essais.QUESTION, nom=nom, appareil=appareils.numero(cookie, compte))
    a_activer = _a_activer(nom)
    juste = secret.verifier(reponse, compte.reponse_secrete if compte is not None else "")
    if compte is not None and compte.etat != Etat.A_ACTIVER:
        if juste and compte.is_active:
            _envoyer_lien(compte)
    elif a_activer:
        activation.renvoyer(nom=nom)


@transaction.atomic
def reinitialiser(*, jeton: str, mot_de_passe: str) -> Compte:
    """Set a new password with the link of a mail, close every session, and tell the owner.

    Raises LienExpire, LienInvalide; of two at once with one link, one wins.
    """
    compte = jetons.lire(jetons.REINITIALISATION, jeton).compte
    remplacer(compte, mot_de_passe, LienInvalide())
    securite.noter("compte.mot_de_passe_reinitialise", compte, modification=MOT_DE_PASSE_CHANGE)
    return compte


def remplacer(compte: Compte, mot_de_passe: str, refus: Exception, *, session: str = "") -> None:
    """Replace the password that was read on `compte`, in the caller's transaction: raises `refus`
    when it has changed since. Every session but `session` is closed, attempts are forgotten.
    """
    nouveau = make_password(mot_de_passe)
    # One conditional UPDATE: nobody can slip between « the link is good » and « it has served ».
    lu = Compte.objects.filter(
        pk=compte.pk, password=compte.password, etat=compte.etat, courriel=compte.courriel
    )
    if not lu.update(password=nouveau):
        raise refus
    compte.password = nouveau
    SessionCompte.objects.filter(compte_id=compte.pk).exclude(session_key=session).delete()
    for regles in (essais.CONNEXION, essais.QUESTION):
        essais.oublier(regles, compte)


def _a_activer(nom: str) -> bool:
    nom = nom.strip()
    champ = "courriel__iexact" if "@" in nom else "identifiant__iexact"
    return Compte.objects.filter(etat=Etat.A_ACTIVER, **{champ: nom}).exists()


@transaction.atomic
def _envoyer_lien(compte: Compte) -> None:
    event = log.record("compte.reinitialisation_demandee", target=compte)
    jeton = jetons.emettre(jetons.REINITIALISATION, compte)
    securite.ecrire(
        "mot_de_passe_oublie",
        compte.courriel,
        fait=event.pk,
        identifiant=compte.identifiant,
        lien=securite.lien("nouveau-mot-de-passe", jeton=jeton),
    )
