"""What is shown, decided on the server from what the browser sent so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from demarches.schema.definition import Champ, Condition, Definition, Section

# What a draft keeps: the values sent, by HTML name.
Saisie = Mapping[str, Sequence[str]]


def is_met(condition: Condition | None, definition: Definition, saisie: Saisie) -> bool:
    """Tell whether a condition holds; the field it looks at must itself be shown."""
    if condition is None:
        return True
    if not set(saisie.get(condition.champ, ())) & set(condition.parmi):
        return False
    for section in definition.sections:
        for champ in section.champs:
            if champ.cle == condition.champ:
                return is_shown(champ, section, definition, saisie)
    return False


def is_shown(champ: Champ, section: Section, definition: Definition, saisie: Saisie) -> bool:
    """Tell whether a field of a section is asked, given what has been sent."""
    return is_met(section.si, definition, saisie) and is_met(champ.si, definition, saisie)


def sections(definition: Definition, saisie: Saisie) -> list[Section]:
    """Return the sections that are asked, in order."""
    return [section for section in definition.sections if is_met(section.si, definition, saisie)]
