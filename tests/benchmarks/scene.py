"""Who looks at what: logged-in sessions, drafts ready to be sent, requests to follow and to handle.

Made anew for each run in the town that is there, by COPY.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.backends.db import SessionStore as PlainStore
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import Compte
from accounts.sessions import SessionStore
from demarches.models import Demande, VersionDemarche
from demarches.states import Etat
from tests.benchmarks import town
from tests.benchmarks.answers import Modele, Typed, fill
from tests.benchmarks.copying import Table, reset_sequences
from tests.benchmarks.reference.conf import reference_project

CSRF = "a" * 32  # a secret sent as cookie and in the form is a right answer, whatever it is
CODE = "acte-naissance"  # the longest of the forms that ask no account
STEP_DRAFTS = 100

Cookies = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Draft:
    """A draft with everything typed, and the cookies of the browser that filled it in."""

    uuid: str
    cookies: Cookies


@dataclass
class Scene:
    """What the pages are asked with."""

    readers: list[Cookies] = field(default_factory=list)
    extremes: list[Cookies] = field(default_factory=list)  # the accounts of 3 and of 300 requests
    followed: list[tuple[str, Cookies]] = field(default_factory=list)  # uuid, whose
    agents: list[Cookies] = field(default_factory=list)
    handled: list[int] = field(default_factory=list)  # ids of requests of the agents' service
    modele: Modele | None = None
    step_drafts: list[Draft] = field(default_factory=list)
    ready_drafts: list[Draft] = field(default_factory=list)
    # Sessions of the reference project. What f writes must not become what d shows.
    plain: list[Cookies] = field(default_factory=list)
    plain_writers: list[Cookies] = field(default_factory=list)

    @property
    def typed(self) -> dict[str, Typed]:
        assert self.modele is not None
        return self.modele.saisie


def prepare(*, drafts: int, plain: int = town.READERS) -> Scene:
    """Open sessions and write drafts in a town that was built, `drafts` of them to be sent.

    `plain` is the number of readers of the reference project, when it has none yet.
    """
    scene = Scene()
    _residents(scene)
    _clerks(scene)
    version = VersionDemarche.objects.get(courante=True, demarche__code=CODE)
    scene.modele = fill(version)
    scene.step_drafts = _drafts(scene.modele, STEP_DRAFTS)
    scene.ready_drafts = _drafts(scene.modele, drafts)
    with reference_project():
        usagers = _plain(2 * plain)
    scene.plain, scene.plain_writers = usagers[::2], usagers[1::2]
    return scene


def _residents(scene: Scene) -> None:
    residents = Compte.objects.filter(is_staff=False).order_by("pk")
    comptes = list(residents[: town.reader_count(residents.count()) + 2])
    readers, (heavy, light) = comptes[:-2], comptes[-2:]
    scene.readers = open_sessions([logged_in(compte) for compte in readers])
    scene.extremes = open_sessions([logged_in(compte) for compte in (light, heavy)])
    theirs = dict(zip([c.pk for c in readers], scene.readers, strict=True))
    filed = Demande.objects.deposees().filter(compte__in=readers).order_by("uuid")
    latest = filed.values_list("uuid", "compte_id")[: town.READERS]
    scene.followed = [(str(uuid), theirs[compte]) for uuid, compte in latest]


def _clerks(scene: Scene) -> None:
    service = VersionDemarche.objects.get(courante=True, demarche__code=CODE).demarche.service_id
    agents = list(Compte.objects.filter(agent_profil__services=service))
    scene.agents = open_sessions([logged_in(agent) for agent in agents])
    theirs = Demande.objects.for_agent(agents[0]).order_by("-depot_at")
    scene.handled = list(theirs.values_list("pk", flat=True)[:200])


def _drafts(modele: Modele, count: int) -> list[Draft]:
    """Drafts of no account, the code already copied, each in a session of its own."""
    uuids = [str(uuid4()) for _ in range(count)]
    now = timezone.now()
    saisie = json.dumps(modele.saisie, ensure_ascii=False)
    table = Table(
        *(Demande, "uuid", "version_id", "etat", "saisie"),
        *("created_at", "saisie_at", "expire_at", "anti_robot_at"),
    )
    end = now + settings.DUREE_BROUILLON_SANS_COMPTE
    table.copy(
        (uuid, modele.version.pk, Etat.BROUILLON.value, saisie, now, now, end, now)
        for uuid in uuids
    )
    reset_sequences(table)
    cookies = open_sessions([{"demandes": {uuid: "complet"}} for uuid in uuids])
    return [Draft(uuid, one) for uuid, one in zip(uuids, cookies, strict=True)]


def _plain(count: int) -> list[Cookies]:
    from tests.benchmarks.reference import data

    return open_sessions([logged_in(user) for user in data.install(count)])


def logged_in(user: AbstractBaseUser) -> dict[str, object]:
    """Return what the session of a logged-in person holds."""
    return {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
        "_session_expiry": 7200,
    }


def open_sessions(contents: Sequence[dict[str, object]]) -> list[Cookies]:
    """Write sessions; return for each the cookies of its browser."""
    # The reference project and ours keep sessions in tables of their own.
    ours = settings.SESSION_ENGINE == SessionStore.__module__
    store = SessionStore() if ours else PlainStore()
    keys = [get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789") for _ in contents]
    end = timezone.now() + timedelta(days=1)
    rows: Iterable[tuple[object, ...]] = (
        (key, store.encode(content), end) for key, content in zip(keys, contents, strict=True)
    )
    Table(store.model, "session_key", "session_data", "expire_date").copy(rows)
    csrf = (settings.CSRF_COOKIE_NAME, CSRF)
    return [((settings.SESSION_COOKIE_NAME, key), csrf) for key in keys]
