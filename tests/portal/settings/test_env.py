"""The environment: a mistake stops the start with its name, and with every other one's."""

import re

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.settings import env

GIVEN = {
    "DATABASE_URL": "postgres://parvis:secret@base.exemple:5432/parvis",
    "REDIS_URL": "redis://valkey.exemple:6379/0",
    "PARVIS_SECRET_KEY": "k" * 50,
    "PARVIS_PUBLIC_URL": "https://demarches.ville.fr",
    "PARVIS_EMAIL_URL": "smtp+tls://ville:mot%40passe@mail.ville.fr",
}


def refused(environ: dict[str, str]) -> str:
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.read(environ)
    return str(refusal.value)


def test_smallest_environment_is_enough():
    read = env.read(GIVEN)

    assert read.allowed_hosts == ["demarches.ville.fr"]
    assert read.email_from == "ne-pas-repondre@demarches.ville.fr"
    assert (read.debug, read.process, read.trusted_proxies) == (False, "command", 0)
    assert read.is_https


@pytest.mark.parametrize("name", env.REQUIRED)
def test_missing_value_is_named(name):
    assert f"{name} manque" in refused({k: v for k, v in GIVEN.items() if k != name})


@pytest.mark.parametrize("name", env.REQUIRED)
def test_empty_value_is_a_missing_one(name):
    assert f"{name} manque" in refused(GIVEN | {name: ""})


@pytest.mark.parametrize("name", ["PARVIS_TOWNNAME", "PARVIS_", "PARVIS_PUBLIC_URL_FILE"])
def test_unknown_name_of_ours_is_named(name):
    assert f"{name} est inconnu" in refused(GIVEN | {name: "x"})


def test_names_of_others_are_left_alone():
    env.read(GIVEN | {"PATH": "/usr/bin", "PORT": "8000", "MAPARVIS_X": "1", "HOME": "/root"})


def test_every_fault_is_named_at_once():
    message = refused(
        {
            "PARVIS_SECRET_KEY": "short",
            "PARVIS_PUBLIC_URL": "demarches.ville.fr",
            "PARVIS_EMAIL_URL": "gopher://mail",
            "PARVIS_DEBUG": "yes",
            "PARVIS_PROCESS": "sorcerer",
            "PARVIS_TRUSTED_PROXIES": "-1",
            "PARVIS_TWON_NAME": "Clairval",
        }
    )

    for name in (
        "DATABASE_URL manque",
        "REDIS_URL manque",
        "PARVIS_SECRET_KEY",
        "PARVIS_PUBLIC_URL",
        "PARVIS_EMAIL_URL",
        "PARVIS_DEBUG",
        "PARVIS_PROCESS",
        "PARVIS_TRUSTED_PROXIES",
        "PARVIS_TWON_NAME est inconnu",
    ):
        assert name in message
    assert "short" not in message, "a secret is not told, even a bad one"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://parvis@base/parvis"),
        ("DATABASE_URL", "sqlite:///parvis.db"),
        ("DATABASE_URL", "parvis"),
        ("REDIS_URL", "http://valkey:6379"),
        ("REDIS_URL", "valkey"),
        ("PARVIS_SECRET_KEY", "k" * 49),
        ("PARVIS_PUBLIC_URL", "https://ville.fr/demarches"),
        ("PARVIS_PUBLIC_URL", "ftp://ville.fr"),
        ("PARVIS_PUBLIC_URL", "https://"),
        ("PARVIS_PUBLIC_URL", "https://[ville"),
        ("PARVIS_PUBLIC_URL", "https://ville.fr:https"),
        ("PARVIS_DEBUG", "true"),
        ("PARVIS_PROCESS", "WEB"),
        ("PARVIS_TRUSTED_PROXIES", "un"),
        ("PARVIS_TRUSTED_PROXIES", "²"),
        ("PARVIS_EMAIL_URL", "smtp://"),
        ("PARVIS_EMAIL_URL", "smtp://mail.ville.fr:vingtcinq"),
        ("PARVIS_EMAIL_URL", "mail.ville.fr"),
        ("PARVIS_EMAIL_URL", "anymail://"),
        ("PARVIS_EMAIL_URL", "anymail://pigeon?API_KEY=x"),
        ("PARVIS_ADDRESS_URL", "data.geopf.fr"),
        ("PARVIS_DPO_EMAIL", "la déléguée"),
        ("PARVIS_HOLIDAYS", "moselle"),
        ("PARVIS_HOUSEHOLD_ADD", "adulte,cousin"),
        ("PARVIS_SECOND_FACTOR", "oui"),
        ("PARVIS_VALIDATION", "auto"),
        ("PARVIS_VALIDATION_DAYS", "deux"),
    ],
)
def test_bad_value_is_named(name, value):
    assert name in refused(GIVEN | {name: value})


