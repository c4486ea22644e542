"""Families in the admin: those of the agent's services, their keys, the import."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.forms import familles as forms
from accounts.models import CleService, DossierFamille, Membre, Role
from accounts.queries import familles
from accounts.services import cles, emission
from portal.audit.models import AuditEvent
from tests.accounts.fichiers import ENFANT, PARENT, famille, texte
from tests.factories import (
    CleServiceFactory,
    CompteFactory,
    DossierFamilleFactory,
    FoyerFactory,
    ServiceFactory,
)
from tests.portal.pdf.helpers import pages

pytestmark = pytest.mark.django_db

LIST = reverse("admin:accounts_dossierfamille_changelist")
IMPORT = reverse("admin:accounts_dossierfamille_importer")
KEY = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}")


@pytest.fixture
def service():
    return ServiceFactory(
        code="enfance", nom="Enfance", emet_des_cles=True, telephone="+33261910030"
    )


@pytest.fixture
def agent(service):
    return CompteFactory(agent=True, services=[service])


@pytest.fixture
def clerk(log_in, agent):
    return log_in(agent)


@pytest.fixture
def head(log_in, service):
    return log_in(CompteFactory(agent=True, services=[service], services__role=Role.RESPONSABLE))


def url(page, dossier):
    return reverse(f"admin:accounts_dossierfamille_{page}", args=[dossier.pk])


def text(response):
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


# The list and the page


def test_an_agent_sees_the_families_of_own_services(clerk, service):
    DossierFamilleFactory(service=service, nom="Durand")
    DossierFamilleFactory(nom="Étranger")

    html = text(clerk.get(LIST))

    assert "Durand" in html
    assert "Étranger" not in html


@pytest.mark.parametrize("query", ["q=dur", "q=R12", "rattachee=non", "service=enfance"])
def test_the_list_is_searched_and_narrowed(clerk, service, query):
    DossierFamilleFactory(service=service, nom="Durand", reference="R12")
    DossierFamilleFactory(service=service, nom="Petit", foyer=FoyerFactory())

    html = text(clerk.get(f"{LIST}?{query}"))

    assert "Durand" in html
    assert ("Petit" in html) == (query == "service=enfance")


PERSONNE = {"role": "responsable", "nom": "N’Guyen", "prenoms": "Élodie"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("d'ornano", True),
        ("D’ORNANO", True),
        ("enf 0102", True),
        ("nguyen elodie", True),
        ("Elodie@Courriel.example", True),
        ("elodie durand", False),
        ("responsable", False),
        ("tilleuls", False),
    ],
)
def test_a_family_is_found_as_a_clerk_knows_it(clerk, service, query, found):
    donnees = {
        "adresse": {"voie": "12 rue des Tilleuls"},
        "membres": [PERSONNE | {"courriel": "elodie@courriel.example"}],
    }
    DossierFamilleFactory(service=service, nom="d’Ornano", reference="ENF-0102", donnees=donnees)
    DossierFamilleFactory(service=service, nom="Durand", donnees={})

    assert ("ENF-0102" in text(clerk.get(LIST, {"q": query}))) == found


def test_searching_families_has_an_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = familles.chercher(DossierFamille.objects.all(), "nguyen").order_by().explain()

    assert "dossier_par_noms" in plan


def test_no_heading_for_who_has_no_service_with_keys(log_in, clerk):
    without = log_in(CompteFactory(agent=True, services=[ServiceFactory()]))

    assert "Dossiers de familles" in text(clerk.get(reverse("admin:index")))
    assert "Dossiers de familles" not in text(without.get(reverse("admin:index")))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (None, "jamais émise"),
        ({}, "valable jusqu’au"),
        ({"expire_at": timezone.now()}, "expirée le"),
        ({"utilisation_at": timezone.now()}, "utilisée le"),
        ({"revocation_at": timezone.now()}, "remplacée"),
    ],
)
def test_the_list_tells_what_became_of_the_key(clerk, service, fields, expected):
    dossier = DossierFamilleFactory(service=service)
    if fields is not None:
        CleServiceFactory(dossier=dossier, **fields)

    assert expected in text(clerk.get(LIST))
    assert expected in text(clerk.get(url("change", dossier))).lower()


def test_the_page_shows_the_family_as_the_service_knows_it_and_is_logged(clerk, agent, service):
    dossier = DossierFamilleFactory(service=service)

    html = text(clerk.get(url("change", dossier)))

    assert "Léa Martin (enfant)" in html
    assert "02/05/2017" in html
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_id, event.target_id) == (
        "famille.consultee",
        agent.pk,
        str(dossier.pk),
    )
    assert event.details == {"services": ["Enfance"]}


@pytest.mark.parametrize("page", ["change", "cle", "detacher"])
def test_a_family_of_another_service_is_not_found(clerk, page):
    dossier = DossierFamilleFactory(foyer=FoyerFactory())

    assert clerk.get(url(page, dossier)).status_code == 404
    assert clerk.post(url(page, dossier)).status_code == 404
    assert DossierFamille.objects.get().foyer is not None
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("many", [3, 300])
def test_queries_do_not_grow(many, clerk, service, max_queries):
    for n in range(many):
        CleServiceFactory(dossier=DossierFamilleFactory(service=service, reference=f"R{n}"))
    dossier = DossierFamille.objects.last()
    with max_queries() as liste:
        assert clerk.get(LIST).status_code == 200
    with max_queries() as page:
        assert clerk.get(url("change", dossier)).status_code == 200

    assert liste.count <= 12
    assert page.count <= 12


# Keys


def issue(clerk, dossier):
    """Send the form of the family's page; return the number of the lot and the answer."""
    lot = lot_of(clerk.get(url("change", dossier)))
    return lot, clerk.post(url("cle", dossier), {"lot": lot})


