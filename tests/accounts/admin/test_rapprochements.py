"""Pages where a clerk makes two accounts, or two entries of a child, one."""

from datetime import date

import pytest

from accounts.models import Compte, Etat, Membre, Personne, RoleMembre
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.accounts.admin.conftest import LIST, messages, words
from tests.accounts.test_fusion import child, home, nothing_left
from tests.factories import CompteFactory, DemandeFactory, MembreFactory, PersonneFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def compte():
    return CompteFactory(identifiant="camille", foyer=True)


@pytest.fixture
def autre():
    return CompteFactory(identifiant="camille2", en_attente=True, foyer=True)


def merge_page(compte, autre) -> str:
    return f"{LIST}{compte.pk}/reunir/{autre.pk}/"


def test_comparison_says_what_moves_and_is_written_in_the_journal(clerk, compte, autre):
    text = words(clerk.get(merge_page(compte, autre)))
    for expected in ("camille", "camille2", "fermé pour toujours", "même personne"):
        assert expected in text
    read = AuditEvent.objects.filter(action="compte.consulte").values_list("target_id", flat=True)
    assert set(read) == {str(compte.pk), str(autre.pk)}


@pytest.mark.parametrize("stays", ["compte", "autre"])
def test_chosen_account_stays(clerk, compte, autre, stays):
    for each in (compte, autre):
        DemandeFactory(deposee=True, compte=each)
    kept, closed = (compte, autre) if stays == "compte" else (autre, compte)
    data = {"garder": kept.pk, "confirme": "on"}
    response = clerk.post(merge_page(compte, autre), data, follow=True)
    assert "Les deux comptes sont réunis" in messages(response)
    assert response.redirect_chain[-1][0] == f"{LIST}{kept.pk}/change/"
    assert kept.demandes.count() == 2
    closed.refresh_from_db()
    assert closed.etat == Etat.FERME
    assert f"Le compte « ferme-{closed.pk} » du même habitant a été réuni" in words(response)
    text = words(clerk.get(f"{LIST}{closed.pk}/change/"))
    assert f"réuni au compte « {kept.identifiant} » du même habitant" in text


@pytest.mark.parametrize("data", [{}, {"confirme": "on"}, {"garder": "x", "confirme": "on"}])
def test_nothing_is_done_without_a_choice_and_a_confirmation(clerk, compte, autre, data):
    with nothing_left_but_readings():
        response = clerk.post(merge_page(compte, autre), data)
    assert response.status_code == 422
    with nothing_left_but_readings():
        response = clerk.post(merge_page(compte, autre), {"garder": compte.pk})
    assert response.status_code == 422
    assert "Cochez la case" in words(response)


@pytest.mark.parametrize(
    ("champ", "valeur", "quoi"),
    [
        ("date_naissance", date(1990, 1, 1), "date de naissance"),
        ("nom_naissance", "Durand", "nom de naissance"),
        ("prenoms", "Paul", "prénoms"),
    ],
)
def test_accounts_of_two_identities_are_confirmed_twice(clerk, compte, autre, champ, valeur, quoi):
    Personne.objects.update(date_naissance=date(1984, 2, 29))
    Personne.objects.filter(pk=autre.personne_id).update(**{champ: valeur})
    path, data = merge_page(compte, autre), {"garder": compte.pk, "confirme": "on"}
    assert f"n'ont pas la même identité : {quoi}." in words(clerk.get(path))
    with nothing_left_but_readings():
        response = clerk.post(path, data)
    assert response.status_code == 422
    assert clerk.post(path, data | {"meme_personne": "on"}).status_code == 302


def test_other_spelling_is_one_identity(clerk, compte, autre):
    Personne.objects.filter(pk=autre.personne_id).update(prenoms="CAMILLE")
    response = clerk.get(merge_page(compte, autre))
    assert "n'ont pas la même identité" not in words(response)
    assert '<span class="help">écrit autrement</span>' in response.content.decode()


def nothing_left_but_readings():
    return _Unchanged()


class _Unchanged:
    def __enter__(self):
        self.before = self._rows()

    def __exit__(self, *exc):
        assert self._rows() == self.before

    def _rows(self):
        acts = AuditEvent.objects.exclude(action="compte.consulte").count()
        return list(Compte.objects.order_by("pk").values()), acts, OutgoingMessage.objects.count()


def test_refusal_is_said_on_the_page(clerk, compte, autre):
    CompteFactory(foyer=home(autre))
    data = {"garder": compte.pk, "confirme": "on"}
    response = clerk.post(merge_page(compte, autre), data)
    assert response.status_code == 422
    assert "a un autre représentant" in words(response)


def test_account_is_not_compared_with_itself_nor_with_an_agent(clerk, compte, agent):
    with nothing_left():
        assert clerk.get(merge_page(compte, compte)).status_code == 404
        assert clerk.get(merge_page(compte, agent)).status_code == 404
        data = {"garder": compte.pk, "confirme": "on"}
        assert clerk.post(merge_page(compte, agent), data).status_code == 404


