"""The pages of « Mon entourage », as a resident opens and sends them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AutorisationSortie, Changement, Foyer, Invitation, Membre, RoleMembre
from accounts.services import invitations
from portal.notifications.models import OutgoingMessage
from portal.ui.ville import Ville
from tests.accounts.inscrire import ouvrir_les_inscriptions, remplir
from tests.factories import CompteFactory, FoyerFactory, MembreFactory, PersonneFactory

pytestmark = pytest.mark.django_db
ENTOURAGE = "/entourage/"
TODAY = timezone.localdate
LEA = {
    "situation": "ne",
    "prenoms": "Léa",
    "nom_naissance": "Martin",
    "date_naissance": "02/05/2017",
}


@pytest.fixture
def camille():
    return CompteFactory(foyer=True, personne__prenoms="Camille", courriel="camille@exemple.fr")


@pytest.fixture
def page(log_in, camille):
    return log_in(camille)


def chez(compte) -> Foyer:
    return Foyer.objects.for_compte(compte).get()


def membre(compte, role=RoleMembre.ENFANT, **personne) -> Membre:
    personne = {"prenoms": "Léa", "date_naissance": date(2017, 5, 2)} | personne
    return MembreFactory(foyer=chez(compte), role=role, personne=PersonneFactory(**personne))


def url(name, *args) -> str:
    return reverse(f"accounts:{name}", args=args)


def html(response) -> str:
    return response.content.decode()


def envoyer(client, address, data):
    """Fill in the form that the page shows, and send it."""
    return client.post(address, {"envoi": envoi(client, address)} | data)


def envoi(client, address) -> str:
    """What names the form that a page shows."""
    return re.search(r'name="envoi"[^>]* value="([^"]+)"', html(client.get(address)))[1]


def enfants(compte) -> list[str]:
    return [
        str(m.personne)
        for m in chez(compte).membres.actifs().exclude(role__in=["responsable"]).order_by("id")
    ]


def test_an_empty_home_says_what_would_be_there(page):
    shown = html(page.get(ENTOURAGE))

    for words in ("Camille Martin", "Vos enfants, nés ou à naître", "Ajouter un adulte"):
        assert words in shown
    assert "Quitter ce foyer" not in shown


def test_an_account_without_a_home_reads_the_same(log_in):
    assert "Mon entourage" in html(log_in(CompteFactory()).get(ENTOURAGE))


def test_adults_children_and_contacts_apart(page, camille):
    membre(camille)
    membre(camille, RoleMembre.ADULTE, prenoms="Alex")
    membre(camille, RoleMembre.CONTACT, prenoms="Odile", telephone_mobile="+33639980002")

    shown = html(page.get(ENTOURAGE))

    places = [
        shown.index(w)
        for w in ("Adultes</h2>", "Alex", "Enfants</h2>", "Léa", "Contacts</h2>", "Odile")
    ]
    assert places == sorted(places)
    assert shown.count("Voir la fiche") == 4
    assert "06\N{NO-BREAK SPACE}39" in shown


def test_before_validation_nothing_can_be_changed_and_the_page_says_why(log_in):
    noe = CompteFactory(foyer=True, en_attente=True)
    lea = membre(noe)
    client = log_in(noe)

    shown = html(client.get(ENTOURAGE))
    assert "en attente de validation" in shown
    for words in ("Ajouter un enfant", "Modifier", "Inviter un"):
        assert words not in shown
    assert "Modifier</" not in html(client.get(url("membre", lea.pk)))
    for address in (
        url("ajouter-enfant"),
        url("membre-modifier", lea.pk),
        url("retirer-membre", lea.pk),
        url("inviter"),
    ):
        assert client.get(address)["Location"] == ENTOURAGE
        assert "Vous pourrez faire ce changement dès" in html(client.get(address, follow=True))
        assert client.post(address, LEA)["Location"] == ENTOURAGE
    assert enfants(noe) == ["Léa Martin"]


def test_a_town_that_adds_members_itself_says_whom_to_ask(page, camille, settings):
    settings.AJOUT_DIRECT = frozenset({"adulte"})

    shown = html(page.get(ENTOURAGE))
    assert "Ajouter un enfant\N{NO-BREAK SPACE}: adressez-vous à la mairie" in shown
    assert url("ajouter-adulte") in shown
    assert url("ajouter-enfant") not in shown
    followed = page.post(url("ajouter-enfant"), LEA, follow=True)
    assert "adressez-vous à la mairie" in html(followed)
    assert enfants(camille) == []


def test_adding_a_child_starts_with_the_family_name(page, camille):
    assert 'value="Martin"' in html(page.get(url("ajouter-enfant")))

    sent = envoyer(page, url("ajouter-enfant"), LEA | {"nom_naissance": "N’Guyen-Élie"})

    assert sent["Location"] == ENTOURAGE
    assert "Léa N’Guyen-Élie est dans votre entourage." in html(page.get(ENTOURAGE))
    assert enfants(camille) == ["Léa N’Guyen-Élie"]


def test_an_adult_begins_with_the_name_of_every_day(log_in):
    alex = CompteFactory(foyer=True, personne__nom_naissance="Petit", personne__nom_usage="Martin")
    client = log_in(alex)

    adult = html(client.get(url("ajouter-adulte")))
    child = html(client.get(url("ajouter-enfant")))

    assert re.search(r'name="nom_usage"[^>]*value="Martin"', adult)
    assert "Petit" not in adult
    assert re.search(r'name="nom_naissance"[^>]*value="Martin"', child)


def test_without_scripts_each_case_of_a_child_has_one_heading(page):
    shown = html(page.get(url("ajouter-enfant")))

    assert shown.count("Si l’enfant est né<") == 1
    assert shown.count("Si l’enfant est à naître<") == 1
    assert "champ__condition" not in shown
    assert shown.count("Obligatoire si l’enfant est né.") == 2


def test_commas_between_first_names_are_not_kept(page, camille):
    envoyer(page, url("ajouter-enfant"), LEA | {"prenoms": "Chloé, Zoé,Anne"})

    assert enfants(camille) == ["Chloé Zoé Anne Martin"]


def test_names_are_elided_and_a_nameless_baby_is_named_once(page, camille):
    odette = membre(camille, RoleMembre.ADULTE, prenoms="Odette")
    bebe = {"prenoms": "", "date_naissance": None, "naissance_prevue": TODAY()}
    unborn = membre(camille, RoleMembre.A_NAITRE, **bebe)

    shown = html(page.get(ENTOURAGE))

    assert " d’Odette Martin</span>" in shown
    assert "Modifier la fiche d’Odette Martin" in html(page.get(url("membre-modifier", odette.pk)))
    assert "Bébé à naître (Martin)" in shown
    assert "Enfant à naître" not in shown + html(page.get(url("membre", unborn.pk)))


def test_a_double_click_adds_one_child(page, camille):
    address = url("ajouter-enfant")
    data = LEA | {"envoi": envoi(page, address)}

    first, second = page.post(address, data), page.post(address, data)

    assert first["Location"] == second["Location"] == ENTOURAGE
    assert enfants(camille) == ["Léa Martin"]


def test_the_same_child_typed_again_asks_first(page, camille):
    envoyer(page, url("ajouter-enfant"), LEA)

    again = envoyer(page, url("ajouter-enfant"), LEA)
    assert again.status_code == 422
    assert "est déjà dans votre entourage" in html(again)
    assert 'value="Léa"' in html(again)
    assert "<title>Erreur\N{NO-BREAK SPACE}: " in html(again)

    envoyer(page, url("ajouter-enfant"), LEA | {"confirmer": ["doublon"]})
    assert enfants(camille) == ["Léa Martin", "Léa Martin"]


def test_a_child_older_than_the_parent_is_asked_not_refused(page, camille):
    camille.personne.date_naissance = date(2000, 1, 1)
    camille.personne.save()
    data = LEA | {"date_naissance": "31/12/1999"}

    assert "né avant Camille Martin" in html(envoyer(page, url("ajouter-enfant"), data))
    envoyer(page, url("ajouter-enfant"), data | {"confirmer": "parent"})
    assert enfants(camille) == ["Léa Martin"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"date_naissance": "01/01/2999"}, "trop tardive"),
        ({"date_naissance": "29/02/2023"}, "Ce jour n’existe pas"),
        ({"date_naissance": "01/01/1700"}, "trop ancienne"),
        ({"date_naissance": ""}, "obligatoire"),
        ({"prenoms": ""}, "obligatoire"),
        ({"prenoms": "-"}, "au moins une lettre"),
        ({"prenoms": "L3a"}, "que des lettres"),
        ({"nom_naissance": "A" * 81}, "81 caractères"),
        ({"situation": ""}, "Choisissez une réponse"),
        ({"situation": "autre"}, "Sélectionnez"),
    ],
)
def test_bad_answers_are_named_and_kept(page, camille, changes, words):
    sent = envoyer(page, url("ajouter-enfant"), LEA | changes)

    assert sent.status_code == 422
    assert words in html(sent)
    assert enfants(camille) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"date_naissance": "29/02/2020"},
        {"prenoms": "Ô", "nom_naissance": "O"},
        {"prenoms": "MAËLYS-ÉLODIE", "nom_naissance": "D’ÂGE-ÇA"},
        {"nom_naissance": "A" * 80},
        {"prenoms": "Σοφία", "nom_naissance": "O'Neil"},
    ],
)
def test_real_names_and_days_are_accepted(page, camille, changes):
    assert envoyer(page, url("ajouter-enfant"), LEA | changes).status_code == 302
    assert len(enfants(camille)) == 1


def jour(days: int) -> str:
    return (TODAY() + timedelta(days=days)).strftime("%d/%m/%Y")


@pytest.mark.parametrize(("days", "status"), [(-22, 422), (-21, 302), (305, 302), (306, 422)])
def test_a_birth_is_expected_within_ten_months(page, camille, days, status):
    data = {"situation": "a_naitre", "nom_naissance": "Martin", "naissance_prevue": jour(days)}

    assert envoyer(page, url("ajouter-enfant"), data).status_code == status
    assert len(enfants(camille)) == (status == 302)


def test_answers_that_the_situation_rules_out_are_not_kept(page, camille):
    data = LEA | {"situation": "a_naitre", "naissance_prevue": jour(9), "ecole": "Jules-Ferry"}

    envoyer(page, url("ajouter-enfant"), data | {"date_naissance": "pas une date"})

    personne = Membre.objects.get(role=RoleMembre.A_NAITRE).personne
    assert (personne.date_naissance, personne.ecole) == (None, "")


def test_a_birth_is_told_here_and_not_to_the_civil_registry(page, camille):
    bebe = membre(
        camille, RoleMembre.A_NAITRE, prenoms="", date_naissance=None, naissance_prevue=TODAY()
    )
    assert "Mon enfant est né" in html(page.get(url("membre", bebe.pk)))
    form = html(page.get(url("naissance", bebe.pk)))
    assert "<h1>Mon enfant est né</h1>" in form
    assert "ne remplace pas la déclaration de naissance à l’état civil" in form
    data = {"prenoms": "Zoé", "nom_naissance": "Martin", "date_naissance": jour(0)}

    envoyer(page, url("naissance", bebe.pk), data)

    shown = html(page.get(url("membre", bebe.pk)))
    assert "Zoé Martin : naissance enregistrée dans votre entourage." in shown
    assert "Mon enfant est né" not in shown
    assert page.get(url("naissance", bebe.pk))["Location"] == url("membre", bebe.pk)


def test_a_contact_has_a_phone_and_children_to_pick_up(page, camille):
    lea = membre(camille)
    membre(camille, RoleMembre.A_NAITRE, prenoms="", date_naissance=None, naissance_prevue=TODAY())
    data = {"prenoms": "Odile", "nom_naissance": "Roy", "lien": "Grand-mère", "enfants": [lea.pk]}
    assert html(page.get(url("ajouter-contact"))).count('name="enfants"') == 1

    assert envoyer(page, url("ajouter-contact"), data).status_code == 422
    envoyer(page, url("ajouter-contact"), data | {"telephone_mobile": "06 39 98 00 02"})

    shown = html(page.get(url("membre", lea.pk)))
    assert "Odile Roy" in shown
    # From the child's page, who is ticked already.
    another = f"{url('ajouter-contact')}?enfant={lea.pk}"
    assert another in shown
    assert re.search(rf'name="enfants"[^>]*value="{lea.pk}" checked', html(page.get(another)))
    # The number as one types it, not as it is kept.
    odile = Membre.objects.get(role=RoleMembre.CONTACT)
    assert 'value="06 39 98 00 02"' in html(page.get(url("membre-modifier", odile.pk)))
    assert AutorisationSortie.objects.get().enfant == lea


def test_children_of_others_cannot_be_ticked(page, camille):
    other = membre(CompteFactory(foyer=True))
    membre(camille)
    data = {"prenoms": "Odile", "nom_naissance": "Roy", "telephone_mobile": "06 39 98 00 02"}

    assert envoyer(page, url("ajouter-contact"), data | {"enfants": [other.pk]}).status_code == 422
    assert not AutorisationSortie.objects.exists()


def test_modifying_leads_back_to_the_page_that_shows_it(page, camille):
    lea = membre(camille)
    data = {k: v for k, v in LEA.items() if k != "situation"} | {"ecole": "Les Tilleuls"}

    sent = envoyer(page, url("membre-modifier", lea.pk), data)

    assert sent["Location"] == url("membre", lea.pk)
    shown = html(page.get(sent["Location"]))
    assert "La fiche de Léa Martin est à jour." in shown
    assert "École\N{NO-BREAK SPACE}: Les Tilleuls" in shown


def test_removing_asks_once_and_names_what_is_lost(page, camille):
    lea = membre(camille)
    odile = membre(camille, RoleMembre.CONTACT, prenoms="Odile")
    AutorisationSortie.objects.create(contact=odile, enfant=lea)

    assert "Odile Martin" in html(page.get(url("retirer-membre", lea.pk)))
    assert "Léa Martin" in enfants(camille)
    page.post(url("retirer-membre", lea.pk))

    assert enfants(camille) == ["Odile Martin"]
    assert page.get(url("membre", lea.pk)).status_code == 404
    assert "Départ du foyer" in html(page.get(url("historique")))


def test_oneself_is_not_removed_but_leaves(page, camille):
    moi = Membre.objects.get(personne=camille.personne)

    assert page.get(url("retirer-membre", moi.pk))["Location"] == url("quitter")
    assert "Vous êtes la seule personne" in html(page.get(url("quitter")))
    page.post(url("quitter"))
    assert Membre.objects.for_compte(camille).count() == 1


def test_inviting_and_withdrawing(page, camille):
    sent = page.post(url("inviter"), {"courriel": "alex@exemple.fr"}, follow=True)

    assert "L’invitation est partie à alex@exemple.fr." in html(sent)
    # A double click is told the same; later, that it has gone already.
    assert page.post(url("inviter"), {"courriel": "ALEX@exemple.fr"}).status_code == 302
    Invitation.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert page.post(url("inviter"), {"courriel": "ALEX@exemple.fr"}).status_code == 422
    assert Invitation.objects.count() == 1
    assert OutgoingMessage.objects.filter(code="invitation_foyer").count() == 1
    address = url("retirer-invitation", Invitation.objects.get().pk)
    assert "ne sera plus valable" in html(page.get(address))
    page.post(address)
    assert not Invitation.objects.en_cours().exists()
    assert page.get(address).status_code == 404


def test_invitations_are_slowed(page):
    codes = [
        page.post(url("inviter"), {"courriel": f"a{n}@exemple.fr"}).status_code for n in range(7)
    ]

    assert codes[:4] == [302] * 4
    assert codes[-1] == 422
    assert OutgoingMessage.objects.filter(code="invitation_foyer").count() < 7


@pytest.fixture
def lien(camille):
    invitation = invitations.inviter(compte_id=camille.pk, courriel="alex@exemple.fr")
    return url("invitation", invitations.jeton(invitation))


def test_the_link_says_who_invites_and_nothing_of_the_home(client, lien, camille):
    membre(camille)

    shown = html(client.get(lien))

    assert "Camille M. vous invite" in shown
    for secret in ("Martin", "Léa", "Tilleuls", "alex@", "camille@"):
        assert secret not in shown
    assert f"/connexion/?next={quote(lien)}" in shown


def test_one_button_to_accept(log_in, lien, camille):
    alex = CompteFactory(foyer=True, courriel="alex@exemple.fr")
    client = log_in(alex)
    assert "Voir l’invitation de Camille M." in html(client.get(ENTOURAGE))
    assert "Vous quitterez votre foyer actuel" in html(client.get(lien))

    sent = client.post(lien)

    assert sent["Location"] == ENTOURAGE
    assert "Camille Martin" in html(client.get(ENTOURAGE))
    # The other of two clicks, or the link opened again: where one has arrived.
    assert client.get(lien)["Location"] == ENTOURAGE
    assert client.post(lien)["Location"] == ENTOURAGE
    other = log_in(CompteFactory(foyer=True))
    assert other.get(lien).status_code == 410


def test_sign_up_begun_from_an_invitation_fills_in_the_invited_address(client, lien):
    ouvrir_les_inscriptions()
    assert "alex@exemple.fr" not in html(client.get(lien))

    remplir(client, jusqu_a="contact")

    assert 'value="alex@exemple.fr"' in html(client.get("/inscription/contact/"))


def test_another_address_is_told_kindly_and_learns_nothing(log_in, lien):
    shown = log_in(CompteFactory(foyer=True, courriel="moi@exemple.fr")).get(lien)

    assert "envoyée à une autre adresse" in html(shown)
    assert "moi@exemple.fr" in html(shown)
    assert "alex@" not in html(shown)
    assert "Rejoindre" not in html(shown)


def test_an_account_waiting_for_the_town_hall_waits(log_in, lien, camille):
    alex = CompteFactory(foyer=True, en_attente=True, courriel="alex@exemple.fr")
    client = log_in(alex)

    assert "Elle vous attendra" in html(client.get(lien))
    assert client.post(lien).status_code == 422
    assert chez(alex) != chez(camille)


def test_the_children_to_take_along_are_ticked(log_in, lien, camille):
    alex = CompteFactory(foyer=True, courriel="alex@exemple.fr")
    zoe = membre(alex, prenoms="Zoé")
    client = log_in(alex)
    assert "Zoé Martin" in html(client.get(lien))

    client.post(lien, {"enfants": [zoe.pk]})

    assert "Zoé Martin" in html(client.get(ENTOURAGE))


@pytest.mark.parametrize("jeton", ["faux", "MTI:1abc:def"])
def test_a_forged_link_opens_nothing(client, jeton):
    assert client.get(url("invitation", jeton)).status_code == 404


def test_leaving_names_who_stays(log_in, camille):
    alex = CompteFactory(foyer=chez(camille), personne__prenoms="Alex")
    membre(camille)
    shown = html(log_in(camille).get(url("quitter")))
    assert "Alex Martin en devient responsable." in shown
    assert "Léa Martin" in shown
    client = log_in(alex)

    client.post(url("quitter"))

    assert enfants(camille) == ["Léa Martin"]
    assert "Léa" not in html(client.get(ENTOURAGE))


def test_a_home_s_pages_are_404_elsewhere(log_in, camille):
    lea = membre(camille)
    stranger, agent = log_in(CompteFactory(foyer=True)), log_in(CompteFactory(agent=True))
    for name in ("membre", "membre-modifier", "naissance", "retirer-membre"):
        for client in (stranger, agent):
            assert client.get(url(name, lea.pk)).status_code == 404
            assert client.post(url(name, lea.pk)).status_code == (405 if name == "membre" else 404)
    assert agent.get(ENTOURAGE).status_code == 404


SECRETS = ("Odile", "Marraine-Secret", "Jules-Secret", "06\N{NO-BREAK SPACE}39", "Secrète")


@pytest.fixture
def partage(log_in, camille):
    """Léa in two homes: of this one, everything that the other must not see."""
    lea = membre(camille)
    odile = membre(camille, RoleMembre.CONTACT, prenoms="Odile", telephone_mobile="+33639980002")
    odile.lien = "Marraine-Secret"
    odile.save()
    AutorisationSortie.objects.create(contact=odile, enfant=lea)
    Foyer.objects.filter(pk=chez(camille).pk).update(voie="1 rue Secrète")
    Changement.objects.create(
        foyer=chez(camille),
        membre=lea,
        acte="modification",
        sujet="Léa Martin",
        details=[{"libelle": "École", "ancien": "Jules-Secret", "nouveau": "X"}],
    )
    alex = CompteFactory(foyer=True, personne__prenoms="Alex")
    chez_alex = MembreFactory(foyer=chez(alex), personne=lea.personne)
    return log_in(alex), chez_alex, lea


def test_the_other_home_of_a_child_sees_the_child_and_nothing_else(partage):
    client, chez_alex, lea = partage
    for address in (
        ENTOURAGE,
        url("membre", chez_alex.pk),
        url("historique"),
        url("quitter"),
        url("ajouter-contact"),
        url("retirer-membre", chez_alex.pk),
        url("inviter"),
    ):
        shown = html(client.get(address))
        for secret in SECRETS:
            assert secret not in shown, (address, secret)
    assert "Léa Martin" in html(client.get(ENTOURAGE))
    for name in ("membre", "membre-modifier", "naissance", "retirer-membre"):
        assert client.get(url(name, lea.pk)).status_code == 404


def test_neither_home_changes_a_shared_child(partage, page):
    client, chez_alex, lea = partage
    for someone, here in ((client, chez_alex), (page, lea)):
        shown = html(someone.get(url("membre", here.pk)))
        assert "La mairie tient cette fiche à jour elle-même" in shown
        assert "deux foyers" not in shown
        assert f'href="tel:{Ville.from_settings().telephone.replace(" ", "")}"' in shown
        assert url("membre-modifier", here.pk) not in shown
        for _verb in range(2):
            sent = someone.post(url("membre-modifier", here.pk), LEA, follow=True)
            assert "tenues par la mairie" in html(sent)
    lea.personne.refresh_from_db()
    assert lea.personne.nom_naissance == "Martin"
    assert Changement.objects.filter(foyer=chez_alex.foyer).count() == 0


@pytest.mark.parametrize("count", [3, 300])
def test_a_fixed_number_of_queries(page, camille, max_queries, count):
    foyer = chez(camille)
    roles = [RoleMembre.ADULTE, RoleMembre.ENFANT, RoleMembre.CONTACT]
    made = [
        membre(camille, roles[n % 3], prenoms=f"A{n}", telephone_mobile="+33639980002")
        for n in range(count)
    ]
    Changement.objects.bulk_create(
        Changement(foyer=foyer, membre=made[0], acte="ajout", auteur=camille, sujet="A")
        for _ in range(count)
    )
    for kid in (m for m in made if m.role == RoleMembre.ENFANT):
        AutorisationSortie.objects.create(contact=made[2], enfant=kid)
        MembreFactory(foyer=FoyerFactory(), personne=kid.personne)
    for address in (
        ENTOURAGE,
        url("membre", made[0].pk),
        url("historique"),
        url("membre-modifier", made[2].pk),
    ):
        with max_queries() as queries:
            assert page.get(address).status_code == 200
        assert queries.count <= 10, (address, queries.sql)
