"""The kinds of field: what each accepts in a definition, how it is asked, kept and read back.

An answer is JSON: text, whole number, true/false, list, mapping, or an ISO date. `raw` values are
what the browser sends, lists of text by HTML name, and are what a draft keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms

from demarches.schema import bornes
from demarches.schema.definition import Champ
from portal.ui import adresse, champs
from portal.ui.adresse import REQUIS
from portal.ui.formats import date_courte, telephone

Options = Mapping[str, tuple[Callable[[Any], bool], Any]]

OUI, NON = "oui", "non"
TOO_LOW = "plus petit que min"


def _is_length(value: Any) -> bool:
    return type(value) is int and 1 <= value <= 20_000


def _is_whole(value: Any) -> bool:
    return type(value) is int


def _is_borne(value: Any) -> bool:
    return isinstance(value, (str, date)) and bornes.is_valid(str(value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_choices(value: Any) -> bool:
    if not isinstance(value, list) or not value:
        return False
    valid = all(
        isinstance(choice, dict)
        and set(choice) <= {"valeur", "libelle", "aide"}
        and _is_text(choice.get("valeur"))
        and choice["valeur"] == choice["valeur"].strip()
        and _is_text(choice.get("libelle"))
        and ("aide" not in choice or _is_text(choice["aide"]))
        for choice in value
    )
    return valid and len({choice["valeur"] for choice in value}) == len(value)


class Kind:
    """A kind of field; subclasses say what differs from one line of text."""

    # name -> (check, default); a default of ... means the option must be given.
    options: Options = {}
    needs_libelle = True
    is_answered = True

    def fields(self, champ: Champ) -> dict[str, forms.Field]:
        """Return the Django fields by suffix of HTML name ("" for a kind of one control)."""
        raise NotImplementedError

    def read(self, values: Mapping[str, Any]) -> Any:
        """Return the answer (JSON) from the cleaned values by suffix; None when left empty."""
        value = values[""]
        return None if value in ("", None, []) else value

    def initial(self, answer: Any) -> dict[str, Any]:
        """Return what the controls show for an answer, by suffix."""
        return {"": answer}

    def show(self, champ: Champ, answer: Any) -> str:
        """Return the answer as people read it, several lines where it has several."""
        return str(answer)

    def condition_values(self, champ: Champ, parmi: list[Any]) -> tuple[str, ...] | None:
        """Return the raw values meant by a condition on this field, None when there are none."""
        return None

    def contradiction(self, options: Mapping[str, Any]) -> str:
        """Return a sentence when no answer could meet all the options of a field, else nothing."""
        return ""

    def check(self, champ: Champ, values: dict[str, Any]) -> dict[str, str]:
        """Return errors between the controls of one field, by suffix."""
        return {}

    def _common(self, champ: Champ) -> dict[str, Any]:
        return {
            "label": champ.libelle,
            "help_text": champ.aide,
            "required": champ.requis,
        }


def _autocomplete(field: forms.Field, value: str) -> forms.Field:
    if value:
        field.widget.attrs["autocomplete"] = value
    return field


class Texte(Kind):
    options = {"longueur_max": (_is_length, 200)}
    multiligne = False

    def fields(self, champ: Champ) -> dict[str, forms.Field]:
        field = champs.TexteField(
            longueur_max=champ.options["longueur_max"],
            multiligne=self.multiligne,
            error_messages={"required": REQUIS},
            **self._common(champ),
        )
        return {"": _autocomplete(field, champ.autocomplete)}


class TexteLong(Texte):
    options = {"longueur_max": (_is_length, 2000)}
    multiligne = True


class Nombre(Kind):
    options = {"min": (_is_whole, None), "max": (_is_whole, None)}

    def contradiction(self, options: Mapping[str, Any]) -> str:
        low, high = options["min"], options["max"]
        return TOO_LOW if low is not None and high is not None and high < low else ""

    def fields(self, champ: Champ) -> dict[str, forms.Field]:
        return {
            "": champs.NombreField(
                minimum=champ.options["min"],
                maximum=champ.options["max"],
                error_messages={"required": REQUIS},
                **self._common(champ),
            )
        }


def _exemple(low: Any, high: Any) -> str:
    """Return a day that the limits accept: an example that is refused teaches the wrong thing."""
    first, last = (bornes.resolve(str(borne)) if borne else None for borne in (low, high))
    usual = date(1987, 3, 14)
    if last and usual <= last and (first is None or first <= usual):
        return date_courte(usual)
    # A month ahead: late enough where the hint also asks for some working days.
    soon = first + timedelta(days=30) if first else date(2026, 11, 24)
    if last and soon > last:
        return date_courte(max(last - timedelta(days=20), first or date.min))
    return date_courte(soon)


class Date(Kind):
    options = {"min": (_is_borne, None), "max": (_is_borne, None)}

    def contradiction(self, options: Mapping[str, Any]) -> str:
        low, high = options["min"], options["max"]
        impossible = low and high and bornes.are_impossible(str(low), str(high))
        return TOO_LOW if impossible else ""

    def fields(self, champ: Champ) -> dict[str, forms.Field]:
        low, high = champ.options["min"], champ.options["max"]
        common = self._common(champ)
        if "xemple" not in champ.aide:
            common["help_text"] = f"{champ.aide} Exemple : {_exemple(low, high)}".lstrip()
        field = champs.DateFrancaiseField(
            minimum=bornes.resolve(str(low)) if low else None,
            maximum=bornes.resolve(str(high)) if high else None,
            error_messages={"required": REQUIS},
            **common,
        )
        return {"": _autocomplete(field, champ.autocomplete)}

    def read(self, values: Mapping[str, Any]) -> Any:
        return values[""].isoformat() if values[""] else None

    def initial(self, answer: Any) -> dict[str, Any]:
        return {"": date.fromisoformat(answer)}

    def show(self, champ: Champ, answer: Any) -> str:
        return date_courte(date.fromisoformat(answer))


class OuiNon(Kind):
    def fields(self, champ: Champ) -> dict[str, forms.Field]:
        return {
            "": champs.ChoixField(
                choices=[(OUI, "Oui"), (NON, "Non")],
                widget=forms.RadioSelect,
                error_messages={"required": "Choisissez oui ou non.", "invalid_choice": REQUIS},
                **self._common(champ),
            )
        }

    def read(self, values: Mapping[str, Any]) -> Any:
        return {OUI: True, NON: False}.get(values[""])

    def initial(self, answer: Any) -> dict[str, Any]:
        return {"": OUI if answer else NON}

    def show(self, champ: Champ, answer: Any) -> str:
        return "Oui" if answer else "Non"

    def condition_values(self, champ: Champ, parmi: list[Any]) -> tuple[str, ...] | None:
        if not all(type(value) is bool for value in parmi):
            return None
        return tuple(OUI if value else NON for value in parmi)


class Choix(Kind):
    options = {"choix": (_is_choices, ...)}
    # Above this, a list to unfold is shorter to read than buttons.
    MANY = 12

    def fields(self, champ: Champ) -> dict[str, forms.Field]:
        choices = [(c["valeur"], c["libelle"]) for c in champ.options["choix"]]
        many = len(choices) > self.MANY
        field = champs.ChoixField(
            choices=[("", "Choisissez…"), *choices] if many else choices,
            widget=forms.Select if many else forms.RadioSelect,
            error_messages={
                "required": "Choisissez une réponse.",
                "invalid_choice": "Choisissez une réponse de la liste.",
            },
            **self._common(champ),
        )
        return {"": _with_hints(field, champ)}

    def show(self, champ: Champ, answer: Any) -> str:
        return _labels(champ).get(answer, str(answer))

    def condition_values(self, champ: Champ, parmi: list[Any]) -> tuple[str, ...] | None:
        return tuple(parmi) if set(parmi) <= set(_labels(champ)) else None


class ChoixMultiples(Choix):
    def read(self, values: Mapping[str, Any]) -> Any:
        return list(dict.fromkeys(values[""] or [])) or None

    def fields(self, champ: Champ) -> dict[str, forms.Field]:
        field = champs.ChoixMultiplesField(
            choices=[(c["valeur"], c["libelle"]) for c in champ.options["choix"]],
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "required": "Cochez au moins une réponse.",
                "invalid_choice": "Choisissez des réponses de la liste.",
            },
            **self._common(champ),
        )
        return {"": _with_hints(field, champ)}

    def show(self, champ: Champ, answer: Any) -> str:
        labels = _labels(champ)
        return "\n".join(labels.get(value, str(value)) for value in answer)


def _labels(champ: Champ) -> dict[str, str]:
    return {c["valeur"]: c["libelle"] for c in champ.options["choix"]}


def _with_hints(field: forms.Field, champ: Champ) -> forms.Field:
    """Attach each choice's own help, which the macro draws beneath its label."""
    aides = {c["valeur"]: c["aide"] for c in champ.options["choix"] if c.get("aide")}
    field.aides = aides  # type: ignore[attr-defined]
    return field


