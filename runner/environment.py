"""The environment of the programs we start; what is already set always wins."""

import os
import secrets
from pathlib import Path

from runner.checkout import Checkout
from runner.console import Failure

TEST_SECRET = "secret-des-tests-" + "0" * 50
DEFAULT_PORT = 8000


def is_given(name: str) -> bool:
    """Whether the person has set a value, directly or by a file."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def port() -> int:
    """The port of the web, from PORT."""
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Failure(
            f"PORT={text} n’est pas un numéro de port : donnez un nombre, de 1 à 65535.", 2
        )
    return int(text)


def public_url() -> str:
    """The address people use, without a slash at its end."""
    return (os.environ.get("PARVIS_PUBLIC_URL") or f"http://localhost:{port()}").rstrip("/")


def for_children(checkout: Checkout, **values: str) -> dict[str, str]:
    """The environment of a child: ours, the tools of .venv, then each value not yet given."""
    env = dict(os.environ)
    env["VIRTUAL_ENV"] = str(checkout.venv)
    env["PATH"] = f"{checkout.venv / 'bin'}{os.pathsep}{env.get('PATH', os.defpath)}"
    env["PYTHONUNBUFFERED"] = "1"
    defaults = {"PARVIS_PUBLIC_URL": public_url(), "PARVIS_EMAIL_URL": "demo:"}
    if not is_given("PARVIS_PUBLIC_URL"):  # otherwise its own host is the one allowed
        defaults["PARVIS_ALLOWED_HOSTS"] = "localhost,127.0.0.1,[::1]"
    for name, value in (defaults | values).items():
        if not is_given(name):
            env[name] = value
    return env


def kept_secret(checkout: Checkout) -> str:
    """The secret key of this checkout, drawn at the first start."""
    path = checkout.var / "secret_key"
    try:
        if key := path.read_text().strip():
            return key
    except FileNotFoundError:
        pass
    except OSError as error:
        raise Failure(f"Impossible de lire {path} : {error.strerror}.") from None
    return _write_secret(path, secrets.token_urlsafe(64))


def _write_secret(path: Path, key: str) -> str:
    draft = path.with_name("secret_key.new")
    draft.unlink(missing_ok=True)
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w") as file:
        file.write(key + "\n")
    draft.rename(path)
    return key
