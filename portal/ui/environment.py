"""The Jinja2 environment of residents' pages, mails and components."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from jinja2 import Environment, StrictUndefined, select_autoescape
from markupsafe import Markup

from portal.ui import controls, formats, icons, markdown
from portal.ui.registries import menu
from portal.ui.ville import Ville

FILTERS: dict[str, Callable[..., Any]] = {
    "date_longue": formats.date_longue,
    "date_heure": formats.date_heure,
    "date_courte": formats.date_courte,
    "heure": formats.heure,
    "de": formats.de,
    "duree": formats.duree,
    "montant": formats.montant,
    "telephone": formats.telephone,
    "iso": formats.iso,
    "markdown": markdown.render,
}


def environment(**options: Any) -> Environment:
    """Build the environment; Django gives the loader and the reload mode."""
    options.pop("autoescape", None)
    options.pop("undefined", None)
    env = Environment(
        # The text of mails alone is not HTML.
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        undefined=StrictUndefined,  # a misspelt variable is an error, in production too
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    env.filters.update(FILTERS)
    env.globals.update(
        url=url,
        static=static,
        now=timezone.localtime,
        ville=Ville.from_settings(),
        icone=icons.icone,
        embleme=icons.embleme,
        controle=controls.controle,
        erreurs_de=controls.erreurs_de,
        page_condition=controls.page_condition,
        attributs=attributs,
        # What is the same on every page, drawn once per process.
        marque=_once(env, "components/marque.html"),
        modules=_once(env, "components/modules.html"),
        pied=_once(env, "components/pied.html", lambda: {"liens": menu.pied()}),
    )
    return env


def url(name: str, **kwargs: Any) -> str:
    """Return the address of a named page."""
    return reverse(name, kwargs=kwargs)


def attributs(attrs: Mapping[str, Any]) -> Markup:
    """Return HTML attributes from a macro's keyword arguments (`aria_label` → `aria-label`)."""
    return controls.attributs_html({nom.replace("_", "-"): v for nom, v in attrs.items()})


def _once(
    env: Environment, name: str, context: Callable[[], dict[str, Any]] = dict
) -> Callable[[], Markup]:
    # At the first page and not before: addresses and menu entries are not known at start.
    # The template has escaped what it shows.
    return functools.cache(lambda: Markup(env.get_template(name).render(context())))  # noqa: S704
