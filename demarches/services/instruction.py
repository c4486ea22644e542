"""What a clerk does with a request of their services."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Compte
from demarches.errors import MotifManquant, TransitionInterdite
from demarches.models import Demande, Evenement
from demarches.services import messages, transitions
from demarches.states import Action
from portal.kernel.text import clean


@transaction.atomic
def prendre_en_charge(*, demande_id: int, agent: Compte) -> Demande:
    """Make the agent answer for the request; raises TransitionInterdite if someone was quicker."""
    demande = _verrouiller(demande_id, agent)
    demande.agent = agent
    transitions.appliquer(demande, Action.PRENDRE_EN_CHARGE, auteur=agent, avec=["agent"])
    return demande


@transaction.atomic
def instruire(*, demande_id: int, agent: Compte) -> Demande:
    """Start the examination; raises TransitionInterdite."""
    demande = _verrouiller(demande_id, agent)
    transitions.appliquer(demande, Action.INSTRUIRE, auteur=agent)
    return demande


def accepter(*, demande_id: int, agent: Compte, texte: str = "") -> Demande:
    """Say yes (or close, where the démarche has no decision); `texte` goes out with the message."""
    return _decider(demande_id, agent, Action.ACCEPTER, texte, motif_requis=False)


def refuser(*, demande_id: int, agent: Compte, texte: str) -> Demande:
    """Say no, with its reason; raises MotifManquant or TransitionInterdite."""
    return _decider(demande_id, agent, Action.REFUSER, texte, motif_requis=True)


def classer(*, demande_id: int, agent: Compte, texte: str) -> Demande:
    """Close without result, with its reason; raises MotifManquant or TransitionInterdite."""
    return _decider(demande_id, agent, Action.CLASSER, texte, motif_requis=True)


@transaction.atomic
def _decider(
    demande_id: int, agent: Compte, action: Action, texte: str, *, motif_requis: bool
) -> Demande:
    """Decide once: the row lock orders two clerks, the table of transitions refuses the second."""
    demande = _verrouiller(demande_id, agent)
    if action is Action.REFUSER and not demande.definition.decision:
        raise TransitionInterdite(
            "Cette démarche ne se refuse pas : classez la demande sans suite."
        )
    demande.motif = clean(texte)
    if motif_requis and not demande.motif:
        raise MotifManquant
    evenement = transitions.appliquer(demande, action, auteur=agent, avec=["motif"])
    _annoncer(demande, evenement)
    return demande


def _annoncer(demande: Demande, evenement: Evenement) -> None:
    code = {
        Action.ACCEPTER: "demande_acceptee" if demande.definition.decision else "demande_traitee",
        Action.REFUSER: "demande_refusee",
        Action.CLASSER: "demande_classee",
    }[Action(evenement.action)]
    told = {"texte": demande.motif}
    if code == "demande_refusee":  # whom to call about it
        told["telephone"] = demande.version.demarche.service.telephone
    messages.annoncer(code, demande, evenement, **told)


def _verrouiller(demande_id: int, agent: Compte) -> Demande:
    """Return the locked request; raises Demande.DoesNotExist when it is not of the agent's
    services.
    """
    requests = Demande.objects.for_agent(agent).with_demarche()
    return requests.select_for_update(of=("self",)).get(pk=demande_id)
