"""« Mot de passe oublié ? »: the owner gets in again, and nobody learns who exists."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse
from lxml import html as lxml_html

from accounts.models import Compte, Etat, SessionCompte
from accounts.services import jetons, mot_de_passe, secret
from portal.audit.models import AuditEvent
from tests.accounts.helpers import (
    QUESTION,
    REPONSE,
    link,
    log_in,
    mails,
    post,
    resident,
    words,
)
from tests.conftest import StrictClient
from tests.factories import PASSWORD, CompteFactory

pytestmark = pytest.mark.django_db
NEW = "un nouveau mot de passe solide"
OUBLI, QUESTION_URL, ENVOYE = (
    "/mot-de-passe-oublie/",
    "/mot-de-passe-oublie/question/",
    "/mot-de-passe-oublie/envoye/",
)


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def elodie():
    return resident()


def asked(nom, client=None):
    """Give a name; return the client and the page with the question."""
    client = client or StrictClient()
    response = client.post(OUBLI, {"identifiant": nom})
    assert response["Location"] == QUESTION_URL, words(response)
    return client, client.get(QUESTION_URL)


def question_of(nom) -> str:
    page = lxml_html.fromstring(asked(nom)[1].content)
    (label,) = page.xpath("//label[@for='id_reponse_secrete']/text()")
    return label


def answered(nom="elodie", reponse=REPONSE, client=None):
    client, _page = asked(nom, client)
    return client.post(QUESTION_URL, {"reponse_secrete": reponse})


def reset_link(nom="elodie") -> str:
    assert answered(nom)["Location"] == ENVOYE
    return link(mails("mot_de_passe_oublie")[-1])


def choose(path, password=NEW, again=None, client=None):
    typed = {"nouveau_mot_de_passe": password, "mot_de_passe_confirme": again or password}
    return (client or StrictClient()).post(path, typed)


def neutral(response) -> str:
    """A page without what was typed, the question, and its random token."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    for question in secret.QUESTIONS:
        page = page.replace(question, "")
    return re.sub(r"(elodie|personne)(@exemple\.fr)?", "", page)


@pytest.mark.parametrize("path", ["/", "/connexion/"])
def test_link_stands_where_one_logs_in(client, path):
    page = lxml_html.fromstring(client.get(path).content)

    assert "Mot de passe oublié\N{NO-BREAK SPACE}?" in page.xpath(f"//a[@href='{OUBLI}']/text()")


@pytest.mark.parametrize("nom", ["elodie", "ELODIE", " Elodie ", "Elodie@Exemple.fr"])
def test_password_lost_and_found(client, elodie, nom):
    log_in(client)
    assert question_of(nom) == QUESTION
    assert answered(nom, "eloise  DE LA TOUR")["Location"] == ENVOYE
    (mail,) = mails()
    assert (mail.code, mail.recipient) == ("mot_de_passe_oublie", "elodie@exemple.fr")
    assert PASSWORD not in mail.body_text

    response = choose(link(mail))

    assert response["Location"] == "/connexion/"
    assert not SessionCompte.objects.filter(compte_id=elodie.pk).exists()
    assert client.get("/demandes/").status_code == 302, "every session is closed"
    assert post(StrictClient(), mot_de_passe=PASSWORD).status_code == 422
    assert post(StrictClient(), mot_de_passe=NEW).status_code == 302
    told = mails("compte_modifie")
    assert [m.recipient for m in told] == ["elodie@exemple.fr"]
    assert "votre mot de passe a été changé" in told[0].body_text


def test_browser_that_was_logged_in_is_logged_out_calmly(client, elodie):
    log_in(client)
    path = reset_link()

    assert choose(path, client=client)["Location"] == "/connexion/"
    assert "_auth_user_id" not in client.session


def test_wrong_answer_gets_the_same_page_and_no_mail(elodie):
    assert answered(reponse="Rex")["Location"] == ENVOYE
    assert mails() == []


@pytest.mark.parametrize("unknown", ["personne", "personne@exemple.fr"])
def test_unknown_name_and_known_one_look_the_same(elodie, unknown):
    known = unknown.replace("personne", "elodie")
    pairs = []
    for nom in (known, unknown):
        client = StrictClient()
        pages = [
            client.post(OUBLI, {"identifiant": nom}),
            client.get(QUESTION_URL),
            client.post(QUESTION_URL, {"reponse_secrete": ""}),
            client.post(QUESTION_URL, {"reponse_secrete": "une réponse"}),
            client.get(ENVOYE),
        ]
        pairs.append(pages)

    for one, other in zip(*pairs, strict=True):
        assert one.status_code == other.status_code
        assert neutral(one) == neutral(other)
        assert one.headers.keys() == other.headers.keys()
        assert one.cookies.keys() == other.cookies.keys()


