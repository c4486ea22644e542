"""One section of a definition as a Django form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.utils import ErrorDict
from django.utils.datastructures import MultiValueDict

from demarches.schema.conditions import Saisie, is_met
from demarches.schema.definition import Champ, Condition, Definition, Section
from demarches.schema.kinds import KINDS
from portal.kernel.text import clean

# A value longer than this is not kept in a draft; every kind refuses long before.
LONGEST = 50_000


@dataclass(frozen=True)
class PageCondition:
    """What the page needs to show or hide a field by itself, and to say when without script."""

    champ: str
    valeurs: list[str]
    texte: str


@dataclass(frozen=True)
class Item:
    """One field as the page draws it: its controls by suffix, and when it shows."""

    champ: Champ
    controls: dict[str, BoundField]
    condition: PageCondition | None

    @property
    def control(self) -> BoundField:
        """The control of a kind that has one."""
        return self.controls[""]


class SectionForm(forms.Form):
    """The form of a section. Fields whose condition fails are neither required nor kept.

    `saisie` holds what earlier screens sent; `data` what this one sends.
    """

    _errors: ErrorDict  # Django makes it in full_clean
    use_required_attribute = False  # the browser's own bubbles would hide our error summary

    def __init__(
        self,
        definition: Definition,
        section: Section,
        saisie: Saisie,
        data: MultiValueDict[str, str] | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(initial=initial)
        if all(known.cle != section.cle for known in definition.sections):
            # « Mes informations » is in no definition: its conditions look at its own fields.
            definition = replace(definition, sections=(section,))
        self.definition = definition
        self.section = section
        self._earlier = saisie
        self._champs = self._asked()
        for champ in self._champs:
            condition = self._page_condition(champ.si, "À remplir") if champ.si else None
            for suffix, field in KINDS[champ.type].fields(champ).items():
                field.condition = condition  # type: ignore[attr-defined]
                self.fields[html_name(champ, suffix)] = field
        # What this screen sent, for the draft and to be shown again: nothing the database refuses.
        self.saisie: dict[str, list[str]] = {}
        if data is not None:
            self.saisie = {
                name: [clean(value)[:LONGEST] for value in data.getlist(name)]
                for name in self.fields
            }
            self.is_bound, self.data = True, MultiValueDict(self.saisie)
        self._saisie_courante: Saisie = {**saisie, **self.saisie}

    def _asked(self) -> list[Champ]:
        """Fields that earlier screens have not ruled out, themselves or what they depend on."""
        here = {champ.cle for champ in self.section.champs}
        asked: dict[str, Champ] = {}
        for champ in self.section.champs:
            condition = champ.si
            if condition is not None and condition.champ in here:
                possible = condition.champ in asked
            else:
                possible = is_met(condition, self.definition, self._earlier)
            if possible:
                asked[champ.cle] = champ
        return list(asked.values())

    def _page_condition(self, condition: Condition, verbe: str) -> PageCondition | None:
        if condition.champ not in {champ.cle for champ in self.section.champs}:
            return None
        target = self.definition.champ(condition.champ)
        labels = [_value_label(target, value) for value in condition.parmi]
        answers = " ou ".join(f"« {label} »" for label in labels)
        return PageCondition(
            champ=condition.champ,
            valeurs=list(condition.parmi),
            texte=f"{verbe} si vous avez répondu {answers} à « {target.libelle} »",
        )

    def is_shown(self, champ: Champ) -> bool:
        """Tell whether a field counts, given what this and earlier screens sent."""
        return is_met(champ.si, self.definition, self._saisie_courante)

    def full_clean(self) -> None:
        hidden = [champ for champ in self._champs if not self.is_shown(champ)]
        names = [name for champ in hidden for name in self._names(champ)]
        needed = [name for name in names if self.fields[name].required]
        for name in needed:
            self.fields[name].required = False
        super().full_clean()
        for name in names:
            self._errors.pop(name, None)
        for name in needed:  # shown again, a field keeps its asterisk: its condition may come true
            self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        for champ in self._champs:
            if not self.is_shown(champ):
                continue
            for suffix, message in KINDS[champ.type].check(champ, self._values(champ)).items():
                if html_name(champ, suffix) not in self._errors:
                    self.add_error(html_name(champ, suffix), message)
        return self.cleaned_data

    @property
    def reponses(self) -> dict[str, Any]:
        """The answers (JSON, by key) of a valid form: fields that are shown and filled in."""
        result = {}
        for champ in self._champs:
            if not KINDS[champ.type].is_answered or not self.is_shown(champ):
                continue
            answer = KINDS[champ.type].read(self._values(champ))
            if answer is not None:
                result[champ.cle] = answer
        return result

    def items(self) -> list[Item]:
        """Return the fields in the order of the page."""
        return [
            Item(
                champ=champ,
                controls={
                    suffix: self[html_name(champ, suffix)] for suffix in self._suffixes(champ)
                },
                condition=self._page_condition(champ.si, verbe(champ)) if champ.si else None,
            )
            for champ in self._champs
        ]

    def _suffixes(self, champ: Champ) -> list[str]:
        prefix = f"{champ.cle}__"
        names = [name for name in self.fields if name == champ.cle or name.startswith(prefix)]
        return [name.removeprefix(prefix) if name != champ.cle else "" for name in names]

    def _names(self, champ: Champ) -> list[str]:
        return [html_name(champ, suffix) for suffix in self._suffixes(champ)]

    def _values(self, champ: Champ) -> dict[str, Any]:
        return {
            suffix: self.cleaned_data.get(html_name(champ, suffix))
            for suffix in self._suffixes(champ)
        }


def verbe(champ: Champ) -> str:
    """Return what one does with a field: an explanation is read, a question answered."""
    return "À remplir" if KINDS[champ.type].is_answered else "À lire"


def html_name(champ: Champ, suffix: str) -> str:
    """Return the name of a control: the key, or `key__suffix` for kinds of several controls."""
    return f"{champ.cle}__{suffix}" if suffix else champ.cle


def initial_of(section: Section, saisie: Saisie, reponses: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a section's controls show first: what was typed, else what is known."""
    initial: dict[str, Any] = {}
    for champ in section.champs:
        kind = KINDS[champ.type]
        if champ.cle in reponses:
            values = kind.initial(reponses[champ.cle])
            initial |= {html_name(champ, suffix): value for suffix, value in values.items()}
        prefix = f"{champ.cle}__"
        for name in saisie:
            if name == champ.cle or name.startswith(prefix):
                sent = list(saisie[name])
                several = champ.type == "choix_multiples"
                initial[name] = sent if several else (sent[0] if sent else "")
    return initial


def _value_label(champ: Champ, raw: str) -> str:
    for choice in champ.options.get("choix", ()):
        if choice["valeur"] == raw:
            return str(choice["libelle"])
    return raw.capitalize()
