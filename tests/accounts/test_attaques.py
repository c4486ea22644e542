"""Attacks that were tried by hand on accounts and homes, kept so that they go on failing."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.backends import trouver
from accounts.errors import MembreParti, TropDEssais
from accounts.forms.profil import IdentiteForm
from accounts.models import Etat, Membre, RoleMembre
from accounts.services import connexion, essais, invitations, jetons, membres, mot_de_passe
from portal.notifications.models import OutgoingMessage
from portal.ui.champs import CourrielField
from tests.accounts.helpers import link, mails, post, resident, words
from tests.conftest import StrictClient
from tests.factories import CompteFactory, MembreFactory

pytestmark = pytest.mark.django_db
# Letters that lower(), casefold() and the database do not read alike.
TROMPEUSES = ["\u0130", "\u0131", "\u017f", "\u212a"]


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.mark.parametrize(
    "variante",
    ["sİmkİs@exemple.fr", "ſimkiſ@exemple.fr", "sim\u212ais@exemple.fr", "SIMKIS@EXEMPLE.FR"],
)
def test_no_spelling_of_a_name_has_a_counter_of_its_own_and_opens_the_account(variante):
    """Either the name is another one, which opens nothing; or it shares the counter."""
    resident("simkis")
    plain = "simkis@exemple.fr"
    for rank in range(8):
        post(StrictClient(), plain, "faux", remote=f"203.0.113.{rank}")
    with pytest.raises(TropDEssais):
        connexion.connecter(nom=plain, mot_de_passe="un mot de passe de test", cookie="")

    response = post(StrictClient(), variante, remote="203.0.113.99")

    assert response.status_code in {422, 429}, "the right password does not get in"


@pytest.mark.parametrize("letter", TROMPEUSES)
def test_name_is_found_and_counted_by_one_rule(letter):
    """Were it found by one rule and counted by another, the decoy question of the misread name
    would tell a known address from an unknown one.
    """
    double = {"\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"}[letter]
    known = f"a{double}b@exemple.fr"
    resident("aib", courriel=known)
    variant = known.replace(double, letter, 1)

    is_counted_alike = essais.cle(variant) == essais.cle(known)

    assert (trouver(variant) is not None) == is_counted_alike
    same_question = mot_de_passe.question(nom=variant) == mot_de_passe.question(nom=known)
    assert same_question or not is_counted_alike


@pytest.mark.parametrize("letter", TROMPEUSES[:3])  # the fourth is a K once composed (NFC)
def test_address_with_a_misread_letter_is_refused(letter):
    with pytest.raises(Exception, match="Exemple"):
        CourrielField().clean(f"cam{letter}lle@exemple.fr")


@pytest.mark.parametrize(
    "nom",
    [
        "Votre colis attend : https://evil.example/payer",
        "evil.example",
        "<b>gras</b>",
        '=HYPERLINK("http://x")',
        "www.evil.example",
    ],
)
def test_name_is_no_place_for_an_address_that_a_mail_would_carry(nom):
    form = IdentiteForm({"nom_naissance": "Martin", "prenoms": nom, "date_naissance": "1980-01-01"})

    assert "prenoms" in form.errors


@pytest.mark.parametrize("nom", ["J.-P.", "Éa", "O’Brien", "Ünal-Da Silva", "Jean Bapt. Louis"])
def test_names_of_people_pass(nom):
    form = IdentiteForm({"nom_naissance": "Martin", "prenoms": nom, "date_naissance": "1980-01-01"})

    assert "prenoms" not in form.errors


def test_activation_page_says_whose_space_it_is(client):
    """Somebody may have signed up with another's address: who reads the mail must see it."""
    compte = CompteFactory(etat=Etat.A_ACTIVER, courriel="victime@exemple.fr")
    jeton = jetons.emettre(jetons.ACTIVATION, compte)

    page = words(client.get(reverse("accounts:activation", args=[jeton])))

    assert "Camille Martin" in page
    assert "victime@exemple.fr" in page
    assert "n’activez rien" in page.lower()


def test_owner_who_chose_a_new_password_is_known_to_that_browser():
    elodie = resident()
    client = StrictClient()
    jeton = jetons.emettre(jetons.REINITIALISATION, elodie)
    new = "un nouveau mot de passe solide"
    sent = client.post(
        reverse("accounts:nouveau-mot-de-passe", args=[jeton]),
        {"nouveau_mot_de_passe": new, "mot_de_passe_confirme": new},
    )
    assert sent.status_code == 302, words(sent)
    for rank in range(8):
        post(StrictClient(), "elodie", "faux", remote=f"203.0.113.{rank}")

    assert post(StrictClient(), "elodie", new, remote="203.0.113.50").status_code == 429
    assert post(client, "elodie", new, remote="203.0.113.51").status_code == 302


