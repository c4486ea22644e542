"""Signing up: screens kept on the server, sent once, telling strangers nothing."""

from unittest.mock import patch

import pytest

from accounts.models import Compte, Conditions, Etat, Foyer, Membre, Personne, RoleMembre
from accounts.services import secret
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.accounts.inscrire import (
    MOT_DE_PASSE,
    REPONSES,
    enregistrer,
    envoyer,
    inscrire,
    ouvrir_les_inscriptions,
    remplir,
)
from tests.factories import CleServiceFactory, CompteFactory, ServiceFactory
from tests.portal.captcha import helpers

pytestmark = pytest.mark.django_db
CLE = "7K2M-9QXD-04TB"


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def conditions():
    return ouvrir_les_inscriptions()


def nothing_left() -> bool:
    return not (
        Compte.objects.exists()
        or Personne.objects.exists()
        or Foyer.objects.exists()
        or OutgoingMessage.objects.exists()
        or AuditEvent.objects.exists()
    )


def test_account_person_home_and_mail_are_made_together(client, conditions):
    response = inscrire(client)

    assert response["Location"] == "/inscription/envoyee/"
    compte = Compte.objects.get()
    assert compte.etat == Etat.A_ACTIVER
    assert not compte.is_active
    assert (compte.identifiant, compte.courriel) == ("elodie", "elodie@exemple.fr")
    assert compte.check_password(MOT_DE_PASSE)
    assert compte.canal_prefere == "sms"
    assert compte.conditions_acceptees == conditions.version
    assert compte.conditions_at is not None
    assert compte.question_secrete == REPONSES["authentification"]["question_secrete"]
    assert secret.verifier("les tilleuls", compte.reponse_secrete)
    personne = compte.personne
    assert (personne.prenoms, personne.nom) == ("Élodie Marie", "N’Guyen-Lefèvre")
    assert personne.telephone_mobile == "+33639980001"
    membre = Membre.objects.get()
    assert (membre.personne, membre.role) == (personne, RoleMembre.RESPONSABLE)
    assert membre.foyer.commune == "Clairval-sur-Loire"
    message = OutgoingMessage.objects.get()
    assert message.code == "compte_activation"
    assert message.recipient == "elodie@exemple.fr"
    assert "elodie" in message.body_text
    assert MOT_DE_PASSE not in message.body_text
    assert "2 jours ouvrés" in message.body_text
    assert [event.action for event in AuditEvent.objects.all()] == ["compte.cree"]


def test_only_the_minimum_is_required(client):
    remplir(client, jusqu_a="identite")
    minimum = {"civilite": "", "lieu_naissance": ""}
    assert envoyer(client, "identite", **minimum).status_code == 302
    assert client.post("/inscription/adresse/", {"pays": "FR"}).status_code == 302
    contact = {"telephone_mobile": "", "canal_prefere": "courriel"}
    assert envoyer(client, "contact", **contact).status_code == 302
    assert envoyer(client, "authentification").status_code == 302

    assert enregistrer(client).status_code == 302
    assert Foyer.objects.get().adresse == {}


def test_start_leads_to_where_one_was(client):
    assert client.get("/inscription/")["Location"] == "/inscription/conditions/"
    remplir(client, jusqu_a="contact")

    assert client.get("/inscription/")["Location"] == "/inscription/contact/"


def test_required_screen_is_not_jumped_over(client):
    remplir(client, jusqu_a="identite")

    for ecran in ("adresse", "contact", "authentification", "enregistrer"):
        response = client.get(f"/inscription/{ecran}/")
        assert response["Location"] == "/inscription/identite/"
    response = client.post("/inscription/enregistrer/", {})
    assert response["Location"] == "/inscription/identite/"
    assert nothing_left()


def test_unticked_box_keeps_out(client):
    response = envoyer(client, "conditions", accepte="")

    assert response.status_code == 422
    assert "Cochez la case pour continuer." in response.content.decode()
    assert client.get("/inscription/identite/")["Location"] == "/inscription/conditions/"


def test_newer_terms_are_accepted_anew(client):
    remplir(client)
    Conditions.objects.create(version="nouvelle", texte="Autre texte.")

    response = client.get("/inscription/enregistrer/")

    assert response["Location"] == "/inscription/conditions/"
    assert envoyer(client, "conditions").status_code == 302
    assert enregistrer(client)["Location"] == "/inscription/envoyee/"
    assert Compte.objects.get().conditions_acceptees == "nouvelle"


