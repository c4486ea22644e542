"""What the form macros need to know about a BoundField, gathered in one pass.

The macros of templates/components/forms.html draw residents' fields themselves: Django's widget
templates are several times slower and carry neither our hint, nor our error, nor our condition.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.widgets import Input
from markupsafe import Markup, escape

# From the most precise class to the widest one: the first match wins.
NATURES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.HiddenInput, "cache"),
    (forms.CheckboxSelectMultiple, "cases"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "case"),
    (forms.Textarea, "texte"),
    (forms.MultiWidget, "autre"),
    (forms.Select, "liste"),
    (forms.FileInput, "fichier"),
    (Input, "ligne"),
)
GROUPES = ("radios", "cases")


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a list, a radio or a group of boxes."""

    valeur: str
    libelle: str
    choisie: bool
    aide: str
    groupe: str


@dataclass(frozen=True, slots=True)
class Condition:
    """When a field is asked: the answers of another field that make it appear."""

    champ: str
    valeurs: str
    texte: str


@dataclass(frozen=True, slots=True)
class Erreur:
    """One line of the error summary; `ancre` is the id of the control, None for the whole form."""

    libelle: str
    message: str
    ancre: str | None


@dataclass(frozen=True, slots=True)
class Controle:
    """All that a macro writes about one field."""

    nature: str
    id: str
    ancre: str
    nom: str
    libelle: str
    aide: str
    requis: bool
    largeur: str
    erreurs: tuple[str, ...]
    decrit_par: str
    condition: Condition | None
    attributs: Markup
    valeur: str | None
    options: tuple[Option, ...]


def controle(field: BoundField, aide: str | None = None, avec_condition: bool = True) -> Controle:
    """Describe `field` for the macros; `aide` replaces its help text.

    `avec_condition` is False where a group around several fields already says the condition.
    """
    nature = _nature(field.field.widget)
    texte_aide = str(field.help_text) if aide is None else aide
    condition = page_condition(getattr(field.field, "condition", None))
    dite = condition if avec_condition else None
    erreurs = tuple(str(erreur) for erreur in field.errors)
    decrit_par = _decrit_par(field, dite, texte_aide, erreurs)
    options = tuple(_options(field)) if nature in (*GROUPES, "liste") else ()
    return Controle(
        nature=nature,
        id=_id(field),
        ancre=_ancre(field, nature),
        nom=field.html_name,
        libelle=str(field.label),
        aide=texte_aide,
        requis=field.field.required or getattr(field.field, "asterisque", False),
        largeur=getattr(field.field, "largeur", ""),
        erreurs=erreurs,
        decrit_par=decrit_par,
        condition=dite,
        attributs=_attributs(field, nature, condition, decrit_par),
        valeur=None if options else _valeur(field, nature),
        options=options,
    )


def attributs_html(attributs: Mapping[str, Any]) -> Markup:
    """Return attributes as HTML: True without value, None and False left out.

    Several times faster than Django's flatatt, which counts: it is called for every control.
    """
    parts = [
        f" {nom}" if valeur is True else f' {nom}="{escape(valeur)}"'
        for nom, valeur in attributs.items()
        if valeur is not None and valeur is not False
    ]
    return Markup("".join(parts))  # noqa: S704 (values escaped, names are ours)


def erreurs_de(form_or_forms: Any) -> list[Erreur]:
    """List the lines of the error summary of a form, or of several, in the order of the page."""
    formulaires = [form_or_forms] if hasattr(form_or_forms, "fields") else list(form_or_forms)
    return [ligne for formulaire in formulaires for ligne in _erreurs(formulaire)]


def page_condition(condition: Any) -> Condition | None:
    """Return what a page needs of a condition: an object with champ, valeurs and texte, or None."""
    if condition is None:
        return None
    valeurs = json.dumps([_texte(valeur) for valeur in condition.valeurs], ensure_ascii=False)
    return Condition(champ=condition.champ, valeurs=valeurs, texte=condition.texte)


def _erreurs(form: forms.BaseForm) -> Iterator[Erreur]:
    if not form.errors:
        return
    for message in form.non_field_errors():
        yield Erreur("", str(message), None)
    for field in form:
        nature = _nature(field.field.widget)
        ancre = None if nature == "cache" else _ancre(field, nature)
        for message in field.errors:
            yield Erreur(str(field.label), str(message), ancre)


