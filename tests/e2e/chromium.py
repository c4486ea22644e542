"""Finding and starting the browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections
from playwright.sync_api import Browser, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
# Nothing of what a browser does by itself on the network, and what a container asks for.
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 10_000  # ms; a machine that is busy with other tests is slow, not wrong


@contextmanager
def started() -> Iterator[Browser]:
    """Yield a browser; skip where there is none, which fails in CI.

    To be used for a package at most: while it lasts an event loop runs in this thread, and another
    Playwright cannot start.
    """
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        missing("no Chromium here (apt install chromium)")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGS)
        yield browser
        browser.close()
        # Django keeps connections apart for each event loop: this loop's would outlive it, and a
        # database that somebody is connected to cannot be dropped.
        connections.close_all()


def missing(what: str) -> None:
    """Skip the test that needs a tool this machine lacks; CI may not skip."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}: required in CI")
    pytest.skip(what)
