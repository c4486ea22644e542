"""The file of families of a service: read line by line, every mistake named with its line.

One line a person, the lines of a family one after the other; UTF-8, `;` or `,`. Only one family is
in memory at a time, whatever the size of the file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Personne, RoleMembre
from portal.kernel.text import clean_line, fold
from portal.ui.champs import CourrielField, DateFrancaiseField, TelephoneField
from portal.ui.pays import PAYS

# column -> how long its text may be
COLONNES = {
    "reference": 40,
    "famille": 120,
    "role": 20,
    "civilite": 20,
    "nom": 80,
    "prenoms": 120,
    "date_naissance": 30,
    "naissance_prevue": 30,
    "voie": 120,
    "complement": 120,
    "code_postal": 12,
    "commune": 100,
    "pays": 60,
    "ecole": 120,
    "classe": 40,
    "courriel": 254,
    "telephone": 40,
}
ADRESSE = ("voie", "complement", "code_postal", "commune", "pays")
MONTREES = 100
PERSONNES_MAX = 50  # a larger « family » is a reference copied on every line
_LIGNE_MAX = 20_000

_ROLES = {fold(r).replace("_", ""): r for r in RoleMembre.values} | {
    "corepresentante": RoleMembre.CO_REPRESENTANT,
}
_CIVILITES = {
    **dict.fromkeys(("", "nonrenseigne"), ""),
    **dict.fromkeys(("madame", "mme", "mlle", "f"), Personne.Civilite.MADAME.value),
    **dict.fromkeys(("monsieur", "m", "mr", "h"), Personne.Civilite.MONSIEUR.value),
}
_PAYS = {fold(nom): code for code, nom in PAYS} | {fold(code): code for code, _nom in PAYS}
# What a spreadsheet leaves in a cell it could not work out, or shortened.
_ERREUR_DE_TABLEUR = re.compile(r"#[A-Z/]+[!?]?|#+|\d[.,]\d+E\+\d+")
# UTF-8 read as Windows-1252 and saved again, or letters already lost.
_ACCENTS_ABIMES = re.compile(
    "Ã[\u0080-\u00bf\u0192\u2021\u2030\u0160\u0152\u2013-\u2026]|â€|\ufffd"
)
_MINUIT = re.compile(r"[ T]00:00(:00)?$")
_DEBUTS = {
    b"PK\x03\x04": "Ce fichier est un classeur, pas un fichier CSV.",
    b"\xd0\xcf\x11\xe0": "Ce fichier est un classeur, pas un fichier CSV.",
    b"\xff\xfe": "Ce fichier est en UTF-16 (« Texte Unicode »).",
    b"\xfe\xff": "Ce fichier est en UTF-16 (« Texte Unicode »).",
}
_ENREGISTRER = "Dans votre tableur, enregistrez-le sous « CSV UTF-8 »."


@dataclass(frozen=True)
class Faute:
    """One mistake: on which line, in which column (empty: the whole line), and what."""

    ligne: int
    colonne: str
    texte: str

    def __str__(self) -> str:
        place = f"Ligne {self.ligne}" if self.ligne else "Fichier"
        return f"{place}{f', colonne {self.colonne}' if self.colonne else ''} : {self.texte}"


@dataclass
class Fautes:
    """The first MONTREES mistakes of a file, and how many there are."""

    premieres: list[Faute] = field(default_factory=list)
    total: int = 0
    _dites: tuple[int, set[str]] = field(default_factory=lambda: (0, set()))

    def ajouter(self, ligne: int, colonne: str, texte: str) -> None:
        """Count one more mistake, kept while there are few; only the first about a value."""
        if ligne != self._dites[0]:
            self._dites = (ligne, set())
        if colonne and colonne in self._dites[1]:
            return
        self._dites[1].add(colonne)
        self.total += 1
        if len(self.premieres) < MONTREES:
            self.premieres.append(Faute(ligne, colonne, texte))

    @property
    def autres(self) -> int:
        """How many are not in the list."""
        return self.total - len(self.premieres)


@dataclass
class FamilleLue:
    """The lines of one reference."""

    ligne: int
    reference: str
    nom: str
    is_entiere: bool = True  # False: some of its lines could not be read
    adresse: dict[str, str] = field(default_factory=dict)
    membres: list[dict[str, str]] = field(default_factory=list)
    vus: set[tuple[str, ...]] = field(default_factory=set)

    @property
    def donnees(self) -> dict[str, Any]:
        """What `DossierFamille.donnees` holds."""
        return {"adresse": self.adresse, "membres": self.membres}


class _Illisible(Exception):
    """The file cannot be read beyond this line."""

    def __init__(self, ligne: int, texte: str) -> None:
        self.ligne, self.texte = ligne, texte


def lire(fichier: BinaryIO, fautes: Fautes) -> Iterator[FamilleLue]:
    """Yield the families of a file opened in binary; mistakes are added to `fautes`, and what is
    yielded is then worth nothing.
    """
    famille: FamilleLue | None = None
    lecteur = _Lecteur(fautes)
    try:
        for ligne, valeurs in _lignes(fichier, fautes):
            if not valeurs["reference"]:
                lecteur.perdre(famille)
                continue
            if famille is None or valeurs["reference"] != famille.reference:
                if famille is not None:
                    yield lecteur.finir(famille)
                famille = FamilleLue(ligne, valeurs["reference"], "")
            lecteur.joindre(famille, ligne, valeurs)
    except _Illisible as illisible:
        fautes.ajouter(illisible.ligne, "", illisible.texte)
        return
    if famille is not None:
        yield lecteur.finir(famille)
    elif not fautes.total:
        fautes.ajouter(0, "", "Il ne contient aucune famille.")


class _Lecteur:
    """Checks the values of lines, adding what is wrong to the mistakes."""

    def __init__(self, fautes: Fautes) -> None:
        today = timezone.localdate()
        year = timedelta(days=366)
        self.fautes = fautes
        self._is_perdue = False
        # Made once: a form field is slow to make and quick to use.
        self._naissance = _champ(DateFrancaiseField, minimum=date(1900, 1, 1), maximum=today)
        self._prevue = _champ(DateFrancaiseField, minimum=today - year, maximum=today + year)
        self._courriel = _champ(CourrielField)
        self._telephone = _champ(TelephoneField)

    def perdre(self, famille: FamilleLue | None) -> None:
        """Pass over a line without reference: of the family before or of the next, nobody knows."""
        self._is_perdue = True
        if famille is not None:
            famille.is_entiere = False

    def joindre(self, famille: FamilleLue, ligne: int, valeurs: dict[str, str]) -> None:
        """Add the person of a line to a family."""
        famille.nom = famille.nom or valeurs["famille"]
        if not valeurs["famille"]:
            self.fautes.ajouter(ligne, "famille", "le nom de la famille manque.")
        elif valeurs["famille"] != famille.nom:
            self.fautes.ajouter(
                ligne, "famille", "le nom change d’une ligne à l’autre de la même famille."
            )
        if not famille.adresse:
            famille.adresse = self._adresse(ligne, valeurs)
        membre = self._membre(ligne, valeurs)
        if self._is_perdue or "role" not in membre:
            famille.is_entiere = self._is_perdue = False
        # An unborn child has no first name yet: twins are two lines alike.
        if membre.get("prenoms"):
            cle = tuple(fold(membre.get(n, "")) for n in ("nom", "prenoms", "date_naissance"))
            if cle in famille.vus:
                self.fautes.ajouter(ligne, "", "cette personne est déjà dans la même famille.")
            famille.vus.add(cle)
        if len(famille.membres) == PERSONNES_MAX:
            texte = f"plus de {PERSONNES_MAX} personnes ont la référence « {famille.reference} »"
            raise _Illisible(ligne, f"{texte} : la lecture s’arrête ici.")
        famille.membres.append(membre)

    def finir(self, famille: FamilleLue) -> FamilleLue:
        """Check what only a whole family can tell."""
        adults = {RoleMembre.RESPONSABLE, RoleMembre.CO_REPRESENTANT}
        has_adult = any(membre.get("role") in adults for membre in famille.membres)
        if famille.is_entiere and not has_adult:
            self.fautes.ajouter(
                famille.ligne,
                "role",
                f"aucun responsable dans la famille « {famille.reference} » : à qui écrire ?",
            )
        return famille

    def _membre(self, ligne: int, valeurs: dict[str, str]) -> dict[str, str]:
        membre = {
            "role": self._parmi(ligne, "role", valeurs, _ROLES, ", ".join(RoleMembre.values)),
            "civilite": self._parmi(ligne, "civilite", valeurs, _CIVILITES, "madame ou monsieur"),
            "date_naissance": self._verifier(ligne, "date_naissance", valeurs, self._naissance),
            "naissance_prevue": self._verifier(ligne, "naissance_prevue", valeurs, self._prevue),
            "courriel": self._verifier(ligne, "courriel", valeurs, self._courriel),
            "telephone": self._verifier(ligne, "telephone", valeurs, self._telephone),
            **{nom: valeurs[nom] for nom in ("nom", "prenoms", "ecole", "classe")},
        }
        for colonne, texte in _manques(membre, valeurs):
            self.fautes.ajouter(ligne, colonne, texte)
        return {nom: valeur for nom, valeur in membre.items() if valeur}

    def _adresse(self, ligne: int, valeurs: dict[str, str]) -> dict[str, str]:
        adresse = {nom: valeurs[nom] for nom in ADRESSE}
        if not any(adresse.values()):
            return {}
        pays = _PAYS.get(fold(adresse["pays"] or "FR"))
        if pays is None:
            self._faute(ligne, "pays", valeurs, "ce pays est inconnu (« France », « FR »…).")
        elif pays == "FR" and not re.fullmatch(r"\d{5}", adresse["code_postal"]):
            texte = "cinq chiffres attendus (un tableur enlève le zéro du début)."
            self._faute(ligne, "code_postal", valeurs, texte)
        for nom in ("voie", "commune"):
            if not adresse[nom]:
                self.fautes.ajouter(ligne, nom, "il manque pour que l’adresse soit complète.")
        return adresse | {"pays": pays or ""}

    def _parmi(
        self,
        ligne: int,
        colonne: str,
        valeurs: dict[str, str],
        connus: dict[str, str],
        attendu: str,
    ) -> str:
        words = re.sub(r"[\W_]+", "", fold(valeurs[colonne]))
        if words not in connus:
            self._faute(ligne, colonne, valeurs, f"attendu : {attendu}.")
        return str(connus.get(words, ""))

    def _verifier(
        self, ligne: int, colonne: str, valeurs: dict[str, str], lire_valeur: Callable[[str], Any]
    ) -> str:
        value = valeurs[colonne]
        if not value:
            return ""
        if colonne in ("date_naissance", "naissance_prevue"):
            value = _MINUIT.sub("", value)
        try:
            read = lire_valeur(value)
        except ValidationError as error:
            self._faute(ligne, colonne, valeurs, " ".join(error.messages))
            return ""
        return read.isoformat() if isinstance(read, date) else str(read)

    def _faute(self, ligne: int, colonne: str, valeurs: dict[str, str], texte: str) -> None:
        shown = valeurs[colonne]
        shown = f"{shown[:40]}…" if len(shown) > 40 else shown
        self.fautes.ajouter(ligne, colonne, f"« {shown} » : {texte}" if shown else texte)


def _manques(membre: dict[str, str], valeurs: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what each role asks for; a value that is there but wrong has been told already."""
    role = membre["role"]
    if not role:  # the line is read again once its role is known
        return
    for colonne in ("nom", "prenoms"):
        if not membre[colonne] and role != RoleMembre.A_NAITRE:
            yield colonne, "il manque."
    if role == RoleMembre.A_NAITRE and not valeurs["naissance_prevue"]:
        yield "naissance_prevue", "la date prévue manque pour un enfant à naître."
    if role != RoleMembre.A_NAITRE and valeurs["naissance_prevue"]:
        yield "naissance_prevue", "une date prévue n’a de sens que pour un enfant à naître."
    if role == RoleMembre.A_NAITRE and valeurs["date_naissance"]:
        yield "date_naissance", "cet enfant est né : son rôle est « enfant »."
    if role == RoleMembre.ENFANT and not valeurs["date_naissance"]:
        yield "date_naissance", "elle manque pour un enfant."


