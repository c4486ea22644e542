"""« Mes sessions ouvertes »: where one is logged in, and closing it from afar."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from lxml import html as lxml_html

from accounts.models import SessionCompte
from accounts.queries.sessions import cle_de
from accounts.sessions import SessionStore
from portal.audit.models import AuditEvent
from tests.accounts.helpers import log_in, resident, words
from tests.conftest import StrictClient

pytestmark = pytest.mark.django_db
URL = "/mon-espace/sessions/"
PHONE = "Mozilla/5.0 (Android 14; Mobile; rv:125.0) Gecko/125.0 Firefox/125.0"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/124.0.0.0 Safari/537.36"


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def elodie():
    return resident()


def browser(user_agent=LAPTOP, remote="203.0.113.7", name="elodie") -> StrictClient:
    client = StrictClient()
    log_in(client, name, remote=remote, HTTP_USER_AGENT=user_agent)
    return client


def key(client) -> str:
    return cle_de(client.session.session_key)


def rows(client) -> list[list[str]]:
    page = lxml_html.fromstring(client.get(URL).content)
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./th | ./td")]
        for row in page.xpath("//tbody/tr")
    ]


def test_page_says_where_and_since_when(elodie):
    with time_machine.travel(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), tick=False) as clock:
        laptop = browser()
        clock.shift(timedelta(minutes=20))
        browser(PHONE, "2001:db8:1:2::3")
        clock.shift(timedelta(minutes=10))
        laptop.get("/demandes/")

        seen = rows(laptop)

    assert seen[0][:4] == [
        "Chrome sur Windows cette session",
        "203.0.113.0/24",
        "lundi 2 mars 2026 à 10 h",
        "En ce moment",
    ]
    assert seen[1][:4] == [
        "Firefox sur Android",
        "2001:db8:1::/48",
        "lundi 2 mars 2026 à 10 h 20",
        "lundi 2 mars 2026 à 10 h 20",
    ]


def test_page_holds_no_key_that_opens_a_session(elodie):
    laptop, phone = browser(), browser(PHONE)
    page = laptop.get(URL).content.decode()

    for client in (laptop, phone):
        assert client.session.session_key not in page
    assert "203.0.113.7" not in page


def test_one_session_is_closed(elodie):
    laptop, phone, tablet = browser(), browser(PHONE), browser()

    response = laptop.post(f"{URL}{key(phone)}/fermer/")

    assert response["Location"] == URL
    assert phone.get("/demandes/").status_code == 302
    assert tablet.get("/demandes/").status_code == 200
    assert laptop.get("/demandes/").status_code == 200
    assert AuditEvent.objects.filter(action="compte.session_fermee").count() == 1


def test_all_other_sessions_are_closed(elodie):
    laptop, phone, tablet = browser(), browser(PHONE), browser()

    assert laptop.post(f"{URL}fermer-les-autres/")["Location"] == URL

    for other in (phone, tablet):
        assert other.get("/demandes/").status_code == 302
    assert laptop.get("/demandes/").status_code == 200
    assert len(rows(laptop)) == 1


def test_session_of_another_account_is_neither_seen_nor_closed(elodie):
    resident("paul")
    mine, his = browser(), browser(PHONE, name="paul")

    assert len(rows(mine)) == 1
    assert mine.post(f"{URL}{key(his)}/fermer/").status_code == 302
    mine.post(f"{URL}fermer-les-autres/")
    assert his.get("/demandes/").status_code == 200


@pytest.mark.parametrize("cle", ["0" * 32, "x", "--"])
def test_unknown_session_is_not_found(elodie, cle):
    assert browser().post(f"{URL}{cle}/fermer/").status_code == 302


def test_raw_key_of_a_session_closes_nothing(elodie):
    laptop, phone = browser(), browser(PHONE)

    assert laptop.post(f"{URL}{phone.session.session_key}/fermer/").status_code == 302
    assert phone.get("/demandes/").status_code == 200


def test_a_get_closes_nothing(elodie):
    laptop, phone = browser(), browser(PHONE)

    for path in (f"{URL}{key(phone)}/fermer/", f"{URL}fermer-les-autres/"):
        assert laptop.get(path)["Location"] == URL
    assert phone.get("/demandes/").status_code == 200


def test_this_session_is_closed_by_logging_out_only(elodie):
    laptop = browser()

    assert laptop.post(f"{URL}{key(laptop)}/fermer/")["Location"] == URL
    assert laptop.get("/demandes/").status_code == 200


def test_session_that_is_over_is_not_listed(elodie):
    with time_machine.travel(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), tick=False) as clock:
        browser(PHONE)
        clock.shift(timedelta(hours=3))

        assert len(rows(browser())) == 1


def test_session_that_says_nothing_of_its_browser_is_shown_all_the_same(elodie, log_in):
    client = log_in(elodie)

    assert "Navigateur inconnu" in words(client.get(URL))


@pytest.mark.parametrize("count", [3, 300])
def test_number_of_queries_does_not_follow_the_sessions(elodie, max_queries, count):
    client = browser()
    store = SessionStore()
    for _ in range(count):
        data = {"_auth_user_id": str(elodie.pk), "appareil": "Firefox", "vue_a": 1}
        row = store.create_model_instance(data)
        row.session_key = store._get_new_session_key()
        row.save()
    assert SessionCompte.objects.filter(compte_id=elodie.pk).count() == count + 1

    with max_queries() as queries:
        assert client.get(URL).status_code == 200

    assert queries.count <= 3, queries.sql
