"""Filing with an account: what is known is there already, and one says for whom it is (D2)."""

import json
from datetime import date

import pytest

from accounts.models import Changement, Foyer, Membre, RoleMembre
from demarches.errors import DemandeIncomplete
from demarches.models import Demande, Demarche, VersionDemarche
from demarches.queries.recapitulatif import document as document_pdf
from demarches.services import brouillon, depot
from tests.definitions import document, saisie
from tests.demarches.browser import Browser
from tests.factories import (
    CompteFactory,
    DemandeFactory,
    FoyerFactory,
    MembreFactory,
    VersionDemarcheFactory,
)

pytestmark = pytest.mark.django_db


def version(**demandeur: str):
    asked = {"telephone": "facultatif", "adresse": "absente"} | demandeur
    made = VersionDemarcheFactory(demarche__code="inscrire")
    made.delete()
    return VersionDemarcheFactory(
        demarche=made.demarche, definition=document(code="inscrire", demandeur=asked)
    )


@pytest.fixture
def foyer(compte):
    """The home of `compte`: a child, one to be born, an adult and a contact."""
    foyer = FoyerFactory(voie="3 place du Marché")
    MembreFactory(personne=compte.personne, foyer=foyer, role=RoleMembre.RESPONSABLE)
    for prenoms, role, naissance in (
        ("Léa", RoleMembre.ENFANT, {"date_naissance": date(2017, 5, 2)}),
        ("Bébé", RoleMembre.A_NAITRE, {"naissance_prevue": date(2027, 3, 1)}),
        ("Odile", RoleMembre.ADULTE, {"date_naissance": date(1950, 1, 1)}),
        ("Jeanne", RoleMembre.CONTACT, {}),
    ):
        MembreFactory(
            foyer=foyer,
            role=role,
            personne__prenoms=prenoms,
            **{f"personne__{name}": value for name, value in naissance.items()},
        )
    return foyer


@pytest.fixture
def agent_of(log_in):
    """Return a function that logs in an agent of the service of a request."""

    def agent_of_(demande: Demande):
        return log_in(CompteFactory(agent=True, services=[demande.version.demarche.service]))

    return agent_of_


def personne(prenoms: str) -> str:
    return str(Membre.objects.get(personne__prenoms=prenoms).personne_id)


def begin(browser: Browser) -> Browser:
    return browser.open("/demarches/inscrire/").send()


def choices(browser: Browser) -> list[str]:
    legends = browser._main.xpath(".//fieldset[@id='id_concernes']//label")
    return [" ".join(label.text_content().split()) for label in legends]


def finish(browser: Browser) -> Demande:
    if browser.url.endswith("/mes-informations/"):
        browser.send()
    browser.send(objet="Une place")
    browser.send()
    return Demande.objects.get(numero__isnull=False)


def test_address_of_the_home_is_offered(logged_in, foyer):
    version(adresse="requise")

    begin(logged_in)

    assert logged_in.fields["adresse__voie"] == ["3 place du Marché"]
    assert logged_in.fields["adresse__commune"] == ["Clairval-sur-Loire"]


def test_one_person_of_the_home_is_picked_and_frozen(logged_in, foyer, compte):
    version(concerne="personne")
    begin(logged_in)
    assert choices(logged_in) == [
        "Moi-même (Camille Anne Lopez)",
        "Léa Martin",
        "Bébé Martin",
        "Odile Martin",
        "Une autre personne",
    ]

    logged_in.send(concernes=personne("Léa"))
    demande = finish(logged_in)
    Membre.objects.get(personne__prenoms="Léa").personne.__class__.objects.filter(
        prenoms="Léa"
    ).update(prenoms="Autre")

    assert demande.concernes == "Léa Martin"
    (kept,) = demande.demandeur["concernes"]
    assert (kept["prenoms"], kept["naissance"]) == ("Léa", "2017-05-02")
    page = logged_in.open(f"/suivi/{demande.uuid}/recapitulatif/").text
    assert "Personne concernéeLéa Martin, 02/05/2017" in page
    assert "Léa Martin" in logged_in.open("/demandes/").text


