"""The phone of an agent, for tests: what it shows, and an account that has one."""

from __future__ import annotations

import time

from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from lxml import html as lxml_html

from accounts.models import Compte
from accounts.services import second_facteur
from portal.notifications.models import OutgoingMessage

AJOUTER, VERIFIER = "/second-facteur/ajouter/", "/second-facteur/verifier/"
SECOURS, CODES, RETIRER = (
    "/second-facteur/secours/",
    "/second-facteur/codes/",
    "/second-facteur/retirer/",
)


def totp(cle: str, decalage: int = 0) -> str:
    """What a phone shows, `decalage` steps of 30 seconds away."""
    oath = TOTP(bytes.fromhex(cle))
    oath.time = time.time() + 30 * decalage
    return f"{oath.token():06}"


def enroler(agent: Compte) -> tuple[str, list[str]]:
    """Give an agent a phone; return its secret and the recovery codes."""
    cle = second_facteur.nouvelle_cle()
    _appareil, codes = second_facteur.ajouter(compte_id=agent.pk, cle=cle, code=totp(cle))
    return cle, codes


def page(response):
    return lxml_html.fromstring(response.content)


def words(response) -> str:
    return " ".join(page(response).find("body").text_content().split())


def messages(code: str) -> list[str]:
    return [m.recipient for m in OutgoingMessage.objects.filter(code=code)]


def is_in(client) -> bool:
    return client.get("/admin/").status_code == 200


def reste(agent: Compte, code: str) -> bool:
    """Tell whether a recovery code may still be used."""
    (device,) = {token.device for token in StaticToken.objects.filter(device__user=agent)}
    return device.token_set.filter(token=second_facteur._stocke(device, code)).exists()
