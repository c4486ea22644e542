"""What each template needs. Texts are ready to read: dates and amounts are already in French."""

from dataclasses import asdict, dataclass

from portal.pdf.rendering import render, render_apart

# Letters of one file: some 150 MB while it is made.
LETTRES_MAX = 500

# (label, value); a value may have several lines, an empty one is shown as « Non renseigné ».
Ligne = tuple[str, str]


@dataclass(frozen=True)
class SectionPdf:
    """A titled group of answers; a section without lines is left out."""

    titre: str
    lignes: list[Ligne]


@dataclass(frozen=True)
class DemandePdf:
    """The summary of a request (`templates/demande.typ`)."""

    commune: str
    service: str
    titre: str
    numero: str
    deposee_le: str
    # The text of the four squares, such as « Prise en charge (étape 2 sur 4) ».
    etat: str
    demandeur: list[Ligne]
    sections: list[SectionPdf]
    # (date, text), in the order to show.
    evenements: list[Ligne]
    genere_le: str
    # How many of the four squares are filled; None draws none.
    rang: int | None = None


def demande(document: DemandePdf) -> bytes:
    """Return the summary of a request as a PDF file."""
    return render("demande.typ", asdict(document))


@dataclass(frozen=True)
class LettreDeCle:
    """The letter of one family: its address as on an envelope, and its key in groups."""

    destinataire: list[str]
    reference: str
    cle: str
    valable_jusqu_au: str


@dataclass(frozen=True)
class LettresDeCles:
    """The letters that give families of a service their key (`templates/cles.typ`)."""

    commune: str
    service: str
    expediteur: list[str]
    lieu_et_date: str
    lien_services: str
    lien_inscription: str
    contact: list[str]
    lettres: list[LettreDeCle]


def lettres_de_cles(document: LettresDeCles) -> bytes:
    """Return the letters as one PDF file, one page a family: LETTRES_MAX at most."""
    return render_apart("cles.typ", asdict(document))