def lot_of(response):
    return re.search(r'name="lot" value="([^"]+)"', text(response))[1]


def lot_url(lot, extension=None):
    if extension:
        return reverse("admin:accounts_dossierfamille_fichier", args=[lot, extension])
    return reverse("admin:accounts_dossierfamille_lot", args=[lot])


def test_a_key_is_shown_with_its_letter(clerk, agent, service):
    dossier = DossierFamilleFactory(service=service, reference="ENF-12")

    lot, response = issue(clerk, dossier)

    assert response.url == lot_url(lot)
    page = clerk.get(lot_url(lot))
    assert "no-store" in page["Cache-Control"]
    (key,) = set(KEY.findall(text(page)))
    assert cles.examiner(key, service).famille == dossier.nom
    assert CleService.objects.get().auteur == agent
    assert "Cette famille n’a pas d’adresse : remettez-lui sa lettre" in text(page)
    letter = clerk.get(lot_url(lot, "pdf"))
    assert letter["Content-Disposition"] == 'attachment; filename="lettre-ENF-12.pdf"'
    assert key in pages(letter.content)[0]
    assert key not in text(clerk.get(url("change", dossier)))


def test_reloading_or_sending_twice_keeps_the_key_just_given(clerk, service):
    dossier = DossierFamilleFactory(service=service)
    lot, _response = issue(clerk, dossier)
    keys = set(KEY.findall(text(clerk.get(lot_url(lot)))))

    again = clerk.post(url("cle", dossier), {"lot": lot})

    assert again.url == lot_url(lot)
    assert set(KEY.findall(text(clerk.get(again.url)))) == keys
    assert CleService.objects.count() == 1


def test_keys_are_nowhere_in_clear(clerk, service):
    lot, _response = issue(clerk, DossierFamilleFactory(service=service))
    (key,) = set(KEY.findall(text(clerk.get(lot_url(lot)))))
    session = str(dict(clerk.session))

    assert key not in session
    assert key not in str(list(CleService.objects.values()))


def test_keys_are_shown_to_their_author_for_a_while(clerk, log_in, service):
    lot, _response = issue(clerk, DossierFamilleFactory(service=service))
    colleague = log_in(CompteFactory(agent=True, services=[service]))

    assert colleague.get(lot_url(lot)).url == LIST
    assert colleague.get(lot_url(lot, "csv")).url == lot_url(lot)

    CleService.objects.update(created_at=timezone.now() - emission.DUREE_RETRAIT)
    html = text(clerk.get(lot_url(lot), follow=True))
    assert "Les clés ne sont montrées que quelques minutes" in html
    assert not KEY.findall(html)
    assert clerk.get(lot_url(lot, "txt")).status_code == 404


