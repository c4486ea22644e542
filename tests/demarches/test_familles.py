"""A démarche that a service keeps to the families it knows (B8)."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from demarches.errors import CompteRequis, FamilleRequise
from demarches.models import Demande, Demarche
from demarches.schema.parse import DefinitionInvalide, parse
from demarches.services import brouillon, depot
from demarches.services.fichiers import CATALOGUE, lire
from demarches.services.publication import Lot, charger
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.definitions import document, saisie
from tests.factories import (
    CompteFactory,
    DemandeFactory,
    DossierFamilleFactory,
    VersionDemarcheFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def demarche():
    version = VersionDemarcheFactory(
        demarche__acces="famille",
        demarche__service__nom="Enfance",
        demarche__service__telephone="0261910030",
        demarche__service__courriel="enfance@ville.fr",
        demarche__service__emet_des_cles=True,
    )
    return version.demarche


@pytest.fixture
def compte():
    return CompteFactory(foyer=True)


def attach(demarche, compte):
    foyer = compte.personne.membres.get().foyer
    return DossierFamilleFactory(
        service=demarche.service, foyer=foyer, rattachement_at=timezone.now()
    )


def text(response):
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def begin(browser, demarche):
    return browser.post(reverse("demarches:commencer", kwargs={"code": demarche.code}))


def test_without_the_family_the_page_says_which_key_is_missing(log_in, compte, demarche):
    DossierFamilleFactory(foyer=compte.personne.membres.get().foyer)  # of another service
    browser = log_in(compte)

    html = text(browser.get(demarche.get_absolute_url()))

    assert "Il vous manque la clé du service « Enfance »" in html
    assert "02 61 91 00 30" in html
    assert "mailto:enfance@ville.fr" in html
    assert f'href="{reverse("accounts:services")}"' in html
    assert "Commencer ma demande" not in html


def test_the_missing_key_is_told_right_under_the_title(log_in, compte, demarche):
    html = text(log_in(compte).get(demarche.get_absolute_url()))

    title, _sep, rest = html.partition("</h1>")
    assert "Il vous manque la clé" not in title
    assert rest.index("Il vous manque la clé") < rest.index('class="chapeau"')


def test_without_the_family_nothing_begins(log_in, compte, demarche):
    browser = log_in(compte)

    response = begin(browser, demarche)

    assert response.url == demarche.get_absolute_url()
    assert "réservée aux familles que le service connaît" in text(browser.get(response.url))
    for who, refusal in ((compte, FamilleRequise), (None, CompteRequis)):
        with pytest.raises(refusal):
            brouillon.commencer(demarche_id=demarche.pk, compte=who)
    assert not Demande.objects.exists()


def test_with_the_family_it_opens_for_both_parents(log_in, compte, demarche):
    attach(demarche, compte)
    other = CompteFactory(foyer=compte.personne.membres.get().foyer)

    for parent in (compte, other):
        browser = log_in(parent)
        assert "Commencer ma demande" in text(browser.get(demarche.get_absolute_url()))
        assert "/demandes/" in begin(browser, demarche).url


def test_a_visitor_is_told_and_led_to_the_login(client, demarche):
    html = text(client.get(demarche.get_absolute_url()))

    assert "réservée aux familles que le service « Enfance » connaît" in html
    assert "Me connecter pour commencer" in html
    assert begin(client, demarche).url.startswith(reverse("accounts:connexion"))


def test_a_family_detached_meanwhile_is_not_filed(compte, demarche):
    dossier = attach(demarche, compte)
    demande = DemandeFactory(
        version=demarche.versions.get(), compte=compte, prete=True, saisie=saisie()
    )
    dossier.foyer = None
    dossier.save()

    with pytest.raises(FamilleRequise):
        depot.deposer(demande_id=demande.pk, compte=compte)

    demande.refresh_from_db()
    assert (demande.is_brouillon, demande.numero) == (True, None)
    assert not OutgoingMessage.objects.exists()
    assert not AuditEvent.objects.exists()


def test_with_the_family_it_is_filed(compte, demarche):
    attach(demarche, compte)
    demande = DemandeFactory(
        version=demarche.versions.get(), compte=compte, prete=True, saisie=saisie()
    )

    assert depot.deposer(demande_id=demande.pk, compte=compte).numero


def test_its_tile_has_a_padlock_that_names_the_service(client, demarche):
    html = text(client.get(reverse("demarches:theme", kwargs={"code": demarche.theme.code})))

    assert "Familles du service Enfance" in html
    free = client.get(
        reverse("demarches:theme", kwargs={"code": demarche.theme.code}) + "?sans-compte=1"
    )
    assert demarche.titre not in text(free)


def test_the_canteen_asks_once_who_the_child_is(lot):
    """« Mes informations » names the child: no other screen does."""
    cantine = parse(lot.demarches["cantine.yaml"])

    assert (cantine.demandeur.concerne, cantine.demandeur.parmi) == ("personne", "enfants")
    asked = {champ.cle: f"{champ.libelle} {champ.aide}".lower() for champ in cantine.champs()}
    assert asked.pop("nom_urgence").endswith("prévenu de votre choix.")
    for words in asked.values():
        assert not re.search(r"\b(nom|prénoms?|naissance|né|née)\b", words), words


def services(**fields):
    return [{"code": "service", "nom": "Service"} | fields]


THEMES = [{"code": "theme", "titre": "Thème"}]


def test_a_service_without_keys_cannot_keep_a_demarche():
    lot = Lot(THEMES, services(), {"a.yaml": document(acces="famille")})

    with pytest.raises(DefinitionInvalide, match="« service » n’émet pas de clés"):
        charger(lot)
    assert not Demarche.objects.exists()

    charger(Lot(THEMES, services(emet_des_cles=True), {"a.yaml": document(acces="famille")}))
    assert Demarche.objects.get().exige_famille


def test_the_catalogue_has_one():
    charger(lire(CATALOGUE))

    cantine = Demarche.objects.get(code="cantine")
    assert (cantine.exige_famille, cantine.service.emet_des_cles) == (True, True)


@pytest.mark.parametrize("attached", [False, True])
def test_the_page_asks_one_query_more(log_in, compte, demarche, attached, max_queries):
    browser = log_in(compte)
    if attached:
        attach(demarche, compte)
    with max_queries() as queries:
        browser.get(demarche.get_absolute_url())

    assert queries.count <= 10
