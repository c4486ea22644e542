"""« Mes données » and the archive: everything about the holder, nothing that is others'."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from accounts import registries
from accounts.models import (
    AutorisationSortie,
    Changement,
    Compte,
    Invitation,
    Personne,
    RoleMembre,
)
from accounts.services.historique import noter
from portal.audit import log
from portal.audit.models import AuditEvent
from tests.accounts.archives import download
from tests.definitions import document
from tests.factories import (
    CompteFactory,
    DemandeFactory,
    DossierFamilleFactory,
    MembreFactory,
    PersonneFactory,
    VersionDemarcheFactory,
)

pytestmark = pytest.mark.django_db
PAGE = "/mon-espace/donnees/"

# Models that point at an account or a person and that no exporter and no eraser need look after.
EXCEPTIONS = {
    "accounts.AgentProfil": "of agents, who have no space of their own",
    "admin.LogEntry": "of agents, what they did in the admin",
    "otp_totp.TOTPDevice": "of agents",
    "otp_static.StaticDevice": "of agents",
}


@pytest.fixture
def camille():
    personne = PersonneFactory(
        prenoms="Camille",
        date_naissance=date(1984, 3, 2),
        telephone_mobile="+33639980001",
        courriel="contact.camille@exemple.fr",
    )
    return CompteFactory(
        personne=personne,
        foyer=True,
        identifiant="camille",
        password="argon2$secret-du-mot-de-passe",
        question_secrete="Le prénom de votre meilleur ami ?",
        reponse_secrete="argon2$secret-de-la-reponse",
    )


@pytest.fixture
def foyer(camille):
    return camille.personne.membres.get().foyer


def test_page_tells_what_why_and_how_long(log_in, camille, foyer):
    MembreFactory.create_batch(2, foyer=foyer)
    DemandeFactory.create_batch(3, deposee=True, compte=camille)
    DemandeFactory(compte=camille)

    html = log_in(camille).get(PAGE).content.decode()

    for words in (
        "Votre entourage\xa0:\xa02",
        "Vos demandes envoyées\xa0:\xa03",
        "Vos brouillons\xa0:\xa01",
        "Télécharger mes données",
        "Qui a consulté mon dossier",
        "Fermer mon compte",
        "archives publiques",
    ):
        assert words in html, words
    assert "Votre famille connue des services<" in html  # none: no zero


def test_archive_holds_the_account_and_the_person(log_in, camille):
    archive = download(log_in(camille))

    assert "LISEZ-MOI.txt" in archive.names
    compte = archive.json("mon-compte.json")
    assert compte["identifiant"] == "camille"
    assert compte["question secrète"] == "Le prénom de votre meilleur ami ?"
    identite = archive.json("mon-identite.json")
    assert identite["date de naissance"] == "1984-03-02"
    assert identite["téléphone mobile"] == "+33639980001"
    for name in archive.names:
        if name.endswith(".json"):
            archive.json(name)
            assert f"{name} " in archive.read("LISEZ-MOI.txt").decode(), name


def test_archive_holds_no_secret_and_no_internal_number(log_in, camille, foyer):
    MembreFactory(foyer=foyer)
    DossierFamilleFactory(foyer=foyer)
    DemandeFactory(deposee=True, compte=camille)
    DemandeFactory(prete=True, compte=camille)
    text = download(log_in(camille)).text()

    assert "secret-du" not in text
    assert "secret-de-la" not in text
    assert '"id"' not in text
    assert '"pk"' not in text
    assert "personne_id" not in text


def test_archive_holds_the_home_with_what_one_has_said_of_its_people(log_in, camille, foyer):
    lea = MembreFactory(
        foyer=foyer,
        personne__prenoms="Léa",
        personne__date_naissance=date(2017, 5, 2),
        personne__ecole="École des Tilleuls",
    )
    mamie = MembreFactory(
        foyer=foyer,
        role=RoleMembre.CONTACT,
        lien="grand-mère",
        personne__prenoms="Odette",
        personne__telephone_mobile="+33639980002",
    )
    AutorisationSortie.objects.create(contact=mamie, enfant=lea)
    noter(
        foyer,
        Changement.Acte.MODIFICATION,
        sujet=lea.personne,
        auteur=camille,
        membre=lea,
        details=[{"libelle": "École", "ancien": "", "nouveau": "École des Tilleuls"}],
    )

    archive = download(log_in(camille))

    maison = archive.json("mon-foyer.json")
    assert maison["adresse"]["rue"] == "12 rue des Tilleuls"
    enfant, contact = maison["membres"]
    assert (enfant["prénoms"], enfant["école"]) == ("Léa", "École des Tilleuls")
    assert contact["téléphone mobile"] == "+33639980002"
    assert contact["peut venir chercher"] == ["Léa Martin"]
    (ligne,) = archive.json("historique-du-foyer.json")
    assert ligne["fait par"] == "vous"
    assert ligne["changements"][0]["après"] == "École des Tilleuls"


def test_coordinates_of_the_other_representative_are_theirs(log_in, camille, foyer):
    alex = CompteFactory(
        foyer=foyer,
        courriel="alex.connexion@exemple.fr",
        personne__prenoms="Alex",
        personne__courriel="alex.contact@exemple.fr",
        personne__telephone_mobile="+33639980099",
        personne__date_naissance=date(1980, 1, 31),
    )
    change = [{"libelle": "Téléphone mobile", "ancien": "+33639980098", "nouveau": "+33639980099"}]
    membre = alex.personne.membres.get()
    for ou in (membre, None):
        noter(
            foyer,
            Changement.Acte.MODIFICATION,
            sujet=alex.personne,
            auteur=alex,
            membre=ou,
            details=change,
        )
    DemandeFactory(deposee=True, compte=alex, numero="ZZZZ-ZZZZ-ZZZZ")

    archive = download(log_in(camille))

    assert archive.json("mon-foyer.json")["membres"][0]["prénoms"] == "Alex"
    for theirs in ("alex.", "+3363998009", "1980-01-31", "ZZZZ", alex.identifiant):
        assert theirs not in archive.text(), theirs


def test_the_other_home_of_a_shared_child_is_not_told(log_in, camille, foyer):
    enfant = PersonneFactory(prenoms="Zoé", telephone_mobile="+33639980077", ecole="École Pasteur")
    ailleurs = CompteFactory(foyer=True, personne__nom_naissance="Delaunay")
    autre = ailleurs.personne.membres.get().foyer
    autre.voie = "1 impasse Secrète"
    autre.save()
    for maison in (foyer, autre):
        MembreFactory(personne=enfant, foyer=maison)

    archive = download(log_in(camille))

    (zoe,) = archive.json("mon-foyer.json")["membres"]
    assert zoe["école"] == "École Pasteur"
    for theirs in ("+33639980077", "Secrète", "Delaunay", ailleurs.identifiant):
        assert theirs not in archive.text(), theirs


def test_what_happened_before_one_came_is_not_told(log_in, camille, foyer):
    venu = CompteFactory(foyer=foyer, personne__prenoms="Alex")
    hier = timezone.now() - timedelta(days=2)
    lea = MembreFactory(foyer=foyer, personne__prenoms="Léa")
    ancien = noter(foyer, Changement.Acte.AJOUT, sujet=lea.personne, auteur=camille, membre=lea)
    Changement.objects.filter(pk=ancien.pk).update(created_at=hier)

    assert download(log_in(venu)).json("historique-du-foyer.json") == []
    assert len(download(log_in(camille)).json("historique-du-foyer.json")) == 0
    camille.personne.membres.update(debut=hier.date() - timedelta(days=1))
    assert len(download(log_in(camille)).json("historique-du-foyer.json")) == 1


def test_archive_holds_requests_as_pdf_and_data_and_drafts_as_typed(log_in, camille):
    version = VersionDemarcheFactory(
        definition=document(titre="Signaler un problème", demandeur={"adresse": "requise"})
    )
    filed = DemandeFactory(en_instruction=True, compte=camille, version=version, motif="Bien reçu.")
    saisie = {
        "mes-informations": {"adresse__voie": ["3 rue Neuve"]},
        "ma-demande": {"objet": ["A"]},
    }
    DemandeFactory(compte=camille, version=version, saisie=saisie)
    DemandeFactory(deposee=True, numero="AAAA-AAAA-AAAA")

    archive = download(log_in(camille))

    assert archive.read(f"demandes/{filed.numero}.pdf").startswith(b"%PDF-")
    lue = archive.json(f"demandes/{filed.numero}.json")
    assert lue["réponse du service"] == "Bien reçu."
    assert {"question": "Nom", "réponse": "N’Guyen"} in lue["demandeur"]
    assert lue["demande"] == {"Le problème": [{"question": "Objet", "réponse": "Un lampadaire"}]}
    assert lue["historique"][0]["évènement"] == "Demande reçue"
    brouillon = archive.json("brouillons/1.json")
    assert brouillon["démarche"] == "Signaler un problème"
    assert {"question": "Adresse postale (voie)", "réponse": "3 rue Neuve"} in brouillon["saisie"]
    assert "AAAA-AAAA-AAAA" not in " ".join(archive.names)


def test_archive_holds_families_invitations_and_own_acts(log_in, camille, foyer):
    DossierFamilleFactory(foyer=foyer, service__nom="Restauration scolaire", reference="F-007")
    Invitation.objects.create(
        foyer=foyer, auteur=camille, courriel="invite@exemple.fr", expire_at=timezone.now()
    )
    log.record("compte.connexion", target=camille, actor=camille)
    log.record("compte.connexion", target=camille, actor=CompteFactory())

    archive = download(log_in(camille))

    (famille,) = archive.json("mes-familles.json")
    assert (famille["service"], famille["référence"]) == ("Restauration scolaire", "F-007")
    assert famille["personnes"][0]["prénoms"] == "Léa"
    assert archive.json("mes-invitations.json")[0]["courriel"] == "invite@exemple.fr"
    assert [a["acte"] for a in archive.json("mes-actions.json")] == [
        "compte.donnees_telechargees",
        "compte.connexion",
    ]


def test_downloading_is_in_the_journal_and_slowed_down(log_in, camille):
    client = log_in(camille)
    for _ in range(3):
        download(client)

    response = client.post(f"{PAGE}telecharger/")

    assert response.status_code == 429
    asked = AuditEvent.objects.filter(action="compte.donnees_telechargees", actor_id=camille.pk)
    assert asked.count() == 3


def test_a_reload_of_the_download_leads_to_the_page(log_in, camille):
    response = log_in(camille).get(f"{PAGE}telecharger/")

    assert (response.status_code, response["Location"]) == (302, PAGE)
    assert not AuditEvent.objects.exists()


def test_account_without_home_and_newly_activated_may_download(log_in):
    compte = CompteFactory(en_attente=True)

    archive = download(log_in(compte))

    assert "mon-foyer.json" not in archive.names
    assert archive.json("mes-foyers.json") == []


def test_archive_costs_the_same_queries_for_few_and_for_many_requests(log_in, max_queries):
    def measure(size):
        compte = CompteFactory(foyer=True)
        maison = compte.personne.membres.get().foyer
        MembreFactory.create_batch(size, foyer=maison)
        DemandeFactory.create_batch(size, deposee=True, compte=compte, version=version)
        client = log_in(compte)
        with max_queries() as queries:
            download(client)
        return queries.count

    version = VersionDemarcheFactory()
    measure(1)  # the definition is read once per process
    assert measure(3) == measure(18)


def test_page_costs_the_same_queries_for_few_and_for_many(log_in, max_queries):
    def measure(size):
        compte = CompteFactory(foyer=True)
        MembreFactory.create_batch(size, foyer=compte.personne.membres.get().foyer)
        DemandeFactory.create_batch(size, compte=compte, version=version)
        client = log_in(compte)
        client.get(PAGE)
        with max_queries() as queries:
            client.get(PAGE)
        return queries.count

    version = VersionDemarcheFactory()
    counts = [measure(3), measure(60)]
    assert counts[0] == counts[1]
    assert counts[0] <= 10


def test_every_model_that_points_at_a_person_is_looked_after():
    """A new one must be exported and erased, and named in `personal_data(modeles=…)`; or stand
    here with the reason why not.
    """
    pointing = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if not field.auto_created and field.related_model in (Compte, Personne)
    }

    assert pointing - registries.modeles() - set(EXCEPTIONS) == set()
    assert registries.modeles() & set(EXCEPTIONS) == set()
    assert {model for model in registries.modeles() if apps.get_model(model) is None} == set()
