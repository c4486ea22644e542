"""The activation link: one button, once, 48 hours; asked again without telling who exists (B3)."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.utils import timezone

from accounts.errors import CourrielDejaActif, LienInvalide
from accounts.models import Compte, Etat
from accounts.services import activation, jetons
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.accounts.inscrire import inscrire, ouvrir_les_inscriptions
from tests.factories import CleServiceFactory, CompteFactory, PersonneFactory
from tests.race import race

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def waiting(courriel="elodie@exemple.fr", **fields) -> Compte:
    return CompteFactory(etat=Etat.A_ACTIVER, courriel=courriel, **fields)


def link(compte: Compte) -> str:
    return f"/activation/{jetons.emettre(jetons.ACTIVATION, compte)}/"


def lien_du_courriel() -> str:
    body = OutgoingMessage.objects.latest("id").body_text
    return re.search(r"https?://[^/]+(/activation/\S+)", body)[1]


def test_link_of_the_mail_opens_the_login(client):
    ouvrir_les_inscriptions()
    inscrire(client)
    path = lien_du_courriel()

    page = client.get(path)

    assert page.status_code == 200
    assert "elodie" in page.content.decode()
    assert Compte.objects.get().etat == Etat.A_ACTIVER  # programs that look through mail press none
    response = client.post(path)
    assert response["Location"] == "/connexion/"
    compte = Compte.objects.get()
    assert compte.etat == Etat.EN_ATTENTE
    assert compte.activation_at is not None
    assert compte.is_active


@time_machine.travel(datetime(2026, 11, 20, 9, 0, tzinfo=UTC))  # a Friday
def test_says_by_when_the_town_hall_looks_at_it(client):
    response = client.post(link(waiting()), follow=True)

    assert "d’ici le mardi 24 novembre 2026" in response.content.decode()


def test_automatic_validation_says_nothing_of_a_check(client, settings):
    settings.VALIDATION_AUTOMATIQUE = True

    response = client.post(link(waiting()), follow=True)

    assert "vérifie" not in response.content.decode()
    assert Compte.objects.get().etat == Etat.VALIDE


def test_same_link_twice(client):
    path = link(waiting())
    client.post(path)

    for response in (client.get(path), client.post(path)):
        assert response.status_code == 410
        assert "Votre espace est activé" in response.content.decode()
    assert AuditEvent.objects.filter(action="compte.active").count() == 1


def test_old_link_says_how_to_get_another(client):
    path = link(waiting())

    with time_machine.travel(timezone.now() + timedelta(hours=49)):
        response = client.get(path)
        assert response.status_code == 410
        assert client.post(path).status_code == 410
    assert "Ce lien a expiré" in response.content.decode()
    assert "/renvoyer-activation/" in response.content.decode()
    assert Compte.objects.get().etat == Etat.A_ACTIVER


@pytest.mark.parametrize("jeton", ["faux", "a:b:c", "é", "x" * 500])
def test_forged_link(client, jeton):
    assert client.get(f"/activation/{jeton}/").status_code == 410


def test_another_account_with_this_email_was_quicker(client):
    first, second = waiting(), waiting(courriel="ELODIE@exemple.fr")
    paths = link(first), link(second)
    client.post(paths[0])

    response = client.post(paths[1])

    assert response.status_code == 410
    assert "Cette adresse a déjà son espace" in response.content.decode()
    second.refresh_from_db()
    assert second.etat == Etat.A_ACTIVER
    assert second.activation_at is None
    assert AuditEvent.objects.filter(action="compte.active").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_accounts_of_one_email_race():
    comptes = [waiting() for _ in range(4)]
    jetons_ = [jetons.emettre(jetons.ACTIVATION, compte) for compte in comptes]

    results = race([partial(activation.activer, jeton=jeton) for jeton in jetons_])

    assert sum(isinstance(result, CourrielDejaActif) for result in results) == 3
    assert Compte.objects.filter(etat=Etat.EN_ATTENTE).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_link_followed_four_times_at_once():
    jeton = jetons.emettre(jetons.ACTIVATION, waiting())

    results = race([partial(activation.activer, jeton=jeton)] * 4)

    assert sum(isinstance(result, LienInvalide) for result in results) == 3
    assert AuditEvent.objects.filter(action="compte.active").count() == 1


def test_keys_typed_at_sign_up_attach_now(client):
    cle = CleServiceFactory()
    spent = CleServiceFactory(utilisation_at=timezone.now())
    compte = waiting(foyer=True, cles_a_rattacher=[cle.pk, spent.pk, 999_999])

    client.post(link(compte))

    compte.refresh_from_db()
    cle.refresh_from_db()
    assert cle.utilisation_par == compte
    assert compte.cles_a_rattacher == []
    assert cle.dossier.foyer == compte.personne.membres.get().foyer
    assert compte.etat == Etat.EN_ATTENTE  # a key that has served holds nothing back


# Asking for it again


def ask(client, nom, remote="203.0.113.7"):
    return client.post("/renvoyer-activation/", {"nom": nom}, REMOTE_ADDR=remote)


@pytest.mark.parametrize("nom", ["elodie", "ELODIE", " elodie ", "Elodie@Exemple.fr"])
def test_asked_again_by_either_name(client, nom):
    waiting(identifiant="elodie")

    response = ask(client, nom)

    assert response["Location"] == "/renvoyer-activation/?envoye"
    message = OutgoingMessage.objects.get()
    assert (message.code, message.recipient) == ("compte_activation", "elodie@exemple.fr")
    assert client.post(lien_du_courriel()).status_code == 302


def test_asked_twice_sends_two(client):
    waiting(identifiant="elodie")
    ask(client, "elodie")
    ask(client, "elodie")

    assert OutgoingMessage.objects.count() == 2


@pytest.mark.parametrize(
    ("etat", "code"),
    [
        (Etat.EN_ATTENTE, "compte_deja_actif"),
        (Etat.VALIDE, "compte_deja_actif"),
        (Etat.REFUSE, "compte_deja_actif"),
        (Etat.FERME, None),
    ],
)
def test_other_accounts_get_the_same_page(client, etat, code):
    CompteFactory(identifiant="elodie", courriel="elodie@exemple.fr", etat=etat)

    response = ask(client, "elodie@exemple.fr")

    assert response["Location"] == "/renvoyer-activation/?envoye"
    assert [message.code for message in OutgoingMessage.objects.all()] == ([code] if code else [])


def test_unknown_name_gets_the_same_page_and_no_mail(client):
    response = ask(client, "personne@exemple.fr")

    assert response["Location"] == "/renvoyer-activation/?envoye"
    assert OutgoingMessage.objects.count() == 0


def test_nothing_typed_is_said(client):
    response = ask(client, "  ")

    assert response.status_code == 422


@pytest.mark.parametrize("nom", ["\x00", "x" * 5000, "é@é", "' or 1=1 --"])
def test_anything_typed(client, nom):
    assert ask(client, nom).status_code in {302, 422}


def test_mailbox_is_not_filled(client):
    waiting(identifiant="elodie")
    for number in range(4):
        assert ask(client, "elodie", remote=f"203.0.113.{number}").status_code == 302

    assert ask(client, "elodie", remote="203.0.113.9").status_code == 429
    assert OutgoingMessage.objects.count() == 4


def test_latest_of_several_that_wait(client):
    waiting(identifiant="ancien")
    waiting(identifiant="nouveau", personne=PersonneFactory())

    ask(client, "elodie@exemple.fr")

    assert "nouveau" in OutgoingMessage.objects.get().body_text


CORRIGER = "/inscription/corriger-adresse/"


def test_address_of_a_sign_up_is_corrected_in_its_browser(client):
    ouvrir_les_inscriptions()
    inscrire(client)
    wrong = lien_du_courriel()
    assert CORRIGER in client.get("/inscription/envoyee/").content.decode()
    assert 'value="elodie@exemple.fr"' in client.get(CORRIGER).content.decode()

    response = client.post(CORRIGER, {"courriel": "Elodie.N@exemple.fr"})

    assert response["Location"] == "/inscription/envoyee/"
    assert "Elodie.N@exemple.fr" in client.get("/inscription/envoyee/").content.decode()
    compte = Compte.objects.get()
    assert (compte.courriel, compte.personne.courriel) == ("Elodie.N@exemple.fr",) * 2
    assert OutgoingMessage.objects.latest("id").recipient == "Elodie.N@exemple.fr"
    assert AuditEvent.objects.filter(action="compte.courriel_corrige").count() == 1
    # Whoever read the mail sent to the wrong address opens nothing with it.
    assert client.get(wrong).status_code == 410
    assert client.post(lien_du_courriel())["Location"] == "/connexion/"


def test_correcting_to_a_known_address_shows_the_same_page(client):
    CompteFactory(courriel="autre@exemple.fr", identifiant="autre")
    ouvrir_les_inscriptions()
    inscrire(client)

    response = client.post(CORRIGER, {"courriel": "autre@exemple.fr"})

    assert response["Location"] == "/inscription/envoyee/"
    message = OutgoingMessage.objects.latest("id")
    assert (message.recipient, message.code) == ("autre@exemple.fr", "compte_deja_actif")


def test_only_a_sign_up_of_this_browser_is_corrected_and_until_it_is_activated(client):
    assert client.post(CORRIGER, {"courriel": "x@exemple.fr"})["Location"] == "/inscription/"
    ouvrir_les_inscriptions()
    inscrire(client)
    assert client.post(CORRIGER, {"courriel": "pas une adresse"}).status_code == 422
    client.post(lien_du_courriel())
    sent = OutgoingMessage.objects.count()

    assert client.post(CORRIGER, {"courriel": "x@exemple.fr"})["Location"] == "/connexion/"

    assert Compte.objects.get().courriel == "elodie@exemple.fr"
    assert OutgoingMessage.objects.count() == sent


def test_corrections_are_slowed_down(client):
    ouvrir_les_inscriptions()
    inscrire(client)

    answers = [client.post(CORRIGER, {"courriel": f"e{n}@exemple.fr"}) for n in range(4)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert Compte.objects.get().courriel == "e2@exemple.fr"
