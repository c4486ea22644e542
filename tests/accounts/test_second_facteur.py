"""The second factor of agents: added, asked, replaced, lost; and what an attacker would try."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.errors import CodeRefuse
from accounts.models import Compte, SessionCompte
from accounts.services import second_facteur
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.accounts.telephone import (
    AJOUTER,
    CODES,
    RETIRER,
    SECOURS,
    VERIFIER,
    enroler,
    is_in,
    messages,
    page,
    reste,
    totp,
    words,
)
from tests.factories import PASSWORD, CompteFactory, ServiceFactory
from tests.race import race
from tests.test_access_matrix import admin_urls

pytestmark = pytest.mark.django_db
PAGES = ["/second-facteur/", AJOUTER, VERIFIER, SECOURS, CODES, RETIRER]


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def requis(settings):
    settings.SECOND_FACTEUR_REQUIS = True


@pytest.fixture
def agent():
    compte = CompteFactory(agent=True, identifiant="agent.etat", services=[ServiceFactory()])
    compte.set_password(PASSWORD)
    compte.save()
    return compte


# Adding a phone


def test_required_factor_is_asked_before_any_page_of_the_admin(log_in, agent, requis):
    response = log_in(agent).get("/admin/demarches/demande/?etat=ouvertes")

    assert response["Location"] == (
        "/second-facteur/ajouter/?next=%2Fadmin%2Fdemarches%2Fdemande%2F%3Fetat%3Douvertes"
    )


@pytest.mark.parametrize("enrolled", [False, True])
def test_no_page_of_the_admin_is_forgotten(log_in, agent, requis, enrolled):
    if enrolled:
        enroler(agent)
    client = log_in(agent)
    for pattern in admin_urls():
        if "login" in pattern or "(?P" in pattern:
            continue
        path = "/" + pattern.replace("<path:object_id>", "1").replace("<slug:acte>", "refuser")
        for name in ("<int:pk>", "<path:content_type_id>", "<int:content_type_id>"):
            path = path.replace(name, "1")
        for method in (client.get, client.post):
            response = method(path)
            assert response.status_code == 302, path
            assert response["Location"].startswith(VERIFIER if enrolled else AJOUTER), path


def test_superuser_is_asked_too(log_in, requis):
    chef = Compte.objects.create_superuser("admin", "admin@mairie.fr", None)

    assert log_in(chef).get("/admin/")["Location"].startswith(AJOUTER)


def test_agent_adds_a_phone_and_arrives_where_they_were_going(log_in, agent, requis):
    client = log_in(agent)
    shown = client.get(AJOUTER, {"next": "/admin/demarches/demande/"})
    cle = client.session["second_facteur_cle"]
    secret = page(shown).xpath("//details//code")[0].text.replace(" ", "")
    assert secret in page(shown).xpath("//a[starts-with(@href, 'otpauth://totp/')]/@href")[0]
    assert page(shown).xpath("//*[local-name()='svg'][@role='img']")
    key = client.session.session_key

    added = client.post(AJOUTER, {"code": totp(cle), "next": "/admin/demarches/demande/"})

    assert added["Location"] == "/second-facteur/codes/?next=%2Fadmin%2Fdemarches%2Fdemande%2F"
    assert client.session.session_key != key, "a key planted before is worth nothing after"
    codes = page(client.get(added["Location"]))
    assert len(codes.xpath("//main//li/code")) == 10
    assert codes.xpath("//main//a[contains(@class, 'bouton')]/@href") == [
        "/admin/demarches/demande/"
    ]
    assert is_in(client)
    assert AuditEvent.objects.filter(action="compte.second_facteur_ajoute").count() == 1
    assert messages("second_facteur_ajoute") == [agent.courriel]


def test_reload_shows_the_same_secret(log_in, agent):
    client = log_in(agent)

    first, second = (page(client.get(AJOUTER)).xpath("//details//code")[0].text for _ in "12")

    assert first == second


def test_secret_is_kept_by_no_cache(log_in, agent):
    assert "no-store" in log_in(agent).get(AJOUTER)["Cache-Control"]


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "+12345", "1_2_34"])
def test_code_of_another_shape_adds_nothing(log_in, agent, code):
    client = log_in(agent)
    client.get(AJOUTER)

    assert client.post(AJOUTER, {"code": code}).status_code == 422
    assert not TOTPDevice.objects.exists()


def test_wrong_first_code_adds_nothing(log_in, agent):
    client = log_in(agent)
    client.get(AJOUTER)
    wrong = f"{(int(totp(client.session['second_facteur_cle'])) + 1) % 10**6:06}"

    response = client.post(AJOUTER, {"code": wrong})

    assert response.status_code == 422
    assert "Ce code n’est pas le bon" in words(response)
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
    assert not OutgoingMessage.objects.exists()
    assert "otp_device_id" not in client.session


def test_code_that_added_the_phone_does_not_open_a_session(agent, clock):
    cle, _codes = enroler(agent)

    with pytest.raises(CodeRefuse):
        second_facteur.verifier(compte=agent, code=totp(cle))


# Each login


def test_agent_with_a_factor_is_asked_even_where_it_is_optional(log_in, agent):
    assert is_in(log_in(agent))
    enroler(agent)

    assert log_in(agent).get("/admin/")["Location"] == "/second-facteur/verifier/?next=%2Fadmin%2F"


def test_right_code_leads_to_the_asked_page_under_a_new_key(log_in, agent, clock):
    cle, _codes = enroler(agent)
    clock.shift(60)
    client = log_in(agent)
    key = client.session.session_key

    response = client.post(VERIFIER, {"code": totp(cle), "next": "/admin/demarches/"})

    assert response["Location"] == "/admin/demarches/"
    assert client.session.session_key != key
    assert not SessionCompte.objects.filter(session_key=key).exists()
    assert is_in(client)


def test_code_is_forgiven_the_space_in_its_middle(log_in, agent, clock):
    cle, _codes = enroler(agent)
    clock.shift(60)
    code = totp(cle)

    assert log_in(agent).post(VERIFIER, {"code": f" {code[:3]} {code[3:]} "}).status_code == 302


def test_field_is_for_the_keypad_of_a_phone(log_in, agent):
    enroler(agent)

    (field,) = page(log_in(agent).get(VERIFIER)).xpath("//input[@name='code']")

    assert field.get("inputmode") == "numeric"
    assert field.get("autocomplete") == "one-time-code"


def test_page_of_this_site_only_comes_after(log_in, agent, clock):
    cle, _codes = enroler(agent)
    for rank, suite in enumerate(("https://pirate.example/", "//pirate.example", "javascript:a")):
        clock.shift(60)
        response = log_in(agent).post(VERIFIER, {"code": totp(cle), "next": suite})
        assert response["Location"] == "/admin/", rank


def test_another_login_is_asked_again(log_in, agent, clock):
    cle, _codes = enroler(agent)
    clock.shift(60)
    first = log_in(agent)
    first.post(VERIFIER, {"code": totp(cle)})

    assert is_in(first)
    assert not is_in(log_in(agent))


@pytest.mark.parametrize(
    ("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_clock_may_be_one_step_off_and_no_more(agent, clock, steps, good):
    cle, _codes = enroler(agent)
    clock.shift(600)

    if good:
        assert second_facteur.verifier(compte=agent, code=totp(cle, steps))
    else:
        with pytest.raises(CodeRefuse):
            second_facteur.verifier(compte=agent, code=totp(cle, steps))


def test_window_does_not_follow_a_clock_that_drifts(agent, clock):
    cle, _codes = enroler(agent)
    clock.shift(600)
    second_facteur.verifier(compte=agent, code=totp(cle, 1))
    clock.shift(600)

    with pytest.raises(CodeRefuse):
        second_facteur.verifier(compte=agent, code=totp(cle, 2))


def test_code_serves_once(log_in, agent, clock):
    cle, _codes = enroler(agent)
    clock.shift(60)
    code = totp(cle)
    assert log_in(agent).post(VERIFIER, {"code": code}).status_code == 302

    again = log_in(agent)

    assert again.post(VERIFIER, {"code": code}).status_code == 422
    assert not is_in(again)


def test_code_of_somebody_else_opens_nothing(log_in, agent, clock):
    enroler(agent)
    other = CompteFactory(agent=True)
    cle, _codes = enroler(other)
    clock.shift(60)

    assert log_in(agent).post(VERIFIER, {"code": totp(cle)}).status_code == 422


def test_device_of_somebody_else_in_the_session_opens_nothing(log_in, agent):
    enroler(agent)
    other = CompteFactory(agent=True)
    enroler(other)
    client = log_in(agent)
    session = client.session
    session["otp_device_id"] = TOTPDevice.objects.get(user=other).persistent_id
    session.save()

    assert not is_in(client)


# Guessing


def test_guessing_is_slowed_down_and_the_owner_is_told(log_in, agent, clock):
    enroler(agent)
    client = log_in(agent)
    seen = []
    for _ in range(5):
        clock.shift(20)
        seen.append(client.post(VERIFIER, {"code": "000000"}).status_code)
    response = client.post(VERIFIER, {"code": "000000"})

    assert seen == [422] * 5
    assert response.status_code == 429
    assert "Trop d’essais. Attendez" in words(response)
    assert messages("second_facteur_essais") == [agent.courriel]
    assert AuditEvent.objects.filter(action="compte.second_facteur_essais").count() == 1


def test_another_browser_does_not_start_the_count_anew(log_in, agent, clock):
    enroler(agent)
    for _ in range(5):
        clock.shift(20)
        log_in(agent).post(VERIFIER, {"code": "000000"})

    assert log_in(agent).post(VERIFIER, {"code": "000000"}).status_code == 429


def test_right_code_typed_just_after_wrong_ones_opens(log_in, agent, clock):
    """The phone's code changes every thirty seconds: a slip of the finger must not spend it."""
    cle, _codes = enroler(agent)
    clock.shift(60)
    client = log_in(agent)
    for _ in range(4):
        assert client.post(VERIFIER, {"code": "000000"}).status_code == 422

    assert client.post(VERIFIER, {"code": totp(cle)}).status_code == 302
    assert is_in(client)
    assert messages("second_facteur_essais") == []


