"""One key and two people; two clerks and one family.

Seen failing without their guards: attaching with `dossier.foyer = …; dossier.save()` and
`cle.utilisation_at = …; cle.save()` in place of the conditional UPDATEs gives the family to
everyone; issuing without the lock breaks the constraint `cle_une_par_dossier`.
"""

from functools import partial
from uuid import uuid4

import pytest

from accounts.errors import CleInvalide, ServiceDejaRattache
from accounts.models import CleService, DossierFamille, Membre, RoleMembre
from accounts.services import cles, emission
from tests.factories import CleServiceFactory, CompteFactory, DossierFamilleFactory
from tests.race import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_key_used_by_many_at_once_serves_one():
    row = CleServiceFactory()
    comptes = CompteFactory.create_batch(6, foyer=True)

    results = race([partial(cles.rattacher, cle_id=row.pk, compte=c) for c in comptes])

    assert sum(isinstance(result, CleInvalide) for result in results) == 5
    assert sum(isinstance(result, DossierFamille) for result in results) == 1
    (child,) = Membre.objects.filter(role=RoleMembre.ENFANT)
    assert child.foyer == DossierFamille.objects.get().foyer


def test_two_clicks_of_one_person_add_the_children_once():
    row = CleServiceFactory()
    compte = CompteFactory(foyer=True)

    results = race([partial(cles.rattacher, cle_id=row.pk, compte=compte)] * 4)

    assert all(isinstance(result, DossierFamille) for result in results), results
    assert Membre.objects.filter(role=RoleMembre.ENFANT).count() == 1


def test_two_keys_of_one_service_for_one_home_attach_one_family():
    first = CleServiceFactory()
    second = CleServiceFactory(dossier=DossierFamilleFactory(service=first.dossier.service))
    compte = CompteFactory(foyer=True)
    calls = [partial(cles.rattacher, cle_id=row.pk, compte=compte) for row in (first, second)]

    results = race(calls)

    assert sum(isinstance(result, ServiceDejaRattache) for result in results) == 1
    assert DossierFamille.objects.exclude(foyer=None).count() == 1


def test_clerks_who_issue_at_once_leave_one_living_key():
    dossiers = [d.pk for d in DossierFamilleFactory.create_batch(5)]
    calls = [
        partial(emission.emettre_en_nombre, dossiers=ids, auteur=None)
        for ids in (dossiers, dossiers[::-1]) * 3
    ]

    results = race(calls)

    assert [len(result) for result in results] == [5] * 6
    assert CleService.objects.valables().count() == 5


def test_two_clicks_of_one_clerk_make_one_lot():
    """Seen failing with the lot looked up before the lock."""
    dossiers = [d.pk for d in DossierFamilleFactory.create_batch(5)]
    clerk, lot = CompteFactory(agent=True), uuid4()
    issue = partial(emission.emettre_en_nombre, dossiers=dossiers, auteur=clerk, lot=lot)

    first, *others = race([issue] * 4)

    assert [emise.cle for emise in first] == [e.cle for e in emission.relire(lot=lot, auteur=clerk)]
    assert all(other == first for other in others)
    assert CleService.objects.count() == 5


def test_a_key_issued_while_the_old_one_is_used_never_outlives_the_attachment():
    row = CleServiceFactory()
    compte = CompteFactory(foyer=True)

    race(
        [
            partial(cles.rattacher, cle_id=row.pk, compte=compte),
            partial(emission.emettre_en_nombre, dossiers=[row.dossier_id], auteur=None),
        ]
    )

    attached = DossierFamille.objects.get().foyer_id is not None
    assert CleService.objects.valables().count() == (0 if attached else 1)
