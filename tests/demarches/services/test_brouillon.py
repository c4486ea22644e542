"""Drafts: begun on the current version, kept as typed, ended in time."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from demarches.errors import (
    BrouillonExpire,
    CompteRequis,
    DemandeDejaDeposee,
    DemarcheFermee,
    QuotaAtteint,
)
from demarches.models import Demande
from demarches.services import brouillon
from demarches.states import Etat
from demarches.tasks import purger_brouillons
from tests.demarches.traces import nothing_left
from tests.factories import (
    CampagneFactory,
    CompteFactory,
    DemandeFactory,
    DemarcheFactory,
    VersionDemarcheFactory,
)

pytestmark = pytest.mark.django_db
NOW = "2026-11-24T12:00:00+01:00"


@time_machine.travel(NOW, tick=False)
def test_draft_without_account_lives_a_day():
    version = VersionDemarcheFactory()
    demande = brouillon.commencer(demarche_id=version.demarche_id, compte=None)
    assert demande.version == version
    assert demande.etat == Etat.BROUILLON
    assert (demande.numero, demande.depot_at, demande.campagne, demande.saisie) == (
        None,
        None,
        None,
        {},
    )
    assert demande.expire_at == timezone.now() + timedelta(hours=24)


@time_machine.travel(NOW, tick=False)
def test_draft_of_an_account_lives_thirty_days():
    compte = CompteFactory()
    version = VersionDemarcheFactory(demarche__acces="compte")
    demande = brouillon.commencer(demarche_id=version.demarche_id, compte=compte)
    assert demande.compte == compte
    assert demande.expire_at == timezone.now() + timedelta(days=30)


def test_draft_is_begun_on_the_current_version():
    demarche = DemarcheFactory()
    VersionDemarcheFactory(demarche=demarche, numero=1, courante=False)
    current = VersionDemarcheFactory(demarche=demarche, numero=2)
    assert brouillon.commencer(demarche_id=demarche.pk, compte=None).version == current


def test_demarche_off_line_is_refused():
    version = VersionDemarcheFactory(demarche__en_ligne=False)
    with nothing_left(), pytest.raises(DemarcheFermee):
        brouillon.commencer(demarche_id=version.demarche_id, compte=None)


def test_demarche_never_published_is_refused():
    demarche = DemarcheFactory()
    with nothing_left(), pytest.raises(DemarcheFermee):
        brouillon.commencer(demarche_id=demarche.pk, compte=None)


def test_demarche_reserved_to_accounts_is_refused_without():
    version = VersionDemarcheFactory(demarche__acces="compte")
    with nothing_left(), pytest.raises(CompteRequis):
        brouillon.commencer(demarche_id=version.demarche_id, compte=None)


def campagne(**changes):
    version = VersionDemarcheFactory()
    return CampagneFactory(demarche=version.demarche, **changes)


def test_open_campaign_with_places_is_noted_and_takes_no_place_yet():
    open_ = campagne(places=1)
    demande = brouillon.commencer(demarche_id=open_.demarche_id, compte=None)
    assert demande.campagne == open_
    open_.refresh_from_db()
    assert open_.places_prises == 0


def test_campaign_without_places_left_is_refused():
    full = campagne(places=2, places_prises=2)
    with nothing_left(), pytest.raises(QuotaAtteint):
        brouillon.commencer(demarche_id=full.demarche_id, compte=None)


def test_full_campaign_gives_way_to_another_open_one():
    full = campagne(places=1, places_prises=1)
    other = CampagneFactory(demarche=full.demarche, debut_at=timezone.now() - timedelta(hours=1))
    assert brouillon.commencer(demarche_id=full.demarche_id, compte=None).campagne == other


@pytest.mark.parametrize(("begin", "end"), [(1, 2), (-2, -1)])
def test_campaign_to_come_or_over_is_refused(begin, end):
    now = timezone.now()
    other = campagne(debut_at=now + timedelta(days=begin), fin_at=now + timedelta(days=end))
    with nothing_left(), pytest.raises(DemarcheFermee):
        brouillon.commencer(demarche_id=other.demarche_id, compte=None)


@time_machine.travel(NOW, tick=False)
def test_campaign_is_open_from_its_first_second_to_its_last():
    now = timezone.now()
    first = campagne(debut_at=now, fin_at=now + timedelta(seconds=1))
    assert brouillon.commencer(demarche_id=first.demarche_id, compte=None).campagne == first
    over = campagne(debut_at=now - timedelta(seconds=1), fin_at=now)
    with pytest.raises(DemarcheFermee):
        brouillon.commencer(demarche_id=over.demarche_id, compte=None)


def test_screens_of_one_step_are_kept_side_by_side():
    demande = DemandeFactory()
    save = brouillon.enregistrer
    save(demande_id=demande.pk, etape="mes-informations", saisie={"nom": ["Martin"]})
    save(demande_id=demande.pk, etape="ma-demande", saisie={"a": ["1"], "b": ["2", "3"]})
    save(demande_id=demande.pk, etape="ma-demande", saisie={"b": [], "c": ["4"]})
    demande.refresh_from_db()
    assert demande.saisie == {
        "mes-informations": {"nom": ["Martin"]},
        "ma-demande": {"a": ["1"], "b": [], "c": ["4"]},
    }


@pytest.mark.parametrize(
    ("has_account", "lasts"), [(False, timedelta(hours=24)), (True, timedelta(days=30))]
)
def test_saving_prolongs_the_draft(has_account, lasts):
    demande = DemandeFactory(compte=CompteFactory() if has_account else None)
    with time_machine.travel(timezone.now() + timedelta(hours=20), tick=False):
        brouillon.enregistrer(demande_id=demande.pk, etape="ma-demande", saisie={})
        demande.refresh_from_db()
        assert demande.expire_at == timezone.now() + lasts
        assert demande.saisie_at == timezone.now()


def test_saving_a_filed_request_is_refused():
    demande = DemandeFactory(deposee=True)
    with nothing_left(), pytest.raises(DemandeDejaDeposee):
        brouillon.enregistrer(demande_id=demande.pk, etape="ma-demande", saisie={"objet": ["x"]})


@time_machine.travel(NOW, tick=False)
def test_saving_a_draft_that_ended_is_refused():
    demande = DemandeFactory(prete=True, expire_at=timezone.now())
    with nothing_left(), pytest.raises(BrouillonExpire):
        brouillon.enregistrer(demande_id=demande.pk, etape="ma-demande", saisie={"objet": ["x"]})


def test_right_code_is_noted_on_a_draft_only():
    draft, filed = DemandeFactory(), DemandeFactory(deposee=True)
    for demande in (draft, filed):
        brouillon.noter_anti_robot(demande_id=demande.pk)
        demande.refresh_from_db()
    assert draft.anti_robot_at is not None
    assert filed.anti_robot_at is None


def test_purge_removes_ended_drafts_and_nothing_else():
    now = timezone.now()
    ended = [
        DemandeFactory(prete=True, expire_at=now - timedelta(seconds=1)),
        DemandeFactory(expire_at=now - timedelta(days=40), compte=CompteFactory()),
    ]
    kept = [
        DemandeFactory(prete=True, expire_at=now + timedelta(seconds=1)),
        DemandeFactory(deposee=True),
        DemandeFactory(acceptee=True),
    ]
    assert brouillon.purger(now) == len(ended)
    assert set(Demande.objects.all()) == set(kept)
    assert brouillon.purger(now) == 0


def test_purge_is_run_by_a_task():
    DemandeFactory(expire_at=timezone.now() - timedelta(seconds=1))
    assert purger_brouillons() == 1
    assert not Demande.objects.exists()
