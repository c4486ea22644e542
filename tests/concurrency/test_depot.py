"""A draft is filed once, a place is given once, a request is decided once: many at once."""

from functools import partial

import pytest

from demarches.errors import DemandeDejaDeposee, QuotaAtteint, TransitionInterdite
from demarches.models import Campagne, Demande, Evenement
from demarches.services.depot import deposer
from demarches.services.instruction import accepter, refuser
from demarches.states import DECIDED, Action, Etat
from portal.notifications.models import OutgoingMessage
from tests.factories import CampagneFactory, CompteFactory, DemandeFactory
from tests.race import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_draft_sent_eight_times_is_filed_once():
    demande = DemandeFactory(prete=True)

    results = race([partial(deposer, demande_id=demande.pk, compte=None)] * 8)

    assert sum(isinstance(result, DemandeDejaDeposee) for result in results) == 7
    assert sum(isinstance(result, Demande) for result in results) == 1
    assert Evenement.objects.filter(demande=demande, action=Action.DEPOSER).count() == 1
    assert OutgoingMessage.objects.filter(code="demande_deposee").count() == 1


def test_last_place_goes_to_one_demande():
    campagne = CampagneFactory(places=1)
    demandes = DemandeFactory.create_batch(8, prete=True, campagne=campagne)

    results = race([partial(deposer, demande_id=d.pk, compte=None) for d in demandes])

    assert sum(isinstance(result, QuotaAtteint) for result in results) == 7
    assert Demande.objects.filter(etat=Etat.DEPOSEE).count() == 1
    assert Campagne.objects.get().places_prises == 1
    assert OutgoingMessage.objects.count() == 1


def test_request_decided_by_eight_clerks_is_decided_once():
    demande = DemandeFactory(en_instruction=True)
    service = demande.version.demarche.service
    agents = CompteFactory.create_batch(8, agent=True, services=[service])
    calls = [
        partial(accepter, demande_id=demande.pk, agent=agent)
        if rank % 2
        else partial(refuser, demande_id=demande.pk, agent=agent, texte="Pièce manquante.")
        for rank, agent in enumerate(agents)
    ]

    results = race(calls)

    assert sum(isinstance(result, TransitionInterdite) for result in results) == 7
    assert Demande.objects.get(pk=demande.pk).etat in DECIDED
    assert Evenement.objects.exclude(action=Action.DEPOSER).count() == 1
    assert OutgoingMessage.objects.count() == 1
