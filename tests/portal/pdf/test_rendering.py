"""One call gives one accessible file, whatever the text, the thread and the machine."""

import logging
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import pytest
import typst  # noqa: TID253 (tests may pay for the import)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.pdf import rendering
from portal.pdf.documents import demande
from tests.portal.pdf.helpers import avec_reponse, demande_pdf, ouvrir, pages, texte_complet


def test_is_tagged_french_and_titled():
    with ouvrir(demande(demande_pdf())) as pdf, pdf.open_metadata() as xmp:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.Root.Lang).startswith("fr")
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert xmp["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        assert "7KQM-X2TB-9HPA – Demander un acte de naissance" in xmp["dc:title"]


def test_same_data_same_file():
    assert demande(demande_pdf()) == demande(demande_pdf())


def test_unknown_template_is_refused():
    for name in ("absent.typ", "../rendering.py", "demande"):
        with pytest.raises(LookupError):
            rendering.render(name, asdict(demande_pdf()))


def test_markup_stays_text():
    markup = r"#set text(red) #read(\"/etc/passwd\") *gras* _it_ $x^2$ <note> @ref \ `code` // ="

    assert texte_complet(demande(avec_reponse(markup))).count(markup) == 1


def test_sixteen_threads_each_get_their_own_file():
    numeros = [f"T-{rang:04d}" for rang in range(48)]
    with ThreadPoolExecutor(16) as pool:
        fichiers = list(pool.map(lambda numero: demande(demande_pdf(numero=numero)), numeros))

    for numero, contenu in zip(numeros, fichiers, strict=True):
        assert numero in pages(contenu)[0]


def test_neither_network_nor_files(monkeypatch, tmp_path):
    def refuse(*args, **kwargs):
        raise AssertionError("no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))

    demande(demande_pdf())

    assert list(tmp_path.iterdir()) == []


def test_importing_the_package_does_not_load_typst():
    # The wheel is 80 MB: only the process that makes a PDF pays for it.
    code = "import sys, portal.pdf, portal.pdf.documents; sys.exit('typst' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(), max_size=60), st.text(st.characters(), max_size=20))
def test_any_text_gives_a_file(reponse, libelle):
    assert demande(avec_reponse(reponse, libelle)).startswith(b"%PDF-")


def test_text_refused_by_the_fonts_falls_back_on_latin(monkeypatch, caplog):
    # Chinese let through on purpose: the same refusal as a mark that its letter's font lacks.
    monkeypatch.setattr(rendering, "nettoyer_tout", _laisse_passer(rendering.nettoyer_tout))
    with caplog.at_level(logging.WARNING):
        texte = texte_complet(demande(avec_reponse("Élodie 王")))

    assert "Élodie \N{REPLACEMENT CHARACTER}" in texte
    assert "王" not in caplog.text, "no personal data in logs"


def test_other_template_errors_are_not_hidden():
    with pytest.raises(typst.TypstError):
        rendering.render("demande.typ", {"numero": "T"})


def _laisse_passer(nettoyer):
    def essai(valeur, *, latin=False):
        return nettoyer(valeur, latin=True) if latin else valeur

    return essai
