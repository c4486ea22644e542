"""The second factor of agents: a code of their phone (TOTP, RFC 6238), and recovery codes.

django-otp holds the tables and the reckoning. What it leaves to who calls it is here:
- a device is locked before a code is tried, or two requests could use one code twice;
- a wrong code is counted in a transaction that is committed, then refused;
- recovery codes are stored as fingerprints, not as it would store them.
"""

from __future__ import annotations

from base64 import b32encode

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from accounts.errors import CodeDeSecoursRefuse, CodeRefuse
from accounts.models import Compte, SessionCompte
from accounts.queries import second_facteur as queries
from portal.audit import log
from portal.audit.models import AuditEvent
from portal.kernel.crypto import fingerprint, random_number
from portal.notifications import outbox

NOMBRE_DE_CODES = 10
# Two groups of five: 50 bits, guessed by nobody at the pace that the counters leave.
GROUPES, TAILLE = 2, 5
# Wrong codes in a row after which the agent is told: whoever types them knows the password.
ALERTE = 5


def nouvelle_cle() -> str:
    """Return a new secret (160 bits, RFC 4226 section 4), to be shown and then confirmed."""
    return str(default_key())


def adresse(compte: Compte, cle: str) -> str:
    """Return the `otpauth://` address that a phone reads in the QR code."""
    return str(TOTPDevice(user=compte, key=cle).config_url)


def en_lettres(cle: str) -> str:
    """Return a secret as it is typed by hand: base 32, by groups of four."""
    lettres = b32encode(bytes.fromhex(cle)).decode()
    return " ".join(lettres[i : i + 4] for i in range(0, len(lettres), 4))


@transaction.atomic
def ajouter(*, compte_id: int, cle: str, code: str) -> tuple[Device, list[str]]:
    """Make `cle` the second factor of an account; return it with the new recovery codes.

    Replaces the former phone and the former codes. Raises CodeRefuse when `code` is not one of
    `cle`.
    """
    compte = Compte.objects.select_for_update().get(pk=compte_id)
    appareil = TOTPDevice.objects.create(user=compte, key=cle, name="téléphone")
    if not appareil.verify_token(code):
        raise CodeRefuse  # the rollback takes the device away
    TOTPDevice.objects.filter(user=compte).exclude(pk=appareil.pk).delete()
    codes = _remplacer_codes(compte)
    event = log.record("compte.second_facteur_ajoute", target=compte, actor=compte)
    _annoncer("second_facteur_ajoute", compte, event)
    return appareil, codes


def verifier(*, compte: Compte, code: str) -> Device:
    """Return the phone that made `code`; raises CodeRefuse. Who calls this slows down who tries
    too often.

    A code serves once (RFC 6238, section 5.2).
    """
    return _essayer(TOTPDevice, compte, code, "compte.second_facteur_verifie", CodeRefuse())


def verifier_secours(*, compte: Compte, code: str) -> Device:
    """Use up a recovery code and tell the agent; raises CodeDeSecoursRefuse."""
    acte = "compte.code_de_secours_utilise"
    return _essayer(StaticDevice, compte, code, acte, CodeDeSecoursRefuse())


@transaction.atomic
def nouveaux_codes(*, compte_id: int) -> list[str]:
    """Replace the recovery codes of an account by new ones, and return these."""
    compte = Compte.objects.select_for_update().get(pk=compte_id)
    if not queries.a_un_facteur(compte):
        raise CodeRefuse("Ajoutez d’abord votre téléphone.")
    codes = _remplacer_codes(compte)
    log.record("compte.codes_de_secours_remplaces", target=compte, actor=compte)
    return codes


@transaction.atomic
def retirer(*, compte_id: int, auteur: Compte | None) -> bool:
    """Remove the second factor of an account; return whether there was one.

    Without an author it is the operator who does it, for a lost phone: the open sessions close.
    """
    compte = Compte.objects.select_for_update().get(pk=compte_id)
    retires = oublier(compte)
    if auteur is None:
        SessionCompte.objects.filter(compte_id=compte.pk).delete()
    if retires:
        event = log.record("compte.second_facteur_retire", target=compte, actor=auteur)
        _annoncer("second_facteur_retire", compte, event)
    return retires


def oublier(compte: Compte) -> bool:
    """Delete phone and recovery codes of a locked account; return whether there was a phone."""
    retires, _by_model = TOTPDevice.objects.filter(user=compte).delete()
    StaticDevice.objects.filter(user=compte).delete()
    return bool(retires)


def _essayer(
    modele: type[Device], compte: Compte, code: str, acte: str, refus: CodeRefuse
) -> Device:
    with transaction.atomic():
        # Locked: the library reads then writes, and two requests would spend one code twice.
        appareil = modele.objects.select_for_update().filter(user=compte, confirmed=True).first()
        if appareil is None:
            raise refus
        if appareil.verify_token(_stocke(appareil, code)):
            event = log.record(acte, target=compte, actor=compte)
            if modele is StaticDevice:
                _annoncer("code_de_secours_utilise", compte, event)
            return appareil
        if appareil.throttling_failure_count == ALERTE:
            event = log.record("compte.second_facteur_essais", target=compte)
            _annoncer("second_facteur_essais", compte, event)
    # After the commit: a refusal must not take back the count of what was tried.
    raise refus


def _stocke(appareil: Device, code: str) -> str:
    """Return a code as its device knows it: recovery codes by a fingerprint of 64 bits, all that
    the column of the library holds.
    """
    if not isinstance(appareil, StaticDevice):
        return code
    return fingerprint("code_de_secours", f"{appareil.pk}:{code}")[:16]


def _remplacer_codes(compte: Compte) -> list[str]:
    # The device stays: who came in by a former code is not thrown out.
    appareil, _created = StaticDevice.objects.get_or_create(
        user=compte, defaults={"name": "codes de secours"}
    )
    appareil.throttle_reset()
    appareil.token_set.all().delete()
    codes = [random_number(GROUPES, TAILLE) for _ in range(NOMBRE_DE_CODES)]
    StaticToken.objects.bulk_create(
        StaticToken(device=appareil, token=_stocke(appareil, code)) for code in codes
    )
    return codes


def _annoncer(courrier: str, compte: Compte, event: AuditEvent) -> None:
    context = {
        "identifiant": compte.identifiant,
        "lien": settings.PUBLIC_URL + reverse("accounts:second-facteur"),
    }
    outbox.enqueue(
        courrier,
        destinataire=outbox.Destinataire(compte.courriel),
        fait=event.pk,
        context=context,
    )
