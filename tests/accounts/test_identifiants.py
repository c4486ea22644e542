"""What one logs in with changes behind the current password, and the owner is told."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.urls import reverse
from lxml import html as lxml_html

from accounts.models import Compte, Etat, SessionCompte
from accounts.services import jetons, secret
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.accounts.helpers import QUESTION, link, log_in, mails, post, resident, words
from tests.conftest import StrictClient
from tests.factories import PASSWORD, CompteFactory, ServiceFactory

pytestmark = pytest.mark.django_db
BASE = "/mon-espace/identifiants/"
NEW = "un nouveau mot de passe solide"
FORMS = {
    "identifiant": {"identifiant": "elodie.martin"},
    "courriel": {"courriel": "nouvelle@exemple.fr"},
    "mot-de-passe": {"nouveau_mot_de_passe": NEW, "mot_de_passe_confirme": NEW},
    "question": {"question_secrete": secret.QUESTIONS[3], "reponse_secrete": "Jules Ferry"},
}


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


@pytest.fixture
def browser(client, clock, elodie):
    log_in(client)
    return client


def send(client, page, actuel=PASSWORD, **changes):
    return client.post(f"{BASE}{page}/", FORMS[page] | {"mot_de_passe_actuel": actuel} | changes)


def facts(compte) -> tuple[str, ...]:
    compte = Compte.objects.get(pk=compte.pk)
    return (compte.identifiant, compte.courriel, compte.password, compte.question_secrete)


def test_page_shows_what_one_logs_in_with(browser):
    seen = words(browser.get(BASE))

    for said in ("elodie", "elodie@exemple.fr", QUESTION.replace("\N{NO-BREAK SPACE}", " ")):
        assert said in seen
    assert "changer l’un ne change pas l’autre" in seen


@pytest.mark.parametrize("page", FORMS)
def test_wrong_current_password_changes_nothing(browser, elodie, page):
    before = facts(elodie)

    response = send(browser, page, actuel="faux")

    assert response.status_code == 422
    assert "Ce n’est pas votre mot de passe actuel." in words(response)
    assert facts(elodie) == before
    assert mails() == []
    assert not AuditEvent.objects.exclude(action="compte.connexion").exists()


@pytest.mark.parametrize("page", FORMS)
def test_missing_current_password_is_asked(browser, elodie, page):
    assert "Saisissez votre mot de passe actuel." in words(send(browser, page, actuel=""))
    assert mails() == []


@pytest.mark.parametrize("page", FORMS)
def test_guesses_at_the_current_password_are_slowed_down(browser, elodie, clock, page):
    before = facts(elodie)
    for _ in range(5):
        assert send(browser, page, actuel="faux").status_code == 422

    response = send(browser, page)

    assert response.status_code == 429
    assert "Attendez 10 secondes" in words(response)
    assert facts(elodie) == before
    clock.shift(timedelta(seconds=10))
    assert send(browser, page).status_code == 302


@pytest.mark.parametrize("page", FORMS)
@pytest.mark.parametrize("etat", [Etat.EN_ATTENTE, Etat.VALIDE])
def test_open_before_the_town_hall_s_check_too(client, page, etat):
    resident(etat=etat)
    log_in(client)

    assert send(client, page)["Location"] == BASE


@pytest.mark.parametrize("page", FORMS)
def test_typed_values_are_kept_but_secrets(browser, page):
    response = send(browser, page, actuel="faux")
    form = lxml_html.fromstring(response.content).xpath("//main//form[@method='post']")[0]

    kept = {i.get("name"): i.get("value") for i in form.xpath(".//input[@name]")}
    assert kept["mot_de_passe_actuel"] is None
    for name in ("identifiant", "courriel"):
        if name in FORMS[page]:
            assert kept[name] == FORMS[page][name]
    assert NEW not in response.content.decode()


def test_identifiant_changes(browser, elodie):
    assert send(browser, "identifiant", identifiant=" Elodie.MARTIN ")["Location"] == BASE

    assert facts(elodie)[0] == "elodie.martin"
    assert authenticate(None, username="elodie.martin", password=PASSWORD) == elodie
    assert authenticate(None, username="elodie", password=PASSWORD) is None
    (mail,) = mails()
    assert (mail.code, mail.recipient) == ("compte_modifie", "elodie@exemple.fr")
    assert "votre identifiant a été changé" in mail.subject
    assert browser.get("/demandes/").status_code == 200


@pytest.mark.parametrize("taken", [Etat.VALIDE, Etat.A_ACTIVER, Etat.FERME])
def test_identifiant_of_another_is_refused(browser, elodie, taken):
    resident("paul", etat=taken)

    response = send(browser, "identifiant", identifiant="PAUL")

    assert response.status_code == 422
    assert "Cet identifiant est déjà pris." in words(response)
    assert facts(elodie)[0] == "elodie"
    assert mails() == []


@pytest.mark.parametrize("bad", ["ab", "élodie", "a b c", "a@b.fr", "x" * 31, "elodie", "<b>x</b>"])
def test_bad_identifiant_is_refused(browser, elodie, bad):
    assert send(browser, "identifiant", identifiant=bad).status_code == 422
    assert facts(elodie)[0] == "elodie"
    assert mails() == []


def test_password_changes_closes_the_other_sessions_and_keeps_this_one(browser, elodie):
    other = StrictClient()
    log_in(other)
    before = browser.session.session_key

    assert send(browser, "mot-de-passe")["Location"] == BASE

    assert browser.get("/demandes/").status_code == 200
    assert browser.session.session_key != before
    assert other.get("/demandes/").status_code == 302
    keys = SessionCompte.objects.filter(compte_id=elodie.pk).values_list("session_key", flat=True)
    assert list(keys) == [browser.session.session_key]
    assert post(StrictClient(), mot_de_passe=PASSWORD).status_code == 422
    assert post(StrictClient(), mot_de_passe=NEW).status_code == 302
    (mail,) = mails()
    assert "votre mot de passe a été changé" in mail.body_text
    assert NEW not in mail.body_text


def test_password_change_forgets_an_attack(browser, elodie):
    for _ in range(6):
        post(StrictClient(), mot_de_passe="faux")
    send(browser, "mot-de-passe")

    assert post(StrictClient(), mot_de_passe=NEW).status_code == 302


@pytest.mark.parametrize("genre", [jetons.REINITIALISATION, jetons.COURRIEL])
def test_links_sent_before_a_password_change_are_dead(browser, elodie, genre):
    page = {"reinitialisation": "nouveau-mot-de-passe", "courriel": "confirmer-courriel"}[genre]
    jeton = jetons.emettre(genre, elodie, "x@exemple.fr")
    path = reverse(f"accounts:{page}", kwargs={"jeton": jeton})
    assert StrictClient().get(path).status_code == 200
    send(browser, "mot-de-passe")

    assert StrictClient().get(path).status_code == 404


@pytest.mark.parametrize("same", ["nouveau", "autre"])
def test_same_password_is_no_new_one(browser, elodie, same):
    typed = {"nouveau_mot_de_passe": PASSWORD, "mot_de_passe_confirme": PASSWORD}
    if same == "autre":
        typed["mot_de_passe_confirme"] = PASSWORD + "x"

    assert send(browser, "mot-de-passe", **typed).status_code == 422
    assert mails() == []


def test_question_changes(browser, elodie):
    assert send(browser, "question")["Location"] == BASE

    elodie.refresh_from_db()
    assert elodie.question_secrete == secret.QUESTIONS[3]
    assert secret.verifier("jules-ferry", elodie.reponse_secrete)
    (mail,) = mails()
    assert "votre question secrète a été changée" in mail.body_text
    assert "Ferry" not in mail.body_text


@pytest.mark.parametrize(
    "change",
    [{"reponse_secrete": "a !"}, {"question_secrete": "La mienne ?"}, {"question_secrete": ""}],
)
def test_bad_question_or_answer_is_refused(browser, elodie, change):
    assert send(browser, "question", **change).status_code == 422
    assert facts(elodie)[3] == QUESTION
    assert mails() == []


def test_address_changes_once_the_link_sent_to_it_is_used(browser, elodie):
    assert send(browser, "courriel")["Location"] == BASE
    assert facts(elodie)[1] == "elodie@exemple.fr"
    told, confirm = mails()
    assert (told.code, told.recipient) == ("compte_modifie", "elodie@exemple.fr")
    assert "nouvelle@" not in told.body_text, "the old mailbox may be somebody else's by now"
    assert (confirm.code, confirm.recipient) == ("courriel_a_confirmer", "nouvelle@exemple.fr")

    phone = StrictClient()
    assert "nouvelle@exemple.fr" in words(phone.get(link(confirm)))
    assert facts(elodie)[1] == "elodie@exemple.fr", "opening the link changes nothing"
    assert phone.post(link(confirm))["Location"] == BASE

    assert facts(elodie)[1] == "nouvelle@exemple.fr"
    assert mails()[-1].recipient == "elodie@exemple.fr"
    assert "votre courriel de connexion a été changé" in mails()[-1].body_text
    assert post(StrictClient(), "nouvelle@exemple.fr").status_code == 302
    assert post(StrictClient(), "elodie@exemple.fr").status_code == 422
    assert browser.get("/demandes/").status_code == 200


def test_contact_address_does_not_follow(browser, elodie):
    elodie.personne.courriel = "contact@exemple.fr"
    elodie.personne.save()
    send(browser, "courriel")
    browser.post(link(mails()[-1]))

    elodie.personne.refresh_from_db()
    assert elodie.personne.courriel == "contact@exemple.fr"


def test_link_of_a_new_address_serves_once_and_the_earlier_ones_die(browser, elodie):
    send(browser, "courriel")
    send(browser, "courriel", courriel="autre@exemple.fr")
    first, second = (link(m) for m in mails("courriel_a_confirmer"))
    browser.post(second)

    for path in (first, second):
        assert browser.post(path).status_code == 404
    assert facts(elodie)[1] == "autre@exemple.fr"


def test_link_of_a_new_address_expires(browser, elodie, clock):
    send(browser, "courriel")
    clock.shift(timedelta(hours=49))

    assert StrictClient().post(link(mails()[-1])).status_code == 410
    assert facts(elodie)[1] == "elodie@exemple.fr"


def test_known_address_gets_the_same_page_and_another_mail(clock):
    resident("paul", courriel="Paul@exemple.fr")
    pages = []
    for name, asked in (("aaa", "paul@EXEMPLE.fr"), ("bbb", "libre@exemple.fr")):
        resident(name)
        client = StrictClient()
        log_in(client, name)
        response = send(client, "courriel", courriel=asked)
        page = client.get(BASE).content.decode()
        for word in (name, asked, f"{name}@exemple.fr"):
            page = page.replace(word, "")
        pages.append((response.status_code, response["Location"], page))

    (one, other) = pages
    assert one[:2] == other[:2]
    strip = [p[2].split('csrfmiddlewaretoken" value="') for p in pages]
    assert [part[64:] for part in strip[0][1:]] == [part[64:] for part in strip[1][1:]]
    (mail,) = mails("courriel_deja_utilise")
    assert mail.recipient == "Paul@exemple.fr"
    assert "« paul »" in mail.body_text.replace("\N{NO-BREAK SPACE}", " ")
    assert link(mail) == "/connexion/"
    assert len(mails("courriel_a_confirmer")) == 1


@pytest.mark.parametrize("etat", [Etat.A_ACTIVER, Etat.FERME])
def test_address_that_nobody_showed_to_be_theirs_is_free(browser, elodie, etat):
    resident("paul", courriel="nouvelle@exemple.fr", etat=etat)
    send(browser, "courriel")
    browser.post(link(mails()[-1]))

    assert facts(elodie)[1] == "nouvelle@exemple.fr"


def test_address_taken_meanwhile_is_refused(browser, elodie):
    send(browser, "courriel")
    resident("paul", courriel="Nouvelle@exemple.fr")
    before = OutgoingMessage.objects.count()

    response = browser.post(link(mails()[-1]))

    assert response.status_code == 410
    assert "devenue celle d’un autre compte" in words(response)
    assert facts(elodie)[1] == "elodie@exemple.fr"
    assert OutgoingMessage.objects.count() == before


@pytest.mark.parametrize("bad", ["", "x", "a@b", "a b@exemple.fr", "ELODIE@exemple.fr", "é" * 300])
def test_bad_address_is_refused(browser, elodie, bad):
    assert send(browser, "courriel", courriel=bad).status_code == 422
    assert mails() == []


def test_nobody_floods_a_stranger_s_mailbox(browser, elodie):
    statuses = [send(browser, "courriel").status_code for _ in range(6)]

    assert statuses == [302] * 5 + [429]
    assert len(mails("courriel_a_confirmer")) == 5


@pytest.mark.parametrize("genre", [jetons.ACTIVATION, jetons.REINITIALISATION])
def test_link_of_another_kind_confirms_no_address(elodie, genre):
    jeton = jetons.emettre(genre, elodie, "pirate@exemple.fr")
    path = reverse("accounts:confirmer-courriel", kwargs={"jeton": jeton})

    assert StrictClient().post(path).status_code == 404
    assert facts(elodie)[1] == "elodie@exemple.fr"


@pytest.mark.parametrize("page", ["", *(f"{p}/" for p in FORMS)])
def test_pages_say_where_one_is_and_ask_the_login(client, elodie, page):
    assert client.get(BASE + page)["Location"].startswith("/connexion/")
    log_in(client)
    response = client.get(BASE + page)

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


@pytest.fixture
def agent(client):
    CompteFactory(
        identifiant="agent.etat",
        agent=True,
        services=[ServiceFactory()],
        password=resident("autre").password,
    )
    log_in(client, "agent.etat")
    return client


def test_agent_changes_the_password_and_nothing_else(agent):
    seen = words(agent.get(BASE))
    assert "Changer mon mot de passe" in seen
    assert "Changer mon identifiant" not in seen
    for page in ("identifiant", "courriel", "question"):
        assert agent.get(f"{BASE}{page}/").status_code == 404
    assert send(agent, "mot-de-passe")["Location"] == BASE
    assert authenticate(None, username="agent.etat", password=NEW)


def test_agent_shows_the_second_factor_first(agent, settings):
    """A stolen password alone must not be enough to keep the owner out."""
    settings.SECOND_FACTEUR_REQUIS = True

    for path in (BASE, f"{BASE}mot-de-passe/", "/mon-espace/sessions/"):
        assert agent.get(path)["Location"].startswith("/second-facteur/ajouter/")
    assert send(agent, "mot-de-passe")["Location"].startswith("/second-facteur/ajouter/")
    assert authenticate(None, username="agent.etat", password=PASSWORD)


def test_admin_leads_to_our_page(agent):
    assert agent.get("/admin/password_change/")["Location"] == f"{BASE}mot-de-passe/"