def test_page_holds_no_key_of_the_account(elodie):
    page = asked("elodie")[1].content.decode()

    hidden = lxml_html.fromstring(page).xpath("//main//input[@type='hidden']/@name")
    assert hidden == ["csrfmiddlewaretoken"]


def test_question_of_an_unknown_name_is_invented_once_for_all(clock):
    names = [f"personne{n}" for n in range(12)]
    first = [question_of(name) for name in names]
    clock.shift(timedelta(days=400))

    assert first == [question_of(name.upper() + " ") for name in names]
    assert len(set(first)) > 3
    assert set(first) <= set(secret.QUESTIONS)


def test_account_without_question_has_an_invented_one_and_no_right_answer():
    resident(question_secrete="", reponse_secrete="")

    assert question_of("elodie") == secret.question_inventee("elodie")
    answered(reponse="")
    answered(reponse="None")
    assert mails() == []


@pytest.mark.parametrize("nom", ["elodie", "personne"])
def test_every_answer_costs_one_hash(elodie, monkeypatch, nom):
    made = []
    for name in ("make_password", "check_password"):
        original = getattr(secret, name)
        monkeypatch.setattr(
            secret, name, lambda *a, original=original: made.append(a) or original(*a)
        )
    answered(nom, "une réponse")

    assert len(made) == 1


def test_account_to_activate_gets_its_activation_link_again():
    resident(etat=Etat.A_ACTIVER)

    assert answered(reponse="oubliée aussi")["Location"] == ENVOYE

    (mail,) = mails()
    assert mail.code == "compte_activation"
    assert link(mail).startswith("/activation/")


def test_address_of_an_account_to_activate_shows_an_invented_question():
    """Anybody may have signed up with it, choosing the question: it must not tell who else has."""
    resident(etat=Etat.A_ACTIVER, courriel="victime@exemple.fr", question_secrete="Piège ?")

    assert question_of("victime@exemple.fr") == secret.question_inventee("victime@exemple.fr")


def test_closed_account_is_nobody_s():
    resident(etat=Etat.FERME)

    assert question_of("elodie") == secret.question_inventee("elodie")
    answered()
    assert mails() == []


def test_refused_account_is_sent_no_link_that_would_open_nothing():
    resident(etat=Etat.REFUSE)

    assert answered()["Location"] == ENVOYE
    assert mails() == []


def test_guesses_are_slowed_down_by_name(elodie, clock):
    for rank in range(5):
        client, _page = asked("elodie")
        typed = {"reponse_secrete": f"essai {rank}"}
        remote = f"198.51.100.{rank}"
        assert client.post(QUESTION_URL, typed, REMOTE_ADDR=remote).status_code == 302

    client, _page = asked("elodie")
    response = client.post(QUESTION_URL, {"reponse_secrete": REPONSE})

    assert response.status_code == 429
    assert "Attendez 1 minute avant de réessayer" in words(response)
    assert mails() == []
    clock.shift(timedelta(minutes=1))
    assert answered()["Location"] == ENVOYE
    assert len(mails()) == 1


def test_owner_s_known_browser_is_not_slowed_by_guesses(client, elodie, clock):
    log_in(client)
    client.post("/deconnexion/")
    for _ in range(8):
        answered(reponse="essai")

    assert answered(client=client)["Location"] == ENVOYE
    assert len(mails("mot_de_passe_oublie")) == 1


def test_guesses_are_slowed_down_by_address(elodie, clock):
    statuses = [
        StrictClient().post(OUBLI, {"identifiant": f"habitant{n}"}).status_code for n in range(21)
    ]

    assert statuses == [302] * 20 + [429]


def test_unknown_names_are_slowed_down_the_same(clock):
    for _ in range(5):
        answered("personne", "essai")
    client, _page = asked("personne")

    assert client.post(QUESTION_URL, {"reponse_secrete": "essai"}).status_code == 429


def test_question_without_a_name_leads_to_the_first_page(client):
    assert client.get(QUESTION_URL)["Location"] == OUBLI
    assert client.post(QUESTION_URL, {"reponse_secrete": "x"})["Location"] == OUBLI


@pytest.mark.parametrize("nom", ["", " ", "é" * 300, "elo\x00die"])
def test_bad_names_are_told_on_the_page(client, nom):
    response = client.post(OUBLI, {"identifiant": nom})

    assert response.status_code == 422


