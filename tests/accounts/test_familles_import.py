"""Families of a service: a whole file, or nothing of it."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import DossierFamille
from accounts.services import familles
from accounts.services.familles import Bilan, FichierRefuse, importer
from portal.audit.models import AuditEvent
from tests.accounts.fichiers import ENFANT, PARENT, famille, fichier, texte
from tests.factories import DossierFamilleFactory, FoyerFactory, ServiceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    return ServiceFactory(code="enfance", nom="Enfance", emet_des_cles=True)


def run(service, *lignes, **options):
    return importer(service=service, fichier=fichier(*lignes), auteur=None, **options)


def nothing_changed(before=()):
    rows = list(DossierFamille.objects.values_list("reference", "nom"))
    return rows == list(before) and not AuditEvent.objects.exists()


def test_families_are_written_and_counted(service):
    bilan = run(service, *famille("F1"), *famille("F2", "Petit"))

    assert (bilan.familles, bilan.nouvelles, bilan.connues, bilan.personnes) == (2, 2, 0, 4)
    dossier = DossierFamille.objects.get(reference="F2")
    assert (dossier.service, dossier.nom, dossier.foyer) == (service, "Petit", None)
    assert dossier.donnees["membres"][1]["prenoms"] == "Léa"
    event = AuditEvent.objects.get()
    assert (event.action, event.details) == (
        "familles.importees",
        {"familles": 2, "nouvelles": 2},
    )


def test_known_families_are_updated_and_keep_their_home(service):
    foyer = FoyerFactory()
    known = DossierFamilleFactory(service=service, reference="F1", nom="Ancien", foyer=foyer)
    other = DossierFamilleFactory(reference="F1", nom="Autre service")

    bilan = run(service, *famille("F1"), *famille("F2"))

    assert (bilan.nouvelles, bilan.connues) == (1, 1)
    known.refresh_from_db()
    assert (known.nom, known.foyer) == ("Martin", foyer)
    assert len(known.donnees["membres"]) == 2
    other.refresh_from_db()
    assert other.nom == "Autre service"


def test_families_that_are_not_in_the_file_stay(service):
    DossierFamilleFactory(service=service, reference="F9")

    run(service, *famille("F1"))

    assert set(DossierFamille.objects.values_list("reference", flat=True)) == {"F1", "F9"}


def test_a_dry_run_counts_and_writes_nothing(service):
    DossierFamilleFactory(service=service, reference="F1", nom="Ancien")

    bilan = run(service, *famille("F1"), *famille("F2"), simuler=True)

    assert (bilan.nouvelles, bilan.connues) == (1, 1)
    assert nothing_changed([("F1", "Ancien")])


def test_one_mistake_and_nothing_is_imported(service):
    DossierFamilleFactory(service=service, reference="F1", nom="Ancien")

    with pytest.raises(FichierRefuse) as refusal:
        run(service, *famille("F1"), *famille("F2"), PARENT | {"reference": "F3", "role": "?"})

    assert refusal.value.fautes.total == 1  # not a family without anybody to write to as well
    assert nothing_changed([("F1", "Ancien")])


def test_a_family_in_two_places_is_refused_with_both_lines(service):
    with pytest.raises(FichierRefuse) as refusal:
        run(service, *famille("F1"), *famille("F2"), *famille("F1"))

    assert [str(faute) for faute in refusal.value.fautes.premieres] == [
        "Ligne 6, colonne reference : « F1 » est déjà plus haut, ligne 2 : "
        "mettez ensemble les lignes de cette famille."
    ]
    assert nothing_changed()


def test_places_are_told_beside_other_mistakes_in_the_order_of_lines(service):
    wrong = [ENFANT | {"reference": "F3", "date_naissance": "?"}]
    parent = [PARENT | {"reference": "F3"}]
    with pytest.raises(FichierRefuse) as refusal:
        run(service, *famille("F1"), *famille("F2"), *famille("F1"), *parent, *wrong)

    assert [faute.ligne for faute in refusal.value.fautes.premieres] == [6, 9]


def test_lots_make_no_difference(service, monkeypatch):
    monkeypatch.setattr(familles, "LOT", 2)
    told = []

    lignes = [ligne for n in range(5) for ligne in famille(f"F{n}")]
    run(service, *lignes, avancement=lambda bilan: told.append(bilan.familles))

    assert told == [2, 4, 5]
    assert DossierFamille.objects.count() == 5


def test_an_import_is_a_fixed_number_of_statements(service, max_queries):
    lignes = [ligne for n in range(300) for ligne in famille(f"F{n}")]
    with max_queries() as queries:
        run(service, *lignes)

    assert queries.count <= 7


# The command


def command(path, *options):
    out = StringIO()
    call_command("importer_familles", str(path), *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "familles.csv"
    path.write_text(texte(*famille("F1"), *famille("F2")), encoding="utf-8")
    return path


def test_the_command_imports(service, path):
    said = command(path, "--service", "enfance")

    assert said == "Importé : 2 familles (nouvelles : 2, mise à jour : 0), 4 personnes.\n"
    assert DossierFamille.objects.count() == 2


def test_the_command_looks_only(service, path):
    said = command(path, "--service", "enfance", "--simuler")

    assert said.startswith("Vérifié, rien n’est importé : 2 familles")
    assert nothing_changed()


def test_the_command_lists_every_mistake(service, path):
    path.write_text(texte(PARENT | {"role": "x"}, ENFANT | {"date_naissance": "x"}))

    with pytest.raises(CommandError) as error:
        command(path, "--service", "enfance")

    assert re.findall(r"Ligne \d", str(error.value)) == ["Ligne 2", "Ligne 3"]
    assert nothing_changed()


def test_the_command_names_what_is_not_there(service, path):
    with pytest.raises(CommandError, match=r"Service inconnu : piscine\. Services : enfance\."):
        command(path, "--service", "piscine")
    with pytest.raises(CommandError, match=r"absent\.csv : ce fichier n’existe pas\. Vérifiez"):
        command(path.with_name("absent.csv"), "--service", "enfance")
    with pytest.raises(CommandError, match="c’est un dossier"):
        command(path.parent, "--service", "enfance")


def test_the_command_counts_families_without_an_address(service, path):
    lost = PARENT | {"reference": "F3", "voie": "", "code_postal": "", "commune": ""}
    path.write_text(texte(*famille("F1"), lost), encoding="utf-8")

    said = command(path, "--service", "enfance")

    assert "2 familles (nouvelles : 2, mise à jour : 0), 3 personnes." in said
    assert "Sans adresse, donc sans lettre à poster : 1." in said


def test_the_command_warns_of_a_service_without_keys(service, path, capsys):
    service.emet_des_cles = False
    service.save()

    command(path, "--service", "enfance")

    assert "le service « Enfance » n’émet pas de clés" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("bilan", "expected"),
    [
        (Bilan(1, 1), "1 famille (nouvelle : 1, mise à jour : 0), 1 personne"),
        (Bilan(4, 9, 2), "4 familles (nouvelles : 2, mises à jour : 2), 9 personnes"),
    ],
)
def test_a_summary_has_its_plurals(bilan, expected):
    assert familles.resume(bilan) == expected


def test_progress_is_a_line_each_thousand_without_a_terminal(service, path, capsys):
    lignes = [PARENT | {"reference": f"F{n}"} for n in range(2500)]
    path.write_text(texte(*lignes), encoding="utf-8")

    command(path, "--service", "enfance")

    assert capsys.readouterr().err.splitlines() == [
        "Lecture : 1\N{NARROW NO-BREAK SPACE}000 familles",
        "Lecture : 2\N{NARROW NO-BREAK SPACE}000 familles",
    ]