def test_without_terms_the_page_says_so(client):
    with patch.object(Conditions, "en_vigueur", return_value=None):
        response = client.get("/inscription/conditions/")

    assert response.status_code == 503
    assert "Les inscriptions ne sont pas encore ouvertes" in response.content.decode()


@pytest.mark.parametrize("ecran", ["identite", "adresse", "contact", "authentification"])
def test_going_back_loses_nothing(client, ecran):
    remplir(client)

    page = client.get(f"/inscription/{ecran}/").content.decode()

    secrets = ("mot_de_passe", "confirmation", "reponse_secrete")
    for name, value in REPONSES[ecran].items():
        if value and name not in secrets:
            assert f'value="{value}"' in page, name
        elif value:
            assert value not in page


def test_wrong_screen_left_by_previous_is_kept(client):
    remplir(client, jusqu_a="contact")

    response = envoyer(client, "contact", courriel="pas fini@", _precedent="1")

    assert response["Location"] == "/inscription/adresse/"
    assert 'value="pas fini@"' in client.get("/inscription/contact/").content.decode()
    assert client.get("/inscription/enregistrer/")["Location"] == "/inscription/contact/"


def test_secrets_are_kept_as_hashes_and_not_asked_again(client):
    remplir(client)

    kept = str(client.session["inscription"])
    assert MOT_DE_PASSE not in kept
    assert "Tilleuls" not in kept.replace("12 rue des Tilleuls", "")
    blank = {"mot_de_passe": "", "confirmation": "", "reponse_secrete": ""}
    assert envoyer(client, "authentification", **blank).status_code == 302
    enregistrer(client)
    assert Compte.objects.get().check_password(MOT_DE_PASSE)


def test_password_typed_half_right_is_not_kept(client):
    remplir(client, jusqu_a="authentification")

    response = envoyer(client, "authentification", confirmation="autre chose")

    assert response.status_code == 422
    assert "Ce n’est pas le même mot de passe." in response.content.decode()
    assert "mot_de_passe" not in client.session["inscription"]["secrets"]


def test_wrong_code_creates_nothing_and_asks_another(client):
    remplir(client)
    page = client.get("/inscription/enregistrer/").content.decode()
    wrong = helpers.answer(page) | {"captcha": "00000"}

    response = client.post("/inscription/enregistrer/", wrong)

    assert response.status_code == 422
    assert "Le code recopié n’est pas le bon." in response.content.decode()
    assert nothing_left()


def test_new_code_on_demand_loses_nothing(client):
    remplir(client)

    response = client.post("/inscription/enregistrer/", {"captcha_nouveau": "1"})

    assert response["Location"] == "/inscription/enregistrer/"
    assert enregistrer(client)["Location"] == "/inscription/envoyee/"


def test_second_click_reload_and_back_make_no_second_account(client):
    remplir(client)
    answer = helpers.answer(client.get("/inscription/enregistrer/").content.decode())
    before = client.session["inscription"]
    client.post("/inscription/enregistrer/", answer)
    # The other click of a double click was read with the session as it was.
    session = client.session
    session["inscription"] = before
    session.save()

    second = client.post("/inscription/enregistrer/", answer)
    third = client.post("/inscription/enregistrer/", answer)

    assert second["Location"] == third["Location"] == "/inscription/envoyee/"
    assert client.get("/inscription/contact/")["Location"] == "/inscription/envoyee/"
    page = client.get("/inscription/envoyee/")
    assert "elodie@exemple.fr" in page.content.decode()
    assert Compte.objects.count() == 1
    assert OutgoingMessage.objects.count() == 1


def test_session_lost_midway_is_said(client):
    remplir(client, jusqu_a="contact")
    client.session.flush()

    response = envoyer(client, "contact")

    assert response.status_code == 410
    assert "n’est plus en mémoire" in response.content.decode()
    assert client.get("/inscription/contact/")["Location"] == "/inscription/conditions/"
    assert client.get("/inscription/envoyee/")["Location"] == "/inscription/"


def test_who_is_logged_in_has_a_space_already(log_in):
    client = log_in(CompteFactory(foyer=True))

    assert client.get("/inscription/")["Location"] == "/mon-espace/"
    assert client.get("/inscription/conditions/")["Location"] == "/mon-espace/"


