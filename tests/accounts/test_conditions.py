"""The « conditions générales »: read by all, accepted again when they change, never rewritten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError
from django.urls import reverse
from django.utils import timezone
from lxml import html as lxml_html

from accounts.errors import ConditionsChangees
from accounts.models import Compte, Conditions, Role
from accounts.services import conditions
from portal.audit.models import AuditEvent
from tests.conftest import StrictClient
from tests.factories import CompteFactory, ServiceFactory

pytestmark = pytest.mark.django_db
LIRE, ACCEPTER, REFUSER = (
    "/conditions-generales/",
    "/conditions-generales/accepter/",
    "/conditions-generales/refuser/",
)


@pytest.fixture
def versions():
    """Two that applied, one that applies, one that will."""
    now, day = timezone.now(), timedelta(days=1)
    return [
        Conditions.objects.create(
            version=version, texte=f"## Titre\n\nTexte {version}.", publication_at=now + when
        )
        for version, when in (("A", -2 * day), ("B", -day), ("C", day))
    ]


@pytest.fixture
def compte():
    return CompteFactory(foyer=True, conditions_acceptees="A")


@pytest.fixture
def client_en_attente(log_in, compte) -> StrictClient:
    """Logged in as the login does it: the session says that terms wait."""
    client = log_in(compte)
    session = client.session
    session["conditions_a_accepter"] = "B"
    session.save()
    return client


def words(response) -> str:
    return " ".join(lxml_html.fromstring(response.content).find("body").text_content().split())


# Reading


def test_first_version_comes_with_the_installation(client):
    """Written for any town: it says what it stands on."""
    texte = words(client.get(LIRE))

    for said in ("(UE) 2016/679", "L. 112-8", "L. 112-9", "code des relations entre le public"):
        assert said in texte
    assert Conditions.en_vigueur() is not None


def test_everyone_reads_the_version_that_applies_and_the_former(client, versions):
    page = words(client.get(LIRE))
    assert "Texte B." in page
    assert "Texte C." not in page

    old = words(client.get(reverse("accounts:conditions-version", kwargs={"version": "A"})))
    assert "Texte A." in old
    assert "Cette version ne s’applique plus" in old


@pytest.mark.parametrize("version", ["C", "rien", "../../etc"])
def test_version_that_does_not_apply_yet_is_nobody_s(client, versions, version):
    assert client.get(f"{LIRE}version/{version}/").status_code == 404


def test_page_without_any_version_says_so(client):
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_conditions")

    assert "n’a pas encore publié" in words(client.get(LIRE))


@pytest.mark.parametrize("count", [3, 300])
def test_page_costs_one_query_whatever_the_number_of_versions(client, max_queries, count):
    now = timezone.now()
    Conditions.objects.bulk_create(
        Conditions(version=f"v{n}", texte="x", publication_at=now - timedelta(days=n))
        for n in range(count)
    )
    with max_queries() as queries:
        client.get(LIRE)
    assert queries.count <= 2, queries.sql


# The table keeps its word


def test_published_terms_never_change(versions):
    for change in (
        lambda: Conditions.objects.filter(version="B").update(texte="autre"),
        lambda: Conditions.objects.filter(version="B").delete(),
        lambda: Conditions.objects.filter(version="A").update(publication_at=timezone.now()),
    ):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            change()
    assert Conditions.objects.get(version="B").texte == "## Titre\n\nTexte B."


def test_terms_to_come_may_still_be_corrected_or_dropped(versions):
    Conditions.objects.filter(version="C").update(texte="mieux")
    assert Conditions.objects.filter(version="C").delete()[0] == 1


# Accepting


def test_resident_is_led_to_the_new_terms_from_every_page(client_en_attente, versions):
    for path in ("/demandes/", "/mon-espace/", "/entourage/", "/demarches/?q=acte"):
        response = client_en_attente.get(path)
        assert response.status_code == 302, path
        assert response["Location"].startswith(f"{ACCEPTER}?next=%2F"), path


def test_what_was_asked_comes_after_accepting(client_en_attente, versions, compte):
    asked = client_en_attente.get("/demandes/?page=2")
    page = lxml_html.fromstring(client_en_attente.get(asked["Location"]).content)
    fields = {i.get("name"): i.get("value") for i in page.xpath("//main//form[1]//input")}
    assert fields["version"] == "B"

    accepted = client_en_attente.post(ACCEPTER, fields)

    assert accepted["Location"] == "/demandes/?page=2"
    compte.refresh_from_db()
    assert compte.conditions_acceptees == "B"
    assert compte.conditions_at is not None
    event = AuditEvent.objects.get(action="compte.conditions_acceptees")
    assert (event.actor_id, event.details) == (compte.pk, {"version": "B"})
    assert client_en_attente.get("/demandes/").status_code == 200


def test_form_sent_while_terms_wait_is_not_sent_again_by_itself(client_en_attente, versions):
    assert client_en_attente.post("/demandes/")["Location"] == ACCEPTER


@pytest.mark.parametrize(
    "name",
    [
        "home:accueil",
        "home:aide",
        "home:confidentialite",
        "home:mentions-legales",
        "home:accessibilite",
        "accounts:conditions",
        "accounts:refuser-conditions",
        "accounts:donnees",
        "accounts:fermer-compte",
    ],
)
def test_what_no_refusal_takes_away(client_en_attente, versions, name):
    assert client_en_attente.get(reverse(name)).status_code == 200


def test_one_may_log_out_without_accepting(client_en_attente, versions):
    client_en_attente.post("/deconnexion/")

    assert "_auth_user_id" not in client_en_attente.session


def test_refusing_explains_and_changes_nothing(client_en_attente, versions, compte):
    said = words(client_en_attente.get(REFUSER))

    for shown in ("télécharger", "Fermer votre compte", "Me déconnecter", "démarches sans compte"):
        assert shown in said
    compte.refresh_from_db()
    assert compte.conditions_acceptees == "A"
    assert client_en_attente.get("/demandes/").status_code == 302


def test_terms_that_changed_meanwhile_are_read_first(client_en_attente, versions, compte):
    Conditions.objects.create(version="D", texte="Texte D.", publication_at=timezone.now())

    response = client_en_attente.post(ACCEPTER, {"version": "B"})

    assert response.status_code == 422
    assert "Texte D." in words(response)
    compte.refresh_from_db()
    assert compte.conditions_acceptees == "A"
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("version", ["", "C", "rien", "A"])
def test_only_the_version_that_applies_is_accepted(versions, compte, version):
    with pytest.raises(ConditionsChangees):
        conditions.accepter(compte_id=compte.pk, version=version)

    compte.refresh_from_db()
    assert compte.conditions_acceptees == "A"


def test_accepting_twice_is_one_fact(versions, compte):
    for _ in range(2):
        conditions.accepter(compte_id=compte.pk, version="B")

    assert AuditEvent.objects.count() == 1


def test_terms_accepted_in_another_browser_wait_no_more(client_en_attente, versions, compte):
    conditions.accepter(compte_id=compte.pk, version="B")

    assert client_en_attente.get(f"{ACCEPTER}?next=/demandes/")["Location"] == "/demandes/"
    assert client_en_attente.get("/demandes/").status_code == 200


@pytest.mark.parametrize("suite", ["https://pirate.example/", "//pirate.example"])
def test_another_site_never_comes_after(client_en_attente, versions, suite):
    accepted = client_en_attente.post(ACCEPTER, {"version": "B", "next": suite})

    assert accepted["Location"] == "/connexion/"


def test_agents_and_anonymous_have_nothing_to_accept(client, log_in, versions):
    agent = log_in(CompteFactory(agent=True))
    for path in (ACCEPTER, REFUSER):
        assert agent.get(path).status_code == 404
        assert client.get(path)["Location"].startswith("/connexion/")
    assert agent.post(ACCEPTER, {"version": "B"}).status_code == 404


def test_page_costs_no_query_more(log_in, compte, versions, max_queries):
    Compte.objects.update(conditions_acceptees="B")
    client = log_in(compte)
    client.get("/demandes/")
    with max_queries() as queries:
        client.get("/demandes/")
    assert not [sql for sql in queries.sql if "accounts_conditions" in sql]


# The admin


@pytest.fixture
def chef():
    return CompteFactory(agent=True, services=[ServiceFactory()], services__role=Role.RESPONSABLE)


def sent(version="2", texte="Texte", days=7) -> dict[str, str]:
    when = timezone.localtime(timezone.now() + timedelta(days=days))
    return {
        "version": version,
        "texte": texte,
        "publication_at": when.strftime("%d/%m/%Y %H:%M:%S"),
    }


def test_version_is_added_looked_at_corrected_then_applies(log_in, chef, client):
    manager = log_in(chef)
    assert manager.post("/admin/accounts/conditions/add/", sent()).status_code == 302
    added = Conditions.objects.get(version="2")
    change = f"/admin/accounts/conditions/{added.pk}/change/"
    look = f"/admin/accounts/conditions/{added.pk}/apercu/"
    assert look in manager.get(change).content.decode()
    assert "Texte" in words(manager.get(look))
    assert client.get(f"{LIRE}version/2/").status_code == 404

    assert manager.post(change, sent(texte="Texte corrigé")).status_code == 302
    added.refresh_from_db()
    assert added.texte == "Texte corrigé"
    assert (
        AuditEvent.objects.filter(action="conditions.enregistrees", actor_id=chef.pk).count() == 2
    )


def test_published_version_is_read_only_in_the_admin(log_in, chef, versions):
    manager = log_in(chef)
    for version in versions[:2]:
        change = f"/admin/accounts/conditions/{version.pk}/change/"
        assert manager.get(change).status_code == 200
        assert manager.post(change, sent(version=version.version)).status_code == 403
        assert manager.post(change.replace("change", "delete"), {"post": "yes"}).status_code == 403
        version.refresh_from_db()
        assert version.texte.startswith("## Titre")


def test_preview_of_a_version_to_come_says_so_and_leads_back(log_in, chef, versions):
    version = versions[2]
    shown = log_in(chef).get(f"/admin/accounts/conditions/{version.pk}/apercu/")

    assert "Aperçu" in words(shown)
    assert "en vigueur à partir du" in words(shown)
    assert f'href="/admin/accounts/conditions/{version.pk}/change/"' in shown.content.decode()


def test_version_to_come_is_dropped(log_in, chef, versions):
    delete = f"/admin/accounts/conditions/{versions[2].pk}/delete/"

    assert log_in(chef).post(delete, {"post": "yes"}).status_code == 302

    assert not Conditions.objects.filter(version="C").exists()
    event = AuditEvent.objects.get(action="conditions.supprimees")
    assert (event.actor_id, event.details) == (chef.pk, {"version": "C"})


def test_dates_of_versions_are_told_in_paris_time(log_in, chef):
    listed = log_in(chef).get("/admin/accounts/conditions/").content.decode()

    assert "01/01/2026 à 0\N{NO-BREAK SPACE}h" in listed


@pytest.mark.parametrize(
    "data", [{"days": -1}, {"version": "2 bis"}, {"version": "1"}, {"texte": ""}]
)
def test_version_that_cannot_be(log_in, chef, data):
    before = Conditions.objects.count()

    assert log_in(chef).post("/admin/accounts/conditions/add/", sent(**data)).status_code == 200
    assert Conditions.objects.count() == before


def test_simple_agent_has_no_hand_on_the_terms(log_in, versions):
    client = log_in(CompteFactory(agent=True, services=[ServiceFactory()]))

    for path in ("", "add/", f"{versions[2].pk}/change/"):
        assert client.get(f"/admin/accounts/conditions/{path}").status_code == 403
    assert client.get(f"/admin/accounts/conditions/{versions[2].pk}/apercu/").status_code == 404