def _lignes(fichier: BinaryIO, fautes: Fautes) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each line with its number and its cleaned values by column."""
    textes = _textes(fichier)
    entete = next(textes, "")
    separateur = max(";,\t", key=entete.count)
    colonnes = _entete(entete, separateur)
    lecteur = csv.reader(textes, delimiter=separateur, strict=True)
    while True:
        ligne = lecteur.line_num + 2
        try:
            row = next(lecteur, None)
        except csv.Error:
            texte = "guillemets ou séparateurs mal placés : la lecture s’arrête ici."
            raise _Illisible(ligne, texte) from None
        if row is None:
            return
        values = [clean_line(value) for value in row]
        while len(values) > len(colonnes) and not values[-1]:
            values.pop()
        if not any(values):
            continue
        if len(values) != len(colonnes):
            fautes.ajouter(ligne, "", _ecart(len(values), len(colonnes), separateur))
            yield ligne, {"reference": ""}
            continue
        valeurs = dict(zip(colonnes, values, strict=True))
        if not valeurs["reference"]:
            fautes.ajouter(ligne, "reference", "la référence de la famille manque.")
        _propres(ligne, valeurs, fautes)
        yield ligne, valeurs


def _ecart(trouvees: int, attendues: int, separateur: str) -> str:
    texte = f"{trouvees} colonne{'s' if trouvees > 1 else ''} au lieu de {attendues}"
    if trouvees < attendues:
        return f"{texte} : complétez la ligne, une valeur vide garde son « {separateur} »."
    return f"{texte} : mettez entre guillemets la valeur qui contient « {separateur} »."


def _propres(ligne: int, valeurs: dict[str, str], fautes: Fautes) -> None:
    """Add a mistake for what no value may be, whatever its column."""
    for colonne, value in valeurs.items():
        if len(value) > COLONNES[colonne]:
            texte = f"{len(value)} caractères, {COLONNES[colonne]} au plus."
        elif _ERREUR_DE_TABLEUR.fullmatch(value):
            texte = f"« {value[:40]} » est une erreur ou un nombre abrégé par le tableur."
        elif _ACCENTS_ABIMES.search(value):
            texte = f"« {value[:40]} » : les accents sont abîmés. {_ENREGISTRER}"
        else:
            continue
        fautes.ajouter(ligne, colonne, texte)


def _entete(texte: str, separateur: str) -> list[str]:
    """Return the columns in the order of the file; every one must be there, once."""
    if not texte.strip():
        raise _Illisible(0, "Il est vide.")
    if separateur == "\t":
        raise _Illisible(0, f"Ce fichier est séparé par des tabulations. {_ENREGISTRER}")
    try:
        names = next(csv.reader([texte], delimiter=separateur, strict=True))
    except csv.Error:
        raise _Illisible(1, "la ligne des titres n’est pas lisible.") from None
    colonnes = [fold(clean_line(name)).replace(" ", "_") for name in names]
    while colonnes and not colonnes[-1]:
        colonnes.pop()
    wrong = {
        "colonnes manquantes": [c for c in COLONNES if c not in colonnes],
        "colonnes inconnues": sorted({c[:40] or "(sans titre)" for c in colonnes} - set(COLONNES)),
        "colonnes en double": sorted({c for c in colonnes if colonnes.count(c) > 1}),
    }
    said = [f"{label} : {', '.join(found)}" for label, found in wrong.items() if found]
    if said:
        raise _Illisible(1, f"{' ; '.join(said)}.")
    return colonnes


def _textes(fichier: BinaryIO) -> Iterator[str]:
    """Yield the lines of a file as text; only its start and each line are ever in memory."""
    number = 0
    while raw := fichier.readline(_LIGNE_MAX):
        number += 1
        if number == 1:
            for debut, texte in _DEBUTS.items():
                if raw.startswith(debut):
                    raise _Illisible(0, f"{texte} {_ENREGISTRER}")
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if len(raw) == _LIGNE_MAX:
            raise _Illisible(number, "cette ligne est beaucoup trop longue.")
        try:
            yield raw.decode()
        except UnicodeDecodeError:
            texte = f"ce fichier n’est pas en UTF-8, ses accents seraient perdus. {_ENREGISTRER}"
            raise _Illisible(number, texte) from None


def _champ(classe: Callable[..., Any], **options: Any) -> Callable[[str], Any]:
    clean: Callable[[str], Any] = classe(required=False, **options).clean
    return clean
