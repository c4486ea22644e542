"""Catalogue folders: what cannot be read is named with its place, and nothing half-loads."""

from datetime import date
from io import StringIO

import pytest
import yaml
from django.core.management import CommandError, call_command

from demarches.models import Demarche, VersionDemarche
from demarches.services.fichiers import CATALOGUE, FichierIllisible, lire
from tests.definitions import document
from tests.demarches.formulaires import champ, section
from tests.demarches.traces import nothing_left


@pytest.fixture
def folder(tmp_path):
    """Return a function that writes files of a catalogue and gives their folder."""

    def write(**files: object):
        (tmp_path / "_themes.yaml").write_text("- {code: theme, titre: Thème}\n", "utf-8")
        (tmp_path / "_services.yaml").write_text("- {code: service, nom: Service}\n", "utf-8")
        for name, content in files.items():
            path = tmp_path / f"{name}.yaml"
            if isinstance(content, bytes):
                path.write_bytes(content)
            elif isinstance(content, str):
                path.write_text(content, "utf-8")
            else:
                path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
        return tmp_path

    return write


def refused(path) -> str:
    with pytest.raises(FichierIllisible) as caught:
        lire(path)
    return str(caught.value)


def test_folder_is_read_by_file_name(folder):
    a_lot = lire(folder(un=document(code="un"), deux=document(code="deux")))
    assert list(a_lot.demarches) == ["deux.yaml", "un.yaml"]
    assert a_lot.themes == [{"code": "theme", "titre": "Thème"}]
    assert a_lot.services == [{"code": "service", "nom": "Service"}]


def test_folder_that_is_not_there_or_holds_nothing(tmp_path, folder):
    assert str(tmp_path / "rien") in refused(tmp_path / "rien")
    assert "Aucun fichier" in refused(folder())
    (tmp_path / "fichier").write_text("")
    assert "n’est pas un dossier" in refused(tmp_path / "fichier")


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("schema: 1\ntitre: [un\n", "ligne 3"),
        ('titre: "sans fin\n', "ligne"),
        ("titre: a: b\n", "ligne 1, colonne 9"),
        ("\ttitre: a\n", "ligne 1"),
        ("a: *inconnu\n", "ligne 1"),
        ("a: !!python/object:os.system []\n", "ligne 1"),
        ("titre: \x00\n", ""),
        # The second would silently replace the first, with all its fields.
        ("titre: un\ntitre: deux\n", "ligne 2"),
    ],
)
def test_file_that_is_not_yaml_is_named_with_its_place(folder, content, place):
    message = refused(folder(mauvais=content))
    assert "mauvais.yaml" in message
    assert place in message


def test_anchors_and_merges_of_yaml_are_understood(folder):
    text = yaml.safe_dump(document(code="un"), allow_unicode=True).replace(
        "sections:\n- champs:", "sections:\n- <<: {aide: Une aide.}\n  champs:"
    )
    assert "<<" in text
    (doc,) = lire(folder(un=text)).demarches.values()
    assert doc["sections"][0]["aide"] == "Une aide."


@pytest.mark.django_db
def test_file_that_holds_itself_is_a_mistake_of_the_file(folder):
    doc = yaml.safe_dump(document(), allow_unicode=True) + "rendez_vous: &a {encore: *a}\n"
    with nothing_left(), pytest.raises(CommandError) as caught:
        charger(folder(boucle=doc))
    assert "boucle.yaml" in str(caught.value)


def test_file_in_another_encoding_is_named(folder):
    assert "UTF-8" in refused(folder(mauvais="titre: Décès\n".encode("latin-1")))


def test_file_that_the_system_does_not_open_is_named(folder, tmp_path):
    (tmp_path / "sous-dossier.yaml").mkdir()
    assert "sous-dossier.yaml" in refused(folder(un=document()))


def charger(path) -> str:
    out = StringIO()
    call_command("charger_demarches", str(path), stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_command_tells_what_became_of_each_file(folder):
    path = folder(un=document(code="un"), deux=document(code="deux"))
    assert charger(path) == "deux : créée\nun : créée\n"
    assert charger(path) == "deux : inchangée\nun : inchangée\n"


@pytest.mark.django_db
def test_command_loads_nothing_and_names_every_mistake(folder):
    path = folder(un=document(code="un"), deux=document(code="deux", titre="", acces="ouvert"))
    with nothing_left(), pytest.raises(CommandError) as caught:
        charger(path)
    message = str(caught.value)
    assert "Rien n’est chargé" in message
    assert "deux.yaml › titre" in message
    assert "deux.yaml › acces" in message


@pytest.mark.django_db
@pytest.mark.parametrize("content", ["", "[]", "du texte", "3", "- un\n- deux\n"])
def test_command_names_a_file_that_is_no_definition(folder, content):
    with nothing_left(), pytest.raises(CommandError) as caught:
        charger(folder(vide=content))
    assert "vide.yaml" in str(caught.value)


@pytest.mark.django_db
def test_command_without_folder_loads_the_catalogue_of_parvis():
    out = StringIO()
    call_command("charger_demarches", stdout=out)
    assert "acte-naissance : créée" in out.getvalue()
    assert Demarche.objects.count() == len(list(CATALOGUE.glob("[!_]*.yaml")))


@pytest.mark.django_db
def test_day_written_without_quotes_is_a_day(folder):
    # YAML makes a date of it, which JSON does not know.
    doc = document(sections=[section(champ("date", min=date(2020, 1, 1)))])
    path = folder(un=doc)
    assert charger(path) == "demarche : créée\n"
    assert charger(path) == "demarche : inchangée\n"
    assert VersionDemarche.objects.get().lue.champ("x").options["min"] in (
        "2020-01-01",
        date(2020, 1, 1),
    )
