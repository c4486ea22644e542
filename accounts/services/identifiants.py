"""What one logs in with, changed behind the current password: identifiant, e-mail, password,
secret question. Open before the town hall's check too: these are keys, not a profile (B6).
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from accounts.errors import (
    CourrielInchange,
    CourrielPris,
    IdentifiantInchange,
    IdentifiantPris,
    LienInvalide,
    MotDePasseActuelFaux,
    MotDePasseInchange,
)
from accounts.models import Compte
from accounts.queries.identifiants import compte_du_courriel
from accounts.services import essais, jetons, mot_de_passe, secret, securite
from portal.audit import log
from portal.kernel import throttle
from portal.kernel.db import refuse_on

# Mails to an address that somebody typed: a few, then slowly.
CHANGEMENTS_DE_COURRIEL = throttle.Rule(
    "courriel.changement", free=5, delay=timedelta(minutes=10), ceiling=timedelta(hours=12)
)


def changer_identifiant(*, compte: Compte, actuel: str, identifiant: str) -> None:
    """Give an account another identifiant; raises TropDEssais, MotDePasseActuelFaux,
    IdentifiantInchange, IdentifiantPris.
    """
    exiger_mot_de_passe(compte, actuel)
    identifiant = identifiant.lower()
    if identifiant == compte.identifiant:
        raise IdentifiantInchange
    ancien = compte.identifiant
    with transaction.atomic():
        with refuse_on("accounts_compte_identifiant_key", IdentifiantPris()):
            Compte.objects.filter(pk=compte.pk).update(identifiant=identifiant)
        compte.identifiant = identifiant
        modification = f"votre identifiant a été changé (c’était {ancien})"
        securite.noter("compte.identifiant_change", compte, modification=modification)


def changer_mot_de_passe(*, compte: Compte, actuel: str, nouveau: str, session: str) -> None:
    """Give an account another password and close its other sessions (`session` stays); raises
    TropDEssais, MotDePasseActuelFaux, MotDePasseInchange.
    """
    exiger_mot_de_passe(compte, actuel)
    if nouveau == actuel:
        raise MotDePasseInchange
    with transaction.atomic():
        mot_de_passe.remplacer(compte, nouveau, MotDePasseActuelFaux(), session=session)
        modification = mot_de_passe.MOT_DE_PASSE_CHANGE
        securite.noter("compte.mot_de_passe_change", compte, modification=modification)


def changer_question(*, compte: Compte, actuel: str, question: str, reponse: str) -> None:
    """Give an account another secret question; raises TropDEssais, MotDePasseActuelFaux,
    ReponseTropCourte.
    """
    exiger_mot_de_passe(compte, actuel)
    empreinte = secret.empreinte(reponse)
    with transaction.atomic():
        lignes = Compte.objects.filter(pk=compte.pk)
        lignes.update(question_secrete=question, reponse_secrete=empreinte)
        modification = "votre question secrète a été changée"
        securite.noter("compte.question_changee", compte, modification=modification)


def demander_courriel(*, compte: Compte, actuel: str, courriel: str) -> None:
    """Send a link to a new e-mail, which takes effect when it is followed, and tell the old one.

    An address that another account has gets another mail, and who asks sees no difference. Raises
    TropDEssais, MotDePasseActuelFaux, CourrielInchange.
    """
    exiger_mot_de_passe(compte, actuel)
    courriel = Compte.objects.normalize_email(courriel)
    if courriel.casefold() == compte.courriel.casefold():
        raise CourrielInchange
    essais.exiger(CHANGEMENTS_DE_COURRIEL, str(compte.pk))
    with transaction.atomic():
        modification = "un changement de votre courriel de connexion a été demandé"
        securite.noter("compte.courriel_demande", compte, modification=modification)
        deja = compte_du_courriel(courriel)
        if deja is None:
            _ecrire_au_nouveau(compte, courriel)
        else:
            _prevenir_qui_l_a(deja)


@transaction.atomic
def confirmer_courriel(*, jeton: str) -> Compte:
    """Make the address that received the link the login e-mail, and tell the old one.

    Raises LienExpire, LienInvalide (of two clicks one wins), and CourrielPris when the address
    became another account's meanwhile.
    """
    lu = jetons.lire(jetons.COURRIEL, jeton)
    compte, ancien = lu.compte, lu.compte.courriel
    lignes = Compte.objects.filter(pk=compte.pk, courriel=ancien, password=compte.password)
    with refuse_on("compte_courriel_unique", CourrielPris()):
        changees = lignes.update(courriel=lu.valeur)
    if not changees:
        raise LienInvalide
    for regles in (essais.CONNEXION, essais.QUESTION):
        essais.oublier(regles, compte)
    compte.courriel = lu.valeur
    securite.noter(
        "compte.courriel_change",
        compte,
        modification="votre courriel de connexion a été changé",
        courriel=ancien,
    )
    return compte


def exiger_mot_de_passe(compte: Compte, actuel: str) -> None:
    """Ask for the current password again: a session left open is not its owner."""
    essais.exiger(essais.MOT_DE_PASSE_ACTUEL, str(compte.pk))
    if not compte.check_password(actuel):
        raise MotDePasseActuelFaux
    throttle.forget(essais.MOT_DE_PASSE_ACTUEL, str(compte.pk))


def _ecrire_au_nouveau(compte: Compte, courriel: str) -> None:
    event = log.record("compte.courriel_a_confirmer", target=compte, actor=compte)
    jeton = jetons.emettre(jetons.COURRIEL, compte, courriel)
    securite.ecrire(
        "courriel_a_confirmer",
        courriel,
        fait=event.pk,
        identifiant=compte.identifiant,
        lien=securite.lien("confirmer-courriel", jeton=jeton),
    )


def _prevenir_qui_l_a(compte: Compte) -> None:
    event = log.record("compte.courriel_convoite", target=compte)
    securite.ecrire(
        "courriel_deja_utilise",
        compte.courriel,
        fait=event.pk,
        identifiant=compte.identifiant,
        lien=securite.lien("connexion"),
    )
