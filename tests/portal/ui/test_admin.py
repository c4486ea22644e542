"""The admin keeps Django's frame, with the town's name and colours over it."""

import re
from types import SimpleNamespace

from django.conf import settings
from django.contrib import admin
from django.template import engines
from django.test import RequestFactory
from lxml import html

from tests.portal.ui.helpers import only, text
from tests.portal.ui.test_static import CSS, luminance, tokens


def page():
    request = RequestFactory().get("/admin/")
    request.user = SimpleNamespace(is_active=True, is_staff=True, is_anonymous=False)
    context = {
        "title": "Demandes",
        "site_title": admin.site.site_title,
        "site_header": admin.site.site_header,
        "is_nav_sidebar_enabled": False,
    }
    source = engines["django"].get_template("admin/base_site.html").render(context, request)
    return html.document_fromstring(source)


def test_frame_of_django_with_the_name_of_the_town():
    root = page()
    assert settings.TOWN["nom"] in text(only(root, "//*[@id='site-name']"))
    assert settings.TOWN["nom"] in only(root, "//title").text
    assert root.xpath("//body/a[1]/@href") == ["#content-start"]  # its skip link
    sheets = [re.sub(r"\.\w{12}\.", ".", href) for href in root.xpath("//link/@href")]
    ours = [sheet for sheet in sheets if "/admin/css/" not in sheet and sheet.endswith(".css")]
    assert [sheet.rsplit("/", 1)[-1] for sheet in ours] == ["tokens.css", "admin.css"]


def test_both_ways_to_ask_for_the_dark_scheme_give_the_same_colours():
    source = (CSS / "admin.css").read_text(encoding="utf-8")
    asked = re.search(r"@media \(prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}", source, re.S)
    chosen = re.search(r'html\[data-theme="dark"\] \{(.*?)\}', source, re.S)
    assert asked[1].split() == chosen[1].split()


def test_words_of_the_admin_can_be_read_on_their_grounds():
    source = (CSS / "admin.css").read_text(encoding="utf-8")
    light, dark = (
        re.search(r":root \{(.*?)\}", part, re.S)[1] for part in source.split("@media", 1)
    )
    for block in (light, light + dark):
        values = tokens("light") | {"body-bg": "#ffffff"}
        values |= dict(re.findall(r"--([\w-]+):\s*([^;]+);", block.replace("#fff;", "#ffffff;")))
        for over, under in (
            ("body-fg", "body-bg"),
            ("body-quiet-color", "darkened-bg"),
            ("link-fg", "body-bg"),
            ("link-fg", "selected-row"),
            ("header-color", "header-bg"),
            ("breadcrumbs-fg", "breadcrumbs-bg"),
            ("breadcrumbs-link-fg", "breadcrumbs-bg"),
            ("button-fg", "button-bg"),
            ("button-fg", "default-button-bg"),
        ):
            high, low = sorted((luminance(values, over), luminance(values, under)), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, (over, under)