def test_note_of_a_browser_is_worthless_after_the_password_changed():
    elodie = resident()
    thief = StrictClient()
    assert post(thief, "elodie").status_code == 302
    elodie.set_password("un autre mot de passe solide")
    elodie.save()
    for rank in range(8):
        post(StrictClient(), "elodie", "faux", remote=f"203.0.113.{rank}")

    assert post(thief, "elodie", "essai", remote="203.0.113.60").status_code == 429


def test_coordinates_of_one_parent_are_not_the_other_s(log_in):
    camille = CompteFactory(foyer=True)
    alex = CompteFactory(
        foyer=True,
        courriel="alex@exemple.fr",
        personne__prenoms="Alex",
        personne__courriel="alex.perso@exemple.fr",
        personne__telephone_mobile="+33639980002",
    )
    invitation = invitations.inviter(compte_id=camille.pk, courriel=alex.courriel)
    invitations.accepter(compte_id=alex.pk, invitation_id=invitation.pk)
    arrived = Membre.objects.actifs().get(personne=alex.personne)
    client = log_in(camille)

    for path in ("/entourage/", f"/entourage/{arrived.pk}/", "/entourage/historique/"):
        page = client.get(path).content.decode()
        assert "Alex" in page, path
        assert "alex.perso@" not in page, path
        assert "39 98 00 02" not in page.replace("\u00a0", " "), path


@pytest.mark.parametrize("number", ["9" * 5000, "²", "-1", "1e9", "%00"])
def test_odd_numbers_in_addresses_are_never_an_error(log_in, number):
    client = log_in(CompteFactory(foyer=True))

    assert client.get(f"/entourage/inviter/?membre={number}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "dossierfamille/²/change/",
        f"dossierfamille/{'9' * 5000}/change/",
        "dossierfamille/?service=%00",
        "compte/²/change/",
        f"compte/{'9' * 5000}/change/",
    ],
)
def test_odd_numbers_in_the_admin_are_never_an_error(log_in, path):
    from tests.factories import ServiceFactory

    service = ServiceFactory(emet_des_cles=True)
    client = log_in(CompteFactory(agent=True, services=[service], services__gere_les_comptes=True))

    assert client.get(f"/admin/accounts/{path}").status_code in {200, 302, 404}


def test_autocomplete_of_the_admin_is_closed(log_in):
    client = log_in(CompteFactory(agent=True, services=[], services__gere_les_comptes=True))

    asked = "app_label=accounts&model_name=personne&field_name=compte"
    assert client.get(f"/admin/autocomplete/?{asked}").status_code == 404


def test_home_page_of_who_is_logged_in_is_not_kept(log_in, client):
    assert "no-store" in log_in(CompteFactory()).get("/")["Cache-Control"]
    assert "no-store" not in client.get("/").get("Cache-Control", "")


def test_children_of_another_home_are_nobody_s_to_give(log_in):
    """`enfants`, `emmenes`: numbers of another home in a form that is ours."""
    mine, theirs = CompteFactory(foyer=True), MembreFactory(personne__prenoms="Zoé")
    client = log_in(mine)

    page = client.post(
        "/entourage/ajouter/contact/",
        {"prenoms": "Jeanne", "nom_naissance": "Durand", "enfants": str(theirs.pk)}
        | {"telephone_mobile": "06 39 98 00 05", "envoi": "x"},
    )

    assert "Zoé" not in page.content.decode()
    assert not theirs.autorisations.exists()
    with pytest.raises(MembreParti):
        membres.modifier(compte_id=mine.pk, membre_id=theirs.pk, champs={"prenoms": "À moi"})
    theirs.personne.refresh_from_db()
    assert theirs.personne.prenoms == "Zoé"
    assert theirs.role == RoleMembre.ENFANT


def test_renewed_activation_mail_goes_four_times_whatever_the_spelling():
    CompteFactory(etat=Etat.A_ACTIVER, identifiant="simkis", courriel="simkis@exemple.fr")
    spellings = ["simkis", "SIMKIS", " simkis ", "sİmkis", "sim\u212ais"]

    for spelling in spellings * 3:
        StrictClient().post("/renvoyer-activation/", {"nom": spelling})

    assert OutgoingMessage.objects.filter(code="compte_activation").count() <= 4
    assert all(link(mail).startswith("/activation/") for mail in mails("compte_activation"))
