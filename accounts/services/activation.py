"""The activation mail and its link: an account serves once its address is known to be read (B3)."""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.errors import CourrielDejaActif, LienInvalide
from accounts.models import Compte, Etat
from accounts.queries.identifiants import compte_du_courriel
from accounts.services import cles, jetons, validation
from portal.audit import log
from portal.kernel.db import refuse_on
from portal.kernel.errors import Refusal
from portal.kernel.text import canonical_name
from portal.notifications import catalog, outbox
from portal.ui.formats import date_heure

ACTIVATION, DEJA_ACTIF = "compte_activation", "compte_deja_actif"


def ecrire(compte: Compte, *, fait: int) -> None:
    """Queue the mail that a new account is owed, in the caller's transaction.

    Who signs up with the address of a living account learns it in this mail only: pages show the
    same to everyone. That account is named there, to its own address; the new one stays as it is
    until it is removed with those never activated.
    """
    deja = compte_du_courriel(compte.courriel)
    if deja is None:
        code, context = ACTIVATION, _activation(compte)
    else:
        code, context = DEJA_ACTIF, _deja_actif(deja)
    destinataire = outbox.Destinataire(compte.courriel)
    outbox.enqueue(code, destinataire=destinataire, fait=fait, context=context)


@transaction.atomic
def activer(*, jeton: str) -> Compte:
    """Open the login of the account whose link was followed; the town hall's check begins.

    Raises LienInvalide, LienExpire, or CourrielDejaActif when another account was activated with
    the same address meanwhile.
    """
    pk = jetons.lire(jetons.ACTIVATION, jeton).compte.pk
    compte = Compte.objects.select_for_update(of=("self",)).get(pk=pk)
    if compte.etat != Etat.A_ACTIVER:  # the other click of a double click
        raise LienInvalide
    with refuse_on("compte_courriel_unique", CourrielDejaActif()):
        validation.a_l_activation(compte)
    _rattacher(compte)
    return compte


@transaction.atomic
def renvoyer(*, nom: str) -> None:
    """Send again the mail of the account that goes by this identifiant or e-mail.

    An unknown name costs the same work, and does nothing.
    """
    compte = _trouver(nom)
    evenement = log.record("compte.activation_redemandee", target=compte)
    if compte is None:
        decoy = Compte(identifiant="inconnu", courriel="inconnu@exemple.fr")
        compte_du_courriel(decoy.courriel)
        catalog.render(ACTIVATION, _activation(decoy))
        return
    ecrire(compte, fait=evenement.pk)


@transaction.atomic
def corriger(*, compte_id: int, courriel: str) -> None:
    """Give a sign-up its right address and mail it there; links sent before are worth nothing then.

    Raises LienInvalide once the account is activated, or gone.
    """
    comptes = Compte.objects.select_related("personne").filter(pk=compte_id, etat=Etat.A_ACTIVER)
    compte = comptes.select_for_update(of=("self",)).first()
    if compte is None or compte.personne is None:
        raise LienInvalide
    if compte.personne.courriel == compte.courriel:  # the contact's, as the sign-up made it
        compte.personne.courriel = courriel
        compte.personne.save(update_fields=["courriel"])
    compte.courriel = Compte.objects.normalize_email(courriel)
    compte.save(update_fields=["courriel"])
    evenement = log.record("compte.courriel_corrige", target=compte, actor=compte)
    ecrire(compte, fait=evenement.pk)


def _rattacher(compte: Compte) -> None:
    """Spend the keys typed at sign-up; one that expired or served since then attaches nothing."""
    for cle_id in compte.cles_a_rattacher:
        with suppress(Refusal):  # `rattacher` undoes what it began
            cles.rattacher(cle_id=cle_id, compte=compte)
    if compte.cles_a_rattacher:
        compte.cles_a_rattacher = []
        compte.save(update_fields=["cles_a_rattacher"])


def _trouver(nom: str) -> Compte | None:
    """Return the account of a name; of several that wait with one address, the latest."""
    nom = canonical_name(nom)
    comptes = Compte.objects.select_related("personne").exclude(etat=Etat.FERME)
    if "@" in nom:
        comptes = comptes.annotate(minuscule=Lower("courriel")).filter(minuscule=nom)
    else:
        comptes = comptes.filter(identifiant=nom)
    return comptes.order_by("-pk").first()


def _activation(compte: Compte) -> dict[str, str]:
    jeton = jetons.emettre(jetons.ACTIVATION, compte)
    jours = settings.DELAI_VALIDATION_JOURS_OUVRES
    return {
        "nom": compte.get_short_name(),
        "identifiant": compte.identifiant,
        "jusqu_a": date_heure(timezone.now() + settings.DUREE_ACTIVATION),
        # Working days that the town hall's check takes; nothing where it is automatic.
        "jours": "" if settings.VALIDATION_AUTOMATIQUE else str(jours),
        "lien": settings.PUBLIC_URL + reverse("accounts:activation", kwargs={"jeton": jeton}),
    }


def _deja_actif(compte: Compte) -> dict[str, str]:
    return {
        "nom": compte.get_short_name(),
        "identifiant": compte.identifiant,
        "refuse": "oui" if compte.etat == Etat.REFUSE else "",
        "telephone": settings.TOWN["telephone"],
        "oubli": settings.PUBLIC_URL + reverse("accounts:oubli"),
        "lien": settings.PUBLIC_URL + reverse("accounts:connexion"),
    }