def test_unknown_screen_is_not_found(client):
    assert client.get("/inscription/nimporte/").status_code == 404
    assert client.get("/inscription/services/").status_code == 404  # no service issues keys


# What a stranger may learn: nothing.


def test_known_email_gets_the_same_page_and_another_mail(client):
    deja = CompteFactory(identifiant="deja.la", courriel="Elodie@Exemple.fr")

    response = inscrire(client)

    assert response["Location"] == "/inscription/envoyee/"
    known = client.get("/inscription/envoyee/").content
    message = OutgoingMessage.objects.get()
    assert message.code == "compte_deja_actif"
    assert message.recipient == "elodie@exemple.fr"
    assert "deja.la" in message.body_text
    assert "/mot-de-passe-oublie/" in message.body_text
    assert "/connexion/" in message.body_text
    assert "/activation/" not in message.body_text
    # The identifiant is taken as it would be anyway: trying it afterwards tells nothing.
    assert client.get("/inscription/identifiant-libre/?identifiant=elodie").json()["libre"] is False

    deja.delete()
    other = type(client)()
    inscrire(other, authentification={"identifiant": "elodie2"})
    assert other.get("/inscription/envoyee/").content == known


def test_refused_account_is_told_to_call(client):
    CompteFactory(etat=Etat.REFUSE, courriel="elodie@exemple.fr")

    inscrire(client)

    assert "n’a pas pu l’accepter" in OutgoingMessage.objects.get().body_text


def test_email_of_an_account_that_waits_is_nobodys(client):
    CompteFactory(etat=Etat.A_ACTIVER, courriel="elodie@exemple.fr")

    inscrire(client)

    assert OutgoingMessage.objects.get().code == "compte_activation"


def test_known_email_costs_the_same_work(client, max_queries):
    counts = []
    for number, known in enumerate((False, True)):
        if known:
            CompteFactory(courriel="elodie@exemple.fr")
        one = type(client)()
        remplir(one, authentification={"identifiant": f"elodie{number}"})
        answer = helpers.answer(one.get("/inscription/enregistrer/").content.decode())
        with max_queries() as counter:
            one.post("/inscription/enregistrer/", answer)
        counts.append(counter.count)

    assert counts[0] == counts[1]


def test_too_many_from_one_address_wait(client):
    remplir(client)
    for _ in range(40):
        last = client.post("/inscription/enregistrer/", {})
    assert last.status_code == 422

    response = client.post("/inscription/enregistrer/", {})

    assert response.status_code == 429
    assert nothing_left()


# Keys of services


def test_key_typed_at_sign_up_attaches_at_the_activation(client):
    cle = CleServiceFactory(cle=CLE)
    remplir(client)
    service = cle.dossier.service

    page = client.get("/inscription/services/").content.decode()
    assert service.nom in page
    response = client.post("/inscription/services/", {f"cle_{service.pk}": CLE})

    assert response["Location"] == "/inscription/enregistrer/"
    assert "Famille Martin" in client.get("/inscription/enregistrer/").content.decode()
    enregistrer(client)
    assert Compte.objects.get().cles_a_rattacher == [cle.pk]
    cle.refresh_from_db()
    assert cle.utilisation_at is None  # an e-mail typed wrong must not spend it


def test_services_screen_may_be_left_empty(client):
    ServiceFactory(emet_des_cles=True)
    remplir(client)
    assert client.get("/inscription/enregistrer/")["Location"] == "/inscription/services/"

    assert client.post("/inscription/services/", {}).status_code == 302

    assert enregistrer(client)["Location"] == "/inscription/envoyee/"


def test_wrong_key_is_refused_at_the_field(client):
    service = ServiceFactory(emet_des_cles=True)
    remplir(client)

    response = client.post("/inscription/services/", {f"cle_{service.pk}": CLE})

    assert response.status_code == 422


def test_key_shown_may_be_left_aside(client):
    cle = CleServiceFactory(cle=CLE)
    remplir(client)
    client.post("/inscription/services/", {f"cle_{cle.dossier.service_id}": CLE})

    client.post("/inscription/services/", {"_sans_cle": "on"})

    enregistrer(client)
    assert Compte.objects.get().cles_a_rattacher == []