def _nature(widget: forms.Widget) -> str:
    return next((nature for classe, nature in NATURES if isinstance(widget, classe)), "autre")


def _id(field: BoundField) -> str:
    return field.field.widget.attrs.get("id") or field.auto_id


def _ancre(field: BoundField, nature: str) -> str:
    # A fieldset takes no focus: a link of the summary leads to its first box.
    if nature in GROUPES:
        return f"{_id(field)}_0"
    return field.id_for_label or _id(field)


def _texte(valeur: Any) -> str:
    # A box answers true or false, as static/js/conditions.js reads it.
    return str(valeur).lower() if isinstance(valeur, bool) else str(valeur)


def _decrit_par(
    field: BoundField, condition: Condition | None, aide: str, erreurs: Iterable[str]
) -> str:
    """Return the ids that describe the control; the suffixes are those of Django itself."""
    identifiant = _id(field)
    parties = (
        (condition, "condition"),
        (aide, "helptext"),
        (erreurs, "error"),
    )
    ids = [f"{identifiant}_{suffixe}" for contenu, suffixe in parties if contenu]
    if ailleurs := field.field.widget.attrs.get("aria-describedby"):
        ids.append(ailleurs)
    return " ".join(ids)


def _attributs(
    field: BoundField, nature: str, condition: Condition | None, decrit_par: str
) -> Markup:
    widget = field.field.widget
    attributs: dict[str, Any] = {**widget.attrs, "disabled": field.field.disabled}
    if nature in GROUPES:
        # They go on each box, which has an id of its own; the group carries the description.
        return attributs_html(attributs | {"id": None, "aria-describedby": None})
    attributs["id"] = _id(field)
    if nature == "cache":
        return attributs_html(attributs)
    if nature in ("ligne", "fichier"):
        attributs.setdefault("type", widget.input_type)
    elif nature == "liste":
        attributs["multiple"] = getattr(widget, "allow_multiple_selected", False)
    elif nature == "texte":
        attributs["data-longueur-max"] = _longueur_max(field.field)
    required = _required(field, condition)
    attributs["required"] = required
    attributs["aria-required"] = "true" if field.field.required and not required else None
    attributs["aria-describedby"] = decrit_par or None
    attributs["aria-invalid"] = "true" if field.errors else None
    return attributs_html(attributs)


def _required(field: BoundField, condition: Condition | None) -> bool:
    # Without scripts a field under condition is always on the page: the browser must not demand it.
    return bool(
        field.field.required
        and condition is None
        and field.form.use_required_attribute
        and field.field.widget.use_required_attribute(field.initial)
    )


def _longueur_max(field: forms.Field) -> int | None:
    # `longueur_max` limits without the maxlength attribute, which cuts pasted texts in silence.
    return getattr(field, "longueur_max", None) or getattr(field, "max_length", None)


def _valeur(field: BoundField, nature: str) -> str | None:
    widget = field.field.widget
    if nature == "fichier" or getattr(widget, "render_value", True) is False:
        return None
    value = field.value()
    if nature == "case":
        return "on" if widget.check_test(value) else None
    if getattr(widget, "input_type", "") == "date" and hasattr(value, "strftime"):
        return value.strftime("%Y-%m-%d")  # what browsers read, whatever they show
    rendu = widget.format_value(value) if nature != "autre" else None
    return None if rendu is None else str(rendu)


def _options(field: BoundField) -> Iterator[Option]:
    widget = field.field.widget
    valeurs = widget.format_value(field.value())
    choisies = {valeurs} if isinstance(valeurs, str) else set(valeurs)
    aides = getattr(field.field, "aides", {})
    for groupe, choix in _groupes(widget.choices):
        for valeur, libelle in choix:
            cle = "" if valeur is None else str(valeur)
            yield Option(
                valeur=cle,
                libelle=str(libelle),
                choisie=cle in choisies,
                aide=aides.get(cle, ""),
                groupe=groupe,
            )


def _groupes(choices: Iterable[tuple[Any, Any]]) -> Iterator[tuple[str, list[tuple[Any, Any]]]]:
    for valeur, libelle in choices:
        if isinstance(libelle, list | tuple):
            yield str(valeur), list(libelle)
        else:
            yield "", [(valeur, libelle)]