@pytest.mark.parametrize("nom", ["'; DROP TABLE x --", "@", "%", "😀", "<b>"])
def test_odd_names_are_names_like_others(nom):
    client, page = asked(nom)

    assert page.status_code == 200
    assert client.post(QUESTION_URL, {"reponse_secrete": "x\x00y"}).status_code in {302, 422}


@pytest.mark.parametrize("password", ["abc", "azerty", "motdepasse"])
def test_what_is_wrong_with_a_password_is_said_once(elodie, password):
    """« abc » stands in Django's list and is refused by ours."""
    with pytest.raises(ValidationError) as refusal:
        validate_password(password)

    assert [error.code for error in refusal.value.error_list].count("password_too_common") == 1


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("court", "court", "12 caractères"),
        ("telechargement", "telechargement", "trop courant"),
        ("elodie@exemple.fr", "elodie@exemple.fr", "trop semblable"),
        (NEW, NEW + "x", "Les deux mots de passe sont différents."),
        ("", "", "Saisissez votre nouveau mot de passe."),
    ],
)
def test_weak_password_is_refused_and_the_link_still_serves(elodie, password, again, said):
    path = reset_link()

    response = choose(path, password, again)

    assert response.status_code == 422
    assert said in words(response)
    assert authenticate(None, username="elodie", password=PASSWORD) == elodie
    assert mails("compte_modifie") == []
    assert choose(path)["Location"] == "/connexion/"


def test_opening_the_link_changes_nothing(client, elodie):
    """Mail scanners follow links."""
    path = reset_link()
    response = client.get(path)

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert choose(path)["Location"] == "/connexion/"


def test_link_serves_once(client, elodie):
    path = reset_link()
    choose(path)

    response = choose(path, "un troisième mot de passe")

    assert response.status_code == 404
    assert "a déjà servi" in words(response)
    assert client.get(path).status_code == 404
    assert authenticate(None, username="elodie", password=NEW) == elodie


def test_every_link_dies_when_the_password_changes(elodie):
    first, second = reset_link(), reset_link()
    choose(second)

    assert choose(first, "un troisième mot de passe").status_code == 404


def test_link_lasts_one_hour(elodie, clock):
    path = reset_link()
    clock.shift(timedelta(minutes=59))
    assert StrictClient().get(path).status_code == 200
    clock.shift(timedelta(minutes=2))

    assert StrictClient().get(path).status_code == 410
    assert choose(path).status_code == 410
    assert authenticate(None, username="elodie", password=PASSWORD) == elodie


@pytest.mark.parametrize("genre", [jetons.ACTIVATION, jetons.COURRIEL])
def test_link_of_another_kind_is_refused(elodie, genre):
    jeton = jetons.emettre(genre, elodie, "autre@exemple.fr")
    path = reverse("accounts:nouveau-mot-de-passe", kwargs={"jeton": jeton})

    assert choose(path).status_code == 404
    assert authenticate(None, username="elodie", password=PASSWORD) == elodie
    assert mails() == []


@pytest.mark.parametrize("jeton", ["faux", "a:b:c", "é", "." * 300])
def test_invented_link_is_refused(client, elodie, jeton):
    path = reverse("accounts:nouveau-mot-de-passe", kwargs={"jeton": jeton})

    assert client.get(path).status_code == 404
    assert choose(path).status_code == 404


def test_new_password_forgets_the_attempts(elodie, clock):
    for _ in range(6):
        post(StrictClient(), mot_de_passe="faux")
    path = reset_link()
    choose(path)

    assert post(StrictClient(), mot_de_passe=NEW).status_code == 302


def test_reset_is_in_the_journal_without_any_secret(elodie):
    choose(reset_link())

    actions = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["compte.reinitialisation_demandee", "compte.mot_de_passe_reinitialise"]
    assert all(event.details == {} for event in AuditEvent.objects.all())


def test_message_and_new_password_are_written_together(elodie, monkeypatch):
    path = reset_link()

    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(mot_de_passe.securite, "noter", fail)
    with pytest.raises(RuntimeError):
        choose(path)

    assert authenticate(None, username="elodie", password=PASSWORD) == elodie


def test_agent_without_question_gets_no_mail():
    agent = CompteFactory(agent=True, identifiant="agent.etat")

    assert question_of("agent.etat") in secret.QUESTIONS
    answered("agent.etat", "")
    answered("agent.etat", "une réponse")
    assert mails() == []
    assert Compte.objects.get(pk=agent.pk).password == "!"
