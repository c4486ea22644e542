"""One child of two homes (C5): linked and parted by a clerk, and no home learns of the other."""

from datetime import date

import pytest
from django.utils import timezone

from accounts.errors import EnfantSansPartage, EnfantsDifferents
from accounts.models import Changement, Membre, Personne, RoleMembre
from accounts.services import membres, partage
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.accounts.test_fusion import child, home, nothing_left
from tests.factories import CompteFactory, FoyerFactory, MembreFactory

pytestmark = pytest.mark.django_db

CORRECTION = {
    "prenoms": "Léa",
    "nom_naissance": "Martin",
    "nom_usage": "",
    "date_naissance": date(2017, 5, 3),
    "ecole": "École Jean-Macé",
    "classe": "CE1",
}


@pytest.fixture
def agent():
    return CompteFactory(agent=True, services__gere_les_comptes=True)


@pytest.fixture
def ici():
    foyer = FoyerFactory()
    return child(foyer, classe="CP", telephone_mobile="+33611111111")


@pytest.fixture
def la():
    return child(FoyerFactory(), "LEA", ecole="École Jean-Macé", courriel="pere@exemple.fr")


def link(ici, la, agent, garder=None) -> None:
    partage.lier(membre_id=ici.pk, autre_id=la.pk, garder_id=(garder or ici).pk, agent=agent)
    ici.refresh_from_db()
    la.refresh_from_db()


def test_both_homes_have_the_kept_identity_with_its_blanks_filled(ici, la, agent):
    link(ici, la, agent)
    assert ici.personne == la.personne
    assert (ici.personne.prenoms, ici.personne.classe) == ("Léa", "CP")
    assert ici.personne.ecole == "École Jean-Macé"
    assert not Personne.objects.filter(prenoms="LEA").exists()


def test_identity_of_the_other_home_may_be_the_one_that_stays(ici, la, agent):
    link(ici, la, agent, garder=la)
    assert ici.personne == la.personne
    assert (ici.personne.prenoms, ici.personne.classe) == ("LEA", "CP")


def test_neither_home_learns_of_the_other(ici, la, agent):
    link(ici, la, agent)
    assert not OutgoingMessage.objects.exists()
    # What one home gave to reach somebody is not for the other to read.
    personne = ici.personne
    assert (personne.telephone_mobile, personne.courriel) == ("", "")
    lines = {c.foyer_id: str(c.details) for c in Changement.objects.all()}
    assert "pere@exemple.fr" not in lines[ici.foyer_id]
    assert "11 11" not in lines[la.foyer_id]
    assert "pere@exemple.fr" in lines[la.foyer_id]


def test_history_shows_what_changed_in_each_home(ici, la, agent):
    link(ici, la, agent)
    (line,) = Changement.objects.filter(foyer=la.foyer_id)
    assert (line.acte, line.auteur) == (Changement.Acte.MODIFICATION, agent)
    assert {"libelle": "Prénoms", "ancien": "LEA", "nouveau": "Léa"} in line.details
    event = AuditEvent.objects.get(action="enfant.lie")
    assert event.details == {"membres": sorted([ici.pk, la.pk])}


def test_shared_child_is_locked_to_residents(agent):
    compte = CompteFactory(foyer=True)
    ici, la = child(home(compte)), child(FoyerFactory())
    link(ici, la, agent)
    with pytest.raises(Exception, match="mairie"):
        membres.modifier(compte_id=compte.pk, membre_id=ici.pk, champs={"prenoms": "X"})


def test_only_two_entries_of_one_child_are_linked(ici, la, agent):
    others = [
        child(FoyerFactory(), "Léo"),
        child(FoyerFactory(), naissance=date(2017, 5, 3)),
        child(FoyerFactory(), naissance=None),
        child(ici.foyer),
        ici,
    ]
    adult = child(FoyerFactory())
    Membre.objects.filter(pk=adult.pk).update(role=RoleMembre.ADULTE)
    gone = child(FoyerFactory())
    Membre.objects.filter(pk=gone.pk).update(fin=timezone.localdate())
    for other in (*others, adult, gone):
        with nothing_left(), pytest.raises(EnfantsDifferents):
            partage.lier(membre_id=ici.pk, autre_id=other.pk, garder_id=ici.pk, agent=agent)
    with nothing_left(), pytest.raises(EnfantsDifferents):
        partage.lier(membre_id=ici.pk, autre_id=la.pk, garder_id=others[0].pk, agent=agent)


def test_linked_twice_is_refused_the_second_time(ici, la, agent):
    link(ici, la, agent)
    with nothing_left(), pytest.raises(EnfantsDifferents):
        partage.lier(membre_id=ici.pk, autre_id=la.pk, garder_id=ici.pk, agent=agent)


def test_parted_each_home_has_its_own_again(ici, la, agent):
    link(ici, la, agent)
    partage.delier(membre_id=ici.pk, agent=agent)
    ici.refresh_from_db()
    la.refresh_from_db()
    assert ici.personne != la.personne
    assert str(ici.personne) == str(la.personne)
    assert ici.personne.ecole == la.personne.ecole
    assert not OutgoingMessage.objects.exists()
    assert AuditEvent.objects.filter(action="enfant.delie").count() == 1
    with nothing_left(), pytest.raises(EnfantSansPartage):
        partage.delier(membre_id=ici.pk, agent=agent)


def test_parted_child_takes_its_past_places_along(ici, la, agent):
    link(ici, la, agent)
    past = MembreFactory(
        foyer=ici.foyer, personne=ici.personne, debut=date(2020, 1, 1), fin=date(2021, 1, 1)
    )
    partage.delier(membre_id=ici.pk, agent=agent)
    past.refresh_from_db()
    ici.refresh_from_db()
    assert past.personne == ici.personne


def test_corrected_for_both_homes_with_a_line_in_each(ici, la, agent):
    link(ici, la, agent)
    Changement.objects.all().delete()
    partage.corriger(membre_id=la.pk, champs=CORRECTION, agent=agent)
    ici.refresh_from_db()
    assert ici.personne.date_naissance == date(2017, 5, 3)
    assert ici.personne.classe == "CE1"
    lines = Changement.objects.all()
    assert {line.foyer_id for line in lines} == {ici.foyer_id, la.foyer_id}
    for line in lines:
        assert {"libelle": "Classe", "ancien": "CP", "nouveau": "CE1"} in line.details
        assert line.auteur == agent
    assert AuditEvent.objects.filter(action="enfant.corrige").get().details == {"champs": 2}


def test_child_of_one_home_is_its_residents_to_correct(ici, agent):
    with nothing_left(), pytest.raises(EnfantSansPartage):
        partage.corriger(membre_id=ici.pk, champs=CORRECTION, agent=agent)
