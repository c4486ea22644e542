"""One JSON object a line, and nothing in it that tells of a person or opens a door."""

import io
import json
import logging
import sys

import pytest
from django.core import signing
from django.db import IntegrityError, connection, transaction

from portal.celery import app
from portal.kernel.logs import JsonFormatter
from portal.notifications import delivery
from tests.factories import CompteFactory


def line(message: str, *args: object, exc_info: object = None, **extra: object) -> dict:
    record = logging.LogRecord(
        "portal.essai", logging.WARNING, __file__, 1, message, args, exc_info
    )
    record.__dict__.update(extra)
    text = JsonFormatter().format(record)
    assert "\n" not in text
    return json.loads(text)


@pytest.fixture
def logged():
    """Return a function that gives every line logged so far, as the server writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    watched = [logging.getLogger(), logging.getLogger("django"), logging.getLogger("celery")]
    for logger in watched:
        logger.addHandler(handler)
    yield stream.getvalue
    for logger in watched:
        logger.removeHandler(handler)


def test_line_has_time_level_logger_and_message():
    read = line("message %s was not sent", 12)

    assert read["message"] == "message 12 was not sent"
    assert (read["level"], read["logger"]) == ("WARNING", "portal.essai")
    assert read["time"].endswith("+00:00")
    assert "exception" not in read


def test_accents_and_line_feeds_stay_on_one_readable_line():
    assert line("arrêté\nà la ligne")["message"] == "arrêté\nà la ligne"


def test_exception_is_told_by_kind_and_place_only():
    try:
        raise ValueError("elodie@exemple.fr is known")
    except ValueError:
        read = line("failed", exc_info=sys.exc_info())

    assert read["exception"] == "ValueError"
    assert any("test_logs.py" in place for place in read["trace"])
    assert "elodie" not in json.dumps(read)


def test_exc_info_of_no_exception_is_no_error():
    assert "exception" not in line("odd", exc_info=(None, None, None))


def test_signed_link_is_hidden():
    token = signing.dumps("3f2b8c1e-6d9a-4f0e-9a57-0d1d0c8f4a11", salt="demarches.lien-de-suivi")

    read = line("Not Found: %s", f"/suivi/lien/{token}/")

    assert token not in json.dumps(read)
    assert token[:20] not in json.dumps(read)
    assert "/suivi/lien/" in read["message"], "where, but not what"


def test_uuid_and_common_paths_stay_readable():
    path = "/demandes/3f2b8c1e-6d9a-4f0e-9a57-0d1d0c8f4a11/recapitulatif/"

    assert line("Not Found: %s", path)["message"] == f"Not Found: {path}"


def test_request_in_extra_is_left_out():
    read = line("x", request="<WSGIRequest: elodie>", status_code=404)

    assert set(read) == {"time", "level", "logger", "message", "status"}
    assert read["status"] == 404


@pytest.mark.django_db
def test_bad_link_leaves_no_trace_of_its_token(client, logged):
    token = signing.dumps("3f2b8c1e-6d9a-4f0e-9a57-0d1d0c8f4a11", salt="another")

    response = client.get(f"/suivi/lien/{token}/")

    assert response.status_code >= 400
    assert token[:20] not in logged()
    assert "/suivi/lien/" in logged(), "the refusal itself is logged"


@pytest.mark.django_db
def test_page_that_breaks_logs_no_personal_data(client, logged, monkeypatch):
    """A database error quotes the row it refused; the log does not."""

    def breaks():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", ["secrete@exemple.fr"])

    monkeypatch.setattr("portal.home.views.facade.themes", breaks)
    client.raise_request_exception = False

    response = client.get("/?courriel=secrete@exemple.fr")

    assert response.status_code == 500
    assert "DataError" in logged()
    assert "secrete" not in logged()


@pytest.mark.django_db
def test_task_that_breaks_logs_no_personal_data(logged, monkeypatch):
    """Celery writes the text of the exception in its message."""

    def breaks():
        with transaction.atomic():
            CompteFactory(courriel="secrete@exemple.fr")
            CompteFactory(courriel="secrete@exemple.fr")

    monkeypatch.setattr(delivery, "drain", breaks)
    app.loader.import_default_modules()

    result = app.tasks["notifications.drain"].apply()

    assert isinstance(result.result, IntegrityError)
    assert "notifications.drain" in logged(), "the failure itself is logged"
    assert "secrete" not in logged()


@pytest.mark.django_db
def test_failed_login_logs_neither_name_nor_password(client, logged):
    client.post("/connexion/", {"identifiant": "elodie", "mot_de_passe": "hirondelle-bleue"})

    assert "elodie" not in logged()
    assert "hirondelle" not in logged()
