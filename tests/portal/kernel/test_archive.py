"""A zip that leaves while it is made."""

import io
import json
import zipfile
from datetime import UTC, date, datetime

import pytest

from portal.kernel.archive import fichier_json, zip_en_flux


def test_files_come_back_as_they_were():
    fichiers = [("LISEZ-MOI.txt", "À lire".encode()), ("demandes/1.pdf", b"%PDF-" + b"x" * 200_000)]

    archive = zipfile.ZipFile(io.BytesIO(b"".join(zip_en_flux(fichiers))))

    assert archive.testzip() is None
    assert [(name, archive.read(name)) for name in archive.namelist()] == fichiers


def test_each_file_leaves_before_the_next_is_made():
    made = []

    def fichiers():
        for n in range(3):
            made.append(n)
            yield f"{n}.txt", b"contenu" * 1000

    flux = zip_en_flux(fichiers())

    assert next(flux)
    assert made == [0]


def test_an_empty_archive_is_one_too():
    assert zipfile.ZipFile(io.BytesIO(b"".join(zip_en_flux([])))).namelist() == []


def test_json_keeps_accents_and_writes_dates_of_paris():
    moment = datetime(2026, 7, 14, 22, 30, tzinfo=UTC)
    _chemin, contenu = fichier_json("a.json", {"né le": date(2020, 2, 29), "à": moment})

    assert "né le" in contenu.decode()
    assert json.loads(contenu) == {"né le": "2020-02-29", "à": "2026-07-15T00:30:00+02:00"}


def test_json_refuses_what_has_no_form():
    with pytest.raises(TypeError):
        fichier_json("a.json", {"objet": object()})