@pytest.mark.parametrize("sent", [{}, {"lot": "x"}])
def test_a_form_without_its_number_makes_no_key(clerk, service, sent):
    dossier = DossierFamilleFactory(service=service)

    html = text(clerk.post(url("cle", dossier), sent, follow=True))

    assert "Aucune clé n’est émise" in html
    assert not CleService.objects.exists()


def test_a_service_that_cannot_be_reached_issues_no_key(clerk, service):
    service.telephone = service.courriel = ""
    service.save()
    dossier = DossierFamilleFactory(service=service)

    _lot, _response = issue(clerk, dossier)

    assert "n’a ni téléphone ni courriel" in text(clerk.get(url("change", dossier)))
    assert not CleService.objects.exists()


def test_looking_at_the_address_of_a_key_makes_none(clerk, service):
    dossier = DossierFamilleFactory(service=service)

    assert clerk.get(url("cle", dossier)).url == url("change", dossier)
    assert not CleService.objects.exists()


def test_an_attached_family_gets_no_key(clerk, service):
    dossier = DossierFamilleFactory(service=service, foyer=FoyerFactory())

    html = text(clerk.post(url("cle", dossier), {"lot": uuid4()}, follow=True))

    assert "déjà rattachée à un foyer" in html
    assert "Émettre une clé" not in html
    assert not CleService.objects.exists()


def choose(clerk, dossiers, **more):
    data = {"action": "emettre_les_cles", "_selected_action": [d.pk for d in dossiers]} | more
    return clerk.post(LIST, data)


def test_bulk_says_what_it_replaces_before_it_does(clerk, service):
    living = DossierFamilleFactory(service=service, reference="R1")
    old = emission.emettre(dossier_id=living.pk, auteur=None)
    chosen = [
        living,
        DossierFamilleFactory(service=service, reference="R2"),
        DossierFamilleFactory(service=service, reference="R3", foyer=FoyerFactory()),
    ]

    html = text(choose(clerk, chosen))

    assert "Émettre 2 clés ?" in html
    assert "1 famille a déjà une clé valable" in html
    assert "1 famille déjà rattachée" in html
    assert "2 familles sans adresse" in html
    assert cles.examiner(old.cle, service)


def test_bulk_gives_the_same_keys_as_a_table_and_as_letters(clerk, service):
    chosen = [DossierFamilleFactory(service=service, reference=f"R{n}") for n in range(3)]
    lot = lot_of(choose(clerk, chosen))

    first, second = (choose(clerk, chosen, confirme="oui", lot=lot) for _click in range(2))

    assert first.url == second.url == lot_url(lot)
    assert "3 clés émises" in text(clerk.get(lot_url(lot)))
    table, letters = clerk.get(lot_url(lot, "csv")), clerk.get(lot_url(lot, "pdf"))
    assert table["Content-Disposition"].startswith('attachment; filename="cles-enfance-')
    keys = KEY.findall(table.content.decode())
    assert keys == [KEY.search(page)[0] for page in pages(letters.content)]
    assert all(cles.examiner(key, service) for key in keys)
    assert CleService.objects.count() == 3


def test_bulk_keeps_to_the_agent_s_families(clerk, service):
    mine, other = DossierFamilleFactory(service=service), DossierFamilleFactory()

    choose(clerk, [mine, other], confirme="oui", lot=uuid4())

    assert [key.dossier for key in CleService.objects.all()] == [mine]


def test_bulk_refuses_two_services_and_families_that_need_none(log_in, service):
    second = ServiceFactory(emet_des_cles=True)
    clerk = log_in(CompteFactory(agent=True, services=[service, second]))
    free = DossierFamilleFactory(service=service)
    attached = DossierFamilleFactory(service=service, foyer=FoyerFactory())

    choose(clerk, [free, DossierFamilleFactory(service=second)], confirme="oui", lot=uuid4())
    choose(clerk, [attached], confirme="oui", lot=uuid4())

    assert not CleService.objects.exists()


