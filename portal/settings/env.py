"""The environment, read once and checked as a whole before Django starts.

Every value a town can set is declared here; an unknown `PARVIS_*` name (usually a typing mistake)
and a missing required one stop the start with their name, rather than being found out later by a
resident.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]
SECRETS = ("DATABASE_URL", "REDIS_URL", "PARVIS_SECRET_KEY", "PARVIS_EMAIL_URL")
REQUIRED = (
    "DATABASE_URL",
    "REDIS_URL",
    "PARVIS_SECRET_KEY",
    "PARVIS_PUBLIC_URL",
    "PARVIS_EMAIL_URL",
)
DEFAULTS = {
    "PARVIS_ADDRESS_URL": "",
    "PARVIS_ALLOWED_HOSTS": "",
    "PARVIS_DEBUG": "0",
    "PARVIS_DPO_EMAIL": "",
    "PARVIS_EMAIL_FROM": "",
    "PARVIS_HOLIDAYS": "metropole",
    "PARVIS_HOSTING": "",
    "PARVIS_HOUSEHOLD_ADD": "adulte,enfant,contact",
    "PARVIS_PROCESS": "command",
    "PARVIS_PUBLISHER": "",
    "PARVIS_SECOND_FACTOR": "",
    "PARVIS_SOURCE_URL": "",
    "PARVIS_STATIC_ROOT": str(ROOT / "var" / "static"),
    "PARVIS_TOWN_ADDRESS": "1 place de la Mairie, 49999 Clairval-sur-Loire",
    "PARVIS_TOWN_EMAIL": "mairie@clairval.example",
    "PARVIS_TOWN_NAME": "Clairval-sur-Loire",
    "PARVIS_TOWN_PHONE": "02 61 91 00 00",
    "PARVIS_TRUSTED_PROXIES": "0",
    "PARVIS_VALIDATION": "manuelle",
    "PARVIS_VALIDATION_DAYS": "2",
}
TOO_SHORT = "a moins de 50 caractères"
SITE = "s’écrit https://nom-du-site, sans chemin"
MAIL = "s’écrit smtp://, smtp+tls://, smtp+ssl://, anymail://fournisseur ou demo:"
PROCESSES = ("web", "worker", "command")
HOLIDAYS = ("metropole", "alsace-moselle")
MEMBERS = ("adulte", "enfant", "contact")
VALIDATIONS = ("manuelle", "automatique")
SECOND_FACTORS = ("", "requis", "facultatif")


@dataclass(frozen=True)
class EmailRoute:
    """How mail leaves: a Django backend and the settings it reads."""

    backend: str
    settings: dict[str, object]
    is_demo: bool = False


@dataclass(frozen=True)
class Env:
    """The checked values; names as in docs/production.md."""

    database: dict[str, Any]
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
    dpo_email: str
    hosting: str
    publisher: str
    address_url: str
    holidays: str
    household_add: list[str]
    second_factor: str
    validation: str
    validation_days: int

    @property
    def second_factor_required(self) -> bool:
        """Agents need one unless the town says otherwise; the demonstration does not ask it."""
        if self.second_factor:
            return self.second_factor == "requis"
        return not self.email.is_demo

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
    return Env(
        database=database(values["DATABASE_URL"]),
        redis_url=values["REDIS_URL"],
        secret_key=values["PARVIS_SECRET_KEY"],
        public_url=public,
        allowed_hosts=_list(values["PARVIS_ALLOWED_HOSTS"]) or [host],
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
        dpo_email=values["PARVIS_DPO_EMAIL"],
        hosting=values["PARVIS_HOSTING"],
        publisher=values["PARVIS_PUBLISHER"],
        address_url=values["PARVIS_ADDRESS_URL"].rstrip("/"),
        holidays=values["PARVIS_HOLIDAYS"],
        household_add=_list(values["PARVIS_HOUSEHOLD_ADD"]),
        second_factor=values["PARVIS_SECOND_FACTOR"],
        validation=values["PARVIS_VALIDATION"],
        validation_days=int(values["PARVIS_VALIDATION_DAYS"]),
    )


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _collect(environ: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    values = dict(DEFAULTS)
    faults: list[str] = []
    known = {*DEFAULTS, *REQUIRED}
    for name, value in environ.items():
        base = name.removesuffix("_FILE")
        if base in SECRETS and name != base:
            values[base] = _read_secret(name, value, faults)
        elif name in known:
            # `PARVIS_DEBUG=` in a compose file means "not given".
            values[name] = value or DEFAULTS.get(name, "")
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
    except UnicodeDecodeError:
        faults.append(f"{name} : ce fichier n’est pas du texte ({path})")
    return ""


def _checks(values: Mapping[str, str]) -> list[tuple[str, str]]:
    """Faults of single values, as (name, sentence); a sentence never quotes a secret."""
    rules: list[tuple[str, bool, str]] = [
        ("DATABASE_URL", _reads(database, values.get("DATABASE_URL", "")), "s’écrit postgres://…"),
        ("REDIS_URL", _is_broker(values.get("REDIS_URL", "")), "s’écrit redis://… ou unix:///…"),
        ("PARVIS_SECRET_KEY", len(values.get("PARVIS_SECRET_KEY", "")) >= 50, TOO_SHORT),
        ("PARVIS_PUBLIC_URL", _is_site(values.get("PARVIS_PUBLIC_URL", "")), SITE),
        ("PARVIS_DEBUG", values["PARVIS_DEBUG"] in {"0", "1"}, "vaut 0 ou 1"),
        _one_of(values, "PARVIS_PROCESS", PROCESSES),
        _one_of(values, "PARVIS_HOLIDAYS", HOLIDAYS),
        _one_of(values, "PARVIS_VALIDATION", VALIDATIONS),
        _one_of(values, "PARVIS_SECOND_FACTOR", SECOND_FACTORS),
        (
            "PARVIS_HOUSEHOLD_ADD",
            set(_list(values["PARVIS_HOUSEHOLD_ADD"])) <= {*MEMBERS, "aucun"},
            f"liste {', '.join(MEMBERS)}, ou aucun",
        ),
        ("PARVIS_VALIDATION_DAYS", _is_count(values["PARVIS_VALIDATION_DAYS"]), "est un nombre"),
        (
            "PARVIS_ADDRESS_URL",
            values["PARVIS_ADDRESS_URL"].startswith(("https://", "http://")),
            "s’écrit https://…",
        ),
        ("PARVIS_DPO_EMAIL", "@" in values["PARVIS_DPO_EMAIL"], "est une adresse de courriel"),
        ("PARVIS_TRUSTED_PROXIES", _is_count(values["PARVIS_TRUSTED_PROXIES"]), "est un nombre"),
        ("PARVIS_EMAIL_URL", _reads(email_route, values.get("PARVIS_EMAIL_URL", "")), MAIL),
    ]
    return [(name, f"{name} {sentence}") for name, is_right, sentence in rules if not is_right]


def _one_of(
    values: Mapping[str, str], name: str, allowed: tuple[str, ...]
) -> tuple[str, bool, str]:
    return name, values[name] in allowed, f"vaut {', '.join(filter(None, allowed))}"


def _reads(reader: Callable[[str], object], value: str) -> bool:
    try:
        reader(value)
    except ValueError:
        return False
    return True


def _is_broker(url: str) -> bool:
    return url.startswith(("redis://", "rediss://", "unix:///"))


def _is_site(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.path in {"", "/"}


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit()


def database(url: str) -> dict[str, Any]:
    """Turn a PostgreSQL address into Django's keys; raises ValueError for anything else.

    `postgres://user:password@host:port/base?sslmode=…`; the folder of a unix socket stands for the
    host as `%2Frun%2Fpg`, or before the name of the base as `postgres://user@//run/pg/base`.
    """
    parts = urlsplit(url)
    who, _at, where = parts.netloc.rpartition("@")
    user, _colon, password = who.partition(":")
    host, port = _host_and_port(where)
    folder, _slash, name = parts.path.rpartition("/")
    if parts.scheme not in {"postgres", "postgresql"} or not name:
        raise ValueError("not a PostgreSQL address")
    return {
        "HOST": unquote(host) or folder.removeprefix("/"),
        "PORT": port,
        "USER": unquote(user),
        "PASSWORD": unquote(password),
        "NAME": unquote(name),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def _host_and_port(where: str) -> tuple[str, str]:
    match = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]]*)(?::(\d{1,5}))?", where)
    if match is None:
        raise ValueError("no host, or no port")
    return match[1].strip("[]"), match[2] or ""


def email_route(url: str) -> EmailRoute:
    """Turn `smtp+tls://user:password@host:587`, `anymail://brevo?API_KEY=…` or `demo:` into
    settings.

    Raises ValueError when the address is of no known kind.
    """
    parts = urlsplit(url)
    if parts.scheme == "demo":
        return EmailRoute("django.core.mail.backends.dummy.EmailBackend", {}, is_demo=True)
    if parts.scheme == "anymail" and find_spec(f"anymail.backends.{parts.hostname}"):
        assert parts.hostname is not None  # noqa: S101 (found above)
        prefix = parts.hostname.upper()
        options = {f"{prefix}_{name}": value for name, value in parse_qsl(parts.query)}
        return EmailRoute(f"anymail.backends.{parts.hostname}.EmailBackend", {"ANYMAIL": options})
    if parts.scheme in {"smtp", "smtp+tls", "smtp+ssl"} and parts.hostname:
        return EmailRoute("django.core.mail.backends.smtp.EmailBackend", _smtp(parts))
    raise ValueError("no known kind of mail address")


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