def test_owner_comes_in_after_the_wait(log_in, agent, clock):
    cle, _codes = enroler(agent)
    for _ in range(5):
        clock.shift(20)
        log_in(agent).post(VERIFIER, {"code": "000000"})
    clock.shift(60)

    assert log_in(agent).post(VERIFIER, {"code": totp(cle)}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_one_code_of_the_phone_used_by_two_at_once_serves_one(clock):
    agent = CompteFactory(agent=True)
    cle, _codes = enroler(agent)
    clock.shift(60)

    results = race([partial(second_facteur.verifier, compte=agent, code=totp(cle))] * 6)

    assert sum(not isinstance(result, Exception) for result in results) == 1, results


# Replacing, removing, losing


def test_stolen_password_alone_does_not_replace_the_phone(log_in, agent):
    cle, _codes = enroler(agent)
    client = log_in(agent)

    for path in (AJOUTER, CODES, RETIRER, "/second-facteur/"):
        for method in (client.get, client.post):
            if path == "/second-facteur/" and method == client.post:
                continue
            assert method(path)["Location"].startswith(VERIFIER), path
    assert TOTPDevice.objects.get().key == cle


def test_borrowed_computer_does_not_replace_the_phone_without_the_password(log_in, agent, clock):
    old, _codes = enroler(agent)
    clock.shift(60)
    client = log_in(agent)
    client.post(VERIFIER, {"code": totp(old)})
    client.get(AJOUTER)
    new = client.session["second_facteur_cle"]

    for mot_de_passe in ("", "non"):
        response = client.post(AJOUTER, {"code": totp(new), "mot_de_passe": mot_de_passe})
        assert response.status_code == 422
        assert TOTPDevice.objects.get().key == old


def test_new_phone_replaces_the_old_and_closes_what_it_had_opened(log_in, agent, clock):
    old, codes = enroler(agent)
    clock.shift(60)
    elsewhere, client = log_in(agent), log_in(agent)
    elsewhere.post(VERIFIER, {"code": totp(old)})
    clock.shift(60)
    client.post(VERIFIER, {"code": totp(old)})
    client.get(AJOUTER)
    new = client.session["second_facteur_cle"]

    client.post(AJOUTER, {"code": totp(new), "mot_de_passe": PASSWORD})

    assert TOTPDevice.objects.get().key == new
    assert is_in(client)
    assert not is_in(elsewhere)
    assert not reste(agent, codes[0])


def test_factor_is_removed_where_it_is_optional(log_in, agent, clock):
    cle, _codes = enroler(agent)
    clock.shift(60)
    client = log_in(agent)
    client.post(VERIFIER, {"code": totp(cle)})

    assert client.post(RETIRER, {"mot_de_passe": "non"}).status_code == 422
    assert TOTPDevice.objects.exists()
    assert client.post(RETIRER, {"mot_de_passe": PASSWORD}).status_code == 302

    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
    assert is_in(log_in(agent))
    assert AuditEvent.objects.get(action="compte.second_facteur_retire").actor_id == agent.pk
    assert messages("second_facteur_retire") == [agent.courriel]


def test_factor_is_not_removed_where_it_is_required(log_in, agent, clock, requis):
    cle, _codes = enroler(agent)
    clock.shift(60)
    client = log_in(agent)
    client.post(VERIFIER, {"code": totp(cle)})

    assert client.get(RETIRER).status_code == 404
    assert client.post(RETIRER, {"mot_de_passe": PASSWORD}).status_code == 404
    assert TOTPDevice.objects.exists()


def test_operator_resets_a_lost_phone(log_in, agent, clock, requis):
    cle, _codes = enroler(agent)
    clock.shift(60)
    client = log_in(agent)
    client.post(VERIFIER, {"code": totp(cle)})
    out = StringIO()

    call_command("reinitialiser_second_facteur", "Agent.Etat", stdout=out)

    assert "retiré" in out.getvalue()
    assert client.get("/second-facteur/")["Location"].startswith("/connexion/"), "sessions close"
    assert log_in(agent).get("/admin/")["Location"].startswith(AJOUTER)
    assert AuditEvent.objects.get(action="compte.second_facteur_retire").actor_id is None
    assert messages("second_facteur_retire") == [agent.courriel]


def test_operator_is_told_of_a_wrong_name(agent):
    CompteFactory(identifiant="elodie")

    for name in ("personne", "elodie"):
        with pytest.raises(CommandError, match="Aucun agent"):
            call_command("reinitialiser_second_facteur", name)
    with pytest.raises(CommandError, match="n’a pas de second facteur"):
        call_command("reinitialiser_second_facteur", "agent.etat")


# Who may not


@pytest.mark.parametrize("path", PAGES)
def test_residents_find_nothing(log_in, path):
    client = log_in(CompteFactory())

    assert client.get(path).status_code == 404
    if path != "/second-facteur/":
        assert client.post(path, {"code": "123456", "mot_de_passe": PASSWORD}).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_anonymous_is_led_to_the_login(client, path):
    assert client.get(path)["Location"].startswith("/connexion/")


def test_library_shows_no_secret_in_the_admin(log_in):
    chef = Compte.objects.create_superuser("admin", "admin@mairie.fr", None)
    cle, _codes = enroler(CompteFactory(agent=True))

    client = log_in(chef)

    assert "otp" not in client.get("/admin/").content.decode()
    for model in ("otp_totp/totpdevice", "otp_static/staticdevice"):
        assert client.get(f"/admin/{model}/").status_code == 404
    assert cle


def test_state_page_of_an_agent(log_in, agent, clock):
    cle, _codes = enroler(agent)
    clock.shift(60)
    client = log_in(agent)
    assert client.get("/second-facteur/")["Location"].startswith(VERIFIER)
    client.post(VERIFIER, {"code": totp(cle)})

    shown = words(client.get("/second-facteur/"))

    assert "2 mars 2026" in shown
    assert "Retirer la connexion en deux étapes" in shown
    assert reverse("accounts:second-facteur") in client.get("/admin/").content.decode()


def test_factor_costs_a_clerk_one_query(log_in, agent, clock, max_queries, requis):
    cle, _codes = enroler(agent)
    clock.shift(timedelta(minutes=1))
    client = log_in(agent)
    client.post(VERIFIER, {"code": totp(cle)})
    client.get("/admin/demarches/demande/")

    with max_queries() as queries:
        assert client.get("/admin/demarches/demande/").status_code == 200

    assert queries.count <= 12, queries.sql
    assert sum("otp_" in sql for sql in queries.sql) == 1


@pytest.mark.parametrize("path", ["/demandes/", "/mon-espace/identifiants/mot-de-passe/"])
def test_stolen_password_alone_opens_no_other_page_either(log_in, agent, path):
    """Or the thief would change the password and keep the owner out."""
    enroler(agent)
    client = log_in(agent)

    assert client.get(path)["Location"].startswith(f"{VERIFIER}?next=")
    assert client.post(path, {"x": "y"})["Location"] == VERIFIER


def test_agent_may_log_out_before_the_second_factor(log_in, agent, requis):
    client = log_in(agent)

    assert client.post("/deconnexion/")["Location"] == "/"
    assert "_auth_user_id" not in client.session
