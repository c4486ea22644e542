"""Accounts that log in, and what a page or a mail says of them."""

from __future__ import annotations

import re

from django.contrib.auth.hashers import make_password
from lxml import html as lxml_html

from accounts.models import Compte, Conditions
from accounts.services import secret
from portal.notifications.models import OutgoingMessage
from tests.factories import PASSWORD, CompteFactory

QUESTION, REPONSE = secret.QUESTIONS[0], "Éloïse de la Tour"


def resident(identifiant: str = "elodie", **fields) -> Compte:
    """An account with a password, a secret question, and the terms accepted."""
    conditions = Conditions.en_vigueur()
    return CompteFactory(
        identifiant=identifiant,
        **{
            "courriel": f"{identifiant}@exemple.fr",
            "password": make_password(PASSWORD),
            "question_secrete": QUESTION,
            "reponse_secrete": secret.empreinte(REPONSE),
            "conditions_acceptees": conditions.version if conditions else "",
            **fields,
        },
    )


def log_in(client, identifiant: str = "elodie", remote: str = "203.0.113.7", **headers) -> None:
    """Log in by the page, as a browser does."""
    response = post(client, identifiant, remote=remote, **headers)
    assert response.status_code == 302, words(response)


def post(client, nom: str = "elodie", mot_de_passe: str = PASSWORD, *, remote="203.0.113.7", **h):
    """Send the login form."""
    typed = {"identifiant": nom, "mot_de_passe": mot_de_passe}
    return client.post("/connexion/", typed, REMOTE_ADDR=remote, **h)


def words(response) -> str:
    """Return the words of a page, spaces folded."""
    body = lxml_html.fromstring(response.content).find("body")
    return " ".join(body.text_content().split())


def mails(code: str | None = None) -> list[OutgoingMessage]:
    """Return the queued messages, oldest first."""
    messages = OutgoingMessage.objects.order_by("pk")
    return list(messages.filter(code=code) if code else messages)


def link(message: OutgoingMessage) -> str:
    """Return the path of the link in a mail."""
    match = re.search(r"^https?://[^/\s]+(/\S*)$", message.body_text, re.MULTILINE)
    assert match, message.body_text
    return match[1]
