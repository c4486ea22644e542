"""The pages that are measured, ours and the three references, with the limits set beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, product

from demarches.schema import demandeur
from tests.benchmarks.answers import typed
from tests.benchmarks.client import Hit
from tests.benchmarks.scene import CSRF, Cookies, Draft, Scene

MINE, PLAIN = "parvis", "reference"


@dataclass(frozen=True)
class Limit:
    """At most `ratio` times the CPU of a reference page, and `queries` queries."""

    of: str
    ratio: float
    queries: int


PUBLIC = Limit("d", 0.6, 4)
RESIDENT = Limit("d", 1.2, 10)
STEP_SENT = Limit("f", 1.5, 12)
FILED = Limit("f", 2.0, 15)
CLERK = Limit("d", 1.5, 12)


@dataclass(frozen=True)
class Page:
    """A page, and the requests that ask for it."""

    name: str
    limit: Limit | None
    hits: Callable[[Scene], Sequence[Hit]]
    # Asked in process only: the same page where there are very few and very many rows.
    extremes: Callable[[Scene], Sequence[Hit]] = lambda scene: ()
    is_spent: bool = False  # each request serves once (a draft is filed once)

    @property
    def side(self) -> str:
        return PLAIN if self.limit is None else MINE

    def stream(self, scene: Scene) -> Iterator[Hit]:
        """Return the requests to send, without end unless they are spent."""
        hits = self.hits(scene)
        return iter(hits) if self.is_spent else cycle(hits)


def _get(path: str) -> Callable[[Scene], Sequence[Hit]]:
    return lambda scene: [Hit(path)]


def _with(path: str, who: Callable[[Scene], Sequence[Cookies]]) -> Callable[[Scene], Sequence[Hit]]:
    return lambda scene: [Hit(path, cookies) for cookies in who(scene)]


def _form(values: dict[str, list[str]]) -> tuple[tuple[str, str], ...]:
    pairs = [(name, value) for name, sent in values.items() for value in sent]
    return (("csrfmiddlewaretoken", CSRF), *pairs)


def _step(scene: Scene, screen: str) -> list[Hit]:
    return [Hit(_url(draft, screen), draft.cookies) for draft in scene.step_drafts]


def _sent(scene: Scene, screen: str, values: dict[str, list[str]], then: str) -> list[Hit]:
    return [
        Hit(_url(draft, screen), draft.cookies, _form(values), status=302, leads_to=f"/{then}/")
        for draft in scene.step_drafts
    ]


def _url(draft: Draft, screen: str) -> str:
    return f"/demandes/{draft.uuid}/{screen}/"


def _section(scene: Scene, cle: str) -> dict[str, list[str]]:
    assert scene.modele is not None
    sections = {section.cle: section for section in scene.modele.version.lue.sections}
    return typed(sections[cle])


def _filed(scene: Scene) -> list[Hit]:
    return [
        Hit(_url(draft, "recapitulatif"), draft.cookies, _form({}), 302, leads_to="/envoyee/")
        for draft in scene.ready_drafts
    ]


def _handled(scene: Scene) -> list[Hit]:
    pairs = product(scene.agents, scene.handled)
    return [Hit(f"/admin/demarches/demande/{pk}/change/", cookies) for cookies, pk in pairs]


def _followed(scene: Scene) -> list[Hit]:
    return [Hit(f"/suivi/{uuid}/", cookies) for uuid, cookies in scene.followed]


def _plain_post(scene: Scene) -> list[Hit]:
    values = {
        "titre": "Demande d’acte de naissance",
        "nom": "N’Guyen",
        "prenoms": "Élodie",
        "courriel": "elodie@courriel.example",
        "telephone": "06 39 98 00 12",
        "naissance": "14/03/1987",
        "exemplaires": "1",
        "motif": "mariage",
        "observations": "Une ou deux phrases qui disent pourquoi, comme dans un vrai formulaire.",
        "certification": "on",
    }
    form = _form({name: [value] for name, value in values.items()})
    return [Hit("/f/", cookies, form, status=302, leads_to="/") for cookies in scene.plain_writers]


LIST = "/admin/demarches/demande/"
REFERENCES = (
    Page("c", None, _with("/c/", lambda scene: scene.plain)),
    Page("d", None, _with("/d/", lambda scene: scene.plain)),
    Page("f", None, _plain_post),
)
OURS = (
    Page("accueil", PUBLIC, _get("/")),
    Page("catalogue", PUBLIC, _get("/demarches/")),
    Page("theme", PUBLIC, _get("/demarches/theme/etat-civil/")),
    Page("demarche", PUBLIC, _get("/demarches/acte-naissance/")),
    Page(
        "recherche",
        PUBLIC,
        lambda scene: [
            Hit(f"/demarches/?q={q}") for q in ("naissance", "poubelle", "stationement")
        ],
    ),
    Page("ticket", PUBLIC, _get("/suivi/")),
    Page("etape-informations", RESIDENT, lambda scene: _step(scene, demandeur.ETAPE)),
    Page("etape-demande", RESIDENT, lambda scene: _step(scene, "ma-demande/lien")),
    Page(
        "envoi-informations",
        STEP_SENT,
        lambda scene: _sent(scene, demandeur.ETAPE, scene.typed[demandeur.ETAPE], "document"),
    ),
    Page(
        "envoi-demande",
        STEP_SENT,
        lambda scene: _sent(scene, "ma-demande/personne", _section(scene, "personne"), "parents"),
    ),
    Page("depot", FILED, _filed, is_spent=True),
    Page(
        "mes-demandes",
        RESIDENT,
        _with("/demandes/", lambda scene: scene.readers),
        _with("/demandes/", lambda scene: scene.extremes),
    ),
    Page("suivi", RESIDENT, _followed),
    *(
        Page(
            name,
            RESIDENT,
            _with(path, lambda scene: scene.readers),
            _with(path, lambda scene: scene.extremes),
        )
        for name, path in (
            ("tableau-de-bord", "/tableau-de-bord/"),
            ("mon-espace", "/mon-espace/"),
            ("entourage", "/entourage/"),
        )
    ),
    Page(
        "agents-liste",
        CLERK,
        _with(LIST, lambda scene: scene.agents),
        _with(f"{LIST}?etat=refusee&demarche=acte-deces", lambda scene: scene.agents[:1]),
    ),
    Page("agents-ouvertes", CLERK, _with(f"{LIST}?etat=ouvertes", lambda scene: scene.agents)),
    Page("agents-recherche", CLERK, _with(f"{LIST}?q=Garnier", lambda scene: scene.agents)),
    Page("agents-demande", CLERK, _handled),
)
BY_NAME = {page.name: page for page in (*REFERENCES, *OURS)}
