"""The only writer of a request's state."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F
from django.utils import timezone

from accounts.models import Compte
from demarches.errors import TransitionInterdite
from demarches.models import Campagne, Demande, Evenement
from demarches.states import DECIDED, GIVES_PLACE_BACK, TRANSITIONS, Action, Etat
from portal.audit import log


def appliquer(
    demande: Demande, action: Action, *, auteur: Compte | None, avec: Sequence[str] = ()
) -> Evenement:
    """Move a request along the table of transitions; the caller already holds the row lock.

    Writes the state with its dates and the fields named in `avec`, gives a quota place back where
    the new state no longer holds one, and adds the event and the audit line. Raises
    TransitionInterdite.
    """
    sources, cible = TRANSITIONS[action]
    if demande.etat not in sources:
        raise TransitionInterdite
    now = timezone.now()
    demande.etat = cible
    demande.decision_at = now if cible in DECIDED else None
    if action is Action.DEPOSER:
        demande.depot_at, demande.expire_at = now, None
    demande.save(update_fields=["etat", "decision_at", "depot_at", "expire_at", *avec])
    if cible in GIVES_PLACE_BACK and demande.campagne_id:
        Campagne.objects.filter(pk=demande.campagne_id).update(places_prises=F("places_prises") - 1)
    log.record(f"demande.{Etat(cible)}", target=demande, actor=auteur)
    return demande.evenements.create(action=action, auteur=auteur)