class Courriel(Kind):
    def fields(self, champ: Champ) -> dict[str, forms.Field]:
        return {"": champs.CourrielField(**self._common(champ))}


class Telephone(Kind):
    def fields(self, champ: Champ) -> dict[str, forms.Field]:
        field = champs.TelephoneField(error_messages={"required": REQUIS}, **self._common(champ))
        return {"": field}

    def initial(self, answer: Any) -> dict[str, Any]:
        return {"": telephone(answer).replace("\u00a0", " ")}

    def show(self, champ: Champ, answer: Any) -> str:
        return telephone(answer)


class Adresse(Kind):
    """A postal address, French or foreign (a birth certificate is sent abroad too)."""

    options = {"france": (lambda value: type(value) is bool, False)}

    def fields(self, champ: Champ) -> dict[str, forms.Field]:
        return adresse.controles(
            requis=champ.requis,
            france=champ.options["france"],
            # Only the resident's own address is known to the phone.
            remplir=bool(champ.autocomplete),
        )

    def check(self, champ: Champ, values: dict[str, Any]) -> dict[str, str]:
        return adresse.verifier(values, requis=champ.requis)

    def read(self, values: Mapping[str, Any]) -> Any:
        return adresse.lire(values)

    def initial(self, answer: Any) -> dict[str, Any]:
        return dict(answer)

    def show(self, champ: Champ, answer: Any) -> str:
        return adresse.lignes(answer)


class Explication(Kind):
    """A text to read; nothing is asked."""

    options = {"texte": (_is_text, ...)}
    needs_libelle = False
    is_answered = False

    def fields(self, champ: Champ) -> dict[str, forms.Field]:
        return {}


class Attestation(Kind):
    """A statement of truth: the box must be ticked."""

    def condition_values(self, champ: Champ, parmi: list[Any]) -> tuple[str, ...] | None:
        return ("on",) if parmi == [True] else None  # an empty box sends nothing to look at

    def fields(self, champ: Champ) -> dict[str, forms.Field]:
        return {
            "": forms.BooleanField(
                error_messages={"required": "Cochez la case pour continuer."},
                **self._common(champ),
            )
        }

    def show(self, champ: Champ, answer: Any) -> str:
        return "Oui" if answer else "Non"


KINDS: dict[str, Kind] = {
    "texte": Texte(),
    "texte_long": TexteLong(),
    "nombre": Nombre(),
    "date": Date(),
    "oui_non": OuiNon(),
    "choix": Choix(),
    "choix_multiples": ChoixMultiples(),
    "courriel": Courriel(),
    "telephone": Telephone(),
    "adresse": Adresse(),
    "explication": Explication(),
    "attestation": Attestation(),
}