@pytest.mark.parametrize(
    "name", ["PARVIS_DEBUG", "PARVIS_PROCESS", "PARVIS_TRUSTED_PROXIES", "PARVIS_STATIC_ROOT"]
)
def test_empty_optional_value_is_the_default(name):
    """`PARVIS_DEBUG=` in a compose file means "not given"."""
    assert env.read(GIVEN | {name: ""}) == env.read(GIVEN)


@pytest.mark.parametrize("name", env.SECRETS)
def test_secret_is_read_from_a_file(name, tmp_path):
    file = tmp_path / "secret"
    file.write_text(GIVEN[name] + "\n", encoding="utf-8")
    environ = {k: v for k, v in GIVEN.items() if k != name} | {f"{name}_FILE": str(file)}

    assert env.read(environ) == env.read(GIVEN)


def test_secret_file_that_cannot_be_read_is_named(tmp_path):
    environ = dict(GIVEN)
    del environ["PARVIS_SECRET_KEY"]

    message = refused(environ | {"PARVIS_SECRET_KEY_FILE": str(tmp_path / "absent")})

    assert "PARVIS_SECRET_KEY_FILE" in message
    assert str(tmp_path / "absent") in message


def test_secret_file_that_is_not_text_is_named(tmp_path):
    file = tmp_path / "secret"
    file.write_bytes(b"\xff\xfe" * 40)

    assert "PARVIS_SECRET_KEY_FILE" in refused(GIVEN | {"PARVIS_SECRET_KEY_FILE": str(file)})


def test_password_in_a_bad_mail_address_is_not_told():
    # A slash that was not written %2F ends the host too early.
    message = refused(GIVEN | {"PARVIS_EMAIL_URL": "smtp://ville:tres/secret@mail.ville.fr"})

    assert "PARVIS_EMAIL_URL" in message
    assert "tres" not in message


def test_hosts_are_a_comma_list():
    read = env.read(GIVEN | {"PARVIS_ALLOWED_HOSTS": " ville.fr, ,www.ville.fr "})

    assert read.allowed_hosts == ["ville.fr", "www.ville.fr"]


def test_public_address_loses_its_last_slash():
    assert env.read(GIVEN | {"PARVIS_PUBLIC_URL": "http://127.0.0.1:8000/"}).public_url == (
        "http://127.0.0.1:8000"
    )


def test_unix_socket_of_the_broker_in_the_words_of_celery():
    read = env.read(GIVEN | {"REDIS_URL": "unix:///run/valkey/valkey.sock"})

    assert read.celery_broker_url == "redis+socket:///run/valkey/valkey.sock"


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.ville.fr", 25, False, False),
        ("smtp+tls://mail.ville.fr", 587, True, False),
        ("smtp+ssl://mail.ville.fr", 465, False, True),
        ("smtp+tls://mail.ville.fr:2525", 2525, True, False),
    ],
)
def test_smtp_route(url, port, tls, ssl):
    route = env.email_route(url)

    assert route.backend == "django.core.mail.backends.smtp.EmailBackend"
    assert route.settings["EMAIL_HOST"] == "mail.ville.fr"
    assert route.settings["EMAIL_PORT"] == port
    assert (route.settings["EMAIL_USE_TLS"], route.settings["EMAIL_USE_SSL"]) == (tls, ssl)
    assert 0 < route.settings["EMAIL_TIMEOUT"] < 60, "a hanging server must not outlast a claim"


