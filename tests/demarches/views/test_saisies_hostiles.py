"""What no browser of good will sends: huge, malformed, invisible, or made to be code."""

import pytest

from demarches.models import Demande
from tests.demarches.saisies import begin, cle_of, fill_in, screen
from tests.demarches.traces import nothing_left

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
CODE = "signalement-voirie"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def step(browser):
    """A visitor at « Mes informations »."""
    return begin(browser, CODE)


def typed() -> dict:
    return Demande.objects.get().saisie.get("mes-informations", {})


def test_ten_thousand_characters_are_kept_and_named(step):
    step.send(**screen(CODE, "mes-informations") | {"nom": "é" * 10_000})
    assert step.status == 422
    assert "10000 caractères" in step.text
    assert step.fields["nom"] == ["é" * 10_000]
    assert typed()["nom"] == ["é" * 10_000]


def test_control_characters_and_emoji(step):
    step.send(
        **screen(CODE, "mes-informations") | {"nom": "N\x00Gu\x1byen\u202e", "prenoms": "Zoë 🌻"}
    )
    assert cle_of(step.url) == "probleme"
    assert typed()["nom"] == ["NGuyen"]
    assert typed()["prenoms"] == ["Zoë 🌻"]


def test_page_that_comes_back_holds_no_control_character(step):
    step.send(nom="Jean\x00\x0b\x1b\u202e", prenoms="", courriel="a\x00b")
    assert step.status == 422
    for mark in ("\x00", "\x0b", "\x1b", "\u202e"):
        assert mark not in step.html


def test_markup_is_shown_as_typed(step):
    evil = "<img src=x>\"'&<!--"
    step.send(nom=evil, prenoms="", courriel="a@b.fr")
    assert step.fields["nom"] == [evil]
    assert "<img" not in step.html.split("<main")[1]
    step.send(prenoms="Zoë")
    fill_in(step, CODE)
    assert "<img src=x>" in step.text


def test_bytes_that_are_no_text(step):
    response = step.client.post(
        step.url, b"nom=%FF%FE%C3%28&prenoms=%ED%A0%80&courriel=a", content_type=FORM
    )
    assert response.status_code == 422
    assert "nom" in typed()


def test_request_too_large_is_refused_with_a_page(step):
    with nothing_left():
        response = step.client.post(step.url, b"nom=" + b"a" * (3 * 1024 * 1024), content_type=FORM)
    assert response.status_code in (400, 413)
    assert "<h1" in response.content.decode()


def test_request_just_small_enough_is_answered(step):
    response = step.client.post(step.url, b"nom=" + b"a" * 1_500_000, content_type=FORM)
    assert response.status_code == 422
    assert len(typed()["nom"][0]) <= 50_000


def test_too_many_fields_are_refused_with_a_page(step):
    body = "&".join(f"f{n}=1" for n in range(5000)).encode()
    with nothing_left():
        response = step.client.post(step.url, body, content_type=FORM)
    assert response.status_code == 400
    assert "<h1" in response.content.decode()


def test_thousands_of_answers_to_one_question(step):
    body = "&".join(["nom=Martin"] * 1900).encode()
    assert step.client.post(step.url, body, content_type=FORM).status_code == 422


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", FORM),
        (b"nom", FORM),
        (b"&&&===", FORM),
        (b'{"nom": "Martin"}', "application/json"),
        (b"<nom>Martin</nom>", "text/xml"),
        (b"nom=Martin", ""),
        (b"nom=Martin", "n'importe quoi"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"nom=Martin", "multipart/form-data"),
        (b"nom=Martin", f"{FORM}; charset=utf-16"),
        (b"nom=Martin", f"{FORM}; charset=nimporte"),
    ],
)
def test_body_of_another_kind(step, body, content_type):
    response = step.client.generic("POST", step.url, body, content_type=content_type)
    assert response.status_code in (400, 422)
    assert "<h1" in response.content.decode()


def test_file_where_text_is_asked(step):
    from django.core.files.uploadedfile import SimpleUploadedFile

    response = step.client.post(step.url, {"nom": SimpleUploadedFile("a.txt", b"Martin")})
    assert response.status_code == 422
    assert typed()["nom"] == []


def test_names_that_were_not_asked_are_not_kept(step):
    step.send(
        **screen(CODE, "mes-informations"),
        etat="acceptee",
        numero="AAAA",
        adresse__voie="x",
        nom__voie="y",
    )
    demande = Demande.objects.get()
    assert set(demande.saisie) == {"mes-informations"}
    assert set(typed()) == {"nom", "prenoms", "courriel", "telephone"}
    assert demande.numero is None


def test_choices_made_up(step):
    step.send(**screen(CODE, "mes-informations"))
    step.send(danger="peut-être", nature="volcan", description="x", depuis="demain")
    assert step.status == 422
    assert cle_of(step.url) == "probleme"
    assert "Choisissez une réponse de la liste." in step.text


@pytest.mark.parametrize(
    "day", ["31/12/9999", "01/01/0001", "24/11/202", "99/99/9999", "01/01/1800"]
)
def test_days_far_away(step, day):
    step.send(**screen(CODE, "mes-informations"))
    step.send(**screen(CODE, "probleme") | {"depuis": day})
    assert step.status == 422
    assert step.fields["depuis"] == [day]


def test_host_that_is_not_ours(client):
    assert client.get("/demarches/", headers={"host": "autre.example"}).status_code == 400
