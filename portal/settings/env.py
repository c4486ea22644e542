"""The environment, read once and checked as a whole before Django starts.

Every value a town can set is declared here; an unknown `PARVIS_*` name (usually a typing mistake)
and a missing required one stop the start with their name, rather than being found out later by a
resident.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]
UNPREFIXED = ("DATABASE_URL", "REDIS_URL", "PORT")
SECRETS = ("DATABASE_URL", "REDIS_URL", "PARVIS_SECRET_KEY", "PARVIS_EMAIL_URL")
REQUIRED = (
    "DATABASE_URL",
    "REDIS_URL",
    "PARVIS_SECRET_KEY",
    "PARVIS_PUBLIC_URL",
    "PARVIS_EMAIL_URL",
)
DEFAULTS = {
    "PARVIS_ALLOWED_HOSTS": "",
    "PARVIS_DEBUG": "0",
    "PARVIS_EMAIL_FROM": "",
    "PARVIS_PROCESS": "command",
    "PARVIS_SOURCE_URL": "",
    "PARVIS_STATIC_ROOT": str(ROOT / "var" / "static"),
    "PARVIS_TOWN_ADDRESS": "1 place de la Mairie, 49999 Clairval-sur-Loire",
    "PARVIS_TOWN_EMAIL": "mairie@clairval.example",
    "PARVIS_TOWN_NAME": "Clairval-sur-Loire",
    "PARVIS_TOWN_PHONE": "02 61 91 00 00",
    "PARVIS_TRUSTED_PROXIES": "0",
}
PROCESSES = ("web", "worker", "command")


@dataclass(frozen=True)
class EmailRoute:
    """How mail leaves: a Django backend and the settings it reads."""

    backend: str
    settings: dict[str, object]
    is_demo: bool = False


@dataclass(frozen=True)
class Env:
    """The checked values; names as in docs/production.md."""

    database_url: str
    redis_url: str
    secret_key: str
    public_url: str
    allowed_hosts: list[str]
    email: EmailRoute
    email_from: str
    debug: bool
    process: str
    source_url: str
    static_root: str
    town_name: str
    town_email: str
    town_phone: str
    town_address: str
    trusted_proxies: int

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def celery_broker_url(self) -> str:
        """Celery names a unix socket `redis+socket://`, redis-py `unix://`."""
        return self.redis_url.replace("unix://", "redis+socket://", 1)


def read(environ: Mapping[str, str] = os.environ) -> Env:
    """Return the checked environment; raises ImproperlyConfigured naming every fault at once."""
    values, faults = _collect(environ)
    if faults:
        raise ImproperlyConfigured("Configuration : " + " ; ".join(faults))
    public = values["PARVIS_PUBLIC_URL"].rstrip("/")
    host = urlsplit(public).hostname or ""
    hosts = [name.strip() for name in values["PARVIS_ALLOWED_HOSTS"].split(",") if name.strip()]
    return Env(
        database_url=values["DATABASE_URL"],
        redis_url=values["REDIS_URL"],
        secret_key=values["PARVIS_SECRET_KEY"],
        public_url=public,
        allowed_hosts=hosts or [host],
        email=email_route(values["PARVIS_EMAIL_URL"]),
        email_from=values["PARVIS_EMAIL_FROM"] or f"ne-pas-repondre@{host}",
        debug=values["PARVIS_DEBUG"] == "1",
        process=values["PARVIS_PROCESS"],
        source_url=values["PARVIS_SOURCE_URL"],
        static_root=values["PARVIS_STATIC_ROOT"],
        town_name=values["PARVIS_TOWN_NAME"],
        town_email=values["PARVIS_TOWN_EMAIL"],
        town_phone=values["PARVIS_TOWN_PHONE"],
        town_address=values["PARVIS_TOWN_ADDRESS"],
        trusted_proxies=int(values["PARVIS_TRUSTED_PROXIES"]),
    )


def _collect(environ: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    values = dict(DEFAULTS)
    faults: list[str] = []
    known = {*DEFAULTS, *REQUIRED}
    for name, value in environ.items():
        base = name.removesuffix("_FILE")
        if base in SECRETS and name != base:
            values[base] = _read_secret(name, value, faults)
        elif name in known:
            values[name] = value
        elif name.startswith("PARVIS_"):
            faults.append(f"{name} est inconnu")
    faults += [f"{name} manque" for name in REQUIRED if not values.get(name)]
    faults += [text for name, text in _checks(values) if values.get(name)]
    return values, faults


def _read_secret(name: str, path: str, faults: list[str]) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        faults.append(f"{name} : {error.strerror} ({path})")
        return ""


def _checks(values: Mapping[str, str]) -> list[tuple[str, str]]:
    """Faults of single values, as (name, sentence)."""
    faults = []
    if len(values.get("PARVIS_SECRET_KEY", "")) < 50:
        faults.append(("PARVIS_SECRET_KEY", "PARVIS_SECRET_KEY a moins de 50 caractères"))
    url = urlsplit(values.get("PARVIS_PUBLIC_URL", ""))
    if url.scheme not in {"http", "https"} or not url.hostname or url.path.rstrip("/"):
        faults.append(
            ("PARVIS_PUBLIC_URL", "PARVIS_PUBLIC_URL s’écrit https://nom-du-site, sans chemin")
        )
    if values["PARVIS_DEBUG"] not in {"0", "1"}:
        faults.append(("PARVIS_DEBUG", "PARVIS_DEBUG vaut 0 ou 1"))
    if values["PARVIS_PROCESS"] not in PROCESSES:
        faults.append(("PARVIS_PROCESS", f"PARVIS_PROCESS vaut {', '.join(PROCESSES)}"))
    if not values["PARVIS_TRUSTED_PROXIES"].isdigit():
        faults.append(("PARVIS_TRUSTED_PROXIES", "PARVIS_TRUSTED_PROXIES est un nombre entier"))
    try:
        email_route(values.get("PARVIS_EMAIL_URL", "demo:"))
    except ValueError as error:
        faults.append(("PARVIS_EMAIL_URL", f"PARVIS_EMAIL_URL : {error}"))
    return faults


def email_route(url: str) -> EmailRoute:
    """Turn `smtp+tls://user:password@host:587`, `anymail://brevo?API_KEY=…` or `demo:` into
    settings.

    Raises ValueError with a French sentence when the address is of no known kind.
    """
    parts = urlsplit(url)
    if parts.scheme == "demo":
        return EmailRoute("django.core.mail.backends.dummy.EmailBackend", {}, is_demo=True)
    if parts.scheme == "anymail" and parts.hostname:
        prefix = parts.hostname.upper()
        options = {f"{prefix}_{name}": value for name, value in parse_qsl(parts.query)}
        return EmailRoute(f"anymail.backends.{parts.hostname}.EmailBackend", {"ANYMAIL": options})
    if parts.scheme in {"smtp", "smtp+tls", "smtp+ssl"} and parts.hostname:
        return EmailRoute("django.core.mail.backends.smtp.EmailBackend", _smtp(parts))
    raise ValueError("attendu smtp://, smtp+tls://, smtp+ssl://, anymail://fournisseur ou demo:")


def _smtp(parts) -> dict[str, object]:
    default_port = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}[parts.scheme]
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or default_port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtp+ssl",
        # A mail server that hangs must not hold a worker for minutes.
        "EMAIL_TIMEOUT": 20,
    }
