"""Definitions in: all of a lot or nothing, a version a change, old requests keep theirs."""

import pytest

from accounts.models import Service
from demarches.models import Demande, Demarche, Theme, VersionDemarche
from demarches.schema.parse import DefinitionInvalide
from demarches.services import publication
from demarches.services.fichiers import CATALOGUE, lire
from demarches.services.publication import CREEE, INCHANGEE, MISE_A_JOUR, Lot
from portal.audit.models import AuditEvent
from tests.definitions import document
from tests.demarches.formulaires import champ, section
from tests.demarches.traces import nothing_left
from tests.factories import DemandeFactory, ServiceFactory, ThemeFactory

pytestmark = pytest.mark.django_db

THEMES = [
    {"code": "theme", "titre": "Thème", "description": "Un thème.", "icone": "car", "ordre": 3}
]
SERVICES = [
    {"code": "service", "nom": "Service", "courriel": "s@exemple.fr", "telephone": "02 61 91 00 10"}
]


def lot(*documents, themes=THEMES, services=SERVICES) -> Lot:
    return Lot(
        themes=themes,
        services=services,
        demarches={f"{rank}.yaml": doc for rank, doc in enumerate(documents)},
    )


def fautes(a_lot) -> list[str]:
    with nothing_left(), pytest.raises(DefinitionInvalide) as caught:
        publication.charger(a_lot)
    return [str(faute) for faute in caught.value.fautes]


def test_new_demarche_comes_with_its_theme_and_service():
    doc = document(code="a-b", titre="Un titre", synonymes=["mot", "autre mot"], acces="compte")
    assert publication.charger(lot(doc)) == {"a-b": CREEE}

    demarche = Demarche.objects.get()
    assert (demarche.code, demarche.titre, demarche.acces, demarche.en_ligne) == (
        "a-b",
        "Un titre",
        "compte",
        True,
    )
    assert demarche.synonymes == "mot\nautre mot"
    assert (demarche.theme.titre, demarche.theme.icone, demarche.theme.ordre) == ("Thème", "car", 3)
    assert (demarche.service.nom, demarche.service.telephone) == ("Service", "02 61 91 00 10")
    version = VersionDemarche.objects.get()
    assert (version.numero, version.courante, version.definition) == (1, True, doc)
    assert AuditEvent.objects.get().details == {"version": 1}


def test_unchanged_definition_makes_no_version_and_no_audit_line():
    publication.charger(lot(document()))
    before = list(VersionDemarche.objects.values())
    assert publication.charger(lot(document())) == {"demarche": INCHANGEE}
    assert list(VersionDemarche.objects.values()) == before
    assert AuditEvent.objects.count() == 1


def test_changed_definition_makes_a_version_and_old_requests_keep_theirs():
    publication.charger(lot(document()))
    first = VersionDemarche.objects.get()
    draft = DemandeFactory(prete=True, version=first)
    filed = DemandeFactory(deposee=True, version=first)

    assert publication.charger(lot(document(titre="Nouveau titre"))) == {"demarche": MISE_A_JOUR}

    second = VersionDemarche.objects.get(courante=True)
    assert second.numero == 2
    assert Demarche.objects.get().titre == "Nouveau titre"
    for demande in (draft, filed):
        demande = Demande.objects.get(pk=demande.pk)
        assert demande.version == first
        assert demande.demarche_titre == "Démarche"


def test_former_definition_loaded_again_is_a_new_version():
    for doc in (document(), document(titre="Autre"), document()):
        publication.charger(lot(doc))
    numbers = VersionDemarche.objects.order_by("numero").values_list("numero", "courante")
    assert list(numbers) == [(1, False), (2, False), (3, True)]


def test_what_the_town_has_changed_stays():
    ThemeFactory(code="theme", titre="Notre thème")
    ServiceFactory(code="service", nom="Notre service")
    publication.charger(lot(document()))
    Demarche.objects.update(en_ligne=False)
    publication.charger(lot(document(titre="Nouveau titre")))
    assert Theme.objects.get().titre == "Notre thème"
    assert Service.objects.get().nom == "Notre service"
    assert Demarche.objects.get().en_ligne is False


def test_half_bad_lot_loads_nothing_and_names_every_file():
    bad = document(code="mauvaise", titre="", acces="ouvert")
    worse = document(code="pire", sections=[section(champ("couleur"))])
    found = fautes(lot(document(code="bonne"), bad, worse))
    assert [line.split(" : ")[0] for line in found] == [
        "1.yaml › titre",
        "1.yaml › acces",
        "2.yaml › sections[0].champs[0].type",
    ]


def test_half_bad_lot_leaves_what_was_there_as_it_was():
    publication.charger(lot(document()))
    fautes(lot(document(titre="Nouveau titre"), document(code="x", titre="")))
    assert Demarche.objects.get().titre == "Démarche"


def test_unknown_theme_and_service_are_named():
    found = fautes(lot(document(theme="ailleurs", service="personne")))
    assert found == [
        "0.yaml › theme : thème inconnu : « ailleurs »",
        "0.yaml › service : service inconnu : « personne »",
    ]


def test_theme_and_service_of_the_town_will_do():
    ThemeFactory(code="theme")
    ServiceFactory(code="service")
    assert publication.charger(lot(document(), themes=[], services=[])) == {"demarche": CREEE}


def test_code_of_two_files_is_named():
    found = fautes(lot(document(), document(titre="Autre"), document(code="seule")))
    assert found == ["code : « demarche » est le code de deux fichiers"]


@pytest.mark.parametrize(
    "themes",
    [
        [{"titre": "Sans code"}],
        [{"code": "theme"}],
        [{"code": "theme", "titre": "Thème", "couleur": "rouge"}],
        [{"code": "theme", "titre": "Thème", "ordre": "premier"}],
        [{"code": "theme", "titre": "T" * 81}],
        ["theme"],
        {"code": "theme"},
        "theme",
    ],
)
def test_themes_badly_written_are_named(themes):
    assert any("_themes.yaml" in line for line in fautes(lot(document(), themes=themes)))


@pytest.mark.parametrize(
    "services",
    [
        [{"nom": "Sans code"}],
        [{"code": "service", "mail": "a@b.fr"}],
        [{"code": "service", "nom": ""}],
        ["service"],
    ],
)
def test_services_badly_written_are_named(services):
    assert any("_services.yaml" in line for line in fautes(lot(document(), services=services)))


def test_character_that_the_database_cannot_hold_is_a_mistake_of_the_file():
    assert "0.yaml › titre" in fautes(lot(document(titre="Ti\x00tre")))[0]


def test_seven_real_demarches_load_and_load_again_unchanged(catalogue):
    assert set(catalogue.values()) == {CREEE}
    assert len(catalogue) == 7
    again = publication.charger(lire(CATALOGUE))
    assert set(again.values()) == {INCHANGEE}
    assert VersionDemarche.objects.count() == 7
