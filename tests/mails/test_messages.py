"""Every message that exists, drawn with the worst that a resident or a clerk can type."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from lxml import html as lxml_html

from portal.notifications import catalog

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "mails"
CODES = sorted(catalog.codes())
LINK = "https://demarches.ville.fr/suivi/lien/jeton:1a2b?a=1&b=2/"
HOSTILE = "N'Guyen & <script>alert(1)</script> \"x\" {{ 7*7 }} {% include 'base.html' %} ${7*7} 🎈"
ORDINARY = {
    "numero": "7K2M-9QXD-04TB",
    "demarche": "Acte de naissance",
    "service": "État civil",
    "nom": "Élodie N’Guyen",
    "texte": "Le nom des parents manque.",
    "lien": LINK,
}


def context(code: str, value: str | None = None) -> dict[str, str]:
    """Return what a message needs, `value` everywhere but in the link when it is given."""
    names = catalog._codes[code]
    return {
        name: ORDINARY.get(name, "une valeur") if value is None or name == "lien" else value
        for name in names
    }


def plain(page: str) -> str:
    """Return the words of a page, spaces folded."""
    return " ".join(lxml_html.fromstring(page).find("body").text_content().split())


def test_every_code_has_its_template_and_every_template_its_code():
    files = {path.stem for path in FOLDER.glob("*.txt") if not path.name.startswith("_")}

    assert files == set(CODES)
    assert {path.name for path in FOLDER.iterdir() if path.stem not in CODES} == {
        "_gabarit.txt",
        "_gabarit.html",
    }


def test_messages_of_the_first_line_exist():
    assert {
        "demande_deposee",
        "demande_acceptee",
        "demande_traitee",
        "demande_refusee",
        "demande_classee",
        "lien_de_suivi",
    } <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_template_has_subject_body_and_button(code):
    template = engines["jinja2"].env.get_template(f"mails/{code}.txt")

    assert set(template.blocks) == {"objet", "corps", "bouton"}


@pytest.mark.parametrize("code", CODES)
def test_message_is_complete(code):
    mail = catalog.render(code, context(code))

    assert 10 < len(mail.subject) <= 100
    assert mail.text.startswith("Bonjour")
    linked = "lien" in catalog._codes[code]
    assert (LINK in mail.text.splitlines()) == linked, (
        "alone on its line, so that every program makes a link of it"
    )
    links = lxml_html.fromstring(mail.html).xpath("//a/@href")
    assert links == ([LINK] if linked else [])
    assert "{" not in mail.subject + mail.text


@pytest.mark.parametrize("code", CODES)
def test_message_says_who_writes_and_that_replies_are_not_read(code):
    mail = catalog.render(code, context(code))

    for words in (mail.text, plain(mail.html)):
        assert f"Mairie de {settings.TOWN['nom']}" in words
        assert settings.TOWN["telephone"] in words
        assert "les réponses ne sont pas lues" in words


@pytest.mark.parametrize("code", CODES)
def test_text_and_page_say_the_same(code):
    mail = catalog.render(code, context(code))
    page = plain(mail.html)

    body = mail.text.split(LINK)[0].rsplit("\n\n", 1)[0]
    for paragraph in re.split(r"\n\s*\n", body):
        assert " ".join(paragraph.split()) in page


@pytest.mark.parametrize("code", CODES)
def test_text_shows_what_was_typed_as_it_was_typed(code):
    """No `&#39;` in a text mail: nobody reads HTML there."""
    mail = catalog.render(code, context(code, HOSTILE))

    assert HOSTILE in mail.text
    assert "&amp;" not in mail.subject + mail.text
    assert "&lt;" not in mail.subject + mail.text
    assert "&#3" not in mail.subject + mail.text


@pytest.mark.parametrize("code", CODES)
def test_page_shows_what_was_typed_and_runs_none_of_it(code):
    mail = catalog.render(code, context(code, HOSTILE))
    tree = lxml_html.fromstring(mail.html)

    assert not tree.xpath("//script | //*[@onclick or @onload or @onerror]")
    assert " ".join(HOSTILE.split()) in plain(mail.html), "escaped once, not twice"
    assert "49" not in mail.text.replace(settings.TOWN["adresse"], ""), "7*7 was not computed"


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("feed", ["\n", "\r\n", "\r", "\u2028", "\x0b", "\x85"])
def test_line_feed_never_reaches_the_subject(code, feed):
    mail = catalog.render(code, context(code, f"Acte{feed}Bcc: pirate@exemple.fr"))

    assert len(mail.subject.splitlines()) == 1


@pytest.mark.parametrize("code", CODES)
def test_endless_values_do_not_make_an_endless_subject(code):
    mail = catalog.render(code, context(code, "é" * 10_000))

    assert len(mail.subject) <= 250


@pytest.mark.parametrize("code", CODES)
def test_page_asks_nothing_of_any_server(code):
    """No image, no font, no style sheet: opening a mail tells nobody."""
    tree = lxml_html.fromstring(catalog.render(code, context(code)).html)

    assert not tree.xpath("//img | //link | //iframe | //style | //*[@src]")
    assert tree.get("lang") == "fr"
    assert tree.findtext(".//title")


@pytest.mark.parametrize("code", CODES)
def test_page_has_no_width_that_a_phone_lacks(code):
    page = catalog.render(code, context(code, "x" * 300)).html

    assert not re.findall(r"(?<!max-)width:\s*\d{3,}px", page)
    assert "overflow-wrap:anywhere" in page, "a long word must not widen the page"


@pytest.mark.parametrize("code", CODES)
def test_typography_of_our_own_words(code):
    mail = catalog.render(code, context(code))
    words = mail.text.replace(LINK, "")

    assert "'" not in words + mail.subject, "the apostrophe is ’"
    assert not re.search(r" [:;?!»]|« ", words), "no-break spaces stand before : ; ? ! and in « »"


def test_reason_of_a_clerk_keeps_its_paragraphs():
    reason = "Il manque :\n- le nom\n- la date\n\nRappelez-nous."

    mail = catalog.render("demande_refusee", context("demande_refusee") | {"texte": reason})

    assert reason in mail.text
    paragraphs = [p.text_content() for p in lxml_html.fromstring(mail.html).xpath("//p")]
    assert "Il manque :\n- le nom\n- la date" in paragraphs
    assert "Rappelez-nous." in paragraphs


def test_ticket_number_opens_the_subject():
    """Of every message about a request; those about an account have none."""
    for code in (code for code in CODES if "numero" in catalog._codes[code]):
        mail = catalog.render(code, context(code))
        assert mail.subject.startswith("7K2M-9QXD-04TB"), code


def test_unknown_code_is_an_error():
    with pytest.raises(KeyError):
        catalog.render("demande_perdue", {})


@pytest.mark.parametrize("change", [{"nom": None}, {"nomm": "Élodie"}])
def test_missing_or_unknown_name_is_an_error_that_names_it(change):
    given = context("demande_deposee") | change
    given = {name: value for name, value in given.items() if value is not None}

    with pytest.raises(ValueError, match=next(iter(change))):
        catalog.render("demande_deposee", given)
