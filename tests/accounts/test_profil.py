"""« Mon espace » and what changes it: checked accounts only, kept in the history, acknowledged."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from lxml import html as lxml_html

from accounts.errors import CompteNonValide
from accounts.models import Changement, Compte, Foyer, Personne
from accounts.services import profil
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.accounts.inscrire import REPONSES
from tests.factories import CompteFactory, DossierFamilleFactory, MembreFactory, ServiceFactory

pytestmark = pytest.mark.django_db

IDENTITE = {
    "civilite": "",
    "nom_naissance": "Martin",
    "nom_usage": "",
    "prenoms": "Camille",
    "date_naissance": "14/03/1987",
    "lieu_naissance": "",
}
CONTACT = {
    "courriel": "camille@exemple.fr",
    "telephone_mobile": "06 39 98 00 02",
    "telephone_fixe": "",
    "canal_prefere": "telephone",
}


@pytest.fixture
def compte() -> Compte:
    return CompteFactory(
        foyer=True,
        identifiant="camille",
        courriel="connexion@exemple.fr",
        personne__date_naissance=date(1987, 3, 14),
        personne__courriel="camille@exemple.fr",
    )


def words(response) -> str:
    return " ".join(lxml_html.fromstring(response.content).find("body").text_content().split())


def nothing_changed() -> bool:
    return not (
        Changement.objects.exists()
        or OutgoingMessage.objects.exists()
        or AuditEvent.objects.filter(action__startswith="profil.").exists()
    )


def test_page_shows_what_the_town_hall_knows(log_in, compte):
    dossier = DossierFamilleFactory(foyer=Foyer.objects.get(), nom="Martin-Roy")

    page = words(log_in(compte).get("/mon-espace/"))

    for shown in (
        "Camille Martin",
        "14/03/1987",
        "12 rue des Tilleuls",
        "49999 Clairval-sur-Loire",
        "camille@exemple.fr",
        "Courriel",
        f"{dossier.service.nom} : famille Martin-Roy",
        "Compte validé",
    ):
        assert shown in page


@pytest.mark.parametrize(
    "path",
    [
        "/mon-espace/modifier/identite/",
        "/mon-espace/identifiants/",
        "/mon-espace/services/",
        "/mon-espace/sessions/",
        "/mon-espace/donnees/",
        "/entourage/",
    ],
)
def test_page_leads_to_the_rest(log_in, compte, path):
    assert f'href="{path}"' in log_in(compte).get("/mon-espace/").content.decode()


def test_agent_has_no_such_space(log_in):
    agent = log_in(CompteFactory(agent=True))

    assert agent.get("/mon-espace/").status_code == 404
    assert agent.post("/mon-espace/modifier/identite/", IDENTITE).status_code == 404


def test_unknown_screen(log_in, compte):
    assert log_in(compte).get("/mon-espace/modifier/nimporte/").status_code == 404


def test_identity_change_is_kept_audited_and_acknowledged(log_in, compte):
    typed = IDENTITE | {"prenoms": "Camille Anne", "civilite": "madame"}

    response = log_in(compte).post("/mon-espace/modifier/identite/", typed)

    assert response["Location"] == "/mon-espace/modifier/adresse/"
    compte.personne.refresh_from_db()
    assert compte.personne.prenoms == "Camille Anne"
    changement = Changement.objects.get()
    assert changement.details == [
        {"libelle": "Civilité", "ancien": "", "nouveau": "Madame"},
        {"libelle": "Prénoms", "ancien": "Camille", "nouveau": "Camille Anne"},
    ]
    event = AuditEvent.objects.get(action="profil.identite_change")
    assert event.details == {"champs": ["Civilité", "Prénoms"]}  # no value in the journal
    message = OutgoingMessage.objects.get()
    assert (message.code, message.recipient) == ("profil_modifie", "connexion@exemple.fr")
    assert "Prénoms" in message.body_text
    assert message.body_text.startswith("Bonjour Camille,")
    assert "Madame" not in message.body_text  # which parts changed, not their values


def test_address_change_keeps_old_and_new(log_in, compte):
    typed = REPONSES["adresse"] | {"voie": "3 rue Haute", "_retour": "1"}

    response = log_in(compte).post("/mon-espace/modifier/adresse/", typed)

    assert response["Location"] == "/mon-espace/"
    assert Foyer.objects.get().voie == "3 rue Haute"
    changement = Changement.objects.get()
    assert changement.acte == Changement.Acte.ADRESSE
    assert changement.auteur == compte
    assert changement.details == [
        {
            "libelle": "Numéro et nom de la rue",
            "ancien": "12 rue des Tilleuls",
            "nouveau": "3 rue Haute",
        }
    ]
    assert OutgoingMessage.objects.count() == 1


def test_address_may_be_removed_and_be_abroad(log_in, compte):
    client = log_in(compte)
    abroad = {"voie": "Rue Haute 3", "commune": "Bruxelles", "code_postal": "1000", "pays": "BE"}

    assert client.post("/mon-espace/modifier/adresse/", abroad).status_code == 302
    assert Foyer.objects.get().pays == "BE"
    assert client.post("/mon-espace/modifier/adresse/", {"pays": "FR"}).status_code == 302
    assert Foyer.objects.get().adresse == {}


def test_contact_change_is_told_to_the_login_email_and_not_to_the_home(log_in, compte):
    typed = CONTACT | {"courriel": "nouveau@exemple.fr"}

    assert log_in(compte).post("/mon-espace/modifier/contact/", typed).status_code == 302

    compte.refresh_from_db()
    assert compte.personne.courriel == "nouveau@exemple.fr"
    assert compte.personne.telephone_mobile == "+33639980002"
    assert compte.canal_prefere == "telephone"
    assert compte.courriel == "connexion@exemple.fr"
    assert OutgoingMessage.objects.get().recipient == "connexion@exemple.fr"
    assert not Changement.objects.exists()


def test_sending_what_was_there_changes_nothing(log_in, compte):
    client = log_in(compte)

    assert client.post("/mon-espace/modifier/identite/", IDENTITE).status_code == 302
    same = REPONSES["adresse"]
    assert client.post("/mon-espace/modifier/adresse/", same).status_code == 302

    assert nothing_changed()


def test_wrong_input_keeps_what_was_typed(log_in, compte):
    response = log_in(compte).post("/mon-espace/modifier/identite/", IDENTITE | {"prenoms": "7"})

    assert response.status_code == 422
    assert 'value="7"' in response.content.decode()
    assert nothing_changed()


def test_co_representative_changes_the_address_of_the_home(log_in, compte):
    other = CompteFactory(foyer=Foyer.objects.get())

    typed = REPONSES["adresse"] | {"voie": "3 rue Haute"}
    log_in(other).post("/mon-espace/modifier/adresse/", typed)

    assert Foyer.objects.get().voie == "3 rue Haute"
    assert Changement.objects.get().auteur == other


def test_other_homes_stay_as_they_are(log_in, compte):
    MembreFactory()
    log_in(compte).post(
        "/mon-espace/modifier/adresse/", REPONSES["adresse"] | {"voie": "3 rue Haute"}
    )

    assert Foyer.objects.filter(voie="3 rue Haute").count() == 1


# Not validated yet (B6)


@pytest.mark.parametrize("ecran", ["identite", "adresse", "contact"])
def test_waiting_account_is_refused_kindly(log_in, ecran):
    waiting = CompteFactory(foyer=True, en_attente=True)
    client = log_in(waiting)
    typed = {"identite": IDENTITE, "adresse": REPONSES["adresse"], "contact": CONTACT}[ecran]

    page = client.get(f"/mon-espace/modifier/{ecran}/")
    response = client.post(f"/mon-espace/modifier/{ecran}/", typed | {"voie": "3 rue Haute"})

    assert page.status_code == 200
    assert "<form method" not in page.content.decode().split("<main")[1]
    assert response.status_code == 403
    for each in (page, response):
        assert "en attente de validation" in words(each)
        assert "Rien n’a été modifié" in words(each)
    assert Personne.objects.get().date_naissance is None
    assert Foyer.objects.get().voie == "12 rue des Tilleuls"
    assert nothing_changed()


def test_waiting_account_is_not_led_to_a_refusal(log_in):
    client = log_in(CompteFactory(foyer=True, en_attente=True))

    assert "/mon-espace/modifier/" not in client.get("/mon-espace/").content.decode()


def test_services_refuse_what_pages_would_have_let_through():
    waiting = CompteFactory(foyer=True, en_attente=True)
    calls = [
        lambda: profil.modifier_identite(compte=waiting, identite={"prenoms": "Autre"}),
        lambda: profil.modifier_adresse(compte=waiting, adresse={}),
        lambda: profil.modifier_contact(compte=waiting, contact=CONTACT),
    ]

    for call in calls:
        with pytest.raises(CompteNonValide):
            call()
    assert nothing_changed()


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2026, 11, 20, 10, tzinfo=UTC), "au plus tard le mardi 24 novembre 2026"),
        (datetime(2026, 11, 24, 10, tzinfo=UTC), "au plus tard le mardi 24 novembre 2026"),
        (datetime(2026, 11, 25, 10, tzinfo=UTC), "plus de temps que prévu"),
    ],
)
def test_page_says_by_when_the_account_is_looked_at(log_in, now, said):
    waiting = CompteFactory(
        foyer=True, en_attente=True, activation_at=datetime(2026, 11, 20, 9, tzinfo=UTC)
    )
    with time_machine.travel(now):
        page = words(log_in(waiting).get("/mon-espace/"))

    assert "en attente de validation" in page
    assert said in page
    assert "Modifier : Identité" not in page


def test_services_screen_is_open_to_who_waits(log_in):
    ServiceFactory(emet_des_cles=True)
    client = log_in(CompteFactory(foyer=True, en_attente=True))

    assert client.get("/mon-espace/modifier/services/")["Location"] == "/mon-espace/services/"
    assert client.get("/mon-espace/services/").status_code == 200


def test_last_screen_leads_to_services_where_some_issue_keys(log_in, compte):
    client = log_in(compte)

    assert client.post("/mon-espace/modifier/contact/", CONTACT)["Location"] == "/mon-espace/"
    ServiceFactory(emet_des_cles=True)
    response = client.post("/mon-espace/modifier/contact/", CONTACT)
    assert response["Location"] == "/mon-espace/services/"


@pytest.mark.parametrize("members", [3, 300])
def test_number_of_queries(log_in, compte, members, max_queries):
    foyer = Foyer.objects.get()
    MembreFactory.create_batch(members, foyer=foyer)
    for _ in range(min(members, 30)):
        DossierFamilleFactory(foyer=foyer)
    client = log_in(compte)

    for path in ("/mon-espace/", "/mon-espace/modifier/adresse/"):
        with max_queries() as counter:
            client.get(path)
        assert counter.count <= 10, counter.sql
