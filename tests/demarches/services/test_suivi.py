"""The link that opens everything goes to the request's own address, and nowhere else."""

import pytest
from django.core import signing

from demarches.models import Demande
from demarches.services import messages, suivi
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.demarches.traces import nothing_left
from tests.factories import CompteFactory, DemandeFactory

pytestmark = pytest.mark.django_db


def test_link_is_sent_to_the_address_of_the_request():
    demande = DemandeFactory(deposee=True, courriel="elodie@exemple.fr")
    suivi.envoyer_lien(demande_id=demande.pk)
    mail = OutgoingMessage.objects.get()
    assert (mail.code, mail.recipient) == ("lien_de_suivi", "elodie@exemple.fr")
    assert demande.numero in mail.subject
    assert "/suivi/lien/" in mail.body_text
    assert AuditEvent.objects.get().action == "demande.lien_envoye"


def test_asking_twice_sends_two_mails():
    demande = DemandeFactory(deposee=True)
    for _time in range(2):
        suivi.envoyer_lien(demande_id=demande.pk)
    assert OutgoingMessage.objects.count() == 2


def test_no_link_for_a_draft_or_for_the_request_of_an_account():
    draft = DemandeFactory(prete=True, courriel="elodie@exemple.fr")
    theirs = DemandeFactory(deposee=True, compte=CompteFactory())
    for demande in (draft, theirs):
        with nothing_left(), pytest.raises(Demande.DoesNotExist):
            suivi.envoyer_lien(demande_id=demande.pk)


def test_token_carries_the_request_and_nothing_readable_else():
    demande = DemandeFactory(deposee=True)
    token = messages.jeton(demande)
    assert messages.lire_jeton(token) == str(demande.uuid)
    assert demande.numero not in token
    with pytest.raises(signing.BadSignature):
        messages.lire_jeton(signing.dumps(str(demande.uuid)))  # signed for another purpose
