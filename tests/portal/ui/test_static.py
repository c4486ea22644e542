"""Style sheet, scripts and icons: sizes, contrasts, and that one request brings the style."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import FileSystemStorage

from portal.ui import icons, storage

STATIC = Path(__file__).resolve().parents[3] / "static"
CSS = STATIC / "css"
IMPORTED = re.compile(r'@import url\("([^"]+)"\) layer\((\w+)\);')
KB = 1000
TEXT, LARGE = 4.5, 3.0

# Colours that meet on a page: (over, under, least contrast). WCAG 2.2 AA: 4.5 for text, 3 for the
# outline of controls and for what must be seen.
GROUNDS = ("fond", "surface", "creux")
PAIRS = [
    *[
        (word, ground, TEXT)
        for word in ("texte", "texte-doux", "ville", "erreur")
        for ground in GROUNDS
    ],
    *[("ville-fort", ground, TEXT) for ground in (*GROUNDS, "ville-doux")],
    *[(word, "ville-doux", TEXT) for word in ("texte", "texte-doux", "ville")],
    *[("accent", ground, TEXT) for ground in ("fond", "surface", "ville-doux")],
    *[(kind, f"{kind}-doux", TEXT) for kind in ("info", "succes", "attention", "erreur")],
    *[("texte", f"{kind}-doux", TEXT) for kind in ("info", "succes", "attention", "erreur")],
    ("sur-ville", "ville", TEXT),
    ("sur-ville", "ville-fort", TEXT),
    ("sur-erreur", "erreur", TEXT),
    ("sur-pied", "pied", TEXT),
    *[("bord", ground, LARGE) for ground in ("fond", "surface")],
    *[("anneau", ground, LARGE) for ground in (*GROUNDS, "ville-doux")],
]


def tokens(scheme: str) -> dict[str, str]:
    """Read the custom properties of tokens.css as a browser of that scheme would."""
    source = re.sub(r"/\*.*?\*/", "", (CSS / "tokens.css").read_text(encoding="utf-8"), flags=re.S)
    dark = re.search(
        r"@media \(prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}\s*\}", source, re.S
    )
    blocks = [source.replace(dark[0], "")] + ([dark[1]] if scheme == "dark" else [])
    return {
        name: value.strip()
        for block in blocks
        for name, value in re.findall(r"--([\w-]+):\s*([^;]+);", block)
    }


def luminance(values: dict[str, str], name: str) -> float:
    value = values[name]
    while match := re.fullmatch(r"var\(--([\w-]+)\)", value):
        value = values[match[1]]
    channels = [int(value[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("over", "under", "least"), PAIRS)
def test_contrast(scheme, over, under, least):
    values = tokens(scheme)
    high, low = sorted((luminance(values, over), luminance(values, under)), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= least


def test_budgets():
    sizes = {path.name: path.stat().st_size for path in CSS.rglob("*.css")}
    # Agents have Django's own sheets besides; residents have ours alone.
    assert sizes.pop("admin.css") < 8 * KB
    assert sum(sizes.values()) < 40 * KB
    assert sum(path.stat().st_size for path in (STATIC / "js").glob("*.js")) < 20 * KB
    for path in (STATIC / "js").glob("*.js"):
        assert path.stat().st_size < 2 * KB, path.name


def test_every_file_is_imported_in_its_layer():
    imports = dict(IMPORTED.findall((CSS / "parvis.css").read_text(encoding="utf-8")))
    files = {str(path.relative_to(CSS)) for path in CSS.rglob("*.css")}
    assert set(imports) == files - {"parvis.css", "admin.css"}
    for name, layer in imports.items():
        assert layer == ("components" if "/" in name else Path(name).stem)


def test_no_outside_address_and_no_relative_one_that_would_break():
    for path in CSS.rglob("*.css"):
        source = path.read_text(encoding="utf-8")
        assert "//" not in source, f"{path.name}: an address of another site"
        if path.parent.name == "components":
            assert "url(" not in source, (
                f"{path.name}: url() is relative to parvis.css once collected"
            )


def test_collected_sheet_holds_everything_in_order():
    name = staticfiles_storage.stored_name("css/parvis.css")
    assert re.fullmatch(r"css/parvis\.[0-9a-f]{12}\.css", name)
    sheet = (Path(staticfiles_storage.location) / name).read_text(encoding="utf-8")
    assert "@import" not in sheet
    assert sheet.index("@layer tokens {") < sheet.index("@layer base {") < sheet.index(".bouton {")
    assert "/*" not in sheet
    assert re.search(r'url\("\.\./img/arcade\.[0-9a-f]{12}\.svg"\)', sheet)
    assert (Path(staticfiles_storage.location) / f"{name}.gz").stat().st_size < 12 * KB


def test_changing_a_component_changes_the_collected_sheet(tmp_path):
    (tmp_path / "css").mkdir()
    (tmp_path / "css/parvis.css").write_text('@layer a;\n@import url("a.css") layer(a);\n')
    source = FileSystemStorage(location=tmp_path)
    paths = {name: (source, name) for name in ("css/parvis.css", "css/a.css")}
    sheets = []
    for colour in ("red", "blue"):
        (tmp_path / "css/a.css").write_text(f"/* note */\na {{ color: {colour} }}\n")
        sheets.append(storage.flatten(paths))
    assert sheets[0] == "@layer a;\n@layer a {\na { color: red }\n}\n"
    assert "blue" in sheets[1]


def test_icons_are_small_hidden_and_without_style():
    assert icons.names() >= {"check", "lock", "menu", "search"}
    for name in icons.names():
        svg = icons.icone(name)
        assert svg.startswith("<svg")
        assert svg.endswith("</svg>")
        assert 'aria-hidden="true"' in svg
        assert "style" not in svg
        assert "<script" not in svg
        assert len(svg) < 1500, name


def test_unknown_icon_is_an_error():
    with pytest.raises(ValueError, match="lapin"):
        icons.icone("lapin")


def test_licence_of_the_icons_is_there():
    assert "ISC License" in (STATIC / "icons" / "LICENSE").read_text(encoding="utf-8")
