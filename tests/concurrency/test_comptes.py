"""An account is decided once, merged once; a child is linked once: many clerks at the same time."""

from functools import partial

import pytest

from accounts.errors import EnfantsDifferents, FusionImpossible, TransitionDeCompteInterdite
from accounts.models import Compte, Etat, Foyer, Membre, Personne
from accounts.services import fusion, partage
from accounts.services.validation import refuser, valider
from demarches.models import Demande
from demarches.services.depot import deposer
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.accounts.test_fusion import child
from tests.factories import CompteFactory, DemandeFactory, FoyerFactory
from tests.race import race

pytestmark = pytest.mark.django_db(transaction=True)


def clerks(number):
    return CompteFactory.create_batch(number, agent=True, services__gere_les_comptes=True)


def test_account_decided_by_eight_clerks_is_decided_once():
    compte = CompteFactory(en_attente=True)
    calls = [
        partial(valider, compte_id=compte.pk, agent=agent)
        if rank % 2
        else partial(refuser, compte_id=compte.pk, agent=agent, motif="Une pièce manque.")
        for rank, agent in enumerate(clerks(8))
    ]

    results = race(calls)

    assert sum(isinstance(result, TransitionDeCompteInterdite) for result in results) == 7
    compte.refresh_from_db()
    assert compte.etat in (Etat.VALIDE, Etat.REFUSE)
    assert OutgoingMessage.objects.count() == 1
    assert AuditEvent.objects.count() == 1


def test_accounts_merged_both_ways_at_once_leave_one():
    one, other = CompteFactory(foyer=True), CompteFactory(foyer=True)
    DemandeFactory(deposee=True, compte=one)
    DemandeFactory(deposee=True, compte=other)
    agents = clerks(4)
    calls = [
        partial(fusion.reunir, garde_id=one.pk, ferme_id=other.pk, agent=agents[0]),
        partial(fusion.reunir, garde_id=other.pk, ferme_id=one.pk, agent=agents[1]),
        partial(fusion.reunir, garde_id=one.pk, ferme_id=other.pk, agent=agents[2]),
        partial(fusion.reunir, garde_id=other.pk, ferme_id=one.pk, agent=agents[3]),
    ]

    results = race(calls)

    assert sum(isinstance(result, FusionImpossible) for result in results) == 3, results
    left = Compte.objects.filter(is_staff=False).exclude(etat=Etat.FERME).get()
    assert Demande.objects.filter(compte=left).count() == 2
    assert Foyer.objects.for_compte(left).count() == 1
    assert OutgoingMessage.objects.filter(code="comptes_reunis").count() == 2


def test_request_filed_while_its_account_is_merged_is_not_lost():
    garde, ferme = CompteFactory(foyer=True), CompteFactory(foyer=True)
    drafts = DemandeFactory.create_batch(4, prete=True, compte=ferme)
    (agent,) = clerks(1)
    calls = [partial(deposer, demande_id=d.pk, compte=ferme) for d in drafts]
    calls.append(partial(fusion.reunir, garde_id=garde.pk, ferme_id=ferme.pk, agent=agent))

    results = race(calls)

    assert isinstance(results[-1], Compte), results
    assert Demande.objects.filter(compte=garde).count() == 4
    assert not Demande.objects.filter(compte=ferme).exists()


def test_child_linked_by_eight_clerks_is_linked_once():
    ici, la = child(FoyerFactory()), child(FoyerFactory())
    calls = []
    for rank, agent in enumerate(clerks(8)):
        pair = (ici.pk, la.pk) if rank % 2 else (la.pk, ici.pk)
        calls.append(
            partial(
                partage.lier, membre_id=pair[0], autre_id=pair[1], garder_id=pair[0], agent=agent
            )
        )

    results = race(calls)

    assert sum(isinstance(result, EnfantsDifferents) for result in results) == 7, results
    assert Personne.objects.filter(membres__in=[ici, la]).distinct().count() == 1
    assert Membre.objects.actifs().count() == 2
    assert AuditEvent.objects.filter(action="enfant.lie").count() == 1