def test_several_children_are_picked(logged_in, foyer):
    version(concerne="personnes", parmi="enfants")
    begin(logged_in)
    assert choices(logged_in) == ["Léa Martin", "Bébé Martin", "Une autre personne"]

    logged_in.send(concernes=[personne("Léa"), personne("Bébé")])
    demande = finish(logged_in)

    assert demande.concernes == "Léa Martin, Bébé Martin"
    page = logged_in.open(f"/suivi/{demande.uuid}/recapitulatif/").text
    assert "Personnes concernées" in page
    assert "Bébé Martin, naissance prévue le 01/03/2027" in page


def test_nobody_picked_is_asked_at_the_field(logged_in, foyer):
    version(concerne="personne")
    begin(logged_in).send()

    assert logged_in.status == 422
    assert "Choisissez une réponse." in logged_in.text
    assert logged_in.fields["nom"] == ["Lopez"]


@pytest.mark.parametrize("whose", ["another home", "nobody", "text"])
def test_people_of_other_homes_cannot_be_picked(logged_in, foyer, whose):
    version(concerne="personne")
    stranger = MembreFactory(personne__prenoms="Zoé")
    value = {"another home": str(stranger.personne_id), "nobody": "999999", "text": "léa"}[whose]

    begin(logged_in).send(concernes=value)

    assert logged_in.status == 422
    assert "Zoé" not in logged_in.html


AUTRE = {
    "concernes": "autre",
    "autre_nom": "O’Brien",
    "autre_prenoms": "Noa",
    "autre_naissance": "3 mai 2018",
}


def test_somebody_else_is_named_on_the_page_and_frozen(logged_in, foyer, agent_of):
    version(concerne="personne", parmi="enfants")
    begin(logged_in).send(**AUTRE)
    demande = finish(logged_in)

    assert demande.concernes == "Noa O’Brien"
    assert demande.demandeur["concernes"] == [
        {
            "personne": None,
            "nom": "O’Brien",
            "prenoms": "Noa",
            "naissance": "2018-05-03",
            "a_naitre": False,
        }
    ]
    assert not [name for name in demande.demandeur if name.startswith("autre")]
    page = logged_in.open(f"/suivi/{demande.uuid}/recapitulatif/").text
    assert "Personne concernéeNoa O'Brien, 03/05/2018" in page
    assert "Noa O'Brien" in logged_in.open("/demandes/").text
    assert ("Personne concernée", "Noa O’Brien, 03/05/2018") in document_pdf(demande).demandeur
    clerk = Browser(agent_of(demande))
    for url in ("/admin/demarches/demande/", f"/admin/demarches/demande/{demande.pk}/change/"):
        assert "Noa O’Brien" in clerk.open(url).html


def test_recap_names_somebody_else_before_sending(logged_in, foyer):
    version(concerne="personne")
    begin(logged_in).send(**AUTRE)
    logged_in.send(objet="Une place")

    assert logged_in.heading == "Le récapitulatif"
    assert "Personne concernéeNoa O'Brien, 03/05/2018" in logged_in.text


@pytest.mark.parametrize("missing", ["autre_nom", "autre_prenoms", "autre_naissance"])
def test_somebody_else_without_a_name_goes_nowhere(logged_in, foyer, missing):
    version(concerne="personne")
    begin(logged_in).send(**AUTRE | {missing: ""})

    assert logged_in.status == 422
    assert "Ce champ est obligatoire." in logged_in.text

    # Nor past the recap, whatever the address one types.
    draft = Demande.objects.get()
    logged_in.open(f"/demandes/{draft.uuid}/recapitulatif/")
    assert "/mes-informations/?a-corriger" in logged_in.url
    with pytest.raises(DemandeIncomplete):
        depot.deposer(demande_id=draft.pk, compte=draft.compte)
    assert Demande.objects.get().is_brouillon


def test_errors_read_in_the_order_of_the_page(logged_in, foyer):
    version(concerne="personne", adresse="requise")
    begin(logged_in).send(concernes="autre", nom="", courriel="", adresse__voie="")

    summary = logged_in._main.xpath(".//div[@data-resume-erreurs]//strong")
    assert [line.text_content().rstrip("\u00a0:") for line in summary] == [
        "Nom de cette personne",
        "Prénoms de cette personne",
        "Date de naissance de cette personne",
        "Nom",
        "Courriel",
        "Numéro et nom de la rue",
    ]


def test_somebody_else_left_for_a_member_is_not_kept(logged_in, foyer):
    version(concerne="personne")
    begin(logged_in).send(**AUTRE | {"concernes": personne("Léa"), "autre_naissance": "hier"})
    demande = finish(logged_in)

    assert demande.concernes == "Léa Martin"
    assert "O’Brien" not in json.dumps(demande.demandeur, ensure_ascii=False)


