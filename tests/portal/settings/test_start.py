"""The settings as another process reads them: the environment decides, https tightens all."""

import json
import os
import subprocess
import sys
from email.utils import getaddresses
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[3]
HTTPS = {
    "PARVIS_PUBLIC_URL": "https://demarches.ville.fr",
    "PARVIS_ALLOWED_HOSTS": "",
    "PARVIS_EMAIL_URL": "smtp+tls://ville:x@mail.ville.fr",
    "PARVIS_TRUSTED_PROXIES": "1",
}
# What a browser gets, and the settings behind it; no page that reads the database.
PROBE = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
from django.conf import settings
proxy = {"headers": {"x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.7"}}
client = Client(SERVER_NAME="demarches.ville.fr")
page = client.get("/connexion/", **proxy)
plain = client.get("/connexion/", SERVER_NAME="demarches.ville.fr")
print(json.dumps({
    "status": page.status_code,
    "headers": dict(page.headers),
    "cookies": [c.OutputString() for c in page.cookies.values()],
    "plain": [plain.status_code, plain.headers.get("Location")],
    "sante": client.get("/sante/").status_code,
    "mailbox": client.get("/courriers-de-demonstration/", **proxy).status_code,
    "session": [settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE,
                settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE,
                settings.SESSION_COOKIE_PATH, settings.SESSION_COOKIE_DOMAIN],
}))
"""


def run(*command: str, **changes: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    environ |= {"PARVIS_STATIC_ROOT": settings.STATIC_ROOT, **changes}
    environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # for the tests' browser only
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
    )


def setting(expression: str, **changes: str):
    code = f"import json; from portal import settings as s; print(json.dumps({expression}))"
    done = run("-c", code, **changes)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_check_passes_behind_https():
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **HTTPS)

    # W005 and W021 speak of the town's other sites (HSTS for subdomains), which are not ours.
    rest = [line for line in done.stderr.splitlines() if "(security.W" in line]
    assert [line for line in rest if "W005" not in line and "W021" not in line] == []
    assert "ERRORS" not in done.stderr


def test_check_stops_on_a_typing_mistake():
    done = run("manage.py", "check", PARVIS_TWON_NAME="Clairval", PARVIS_DEBUG="oui")

    assert done.returncode != 0
    assert "PARVIS_TWON_NAME est inconnu" in done.stderr
    assert "PARVIS_DEBUG" in done.stderr


@pytest.fixture(scope="module")
def behind_https():
    done = run("-c", PROBE, **HTTPS)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_cookies_are_bound_to_the_https_host(behind_https):
    assert behind_https["status"] == 200
    assert behind_https["session"] == ["__Host-session", True, True, "Lax", "/", None]
    (csrf,) = [cookie for cookie in behind_https["cookies"] if "csrf" in cookie]
    assert csrf.startswith("__Host-csrf=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(csrf.split("; "))
    assert "Domain" not in csrf, "a __Host- cookie with a domain is dropped by browsers"


def test_https_is_remembered_for_a_year_and_http_is_led_to_it(behind_https):
    assert behind_https["headers"]["Strict-Transport-Security"] == "max-age=31536000"
    assert behind_https["plain"] == [301, "https://demarches.ville.fr/connexion/"]
    assert behind_https["sante"] == 200, "asked over http, from inside"


def test_headers_that_keep_others_out(behind_https):
    headers = behind_https["headers"]
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "form-action 'self'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_demonstration_mails_are_absent_where_mails_leave(behind_https):
    assert behind_https["mailbox"] == 404


def test_no_hsts_and_plain_cookies_on_http():
    values = setting(
        "[s.SECURE_HSTS_SECONDS, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME,"
        " s.SESSION_COOKIE_SECURE, s.SECURE_PROXY_SSL_HEADER]",
        PARVIS_PUBLIC_URL="http://localhost:8000",
        PARVIS_TRUSTED_PROXIES="1",
    )

    assert values == [0, False, "session", "csrf", False, None]


def test_forwarded_proto_is_not_believed_without_a_proxy():
    assert setting("s.SECURE_PROXY_SSL_HEADER", **HTTPS | {"PARVIS_TRUSTED_PROXIES": "0"}) is None


@pytest.mark.parametrize("process", ["web", "worker", "command"])
def test_process_decides_timeouts_and_pool(process):
    options = setting("s.DATABASES['default']['OPTIONS']", PARVIS_PROCESS=process)

    assert ("pool" in options) == (process != "command")
    limit = {"web": "15s", "worker": "60s", "command": "0"}[process]
    assert f"statement_timeout={limit}" in options["options"]
    if "pool" in options:
        assert options["pool"]["max_size"] >= 16, "a connection for each thread of the web"


@pytest.mark.parametrize(
    "url",
    [
        "postgres://parvis@%2Frun%2FParvis%2Fpg/ville",  # as libpq writes it
        "postgres://parvis@//run/Parvis/pg/ville",  # as run.py writes it
    ],
)
def test_socket_of_postgresql(url):
    database = setting(
        "[s.DATABASES['default'][k] for k in ('HOST', 'USER', 'NAME', 'ENGINE')]", DATABASE_URL=url
    )

    assert database == ["/run/Parvis/pg", "parvis", "ville", "django.db.backends.postgresql"]


def test_encryption_asked_for_in_the_address_of_the_database_is_kept():
    options = setting(
        "s.DATABASES['default']['OPTIONS']",
        DATABASE_URL="postgres://parvis:x@base.exemple/parvis?sslmode=verify-full",
    )

    assert options.get("sslmode") == "verify-full"
    assert "lock_timeout" in options["options"], "and our own limits too"


@pytest.mark.parametrize("name", ["Clairval-sur-Loire", "Saint-Rémy (Aude)", "Clairval, Loire"])
def test_sender_is_one_address_under_the_name_of_the_town(name):
    sender = setting(
        "s.DEFAULT_FROM_EMAIL", PARVIS_TOWN_NAME=name, PARVIS_EMAIL_FROM="mairie@ville.fr"
    )

    assert getaddresses([sender]) == [(name, "mairie@ville.fr")]


def test_web_process_knows_no_broker_library():
    """The web never talks to Redis: serving a page does not even import its client."""
    code = (
        "import sys, django; django.setup()\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "print([name for name in ('redis', 'kombu.transport.redis') if name in sys.modules])"
    )

    done = run("-c", code)

    assert done.stdout.strip() == "[]", done.stderr
