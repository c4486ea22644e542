"""From a document to a checked definition; every mistake is named with its place, and nothing
half-loads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from demarches.schema.definition import Champ, Condition, Definition, Demandeur, Section
from demarches.schema.kinds import KINDS

SCHEMA = 1
CLE = re.compile(r"[a-z][a-z0-9_]{0,49}")
CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,49}")
# Names that the page itself sends beside the answers.
RESERVED = frozenset({"csrfmiddlewaretoken"})
# /demarches/theme/… is the address of themes; /demandes/…/recapitulatif/ that of the recap.
RESERVED_CODES = frozenset({"theme"})
RESERVED_SECTIONS = frozenset({"recapitulatif"})


@dataclass(frozen=True)
class Faute:
    """One mistake: where (`sections[2].champs[0].si`) and what."""

    lieu: str
    texte: str

    def __str__(self) -> str:
        return f"{self.lieu} : {self.texte}" if self.lieu else self.texte


class DefinitionInvalide(Exception):
    """A document that is not a definition; `fautes` lists everything wrong with it."""

    def __init__(self, fautes: list[Faute]) -> None:
        self.fautes = fautes
        super().__init__("\n".join(str(faute) for faute in fautes))


def parse(document: Any) -> Definition:
    """Return the definition of a document (as YAML or JSON gives it); raises DefinitionInvalide."""
    return _Reader().read(document)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(item) for item in value)


def _is_minutes(value: Any) -> bool:
    return type(value) is int and 1 <= value <= 24 * 60


def _is_days(value: Any) -> bool:
    return value is None or (type(value) is int and 1 <= value <= 365)


def _is_bool(value: Any) -> bool:
    return type(value) is bool


def _is_later_feature(value: Any) -> bool:
    return value is None or isinstance(value, dict)


# key -> (check, what is expected, default); a default of ... means required.
Rules = Mapping[str, tuple[Callable[[Any], bool], str, Any]]
_TEXT = "un texte"
TOP: Rules = {
    "schema": (lambda v: type(v) is int and v == SCHEMA, f"la version de schéma {SCHEMA}", ...),
    "code": (
        lambda v: isinstance(v, str) and bool(CODE.fullmatch(v)) and v not in RESERVED_CODES,
        "des minuscules, chiffres et tirets, sauf « theme »",
        ...,
    ),
    "titre": (lambda v: _is_text(v) and len(v) <= 120, "un texte de 120 caractères au plus", ...),
    "theme": (_is_text, "le code d’un thème", ...),
    "service": (_is_text, "le code d’un service", ...),
    "resume": (lambda v: _is_text(v) and len(v) <= 250, "un texte de 250 caractères au plus", ...),
    "description": (_is_text, _TEXT, ...),
    "aide": (_is_text, _TEXT, ...),
    "acces": (lambda v: v in ("libre", "compte", "famille"), "libre, compte ou famille", ...),
    "decision": (_is_bool, "true ou false", True),
    "duree_minutes": (_is_minutes, "un nombre de minutes, de 1 à 1440", 30),
    "delai_jours_ouvres": (_is_days, "un nombre de jours, de 1 à 365", None),
    "synonymes": (_is_texts, "une liste de textes", []),
    "sources": (_is_texts, "une liste de textes", []),
    "demandeur": (lambda v: isinstance(v, dict), "telephone, adresse, concerne et parmi", {}),
    "rendez_vous": (_is_later_feature, "null", None),
    "tarif": (_is_later_feature, "null", None),
    "sections": (lambda v: isinstance(v, list) and bool(v), "une liste de sections", ...),
}
_DEMANDEUR: Rules = {
    "telephone": (
        lambda v: v in ("requis", "facultatif", "absent"),
        "requis, facultatif ou absent",
        "facultatif",
    ),
    "adresse": (
        lambda v: v in ("requise", "facultative", "absente"),
        "requise, facultative ou absente",
        "facultative",
    ),
    "concerne": (lambda v: v in ("", "personne", "personnes"), "personne ou personnes", ""),
    "parmi": (
        lambda v: v in ("tous", "adultes", "enfants"),
        "tous, adultes ou enfants",
        "tous",
    ),
}


def _is_cle(value: Any) -> bool:
    """Double and final underscores are refused: a control is named `key__part`."""
    if not isinstance(value, str) or not CLE.fullmatch(value) or value in RESERVED:
        return False
    return "__" not in value and not value.endswith("_")


_IS_CLE: tuple[Callable[[Any], bool], str, Any] = (
    _is_cle,
    "des minuscules sans accent, chiffres et tirets bas simples",
    ...,
)
_SECTION: Rules = {
    "cle": (lambda v: _is_cle(v) and v not in RESERVED_SECTIONS, *_IS_CLE[1:]),
    "titre": (_is_text, _TEXT, ...),
    "aide": (_is_text, _TEXT, ""),
    "si": (lambda v: isinstance(v, dict), "champ et parmi", None),
    "champs": (lambda v: isinstance(v, list) and bool(v), "une liste de champs", ...),
}
_CHAMP: Rules = {
    "cle": _IS_CLE,
    "type": (lambda v: isinstance(v, str) and v in KINDS, "un de : " + ", ".join(KINDS), ...),
    "libelle": (_is_text, _TEXT, ""),
    "aide": (_is_text, _TEXT, ""),
    "requis": (_is_bool, "true ou false", True),
    "si": (lambda v: isinstance(v, dict), "champ et parmi", None),
}


THEME: Rules = {
    "code": (lambda v: isinstance(v, str) and bool(CODE.fullmatch(v)), "un code", ...),
    "titre": (lambda v: _is_text(v) and len(v) <= 80, "un texte de 80 caractères au plus", ...),
    "description": (
        lambda v: isinstance(v, str) and len(v) <= 200,
        "un texte de 200 caractères au plus",
        "",
    ),
    "icone": (lambda v: isinstance(v, str) and len(v) <= 40, "le nom d’une icône", ""),
    "ordre": (lambda v: type(v) is int and 0 <= v <= 32_000, "un nombre entier", 100),
}
SERVICE: Rules = {
    "code": THEME["code"],
    "nom": (lambda v: _is_text(v) and len(v) <= 120, "un texte de 120 caractères au plus", ...),
    "courriel": (lambda v: isinstance(v, str) and len(v) <= 254, "un courriel", ""),
    "telephone": (lambda v: isinstance(v, str) and len(v) <= 20, "un téléphone", ""),
    "emet_des_cles": (_is_bool, "true ou false", False),
}


def parse_liste(document: Any, rules: Rules) -> tuple[list[dict[str, Any]], list[Faute]]:
    """Return the mappings of a list of themes or services, and what is wrong with them."""
    if not isinstance(document, list):
        return [], [Faute("", "attendu : une liste")]
    reader = _Reader()
    reader.fautes = [Faute(lieu, "caractère interdit") for lieu in _unstorable(document)]
    values = [reader.mapping(item, f"[{rank}]", rules) for rank, item in enumerate(document)]
    return values, reader.fautes


class _Reader:
    """Reads one document, collecting faults; keeps the fields seen so far for conditions."""

    def __init__(self) -> None:
        self.fautes: list[Faute] = []
        self.seen: dict[str, Champ] = {}
        self.spoilt: set[str] = set()  # fields with a mistake: what depends on them is not blamed

    def read(self, document: Any) -> Definition:
        self.fautes += [Faute(lieu, "caractère interdit") for lieu in _unstorable(document)]
        values = self.mapping(document, "", TOP)
        demandeur = self.mapping(values.pop("demandeur", {}), "demandeur", _DEMANDEUR)
        sections = [
            self._section(item, f"sections[{rank}]")
            for rank, item in enumerate(values.pop("sections", None) or [])
        ]
        self._unique([section.cle for section in sections], "sections")
        if self.fautes:
            raise DefinitionInvalide(self.fautes)
        for inert in ("schema", "rendez_vous", "tarif"):
            values.pop(inert)
        for name in ("synonymes", "sources"):
            values[name] = tuple(values[name])
        return Definition(**values, demandeur=Demandeur(**demandeur), sections=tuple(sections))

    def _faute(self, lieu: str, texte: str) -> None:
        self.fautes.append(Faute(lieu, texte))

    def mapping(self, value: Any, lieu: str, rules: Rules) -> dict[str, Any]:
        """Check one mapping against its rules; wrong values are named and replaced by their
        default.
        """
        if not isinstance(value, dict):
            self._faute(lieu, "attendu : une liste de clés et de valeurs")
            value = {}
        for name in value:
            if name not in rules:
                self._faute(_join(lieu, str(name)), "clé inconnue")
        result = {}
        for name, (check, expected, default) in rules.items():
            given = value.get(name, default)
            if given is ...:
                self._faute(_join(lieu, name), f"manque (attendu : {expected})")
            elif name in value and not check(given):
                self._faute(_join(lieu, name), f"attendu : {expected}")
                given = None if default is ... else default
            result[name] = None if given is ... else given
        return result

    def _section(self, value: Any, lieu: str) -> Section:
        values = self.mapping(value, lieu, _SECTION)
        condition = self._condition(values["si"], f"{lieu}.si")
        champs = [
            self._champ(item, f"{lieu}.champs[{rank}]")
            for rank, item in enumerate(values["champs"] or [])
        ]
        return Section(
            cle=values["cle"] or "",
            titre=values["titre"] or "",
            aide=values["aide"],
            si=condition,
            champs=tuple(champs),
        )

    def _champ(self, value: Any, lieu: str) -> Champ:
        kind = KINDS.get(str(value.get("type"))) if isinstance(value, dict) else None
        faults_before = len(self.fautes)
        options: Rules = {
            name: (check, "une autre valeur (voir la documentation de ce type)", default)
            for name, (check, default) in (kind.options.items() if kind else ())
        }
        values = self.mapping(value, lieu, {**_CHAMP, **options})
        if kind and kind.needs_libelle and not values["libelle"]:
            self._faute(f"{lieu}.libelle", f"manque (attendu : {_TEXT})")
        if kind and (contradiction := kind.contradiction({n: values[n] for n in options})):
            self._faute(f"{lieu}.max", contradiction)
        champ = Champ(
            cle=values["cle"] or "",
            type=values["type"] or "",
            libelle=values["libelle"],
            aide=values["aide"],
            requis=values["requis"],
            si=self._condition(values["si"], f"{lieu}.si"),
            options={name: values[name] for name in options},
        )
        if champ.cle in self.seen:
            self._faute(f"{lieu}.cle", f"« {champ.cle} » est déjà la clé d’un autre champ")
        if champ.cle:
            self.seen[champ.cle] = champ
        if len(self.fautes) > faults_before:
            self.spoilt.add(champ.cle)
        return champ

    def _condition(self, value: Any, lieu: str) -> Condition | None:
        if value is None:
            return None
        unknown = set(value) - {"champ", "parmi"}
        if unknown or not isinstance(value.get("parmi"), list) or not value["parmi"]:
            self._faute(lieu, "attendu : champ (une clé) et parmi (une liste de valeurs)")
            return None
        target = self.seen.get(str(value.get("champ")))
        if target is None:
            self._faute(lieu, f"« {value.get('champ')} » n’est pas un champ placé plus haut")
            return None
        if target.cle in self.spoilt:
            return None
        words = all(isinstance(item, str | bool) for item in value["parmi"])
        parmi = KINDS[target.type].condition_values(target, value["parmi"]) if words else None
        if parmi is None:
            self._faute(f"{lieu}.parmi", f"valeurs impossibles pour le champ « {target.cle} »")
            return None
        return Condition(champ=target.cle, parmi=parmi)

    def _unique(self, names: list[str], lieu: str) -> None:
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._faute(lieu, f"la clé « {name} » est employée deux fois")


def _unstorable(value: Any, lieu: str = "") -> Iterator[str]:
    """Yield the places of what PostgreSQL or JSON cannot hold (NUL, infinity…)."""
    if isinstance(value, dict):
        for name, item in value.items():
            place = _join(lieu, _UNSTORABLE.sub("�", str(name)))
            if _UNSTORABLE.search(str(name)):
                yield place
            yield from _unstorable(item, place)
    elif isinstance(value, list):
        for rank, item in enumerate(value):
            yield from _unstorable(item, f"{lieu}[{rank}]")
    elif isinstance(value, str) and _UNSTORABLE.search(value):
        yield lieu
    elif isinstance(value, float) and not isfinite(value):
        yield lieu


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _join(lieu: str, name: str) -> str:
    return f"{lieu}.{name}" if lieu else name
