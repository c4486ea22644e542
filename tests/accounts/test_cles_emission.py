"""Keys made by clerks: one living key a family, readable once, in a table or on paper."""

import csv
import io
import stat
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.errors import (
    CleInvalide,
    ClesDejaRemises,
    FamilleDejaRattachee,
    ServiceSansCoordonnees,
)
from accounts.models import CleService
from accounts.services import cles, emission, remise
from portal.audit.models import AuditEvent
from portal.kernel.tableur import defuser
from tests.factories import CompteFactory, DossierFamilleFactory, FoyerFactory, ServiceFactory
from tests.portal.pdf.helpers import balises, ouvrir, pages

pytestmark = pytest.mark.django_db

ADRESSE = {
    "voie": "12 rue des Tilleuls",
    "complement": "Bâtiment C",
    "code_postal": "49999",
    "commune": "Clairval-sur-Loire",
    "pays": "FR",
}
PARENT = {
    "role": "responsable",
    "civilite": "madame",
    "nom": "N’Guyen",
    "prenoms": "Élodie",
    "courriel": "elodie@courriel.example",
}


@pytest.fixture
def service():
    return ServiceFactory(
        code="enfance",
        nom="Enfance",
        telephone="0261910030",
        courriel="enfance@ville.fr",
        emet_des_cles=True,
    )


def dossier(service, **fields):
    donnees = {"adresse": ADRESSE, "membres": [PARENT]}
    return DossierFamilleFactory(service=service, **{"donnees": donnees} | fields)


def test_a_new_key_replaces_the_one_before(service):
    family, agent = dossier(service), CompteFactory(agent=True)
    first = emission.emettre(dossier_id=family.pk, auteur=agent)

    second = emission.emettre(dossier_id=family.pk, auteur=agent)

    with pytest.raises(CleInvalide):
        cles.examiner(first.cle, service)
    assert cles.examiner(second.cle, service).famille == "Martin"
    assert CleService.objects.valables().get().auteur == agent
    lasts = second.expire_at - timezone.now()
    assert timedelta() <= settings.DUREE_CLE - lasts < timedelta(minutes=1)
    events = AuditEvent.objects.filter(action="cle.emise", target_id=str(family.pk))
    assert [event.actor_id for event in events] == [agent.pk] * 2
    assert first.cle not in str(list(events.values()))


def test_an_expired_key_makes_room_for_another(service):
    family = dossier(service)
    emission.emettre(dossier_id=family.pk, auteur=None)
    CleService.objects.update(expire_at=timezone.now() - timedelta(days=1))

    emission.emettre(dossier_id=family.pk, auteur=None)

    assert CleService.objects.valables().count() == 1


def test_a_family_that_is_attached_needs_no_key(service):
    family = dossier(service, foyer=FoyerFactory())

    with pytest.raises(FamilleDejaRattachee):
        emission.emettre(dossier_id=family.pk, auteur=None)

    assert not CleService.objects.exists()
    assert not AuditEvent.objects.exists()


def test_many_keys_are_a_fixed_number_of_statements(service, max_queries):
    ids = [dossier(service, reference=f"R{n}").pk for n in range(120)]
    attached = dossier(service, foyer=FoyerFactory()).pk
    with max_queries() as queries:
        emises = emission.emettre_en_nombre(dossiers=[*ids, attached], auteur=None)

    assert len({emise.cle for emise in emises}) == 120
    assert queries.count <= 5


def test_the_same_lot_again_makes_nothing_and_tells_the_same_keys(service):
    ids, agent, lot = [dossier(service).pk for _n in range(2)], CompteFactory(agent=True), uuid4()
    first = emission.emettre_en_nombre(dossiers=ids, auteur=agent, lot=lot)

    assert emission.emettre_en_nombre(dossiers=ids, auteur=agent, lot=lot) == first
    assert emission.relire(lot=lot, auteur=agent) == first
    assert CleService.objects.count() == 2
    assert AuditEvent.objects.filter(action="cle.emise").count() == 2


def test_a_lot_is_read_by_its_author_for_a_while(service):
    family, agent, lot = dossier(service), CompteFactory(agent=True), uuid4()
    emission.emettre(dossier_id=family.pk, auteur=agent, lot=lot)

    assert emission.relire(lot=lot, auteur=CompteFactory(agent=True)) == []
    assert emission.relire(lot=uuid4(), auteur=agent) == []
    CleService.objects.update(created_at=timezone.now() - emission.DUREE_RETRAIT)
    assert emission.relire(lot=lot, auteur=agent) == []
    with pytest.raises(ClesDejaRemises):
        emission.emettre(dossier_id=family.pk, auteur=agent, lot=lot)
    assert CleService.objects.valables().count() == 1


