"""Identité, Adresse, Moyens de contact: what people really type, and what they type by mistake."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.forms.inscription import AuthentificationForm
from accounts.forms.profil import AdresseForm, ContactForm, IdentiteForm
from accounts.models import Compte, Foyer, Personne
from tests.accounts.inscrire import MOT_DE_PASSE, REPONSES, envoyer, inscrire, remplir


def identite(**changes: str) -> IdentiteForm:
    return IdentiteForm(REPONSES["identite"] | changes)


def adresse(**changes: str) -> AdresseForm:
    return AdresseForm(REPONSES["adresse"] | changes)


def contact(**changes: str) -> ContactForm:
    return ContactForm(REPONSES["contact"] | changes)


def authentification(**changes: str) -> AuthentificationForm:
    form = AuthentificationForm(
        REPONSES["authentification"] | changes, courriel="elodie@exemple.fr"
    )
    form.is_valid()
    return form


@pytest.mark.parametrize(
    "name",
    ["O", "N’Guyen", "N'Guyen", "Lefèvre-Dûpont", "ÉLODIE", "D’Ô", "de La Tour", "é" * 80, "李"],
)
def test_names(name):
    form = identite(nom_naissance=name, prenoms=name, nom_usage=name)

    assert form.is_valid(), form.errors
    assert form.cleaned_data["nom_naissance"] == name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "Ce champ est obligatoire."),
        ("   ", "Ce champ est obligatoire."),
        ("\x00\u202e", "Ce champ est obligatoire."),
        ("12", "Écrivez au moins une lettre."),
        ("-", "Écrivez au moins une lettre."),
        ("é" * 81, "81 caractères, pour 80 au plus"),
        ("x" * 100_000, "100000 caractères"),
    ],
)
def test_names_refused(name, message):
    assert message in str(identite(nom_naissance=name).errors["nom_naissance"])


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("29/02/2000", date(2000, 2, 29)),
        ("29 février 2004", date(2004, 2, 29)),
        ("14031987", date(1987, 3, 14)),
        ("1987-03-14", date(1987, 3, 14)),
        ("1er janvier 1950", date(1950, 1, 1)),
    ],
)
def test_birth_dates(typed, day):
    form = identite(date_naissance=typed)

    assert form.is_valid(), form.errors
    assert form.cleaned_data["date_naissance"] == day


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("29/02/2023", "Ce jour n’existe pas."),
        ("31/04/1990", "Ce jour n’existe pas."),
        ("14/03/87", "quatre chiffres"),
        ("14/03/1787", "Cette date est trop ancienne."),
        ("hier", "Écrivez la date comme ceci"),
        ("", "Ce champ est obligatoire."),
    ],
)
def test_birth_dates_refused(typed, message):
    assert message in str(identite(date_naissance=typed).errors["date_naissance"])


def test_birth_date_in_the_future():
    tomorrow = timezone.localdate() + timedelta(days=1)

    form = identite(date_naissance=tomorrow.strftime("%d/%m/%Y"))

    assert "Cette date n’est pas encore passée." in str(form.errors["date_naissance"])


@time_machine.travel(datetime(2026, 11, 21, 23, 30, tzinfo=UTC))
def test_of_age_today_in_paris_though_not_yet_in_greenwich():
    assert identite(date_naissance="22/11/2008").is_valid()
    minor = identite(date_naissance="23/11/2008")
    assert "Il faut avoir 18 ans pour ouvrir un espace" in str(minor.errors["date_naissance"])


@pytest.mark.parametrize(("day", "is_of_age"), [(28, False), (1, True)])
def test_born_on_the_29_february(day, is_of_age):
    month = 2 if day == 28 else 3
    with time_machine.travel(datetime(2026, month, day, 12, tzinfo=UTC)):
        assert identite(date_naissance="29/02/2008").is_valid() is is_of_age


def test_commas_between_first_names_are_not_kept():
    form = identite(prenoms="Chloé, Zoé,Anne ,")

    assert form.is_valid(), form.errors
    assert form.cleaned_data["prenoms"] == "Chloé Zoé Anne"


def test_foreign_address_needs_no_postcode():
    form = adresse(voie="Rue Haute 3", code_postal="", commune="Bruxelles", pays="BE")

    assert form.is_valid(), form.errors
    assert form.adresse["pays"] == "BE"


def test_address_is_complete_or_empty():
    empty = adresse(voie="", code_postal="", commune="")
    assert empty.is_valid()
    assert empty.adresse == {}
    half = adresse(commune="")
    assert "Complétez l’adresse" in str(half.errors["commune"])
    assert "5 chiffres" in str(adresse(code_postal="4999").errors["code_postal"])
    assert "pays" in adresse(pays="ZZ").errors


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("06 39 98 00 01", "+33639980001"),
        ("+32 470 12 34 56", "+32470123456"),
        ("0033 6 39 98 00 01", "+33639980001"),
        ("+262 692 12 34 56", "+262692123456"),
    ],
)
def test_phones(typed, kept):
    form = contact(telephone_mobile=typed)

    assert form.is_valid(), form.errors
    assert form.cleaned_data["telephone_mobile"] == kept


def test_landline_is_no_mobile():
    form = contact(telephone_mobile="02 61 91 00 00")

    assert "Ce n’est pas un numéro de mobile" in str(form.errors["telephone_mobile"])
    assert contact(telephone_mobile="", telephone_fixe="02 61 91 00 00", canal_prefere="telephone")


@pytest.mark.parametrize(
    ("channel", "field"), [("sms", "telephone_mobile"), ("telephone", "telephone_mobile")]
)
def test_channel_needs_its_number(channel, field):
    form = contact(telephone_mobile="", telephone_fixe="", canal_prefere=channel)

    assert field in form.errors
    assert contact(telephone_mobile="", canal_prefere="courriel").is_valid()


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("elodie", "Cette adresse n’est pas complète."),
        ("elodie@exemple", "Cette adresse n’est pas complète."),
        ("elodie@gmial.com", "vouliez-vous dire elodie@gmail.com"),
        ("elodie@Gmail.CON", "vouliez-vous dire elodie@gmail.com"),
        ("a" * 250 + "@exemple.fr", "trop longue"),
        ("a@b.fr\ncc: x@y.fr", "Une adresse n’a ni accent ni espace."),
        ("chloé@exemple.fr", "Une adresse n’a ni accent ni espace."),
        ("chloe @exemple.fr", "Une adresse n’a ni accent ni espace."),
        ("", "Ce champ est obligatoire."),
    ],
)
def test_emails_refused(typed, message):
    assert message in str(contact(courriel=typed).errors["courriel"])


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("court", "au minimum 12 caractères"),
        ("password1234", "trop courant"),
        ("azertyuiop123", "trop courant"),
        ("Motdepasse2026!", "trop courant"),
        ("aaaaaaaaaaaa", "trop courant"),
        ("Clairval-sur-Loire", "trop courant"),
        ("MairieDeClairval2026", "trop courant"),
        ("parvis-parvis!", "trop courant"),
        ("elodie@exemple.fr", "trop semblable"),
        ("x" * 201, "dépasse 200 caractères"),
    ],
)
def test_passwords_refused_at_the_field(password, message):
    form = authentification(mot_de_passe=password, confirmation=password)

    assert message in str(form.errors["mot_de_passe"])


@pytest.mark.parametrize(
    "password",
    [
        MOT_DE_PASSE,
        "correct horse",
        "ma ville sent le tilleul",
        "é" * 3 + "abcdefgh!",
        "🐎🔋📎🧷 agrafes",
    ],
)
def test_passwords_of_any_composition(password):
    form = authentification(mot_de_passe=password, confirmation=password)

    assert "mot_de_passe" not in form.errors


def test_short_answer_is_refused_at_the_field():
    form = authentification(reponse_secrete=" é ! ")

    assert "trop courte" in str(form.errors["reponse_secrete"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "ecran", ["conditions", "identite", "adresse", "contact", "authentification"]
)
@pytest.mark.parametrize("value", ["\x00", "x" * 300_000, "<script>alert(1)</script>", "\ud7ff日"])
def test_anything_in_every_field(client, ecran, value):
    remplir(client, jusqu_a=ecran)

    hostile = dict.fromkeys(REPONSES[ecran], value)
    response = envoyer(client, ecran, **hostile)

    assert response.status_code in {302, 422}
    assert b"<script>alert" not in response.content
    assert len(str(client.session.get("inscription", ""))) < 5000


@pytest.mark.django_db
def test_eighty_characters_end_in_the_database(client):
    inscrire(client, identite={"nom_naissance": "É" * 80, "prenoms": "x", "nom_usage": "y" * 80})

    assert Personne.objects.get().nom_naissance == "É" * 80
    assert Foyer.objects.count() == Compte.objects.count() == 1