def test_somebody_else_beside_members_of_the_home(logged_in, foyer):
    version(concerne="personnes")
    begin(logged_in).send(**AUTRE | {"concernes": ["autre", personne("Léa")]})
    demande = finish(logged_in)

    assert demande.concernes == "Léa Martin, Noa O’Brien"


def test_page_says_where_the_requester_s_own_part_begins(logged_in, foyer):
    version(concerne="personne")
    text = begin(logged_in).text

    parts = [
        "Pour qui est cette demande ?",
        "Une autre personne",
        "À remplir si vous avez répondu « Une autre personne »",
        "Date de naissance de cette personne",
        "Vous, qui faites la demande",
        "Courriel",
    ]
    assert sorted(parts, key=text.index) == parts
    assert "entourage" not in text


def test_home_without_anybody_else_offers_oneself_and_somebody_else(logged_in, compte):
    version(concerne="personne")
    MembreFactory(personne=compte.personne, role=RoleMembre.RESPONSABLE)
    text = begin(logged_in).text

    assert choices(logged_in) == ["Moi-même (Camille Anne Lopez)", "Une autre personne"]
    assert logged_in.fields["concernes"] == [str(compte.personne_id)]
    assert logged_in.link("ajoutez-le à votre entourage") == "/entourage/"
    assert text.index("Une autre personne") < text.index("ajoutez-le à votre entourage")
    assert text.index("ajoutez-le à votre entourage") < text.index("Vous, qui faites la demande")
    assert finish(logged_in).concernes == "Camille Anne Lopez"


@pytest.mark.parametrize("concerne", ["personne", "personnes"])
def test_home_without_children_names_the_child(logged_in, compte, concerne):
    version(concerne=concerne, parmi="enfants")
    begin(logged_in)
    assert choices(logged_in) == ["Une autre personne"]
    assert logged_in.fields["concernes"] == ["autre"]

    logged_in.send()
    assert logged_in.status == 422

    logged_in.send(**AUTRE)
    assert finish(logged_in).concernes == "Noa O’Brien"


def test_choice_made_before_is_kept_on_the_way_back(logged_in, compte):
    version(concerne="personne")
    begin(logged_in).send(**AUTRE)
    draft = Demande.objects.get()

    logged_in.open(f"/demandes/{draft.uuid}/mes-informations/")

    assert logged_in.fields["concernes"] == ["autre"]
    assert logged_in.fields["autre_prenoms"] == ["Noa"]


def test_visitor_is_not_asked(browser):
    version(concerne="personne")
    begin(browser)

    assert "Pour qui" not in browser.text
    assert "entourage" not in browser.text
    assert "Vous, qui faites la demande" not in browser.text
    assert "autre_nom" not in browser.fields


def test_lists_never_pass_the_requester_off_as_who_it_is_about(logged_in, compte):
    version()
    demande = finish(begin(logged_in))
    assert demande.nom_demandeur == "Camille Anne Lopez"

    logged_in.open("/demandes/")

    (cell,) = logged_in._main.xpath(".//td[@data-titre='Personne concernée']")
    assert cell.text_content() == "–"


def test_demarche_that_asks_nobody_looks_nobody_up(logged_in, foyer, max_queries):
    counts = {}
    for concerne in ("", "personne"):
        version(concerne=concerne)
        begin(logged_in)
        with max_queries() as queries:
            logged_in.open(logged_in.url)
        counts[concerne] = queries.count
        Demande.objects.all().delete()
        VersionDemarche.objects.all().delete()
        Demarche.objects.all().delete()

    assert counts["personne"] == counts[""] + 1


def test_member_who_left_since_must_be_picked_again(logged_in, foyer, compte):
    version(concerne="personne")
    begin(logged_in).send(concernes=personne("Léa"))
    lea = Membre.objects.get(personne__prenoms="Léa")
    lea.fin = lea.debut
    lea.save()
    logged_in.send(objet="Une place")

    assert "/mes-informations/?a-corriger" in logged_in.url
    assert Demande.objects.get().is_brouillon


def test_draft_begun_before_logging_in_becomes_the_account_s(browser, compte, foyer):
    version(adresse="absente")
    begin(browser).send(nom="Martin", prenoms="Camille", courriel="c@exemple.fr")
    browser.client.force_login(compte)

    browser.send(objet="Une place")

    assert Demande.objects.get().compte == compte
    browser.send()  # no code: logged in
    assert Demande.objects.get().numero


