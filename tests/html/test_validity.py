"""The HTML of every page is valid: a browser mends what is not, a screen reader may not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.models import Foyer, Service
from demarches import demonstration
from demarches.models import Demande, Demarche
from demarches.services import brouillon, depot
from portal.notifications.models import OutgoingMessage
from portal.ui import errors
from tests.e2e.inventory import Inventory, Stop
from tests.factories import CompteFactory, DossierFamilleFactory
from tests.html import validator

pytestmark = pytest.mark.django_db
Pages = dict[str, str]

# The button that changes the colour scheme, in the heading of Django's admin, has no type.
DJANGO_S_OWN = "(#user-tools > button)"


@pytest.fixture(scope="module", autouse=True)
def installed() -> None:
    validator.install()


@pytest.fixture
def inventory() -> Inventory:
    return Inventory()


@pytest.fixture
def visitor(inventory: Inventory, client: Client) -> Client:
    """The browser that began and filed every request of no account."""
    session = client.session
    session["demandes"] = {str(demande.uuid): niveau for demande, niveau in inventory.known()}
    session.save()
    return client


def faults(pages: Pages, folder: Path) -> str:
    assert pages
    return "\n".join(validator.faults(pages, folder))


def html(page: HttpResponse, status: int) -> str:
    assert page.status_code == status, page
    return page.content.decode()


def opened(client: Client, stops: list[Stop]) -> Pages:
    """The pages as they come; what is done on them is for the browser's tests, and below."""
    seen = [stop for stop in stops if stop.act is None]
    return {stop.url: html(client.get(stop.url, follow=True), stop.status) for stop in seen}


def test_pages_of_a_visitor(inventory, visitor, tmp_path):
    assert faults(opened(visitor, inventory.visitor()), tmp_path) == ""


def test_pages_of_a_resident(inventory, log_in, tmp_path):
    pages = opened(log_in(inventory.resident), inventory.resident_pages())
    newcomer = opened(log_in(inventory.newcomer), inventory.newcomer_pages())
    pages |= {f"{url} (newcomer)": page for url, page in newcomer.items()}

    assert faults(pages, tmp_path) == ""


def test_pages_of_an_agent(inventory, log_in, tmp_path):
    """Those whose templates are ours: one request, and the text of a decision."""
    ours = re.compile(r"^/admin/demarches/demande/\d+/")
    stops = [stop for stop in inventory.agent_pages() if ours.match(stop.url)]
    found = validator.faults(opened(log_in(inventory.agent), stops), tmp_path)

    assert [fault for fault in found if not fault.endswith(DJANGO_S_OWN)] == []


@pytest.mark.parametrize("typed", [None, {}], ids=["new", "sent empty"])
def test_every_screen_of_every_demarche(log_in, tmp_path, typed):
    demonstration.charger_catalogue()
    compte = CompteFactory(foyer=True)
    client = log_in(compte)
    for service in Service.objects.filter(emet_des_cles=True):  # a family for those reserved
        foyer = Foyer.objects.for_compte(compte).get()
        DossierFamilleFactory(service=service, foyer=foyer, rattachement_at=timezone.now())
    pages: Pages = {}
    for demarche in Demarche.objects.all():
        draft = brouillon.commencer(demarche_id=demarche.pk, compte=compte)
        for url in _screens(draft):
            page = client.get(url) if typed is None else client.post(url, typed)
            pages[f"{demarche.code} {url}"] = html(page, 200 if typed is None else 422)

    assert faults(pages, tmp_path) == ""


def _screens(draft: Demande) -> Iterator[str]:
    """The address of each screen, once the draft holds the answer that asks for it."""
    yield reverse("demarches:mes-informations", args=[draft.uuid])
    for section in draft.version.lue.sections:
        asks = {section.si.champ: [section.si.parmi[0]]} if section.si else {}
        brouillon.enregistrer(demande_id=draft.pk, etape=depot.MA_DEMANDE, saisie=asks)
        yield reverse("demarches:section", args=[draft.uuid, section.cle])


def test_other_forms_with_errors(inventory, visitor, tmp_path):
    draft = inventory.drafts["acte-naissance"]
    posts = {
        reverse("accounts:connexion"): {"identifiant": "personne", "mot_de_passe": "faux"},
        reverse("demarches:ticket"): {"numero": "0000-0000-0000"},
        reverse("demarches:recapitulatif", args=[draft.uuid]): {},
    }
    pages = {url: html(visitor.post(url, typed), 422) for url, typed in posts.items()}

    assert faults(pages, tmp_path) == ""


def test_error_pages(client, rf: RequestFactory, tmp_path):
    strict = Client(enforce_csrf_checks=True)
    typed = {"numero": "7K2M-9QXD-04TB", "texte": "deux\nlignes <b>"}
    lien = ("Saisir mon numéro de ticket", "/suivi/")
    pages = {
        "400": html(client.get("/", headers={"host": "ailleurs.example"}), 400),
        "403": html(errors.permission_denied(rf.get("/")), 403),
        "404": html(client.get("/n-existe-pas/"), 404),
        "410": html(errors.gone(rf.get("/"), "Ce lien a expiré.", lien), 410),
        "429": html(errors.too_many(rf.get("/"), 90), 429),
        "500": html(errors.server_error(rf.get("/")), 500),
        "500, without template": errors.SECOURS,
        "csrf": html(strict.post("/suivi/", typed), 403),
    }
    assert faults(pages, tmp_path) == ""


def test_mails(inventory, tmp_path):
    messages = OutgoingMessage.objects.all()

    assert faults({m.subject: m.body_html for m in messages}, tmp_path) == ""


def test_the_validator_finds_faults(tmp_path):
    page = "<!DOCTYPE html><html lang='fr'><title>x</title><p><ul></ul></p><img src='a'></html>"

    assert "wcag/h37" in faults({"faulty": page}, tmp_path)
