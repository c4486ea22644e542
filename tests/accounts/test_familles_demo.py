"""Families of the demonstration town."""

import pytest

from accounts import demonstration
from accounts.models import DossierFamille, Membre, Service
from accounts.queries.familles import services_rattaches
from accounts.services import cles
from tests.factories import CompteFactory, ServiceFactory

pytestmark = pytest.mark.django_db


def test_six_families_one_attached_and_one_with_a_known_key():
    ServiceFactory(code="enfance", nom="Enfance", emet_des_cles=True, courriel="e@ville.fr")
    camille = CompteFactory(identifiant="camille.martin", foyer=True)

    demonstration.importer_familles_demo()

    assert DossierFamille.objects.count() == 6
    assert [s.famille for s in services_rattaches(camille)] == ["Martin"]
    names = Membre.objects.for_compte(camille).values_list("personne__prenoms", flat=True)
    assert sorted(names) == ["Alex", "Camille", "Léa", "Tom"]
    apercu = cles.examiner(demonstration.CLE_DEMO, Service.objects.get())
    assert [p.nom_complet for p in apercu.personnes] == [
        "Noé Petit",
        "Zoé Petit",
        "Maryvonne Le Goff",
    ]