def test_password_of_smtp_is_unquoted():
    settings = env.email_route("smtp://ville%40fr:p%2Fa%3As%40s@mail.ville.fr").settings

    assert settings["EMAIL_HOST_USER"] == "ville@fr"
    assert settings["EMAIL_HOST_PASSWORD"] == "p/a:s@s"


def test_provider_route():
    route = env.email_route("anymail://brevo?API_KEY=cle%2B1&API_URL=http://127.0.0.1/v3/")

    assert route.backend == "anymail.backends.brevo.EmailBackend"
    assert route.settings == {
        "ANYMAIL": {"BREVO_API_KEY": "cle+1", "BREVO_API_URL": "http://127.0.0.1/v3/"}
    }
    assert not route.is_demo


def test_demonstration_route_lets_nothing_out():
    route = env.email_route("demo:")

    assert route.is_demo
    assert route.backend.endswith("dummy.EmailBackend")


@pytest.mark.parametrize(
    ("mail", "said", "required"),
    [
        ("smtp://mail.ville.fr", "", True),
        ("demo:", "", False),
        ("demo:", "requis", True),
        ("smtp://mail.ville.fr", "facultatif", False),
    ],
)
def test_second_factor_is_required_where_mails_leave_unless_the_town_decides(mail, said, required):
    read = env.read(GIVEN | {"PARVIS_EMAIL_URL": mail, "PARVIS_SECOND_FACTOR": said})

    assert read.second_factor_required is required


@pytest.mark.parametrize(
    ("typed", "members"),
    [
        ("", ["adulte", "enfant", "contact"]),
        ("enfant", ["enfant"]),
        (" enfant , contact ", ["enfant", "contact"]),
    ],
)
def test_members_that_residents_add_by_themselves(typed, members):
    assert env.read(GIVEN | {"PARVIS_HOUSEHOLD_ADD": typed}).household_add == members


def test_no_member_is_added_without_a_clerk():
    """« aucun » is no kind of member."""
    read = env.read(GIVEN | {"PARVIS_HOUSEHOLD_ADD": "aucun"})

    assert not set(read.household_add) & set(env.MEMBERS)


def test_what_a_town_says_of_its_accounts_and_of_itself():
    read = env.read(
        GIVEN
        | {
            "PARVIS_ADDRESS_URL": "https://adresses.exemple.fr/",
            "PARVIS_DPO_EMAIL": "dpo@ville.fr",
            "PARVIS_HOLIDAYS": "alsace-moselle",
            "PARVIS_HOSTING": "Nuage SARL, Nantes",
            "PARVIS_PUBLISHER": "Mme Anne Roux, maire",
            "PARVIS_VALIDATION": "automatique",
            "PARVIS_VALIDATION_DAYS": "5",
        }
    )

    assert read.address_url == "https://adresses.exemple.fr"
    assert (read.holidays, read.validation, read.validation_days) == (
        "alsace-moselle",
        "automatique",
        5,
    )
    assert (read.dpo_email, read.hosting, read.publisher) == (
        "dpo@ville.fr",
        "Nuage SARL, Nantes",
        "Mme Anne Roux, maire",
    )


def test_accounts_are_checked_by_a_clerk_unless_the_town_decides():
    read = env.read(GIVEN)

    assert (read.validation, read.validation_days, read.holidays) == ("manuelle", 2, "metropole")
    assert (read.address_url, read.dpo_email, read.hosting, read.publisher) == ("", "", "", "")


def test_compose_file_passes_on_every_value_that_a_town_sets():
    compose = (env.ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    documented = (env.ROOT / "docs" / "production.md").read_text(encoding="utf-8")
    # Of the image, not of the town; and never in production.
    own = {"PARVIS_STATIC_ROOT", "PARVIS_DEBUG"}
    for name in {*env.DEFAULTS, *env.REQUIRED}:
        assert f"`{name}`" in documented, name
        if name not in own:
            assert re.search(rf"\b{name}(_FILE)?: ", compose), name