@pytest.fixture
def enfants(compte, autre):
    """The entries of one child in the homes of both accounts."""
    return child(home(compte)), child(home(autre), "LÉA", ecole="École Jean-Macé")


def child_page(compte, membre, path="") -> str:
    return f"{LIST}{compte.pk}/enfant/{membre.pk}/{path}"


def link(clerk, compte, enfants, keep=0):
    ici, la = enfants
    data = {"garder": enfants[keep].pk, "confirme": "on"}
    return clerk.post(child_page(compte, ici, f"lier/{la.pk}/"), data, follow=True)


def test_candidates_are_offered_and_compared(clerk, compte, autre, enfants):
    ici, la = enfants
    response = clerk.get(child_page(compte, ici))
    assert f"/lier/{la.pk}/" in response.content.decode()
    assert "Corriger" not in words(response)
    text = words(clerk.get(child_page(compte, ici, f"lier/{la.pk}/")))
    assert "LÉA écrit autrement" in text
    assert "Aucun foyer n'apprend l'existence de l'autre" in text
    read = AuditEvent.objects.filter(action="compte.consulte").values_list("target_id", flat=True)
    assert set(read) == {str(compte.pk), str(autre.pk)}


def test_linked_corrected_and_parted(clerk, compte, autre, enfants):
    ici, la = enfants
    response = link(clerk, compte, enfants)
    assert "Aussi dans le foyer de" in words(response)
    correction = {
        "prenoms": "Léa Rose",
        "nom_naissance": "Martin",
        "nom_usage": "",
        "date_naissance": "03/05/2017",
        "ecole": "",
        "classe": "CE1",
    }
    response = clerk.post(child_page(autre, la), correction, follow=True)
    assert "deux foyers" in messages(response)
    ici.refresh_from_db()
    assert ici.personne.prenoms == "Léa Rose"
    assert ici.personne.date_naissance == date(2017, 5, 3)
    assert "sa propre fiche" in words(clerk.get(child_page(compte, ici, "delier/")))
    response = clerk.post(child_page(compte, ici, "delier/"), follow=True)
    assert "sa propre fiche" in messages(response)
    assert Membre.objects.filter(personne=ici.personne).count() == 1
    assert not OutgoingMessage.objects.exists()


@pytest.mark.parametrize(
    ("champ", "valeur"),
    [
        ("prenoms", ""),
        ("nom_naissance", ""),
        ("date_naissance", ""),
        ("date_naissance", "30/02/2017"),
        ("date_naissance", "01/01/2999"),
        ("classe", "a" * 41),
    ],
)
def test_wrong_correction_is_asked_again(clerk, compte, enfants, champ, valeur):
    ici, _la = enfants
    link(clerk, compte, enfants)
    correction = {
        "prenoms": "Léa",
        "nom_naissance": "Martin",
        "date_naissance": "02/05/2017",
        champ: valeur,
    }
    response = clerk.post(child_page(compte, ici), correction)
    assert response.status_code == 422
    ici.refresh_from_db()
    assert ici.personne.date_naissance == date(2017, 5, 2)
    assert not AuditEvent.objects.filter(action="enfant.corrige").exists()


def test_link_needs_a_choice_and_a_confirmation(clerk, compte, enfants):
    ici, la = enfants
    for data in ({}, {"garder": ici.pk}, {"confirme": "on"}, {"garder": 0, "confirme": "on"}):
        response = clerk.post(child_page(compte, ici, f"lier/{la.pk}/"), data)
        assert response.status_code == 422
    assert Membre.objects.get(pk=la.pk).personne != ici.personne


def test_entries_that_are_not_alike_have_no_page(clerk, compte, autre):
    ici, other = child(home(compte)), child(home(autre), "Zoé")
    assert clerk.get(child_page(compte, ici, f"lier/{other.pk}/")).status_code == 404
    data = {"garder": ici.pk, "confirme": "on"}
    assert clerk.post(child_page(compte, ici, f"lier/{other.pk}/"), data).status_code == 404


def test_parting_a_child_of_one_home_says_so(clerk, compte):
    ici = child(home(compte))
    response = clerk.post(child_page(compte, ici, "delier/"), follow=True)
    assert "n'est pas, ou n'est plus, partagé" in messages(response)


def test_child_to_be_born_shows_when_and_is_like_nobody_yet(clerk, compte):
    personne = PersonneFactory(prenoms="", naissance_prevue=date(2027, 1, 15))
    ici = MembreFactory(foyer=home(compte), personne=personne, role=RoleMembre.A_NAITRE)
    text = words(clerk.get(child_page(compte, ici)))
    assert "Naissance prévue15/01/2027" in text.replace(" 15/", "15/")
    assert "né le même jour" not in text
    assert "pas encore né" in text
