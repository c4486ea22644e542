"""run.py is tested by running it, in a copy of the checkout that shares the installed .venv."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner import install
from runner.checkout import Checkout
from tests.runner.running import Copy

ROOT = Path(__file__).resolve().parents[2]
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", "var", "node_modules", "__pycache__", ".*_cache", "tests"
)


@pytest.fixture
def copy() -> Iterator[Copy]:
    """A copy in a folder that everybody may enter, as an ordinary checkout is."""
    if not install.is_current(Checkout(ROOT), "dev"):
        pytest.skip("the environment was not made by run.py: use `python3 run.py test`")
    base = Path(tempfile.mkdtemp(prefix="parvis-copie-"))
    base.chmod(0o755)
    folder = base / "parvis été"
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED, symlinks=True)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    copy = Copy(folder)
    yield copy
    copy.close()
    shutil.rmtree(base, ignore_errors=True)