def test_draft_is_taken_once(compte):
    draft = DemandeFactory(prete=True)
    other = CompteFactory()

    assert brouillon.adopter(demande_id=draft.pk, compte=compte)
    assert not brouillon.adopter(demande_id=draft.pk, compte=other)
    assert Demande.objects.get().compte == compte


def test_filed_request_is_not_taken(compte):
    draft = DemandeFactory(prete=True)
    depot.deposer(demande_id=draft.pk, compte=None)

    assert not brouillon.adopter(demande_id=draft.pk, compte=compte)
    assert Demande.objects.get().compte is None


def test_name_of_eighty_characters_for_many_children_fits(logged_in, compte):
    foyer = FoyerFactory()
    MembreFactory(personne=compte.personne, foyer=foyer, role=RoleMembre.RESPONSABLE)
    version(concerne="personnes", parmi="enfants")
    children = [
        MembreFactory(
            foyer=foyer, personne__prenoms=f"{'É' * 110} {n}", personne__nom_naissance="Ñ" * 80
        )
        for n in range(8)
    ]
    begin(logged_in).send(concernes=[str(child.personne_id) for child in children])

    demande = finish(logged_in)

    assert len(demande.demandeur["concernes"]) == 8
    assert len(demande.concernes) <= 400
    assert json.dumps(demande.demandeur)


def test_saisie_of_a_definition_that_asks_nobody_is_unchanged():
    draft = DemandeFactory(saisie=saisie())

    assert depot.verifier(draft).is_complete


def filed_with_phone_and_address(logged_in, compte) -> Demande:
    compte.personne.telephone_mobile = ""
    compte.personne.save()
    MembreFactory(
        personne=compte.personne,
        role=RoleMembre.RESPONSABLE,
        foyer=FoyerFactory(voie="", code_postal="", commune=""),
    )
    version(adresse="requise")
    begin(logged_in).send(
        telephone="06 39 98 00 11",
        adresse__voie="3 place du Marché",
        adresse__code_postal="49999",
        adresse__commune="Clairval-sur-Loire",
    )
    return finish(logged_in)


def test_what_the_account_did_not_know_is_kept_at_the_resident_s_wish(logged_in, compte):
    filed_with_phone_and_address(logged_in, compte)
    assert "vous avez donné votre téléphone et votre adresse" in logged_in.text.lower()

    logged_in.send()

    kept = "C'est enregistré dans votre espace : votre téléphone et votre adresse."
    assert kept in logged_in.text
    compte.personne.refresh_from_db()
    assert compte.personne.telephone_mobile == "+33639980011"
    (foyer,) = Foyer.objects.for_compte(compte)
    assert (foyer.voie, foyer.commune) == ("3 place du Marché", "Clairval-sur-Loire")
    assert Changement.objects.get().acte == Changement.Acte.ADRESSE
    # Nothing is left to offer, and asking again changes nothing.
    assert "vous avez donné" not in logged_in.text.lower()
    logged_in.client.post(logged_in.url.replace("envoyee", "garder"))
    assert Changement.objects.count() == 1


def test_nothing_is_offered_while_the_account_waits(logged_in, compte):
    compte.etat = "en_attente"
    compte.save()
    demande = filed_with_phone_and_address(logged_in, compte)
    assert "vous avez donné" not in logged_in.text.lower()

    page = Browser(logged_in.client)
    page.page = logged_in.client.post(f"/demandes/{demande.uuid}/garder/", follow=True)

    assert "en attente de validation" in page.text
    compte.personne.refresh_from_db()
    assert compte.personne.telephone_mobile == ""
    assert not Changement.objects.exists()


def test_what_the_profile_says_already_is_left_alone(logged_in, compte, foyer):
    version(adresse="requise")
    begin(logged_in).send(telephone="06 39 98 00 99", adresse__voie="9 rue Neuve")
    finish(logged_in)

    assert "vous avez donné" not in logged_in.text.lower()


def test_nobody_keeps_what_somebody_else_filed(logged_in, compte, log_in):
    demande = filed_with_phone_and_address(logged_in, compte)

    response = log_in(CompteFactory(foyer=True)).post(f"/demandes/{demande.uuid}/garder/")

    assert response.status_code == 404