def test_a_key_replaced_since_is_not_told_again(service):
    family, agent, lot = dossier(service), CompteFactory(agent=True), uuid4()
    emission.emettre(dossier_id=family.pk, auteur=agent, lot=lot)
    emission.emettre(dossier_id=family.pk, auteur=agent, lot=uuid4())

    assert emission.relire(lot=lot, auteur=agent) == []


def test_valid_keys_may_be_left_alone(service):
    family, other = dossier(service), dossier(service)
    old = emission.emettre(dossier_id=family.pk, auteur=None)

    emises = emission.emettre_en_nombre(
        dossiers=[family.pk, other.pk], auteur=None, remplacer=False
    )

    assert [emise.dossier for emise in emises] == [other]
    assert cles.examiner(old.cle, service)


def test_a_service_that_cannot_be_reached_issues_no_key():
    mute = ServiceFactory(emet_des_cles=True)
    family = dossier(mute)

    with pytest.raises(ServiceSansCoordonnees):
        emission.emettre(dossier_id=family.pk, auteur=None)

    assert not CleService.objects.exists()
    assert not AuditEvent.objects.exists()


# The table


@pytest.mark.parametrize("value", ["=1+1", "+33", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"])
def test_formulas_are_defused(value):
    assert defuser(value) == f"'{value}"


@pytest.mark.parametrize("value", ["", "Martin", "7K2M-9QXD-04TB", "N’Guyen = Petit"])
def test_ordinary_texts_are_left_alone(value):
    assert defuser(value) == value


def test_the_table_has_one_line_a_family(service):
    family = dossier(service, reference="=F1", nom='Martin ; "Petit"')
    emise = emission.emettre(dossier_id=family.pk, auteur=None)

    content = remise.en_csv([emise])

    assert content.startswith("\ufeff".encode())
    header, line = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    row = dict(zip(header, line, strict=True))
    assert (row["reference"], row["famille"]) == ("'=F1", 'Martin ; "Petit"')
    assert (row["cle"], row["destinataire"]) == (emise.cle, "Madame Élodie N’Guyen")
    assert (row["commune"], row["pays"]) == ("Clairval-sur-Loire", "France")
    assert row["courriel"] == "elodie@courriel.example"


# The letters


def words(page):
    return " ".join(page.split())


def test_a_letter_says_where_to_type_the_key_until_when_and_whom_to_ask(service):
    other = {"role": "co_representant", "civilite": "monsieur", "nom": "Petit", "prenoms": "Noé"}
    family = dossier(service, donnees={"adresse": ADRESSE, "membres": [PARENT, other]})
    emise = emission.emettre(dossier_id=family.pk, auteur=None)

    (page,) = pages(remise.en_lettres([emise]))

    lines = [line.strip() for line in page.splitlines()]
    start = lines.index("Madame Élodie N’Guyen")
    assert lines[start : start + 5] == [
        "Madame Élodie N’Guyen",
        "Monsieur Noé Petit",
        "Bâtiment C",
        "12 rue des Tilleuls",
        "49999 CLAIRVAL-SUR-LOIRE",
    ]
    text = words(page)
    assert emise.cle in text
    assert f"{settings.PUBLIC_URL}/mon-espace/services/" in text
    assert f"{settings.PUBLIC_URL}/inscription/" in text
    assert "Elle sert une seule fois, jusqu’au" in text
    assert "02 61 91 00 30" in text
    assert "enfance@ville.fr" in text


def test_letters_are_one_page_a_family_tagged_for_readers(service):
    long = {
        "role": "responsable",
        "nom": "Wolfeschlegelsteinhausenbergerdorff-de-la-Rochefoucauld-Montbel-et-Cie",
        "prenoms": "Marie-Emmanuelle " * 7,
    }
    adresse = {nom: "x" * 110 for nom in ("voie", "complement", "commune")} | {"pays": "BE"}
    worst = dossier(service, nom="Z", donnees={"adresse": adresse, "membres": [long, long]})
    bare = dossier(service, nom="A 🎈", donnees={})
    emises = emission.emettre_en_nombre(dossiers=[worst.pk, bare.pk], auteur=None)

    content = remise.en_lettres(emises)

    first, second = pages(content)
    assert "Famille A" in first
    assert "BELGIQUE" in second
    with ouvrir(content) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert "Votre clé du service Enfance" in str(pdf.docinfo.Title)
        assert list(balises(pdf.Root.StructTreeRoot)).count("/H1") == 2


# The command


def command(*options):
    out = io.StringIO()
    call_command("emettre_cles", "--service", "enfance", *map(str, options), stdout=out)
    return out.getvalue()


def test_the_command_writes_a_table_that_only_its_owner_reads(service, tmp_path):
    agent = CompteFactory(agent=True, identifiant="agent.enfance", services=[service])
    family = dossier(service)
    dossier(service, foyer=FoyerFactory())
    path = tmp_path / "cles.csv"

    said = command("--sortie", path, "--emises-par", "agent.enfance")

    assert (
        said == f"Clés émises : 1, dans {path}.\nFamilles déjà rattachées, laissées sans clé : 1.\n"
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = CleService.objects.get()
    assert (key.dossier, key.auteur) == (family, agent)
    (row,) = csv.DictReader(io.StringIO(path.read_text("utf-8-sig")), delimiter=";")
    assert cles.examiner(row["cle"], service).cle_id == key.pk


def test_the_command_writes_letters_of_one_family_or_many(service, tmp_path, monkeypatch):
    monkeypatch.setattr("accounts.management.commands.emettre_cles.LETTRES_MAX", 2)
    for n in range(3):
        dossier(service, reference=f"R{n}", nom=f"Martin {n}")

    command("--sortie", tmp_path / "une.pdf", "--famille", "R1")
    command("--sortie", tmp_path / "toutes.pdf", "--remplacer")

    assert sorted(p.name for p in tmp_path.iterdir()) == ["toutes-1.pdf", "toutes-2.pdf", "une.pdf"]
    assert len(pages((tmp_path / "toutes-1.pdf").read_bytes())) == 2


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--sortie", "cles.txt"], "finit par .csv ou .pdf"),
        (["--sortie", "cles.csv", "--famille", "R9"], "Famille inconnue : R9"),
        (["--sortie", "cles.csv", "--emises-par", "personne"], "Agent inconnu : personne"),
        (["--sortie", "cles.csv", "--emises-par", "ailleurs"], "pas un agent du service « Enfance"),
        (["--sortie", "/nulle/part/cles.csv"], "/nulle/part : ce dossier n’existe pas. Créez-le"),
        (["--sortie", "{there}"], "existe déjà"),
    ],
)
def test_what_the_command_refuses_leaves_no_key(options, expected, service, tmp_path):
    dossier(service)
    CompteFactory(agent=True, identifiant="ailleurs", services=[ServiceFactory()])
    there = tmp_path / "la.csv"
    there.write_text("à garder")
    options = [str(there) if option == "{there}" else option for option in options]

    with pytest.raises(CommandError, match=expected.replace(".", r"\.")):
        command(*options)

    assert not CleService.objects.exists()
    assert there.read_text() == "à garder"


def test_no_family_to_attach_is_an_error(service, tmp_path):
    dossier(service, foyer=FoyerFactory())

    with pytest.raises(CommandError, match="toutes ces familles sont déjà rattachées"):
        command("--sortie", tmp_path / "cles.csv")


def test_the_command_leaves_valid_keys_alone_and_says_so(service, tmp_path):
    old = emission.emettre(dossier_id=dossier(service, reference="R1").pk, auteur=None)
    dossier(service, reference="R2", donnees={})

    said = command("--sortie", tmp_path / "cles.csv")

    assert "Clés émises : 1," in said
    assert "Familles qui ont déjà une clé valable, passées (voir --remplacer) : 1." in said
    assert "Familles sans adresse, à qui remettre la clé en main propre : 1." in said
    assert "annulées" not in said
    assert cles.examiner(old.cle, service)
    with pytest.raises(CommandError, match=r"ont toutes une clé valable.*--remplacer"):
        command("--sortie", tmp_path / "encore.csv")
    assert not (tmp_path / "encore.csv").exists()


def test_the_command_replaces_valid_keys_when_told_to(service, tmp_path):
    old = emission.emettre(dossier_id=dossier(service).pk, auteur=None)

    said = command("--sortie", tmp_path / "cles.csv", "--remplacer")

    assert "Clés encore valables annulées : 1." in said
    with pytest.raises(CleInvalide):
        cles.examiner(old.cle, service)


def test_the_command_warns_of_a_service_without_keys(service, tmp_path, capsys):
    service.emet_des_cles = False
    service.save()
    dossier(service)

    command("--sortie", tmp_path / "cles.csv")

    assert "le service « Enfance » n’émet pas de clés" in capsys.readouterr().err


def test_the_command_refuses_a_service_that_cannot_be_reached(service, tmp_path):
    service.telephone = service.courriel = ""
    service.save()
    dossier(service)

    with pytest.raises(CommandError, match="ni téléphone ni courriel"):
        command("--sortie", tmp_path / "cles.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_letter_is_named_after_its_family(service):
    one = emission.emettre(dossier_id=dossier(service, reference="ENF/01 02").pk, auteur=None)
    two = emission.emettre(dossier_id=dossier(service, reference="R2").pk, auteur=None)

    assert remise.nom_de_fichier([one], "pdf") == "lettre-ENF-01-02.pdf"
    assert remise.nom_de_fichier([one], "csv").startswith("cles-enfance-")
    assert remise.nom_de_fichier([one, two], "pdf").startswith("cles-enfance-")
