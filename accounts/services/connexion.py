"""Who may log in: one decision, at the cost of one hash whatever the answer."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.backends import trouver, verifier
from accounts.errors import CompteAActiver, CompteRefuse, IdentifiantsInconnus
from accounts.models import ACTIVES, Compte, Conditions, Etat
from accounts.services import appareils, essais, securite
from portal.audit import log
from portal.audit.models import AuditEvent
from portal.kernel import throttle
from portal.ui.formats import telephone

ALERTE_AU_PLUS = timedelta(hours=24)
_ALERTE = "compte.essais_ralentis"


def connecter(*, nom: str, mot_de_passe: str, cookie: str) -> Compte:
    """Return the account that a name and a password open; `cookie` is the browser's note.

    Raises TropDEssais, IdentifiantsInconnus, and, told to nobody but who knows the password,
    CompteAActiver and CompteRefuse.
    """
    compte = trouver(nom)
    appareil = appareils.numero(cookie, compte)
    essais.compter(essais.CONNEXION, nom=nom, appareil=appareil)
    if not verifier(compte, mot_de_passe) or compte is None:
        if not appareil:
            _alerter(compte, nom)
        raise IdentifiantsInconnus
    essais.reussir(essais.CONNEXION, compte, appareil=appareil)
    if compte.etat == Etat.A_ACTIVER:
        raise CompteAActiver
    if compte.etat not in ACTIVES:
        raise CompteRefuse(f"{CompteRefuse.message} {_contact()}")
    log.record("compte.connexion", target=compte, actor=compte)
    return compte


def conditions_a_accepter(compte: Compte) -> str:
    """Return the version of the « conditions générales » that an account has yet to accept, or ""
    (an agent accepts none: they are made with residents).
    """
    if compte.personne_id is None:
        return ""
    conditions = Conditions.en_vigueur()
    if conditions is None or conditions.version == compte.conditions_acceptees:
        return ""
    return conditions.version


def _alerter(compte: Compte | None, nom: str) -> None:
    """Tell the owner, once a day at most, that somebody's attempts are now slowed down."""
    # Asked for unknown names too; the rest is lost in the time of the hash just made.
    slowed = throttle.is_slowed(essais.CONNEXION.nom, essais.cle(nom))
    if slowed and compte is not None and compte.is_active:
        _ecrire_alerte(compte)


@transaction.atomic
def _ecrire_alerte(compte: Compte) -> None:
    # Locked, so that two attempts at once do not write two mails.
    Compte.objects.select_for_update(of=("self",), no_key=True).get(pk=compte.pk)
    today = AuditEvent.objects.filter(
        target_type=compte._meta.label_lower,
        target_id=str(compte.pk),
        action=_ALERTE,
        at__gt=timezone.now() - ALERTE_AU_PLUS,
    )
    if today.exists():
        return
    event = log.record(_ALERTE, target=compte)
    securite.ecrire(
        "connexion_ralentie",
        compte.courriel,
        fait=event.pk,
        identifiant=compte.identifiant,
        lien=securite.lien("oubli"),
    )


def _contact() -> str:
    ville = settings.TOWN
    appel = telephone(ville["telephone"])
    return f"Pour en parler, appelez le {appel} ou écrivez à {ville['courriel']}."
