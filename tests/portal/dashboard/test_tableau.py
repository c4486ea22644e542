"""« Mon tableau de bord »: what to finish, what was sent, the family; useful when empty."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import RoleMembre
from accounts.services.invitations import inviter
from tests.definitions import saisie
from tests.demarches.browser import Browser
from tests.factories import CompteFactory, DemandeFactory, MembreFactory, VersionDemarcheFactory

pytestmark = pytest.mark.django_db
URL = "/tableau-de-bord/"


@pytest.fixture
def compte():
    return CompteFactory(foyer=True)


@pytest.fixture
def logged_in(compte, log_in) -> Browser:
    return Browser(log_in(compte))


def test_empty_one_says_what_to_do(logged_in):
    logged_in.open(URL)

    assert logged_in.heading == "Mon tableau de bord"
    assert logged_in.link("Faire une demande") == "/demarches/"
    assert logged_in.link("Nouvelle démarche") == "/demarches/"
    assert logged_in.link("Coordonnées") == "/mon-espace/"
    assert logged_in.link("Modifier mon profil") == "/mon-espace/"
    assert logged_in.link("Entourage") == "/entourage/"
    assert "Ma famille" not in logged_in.text
    assert "À terminer" not in logged_in.text


def test_four_last_requests_and_the_drafts(logged_in, compte):
    now = timezone.now()
    filed = [
        DemandeFactory(deposee=True, compte=compte, depot_at=now - timedelta(days=n))
        for n in range(5)
    ]
    draft = DemandeFactory(compte=compte, saisie=saisie())
    DemandeFactory(deposee=True, compte=CompteFactory())

    logged_in.open(URL)

    assert [d.numero in logged_in.text for d in filed] == [True] * 4 + [False]
    assert logged_in.link(draft.demarche_titre) == f"/demandes/{draft.uuid}/mes-informations/"
    assert logged_in.link("Voir toutes mes demandes") == "/demandes/"
    assert logged_in.text.count("Détails de la demande") == 4


def test_invitation_waits_there(logged_in, compte):
    host = CompteFactory(foyer=True, personne__prenoms="Alex Jean")
    inviter(compte_id=host.pk, courriel=compte.courriel)

    logged_in.open(URL)

    assert "Alex M. vous invite à représenter son foyer" in logged_in.text
    assert logged_in.link("Voir l'invitation").startswith("/entourage/invitation/")


def test_family_once_it_is_known(logged_in, compte):
    foyer = compte.personne.membres.get().foyer
    lea = MembreFactory(foyer=foyer, personne__prenoms="Léa")
    MembreFactory(foyer=foyer, personne__prenoms="Jeanne", role=RoleMembre.CONTACT)
    MembreFactory(foyer=foyer, personne__prenoms="Partie", fin=timezone.localdate())
    MembreFactory(personne__prenoms="Zoé")

    text = logged_in.open(URL).text

    assert "Ma famille" in text
    assert "Léa Martin" in text
    assert logged_in.link("Léa Martin") == f"/entourage/{lea.pk}/"
    for absent in ("Jeanne", "Partie", "Zoé"):
        assert absent not in text


@time_machine.travel("2026-12-23T10:00:00+01:00", tick=False)
def test_closing_account_reads_when(log_in):
    compte = CompteFactory(personne__prenoms="Élodie Marie", fermeture_demandee_at=timezone.now())

    text = Browser(log_in(compte)).open(URL).text

    assert "Votre compte sera fermé le vendredi 22 janvier 2027" in text
    assert "Bonjour Élodie." in text


@time_machine.travel("2026-12-23T10:00:00+01:00", tick=False)
def test_waiting_account_reads_until_when_in_working_days(log_in):
    text = Browser(log_in(CompteFactory(en_attente=True))).open(URL).text

    # Thursday the 24th, then no 25th, no weekend: Monday the 28th.
    assert "en attente de validation" in text
    assert "lundi 28 décembre 2026" in text


def test_validated_account_reads_nothing_of_it(logged_in):
    assert "validation" not in logged_in.open(URL).text


def test_agent_is_led_to_the_administration(log_in):
    response = log_in(CompteFactory(agent=True)).get(URL)

    assert response["Location"] == "/admin/"


@pytest.mark.parametrize("size", [3, 300])
def test_number_of_queries(log_in, compte, max_queries, size):
    foyer = compte.personne.membres.get().foyer
    version = VersionDemarcheFactory()
    DemandeFactory.create_batch(size, deposee=True, compte=compte, version=version)
    DemandeFactory.create_batch(size, compte=compte, version=version)
    MembreFactory.create_batch(min(size, 40), foyer=foyer)
    client = log_in(compte)
    client.get(URL)

    with max_queries() as queries:
        assert client.get(URL).status_code == 200

    assert queries.count <= 8, queries.sql
