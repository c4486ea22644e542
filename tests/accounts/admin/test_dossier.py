"""One account on one page, and what a clerk does with it."""

from datetime import date

import pytest
from django.utils import timezone

from accounts.models import Compte, Etat, RoleMembre
from accounts.services import validation
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.accounts.admin.conftest import LIST, messages, words
from tests.accounts.test_fusion import child, home, nothing_left
from tests.factories import (
    CompteFactory,
    DemandeFactory,
    DossierFamilleFactory,
    FoyerFactory,
    MembreFactory,
    PersonneFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def compte():
    return CompteFactory(
        identifiant="elodie",
        courriel="elodie@exemple.fr",
        en_attente=True,
        foyer=True,
        personne__nom_naissance="N’Guyen",
        personne__prenoms="Élodie",
        personne__date_naissance=date(1984, 2, 29),
        personne__telephone_mobile="+33612345678",
    )


def page(client, compte) -> str:
    response = client.get(f"{LIST}{compte.pk}/change/")
    assert response.status_code == 200
    return words(response)


def press(client, compte, acte, **data):
    return client.post(f"{LIST}{compte.pk}/{acte}/", data, follow=True)


def test_page_tells_who_it_is(clerk, compte):
    MembreFactory(
        foyer=home(compte), role=RoleMembre.ADULTE, personne=PersonneFactory(prenoms="Paul")
    )
    text = page(clerk, compte)
    for expected in (
        "Élodie",
        "N'Guyen",
        "29/02/1984",
        "06 12 34 56 78",
        "elodie@exemple.fr",
        "12 rue des Tilleuls",
        "Paul Martin",
        "Aucune famille",
        "aucune demande",
        "En attente de validation depuis aujourd'hui",
    ):
        assert expected in text, expected


def test_requests_of_other_services_keep_their_matter_to_themselves(clerk, compte, service):
    mine = DemandeFactory(deposee=True, compte=compte, version__demarche__service=service)
    other = DemandeFactory(deposee=True, compte=compte, version__demarche__titre="Aide sociale")
    DemandeFactory(compte=compte)  # a draft is the resident's own
    response = clerk.get(f"{LIST}{compte.pk}/change/")
    html, text = response.content.decode(), words(response)
    assert f"/admin/demarches/demande/{mine.pk}/change/" in html
    assert f"/admin/demarches/demande/{other.pk}/change/" not in html
    assert other.numero in text
    assert "suivie par un autre service" in text
    assert other.demarche_titre not in text


def test_families_attached_by_a_key(clerk, compte):
    DossierFamilleFactory(
        foyer=home(compte), nom="N’Guyen", reference="F007", rattachement_at=timezone.now()
    )
    assert "N'Guyen (F007)" in page(clerk, compte)


def test_reading_is_written_with_the_services_of_that_day(clerk, compte, agent):
    page(clerk, compte)
    page(clerk, compte)
    lines = AuditEvent.objects.filter(action="compte.consulte")
    assert [(e.actor_id, e.target_id, e.details) for e in lines] == [
        (agent.pk, str(compte.pk), {"services": ["Accueil"]})
    ] * 2


def test_duplicates_stand_side_by_side_and_their_reading_is_written_too(clerk, compte):
    twin = CompteFactory(
        identifiant="elodie2",
        personne__nom_naissance="NGUYEN",
        personne__prenoms="Élodie",
        personne__date_naissance=date(1984, 2, 29),
        personne__telephone_mobile="+33699999999",
        foyer=FoyerFactory(voie="3 quai du Lavoir"),
    )
    neighbour = CompteFactory(identifiant="voisine", foyer=FoyerFactory())
    response = clerk.get(f"{LIST}{compte.pk}/change/")
    text = words(response)
    assert "même nom et même date de naissance" in text
    assert "NGUYEN écrit autrement" in text
    assert "06 99 99 99 99 différent" in text
    assert "3 quai du Lavoir" in text
    assert f"/reunir/{twin.pk}/" in response.content.decode()
    assert "(voisine) : même adresse" in text
    assert f"{LIST}{neighbour.pk}/change/" in response.content.decode()
    assert f"/reunir/{neighbour.pk}/" in response.content.decode()
    read = AuditEvent.objects.filter(action="compte.consulte").values_list("target_id", flat=True)
    assert set(read) == {str(compte.pk), str(twin.pk)}
    assert str(neighbour.pk) not in read


@pytest.mark.parametrize(
    ("etat", "labels"),
    [
        (Etat.A_ACTIVER, set()),
        (Etat.EN_ATTENTE, {"Valider le compte", "Refuser le compte"}),
        (Etat.VALIDE, {"Remettre en attente"}),
        (Etat.REFUSE, {"Remettre en attente"}),
        (Etat.FERME, set()),
    ],
)
def test_buttons_are_those_that_the_state_allows(clerk, etat, labels):
    text = page(clerk, CompteFactory(etat=etat))
    every = {"Valider le compte", "Refuser le compte", "Remettre en attente"}
    assert {label for label in every if label in text} == labels


def test_validated_and_back_to_the_queue(clerk, compte, agent):
    response = press(clerk, compte, "valider")
    compte.refresh_from_db()
    assert (compte.etat, compte.verification_par) == (Etat.VALIDE, agent)
    assert response.redirect_chain[-1][0] == LIST
    assert "Compte de Élodie N'Guyen validé" in messages(response)
    text = page(clerk, compte)
    assert f"par {agent.identifiant}" in text
    assert "Compte validé" in text


def test_second_click_is_told_nothing_and_sends_nothing(clerk, compte):
    press(clerk, compte, "valider")
    response = press(clerk, compte, "valider")
    assert "a changé" not in messages(response)
    assert OutgoingMessage.objects.count() == 1


def test_second_clerk_is_told_who_was_quicker(clerk, compte):
    validation.valider(compte_id=compte.pk, agent=CompteFactory(agent=True))
    response = press(clerk, compte, "valider")
    assert "un autre agent" in messages(response)
    assert OutgoingMessage.objects.count() == 1


def test_refusal_shows_the_mail_then_sends_it(clerk, compte):
    text = words(clerk.get(f"{LIST}{compte.pk}/refuser/"))
    assert "sera effacé le" in text
    assert "Refuser et envoyer" not in text, "the mail is looked at first"
    response = press(clerk, compte, "refuser", motif="Adresse illisible.", apercu="1")
    assert "pour la raison suivante : Adresse illisible." in " ".join(words(response).split())
    assert "Refuser et envoyer" in words(response)
    assert not OutgoingMessage.objects.exists()
    response = press(clerk, compte, "refuser", motif="Adresse illisible.", corriger="1")
    assert "Adresse illisible." in words(response)
    assert "Refuser et envoyer" not in words(response)
    response = press(clerk, compte, "refuser", motif="Adresse illisible.", envoyer="1")
    assert "refusé" in messages(response)
    compte.refresh_from_db()
    assert compte.etat == Etat.REFUSE
    assert "Adresse illisible." in OutgoingMessage.objects.get().body_text
    assert "Adresse illisible." in page(clerk, compte)


@pytest.mark.parametrize("motif", ["", "   ", "a" * 2001])
def test_refusal_without_reason_or_with_a_novel_is_asked_again(clerk, compte, motif):
    with nothing_left():
        response = press(clerk, compte, "refuser", motif=motif, envoyer="1")
    assert response.status_code == 422
    assert "<title>Erreur" in response.content.decode().replace("\n", "")


def test_decided_account_cannot_be_refused_any_more(clerk):
    compte = CompteFactory()
    with nothing_left():
        text = words(clerk.get(f"{LIST}{compte.pk}/refuser/"))
    assert "ne peut pas être refusé" in text


def test_back_to_waiting_asks_first(clerk, compte):
    Compte.objects.filter(pk=compte.pk).update(etat=Etat.REFUSE, motif_refus="Non.")
    text = words(clerk.get(f"{LIST}{compte.pk}/remettre-en-attente/"))
    assert "Un courriel le lui dit" in text
    assert "Non." in text
    response = press(clerk, compte, "remettre-en-attente", message="Apportez un justificatif.")
    assert "remis en attente" in messages(response)
    assert "Apportez un justificatif." in OutgoingMessage.objects.get().body_text
    compte.refresh_from_db()
    assert compte.etat == Etat.EN_ATTENTE
    response = press(clerk, compte, "remettre-en-attente")
    assert "a changé" in messages(response)
    assert OutgoingMessage.objects.count() == 1


def test_closed_account_shows_no_person(clerk):
    compte = CompteFactory(etat=Etat.FERME, personne=None)
    assert "ont été effacées" in page(clerk, compte)


def test_typed_words_are_words_here_too(clerk):
    compte = CompteFactory(personne__prenoms="<script>alert(1)</script>")
    response = clerk.get(f"{LIST}{compte.pk}/change/")
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize("number", [3, 40])
def test_queries_of_the_page_do_not_grow(clerk, compte, max_queries, service, number):
    for rank in range(number):
        CompteFactory(
            personne__nom_naissance="N’Guyen",
            personne__prenoms="Élodie",
            personne__date_naissance=date(1984, 2, 29),
            foyer=FoyerFactory(),
        )
        child(home(compte), f"Enfant {rank}")
        DossierFamilleFactory(foyer=home(compte))
        DemandeFactory(deposee=True, compte=compte, version__demarche__service=service)
    page(clerk, compte)
    with max_queries() as queries:
        page(clerk, compte)
    assert queries.count <= 12, "\n".join(queries.sql)


def test_page_is_not_kept_by_the_browser(clerk, compte):
    response = clerk.get(f"{LIST}{compte.pk}/change/")
    assert "no-store" in response["Cache-Control"]