def test_detaching_asks_first(clerk, service):
    compte = CompteFactory(foyer=True)
    row = CleServiceFactory(dossier=DossierFamilleFactory(service=service))
    cles.rattacher(cle_id=row.pk, compte=compte)

    html = text(clerk.get(url("detacher", row.dossier)))
    assert f"représenté par <strong>{compte.get_full_name()}</strong>, qui en sera averti" in html
    assert "Les personnes ajoutées au foyer y restent" in html
    assert DossierFamille.objects.get().foyer is not None

    response = clerk.post(url("detacher", row.dossier), follow=True)

    assert "est détachée" in text(response)
    assert DossierFamille.objects.get().foyer is None
    assert Membre.objects.for_compte(compte).count() == 2


# The import


def upload(browser, service, content, **more):
    fichier = SimpleUploadedFile("familles.csv", content.encode())
    return browser.post(IMPORT, {"service": service.pk, "fichier": fichier} | more)


def token(response):
    return re.search(r'name="verifie" value="([^"]+)"', text(response))[1]


def test_a_file_is_looked_at_then_imported_when_sent_again(head, service):
    content = texte(*famille("F1"), *famille("F2"))

    shown = upload(head, service, content)

    assert shown.status_code == 200
    assert "Rien n’est encore importé" in text(shown)
    assert "Service : <strong>Enfance</strong>" in text(shown)
    assert "<select" not in text(shown)
    assert not DossierFamille.objects.exists()

    response = upload(head, service, content, verifie=token(shown))

    assert response.url == LIST
    said = "Importé : 2 familles (nouvelles : 2, mise à jour : 0), 4 personnes."
    assert said in text(head.get(LIST))
    assert DossierFamille.objects.filter(service=service).count() == 2


def test_another_file_is_looked_at_anew(head, service):
    shown = upload(head, service, texte(*famille("F1")))

    response = upload(head, service, texte(*famille("F2")), verifie=token(shown))

    assert "Ce n’est pas le fichier que vous veniez de vérifier" in text(response)
    assert not DossierFamille.objects.exists()


def test_the_same_file_for_another_service_is_looked_at_anew(log_in, service):
    second = ServiceFactory(emet_des_cles=True)
    head = log_in(
        CompteFactory(agent=True, services=[service, second], services__role=Role.RESPONSABLE)
    )
    shown = upload(head, service, texte(*famille("F1")))

    upload(head, second, texte(*famille("F1")), verifie=token(shown))

    assert not DossierFamille.objects.exists()


def test_mistakes_are_listed_and_nothing_is_imported(head, service):
    bad = [PARENT, ENFANT | {"date_naissance": "<b>hier</b>"}]

    response = upload(head, service, texte(*bad), verifie="x")

    assert response.status_code == 422
    assert "Ligne 3, colonne date_naissance : « &lt;b&gt;hier&lt;/b&gt; »" in text(response)
    assert not DossierFamille.objects.exists()


@pytest.mark.parametrize(
    ("content", "expected"),
    [("", "Ce fichier est vide."), ("x" * 200, "trop gros"), (None, "Choisissez le fichier.")],
)
def test_a_file_that_cannot_be_taken_says_why(head, service, content, expected, monkeypatch):
    monkeypatch.setattr(forms, "TAILLE_MAX", 100)
    if content is None:
        response = head.post(IMPORT, {"service": service.pk})
    else:
        response = upload(head, service, content)

    assert response.status_code == 422
    assert expected in text(response)


def test_importing_is_for_heads_of_service_and_their_services(clerk, head, service):
    other = ServiceFactory(emet_des_cles=True)

    assert clerk.get(IMPORT).url == LIST
    assert upload(clerk, service, texte(*famille("F1"))).url == LIST
    assert upload(head, other, texte(*famille("F1"))).status_code == 422
    assert not DossierFamille.objects.exists()
