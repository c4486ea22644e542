"""The benchmark itself: a small town fits the tables, the reference pages are what they claim."""

from __future__ import annotations

import pytest
from django.db import connection

from demarches.models import Demande, Evenement
from demarches.states import Etat
from tests.benchmarks import inprocess, town
from tests.benchmarks.pages import OURS, REFERENCES
from tests.benchmarks.scene import prepare


@pytest.mark.django_db
def test_small_town_serves_every_page_that_is_measured():
    town.build(accounts=10, requests=60, quiet=True)
    connection.check_constraints()
    filed = Demande.objects.deposees()
    assert filed.count() == 60
    assert Evenement.objects.count() > 60
    assert filed.filter(etat=Etat.ACCEPTEE).exists()
    assert {demande.version.demarche.exige_compte for demande in filed} == {False, True}

    scene = prepare(drafts=4, plain=3)
    ours = {page.name: inprocess.count(page, scene).fault for page in OURS}
    assert ours == dict.fromkeys(ours, "")

    # Another size or another number of queries would move every limit.
    plain = {page.name: inprocess.count(page, scene) for page in REFERENCES}
    assert {name: one.queries for name, one in plain.items()} == {"c": 2, "d": 8, "f": 8}
    assert {name: round(one.bytes, -3) for name, one in plain.items() if name != "f"} == {
        "c": 15_000,
        "d": 14_000,
    }
