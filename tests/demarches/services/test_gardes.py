"""What the tables refuse by themselves, whoever writes."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from demarches.models import Campagne, Demande, Demarche, Evenement, Theme, VersionDemarche
from demarches.queries import catalogue
from tests.definitions import document
from tests.factories import (
    CampagneFactory,
    DemandeFactory,
    DemarcheFactory,
    ThemeFactory,
    VersionDemarcheFactory,
)

pytestmark = pytest.mark.django_db


def refuses(act, *args, **kwargs) -> str:
    """Return the name of the constraint that refused."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        act(*args, **kwargs)
    return str(caught.value.__cause__.diag.constraint_name)


def test_published_definition_never_changes():
    version = VersionDemarcheFactory()
    mine = VersionDemarche.objects.filter(pk=version.pk)
    assert refuses(mine.update, definition=document(titre="Autre")) == "version_figee"
    assert refuses(mine.update, demarche=DemarcheFactory()) == "version_figee"
    version.definition["titre"] = "Autre"
    assert refuses(version.save) == "version_figee"
    version.refresh_from_db()
    assert version.definition["titre"] != "Autre"


def test_version_may_cease_to_be_the_current_one():
    version = VersionDemarcheFactory()
    assert VersionDemarche.objects.update(courante=False) == 1
    version.refresh_from_db()
    assert version.courante is False


def test_one_current_version_and_one_of_each_number():
    version = VersionDemarcheFactory()
    make = VersionDemarcheFactory
    assert refuses(make, demarche=version.demarche, numero=2) == "version_courante_unique"
    assert (
        refuses(make, demarche=version.demarche, numero=1, courante=False)
        == "version_numero_unique"
    )


def test_version_with_requests_cannot_be_deleted():
    demande = DemandeFactory(deposee=True)
    with pytest.raises(IntegrityError):
        demande.version.delete()


def test_history_is_added_to_and_never_changed():
    demande = DemandeFactory(deposee=True)
    mine = Evenement.objects.filter(demande=demande)
    assert refuses(mine.update, action="accepter") == "demarches_evenement_ajout_seul"
    assert refuses(mine.delete) == "demarches_evenement_ajout_seul"
    assert refuses(demande.delete) == "demarches_evenement_ajout_seul"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM demarches_evenement")
    assert mine.count() == 1


def test_purge_flag_opens_the_history_for_its_transaction_only():
    demande = DemandeFactory(deposee=True)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL parvis.purge = 'on'")
            Evenement.objects.filter(demande=demande).delete()
            assert not demande.evenements.exists()
            raise RuntimeError
    except RuntimeError:
        pass
    assert refuses(demande.evenements.all().delete) == "demarches_evenement_ajout_seul"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"numero": None}, "demande_deposee_datee"),
        ({"depot_at": None}, "demande_deposee_datee"),
        ({"expire_at": timezone.now()}, "demande_brouillon_expire"),
        ({"decision_at": timezone.now()}, "demande_decision_datee"),
        ({"etat": "refusee"}, "demande_decision_datee"),
    ],
)
def test_states_and_dates_agree(changes, name):
    demande = DemandeFactory(deposee=True)
    assert refuses(Demande.objects.filter(pk=demande.pk).update, **changes) == name


def test_draft_has_an_end_and_no_number():
    mine = Demande.objects.filter(pk=DemandeFactory().pk)
    assert refuses(mine.update, expire_at=None) == "demande_brouillon_expire"
    assert refuses(mine.update, numero="AAAA-BBBB-CCCC") == "demande_deposee_datee"


def test_number_is_unique():
    demande = DemandeFactory(deposee=True)
    assert refuses(DemandeFactory, deposee=True, numero=demande.numero)


def test_campaign_never_gives_more_places_than_it_has():
    campagne = CampagneFactory(places=1, places_prises=1)
    mine = Campagne.objects.filter(pk=campagne.pk)
    assert refuses(mine.update, places_prises=2) == "campagne_quota"
    assert refuses(mine.update, places=0) == "campagne_quota"
    assert refuses(mine.update, places_prises=-1)
    assert refuses(mine.update, fin_at=campagne.debut_at - timedelta(days=1)) == "campagne_dates"


def test_catalogue_in_memory_follows_every_change():
    assert catalogue.themes() == ()
    version = VersionDemarcheFactory(demarche__titre="Avant")
    assert [e.titre for t in catalogue.themes() for e in t.demarches] == ["Avant"]
    Demarche.objects.update(titre="Après")  # as psql or the admin would
    assert [e.titre for t in catalogue.themes() for e in t.demarches] == ["Après"]
    Theme.objects.update(titre="Thème renommé")
    assert [t.titre for t in catalogue.themes()] == ["Thème renommé"]
    VersionDemarche.objects.filter(pk=version.pk).update(courante=False)
    assert catalogue.themes() == ()


def test_theme_with_demarches_cannot_be_deleted():
    theme = DemarcheFactory().theme
    with pytest.raises(IntegrityError):
        theme.delete()
    ThemeFactory().delete()
