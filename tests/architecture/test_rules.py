"""House rules that no linter holds: read from the source, so that a breach names its place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("portal", "accounts", "demarches")
BELOW_VIEWS = ("services", "queries", "effects", "models", "schema")
MODULE_LINES, FUNCTION_LINES, TEST_LINES = 400, 40, 600


def sources(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', '?')}"


def imports(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node, node.module


def test_services_and_what_is_below_know_nothing_of_http():
    found = [
        place(path, node)
        for path in sources("demarches", "accounts")
        if set(BELOW_VIEWS) & {*path.relative_to(ROOT).parts, path.stem}
        for node, name in imports(ast.parse(path.read_text()))
        if name.startswith(("django.http", "django.shortcuts", "django.template"))
    ]

    assert found == []


def test_no_view_starts_from_all_rows():
    found = [
        place(path, node)
        for path in sources(*PACKAGES)
        if "views" in {*path.relative_to(ROOT).parts, path.stem}
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "all"
        and isinstance(node.func.value, ast.Attribute)
        and node.func.value.attr == "objects"
    ]

    assert found == []


def test_only_transitions_write_a_state():
    """`demande.etat = …` and `.update(etat=…)` stand in one module (states of architecture.md)."""
    allowed = ROOT / "demarches" / "services" / "transitions.py"
    found = []
    for path in sources("demarches"):
        for node in ast.walk(ast.parse(path.read_text())):
            targets = node.targets if isinstance(node, ast.Assign) else []
            writes = any(isinstance(t, ast.Attribute) and t.attr == "etat" for t in targets)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                writes |= node.func.attr == "update" and "etat" in {k.arg for k in node.keywords}
            if writes and path != allowed:
                found.append(place(path, node))

    assert found == []


def test_modules_and_functions_stay_short():
    data = {"pays.py"}  # a list is as long as the world
    found = []
    for path in sources(*PACKAGES, "runner"):
        text = path.read_text()
        if text.count("\n") > MODULE_LINES and path.name not in data:
            found.append(f"{path.relative_to(ROOT)} has {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > FUNCTION_LINES:
                    found.append(f"{place(path, node)} {node.name} has {length} lines")
    found += [
        f"{path.relative_to(ROOT)} is too long"
        for path in sources("tests")
        if path.read_text().count("\n") > TEST_LINES
    ]

    assert found == []


def test_public_functions_say_what_they_do():
    """Services, queries and the kernel are read by who comes next: a docstring on each."""
    found = []
    for path in sources("portal/kernel", "portal/audit", "portal/notifications", "demarches"):
        parts = {*path.relative_to(ROOT).parts, path.stem}
        if not parts & {"kernel", "audit", "notifications", "services", "queries", "schema"}:
            continue
        if parts & {"views", "tasks"}:
            continue
        for node in ast.parse(path.read_text()).body:
            public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if public and ast.get_docstring(node) is None:
                found.append(f"{place(path, node)} {node.name}")

    assert found == []


@pytest.mark.django_db
def test_migrations_are_named_and_have_one_leaf():
    loader = MigrationLoader(connection)
    ours = {config.label for config in apps.get_app_configs() if config.name in ours_names()}

    assert loader.detect_conflicts() == {}
    unnamed = [key for key in loader.disk_migrations if key[0] in ours and "auto" in key[1]]
    assert unnamed == []


def ours_names() -> set[str]:
    return {c.name for c in apps.get_app_configs() if c.name.split(".")[0] in PACKAGES}


def test_no_french_text_goes_through_gettext():
    found = [
        place(path, node)
        for path in sources(*PACKAGES)
        for node, name in imports(ast.parse(path.read_text()))
        if "translation" in name
    ]

    assert found == []


def test_templates_hold_no_inline_script_or_style():
    """The content security policy forbids both; mails, which no page shows, need inline style."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)|\sstyle=|\son(click|load|submit|change)=")
    found = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if "mails" not in path.parts and inline.search(path.read_text())
    ]

    assert found == []
