"""Filing: everything happens, or nothing does."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from demarches.errors import (
    AntiRobotRequis,
    BrouillonExpire,
    DemandeDejaDeposee,
    DemandeIncomplete,
    DemarcheFermee,
    QuotaAtteint,
)
from demarches.models import Demande
from demarches.services import brouillon, depot, publication
from demarches.states import Action, Etat
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.definitions import document, saisie
from tests.demarches.formulaires import champ, section
from tests.demarches.traces import nothing_left
from tests.factories import (
    CampagneFactory,
    CompteFactory,
    DemandeFactory,
    VersionDemarcheFactory,
)

pytestmark = pytest.mark.django_db


def file(demande, compte=None) -> Demande:
    depot.deposer(demande_id=demande.pk, compte=compte)
    return Demande.objects.get(pk=demande.pk)


@time_machine.travel("2026-11-24T12:00:00+01:00", tick=False)
def test_filing_freezes_numbers_dates_and_clears_what_was_typed():
    demande = file(DemandeFactory(prete=True))

    assert demande.etat == Etat.DEPOSEE
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}", demande.numero)
    assert demande.depot_at == timezone.now()
    assert (demande.expire_at, demande.decision_at, demande.agent, demande.motif) == (
        None,
        None,
        None,
        "",
    )
    assert demande.saisie == {}
    assert demande.demandeur == {
        "nom": "N’Guyen",
        "prenoms": "Élodie",
        "courriel": "elodie@exemple.fr",
    }
    assert demande.reponses == {"objet": "Un lampadaire"}
    assert demande.nom_demandeur == "Élodie N’Guyen"
    assert demande.courriel == "elodie@exemple.fr"


def test_filing_writes_one_event_one_audit_line_and_one_receipt():
    demande = file(DemandeFactory(prete=True))

    (evenement,) = demande.evenements.all()
    assert (evenement.action, evenement.auteur) == (Action.DEPOSER, None)
    (line,) = AuditEvent.objects.all()
    assert (line.action, line.target_id, line.actor_id) == (
        "demande.deposee",
        str(demande.pk),
        None,
    )
    assert line.details == {}
    (mail,) = OutgoingMessage.objects.all()
    assert (mail.code, mail.recipient) == ("demande_deposee", "elodie@exemple.fr")
    assert demande.numero in mail.subject
    for body in (mail.body_text, mail.body_html):
        assert demande.numero in body
        assert "/suivi/lien/" in body
        assert demande.version.demarche.service.nom in body
    assert "réponses ne sont pas lues" in mail.body_text


def test_account_holder_files_without_code_and_is_led_behind_the_login():
    compte = CompteFactory()
    demande = file(DemandeFactory(prete=True, compte=compte, anti_robot_at=None), compte)

    assert demande.evenements.get().auteur == compte
    assert AuditEvent.objects.get().actor_id == compte.pk
    text = OutgoingMessage.objects.get().body_text
    assert demande.get_absolute_url() in text
    assert "/suivi/lien/" not in text


def test_numbers_are_all_different():
    version = VersionDemarcheFactory()
    filed = [file(d) for d in DemandeFactory.create_batch(20, prete=True, version=version)]
    assert len({d.numero for d in filed}) == 20
    # Unguessable: no common beginning, nothing in order.
    assert len({d.numero[:4] for d in filed}) > 15


def test_only_answers_that_count_are_frozen():
    doc = document(
        sections=[
            section(
                champ("choix", "couleur"),
                champ("texte", "nuance", si={"champ": "couleur", "parmi": ["bleu"]}),
                cle="un",
            ),
            section(
                champ("texte", "suite"), cle="deux", si={"champ": "couleur", "parmi": ["bleu"]}
            ),
            section(champ("texte", "fin", requis=False), champ("explication", "info"), cle="trois"),
        ]
    )
    typed = saisie() | {
        "ma-demande": {
            "couleur": ["vert"],
            "nuance": ["ciel"],
            "suite": ["ancienne réponse"],
            "fin": [""],
            "inconnu": ["x"],
        }
    }
    demande = file(DemandeFactory(prete=True, version__definition=doc, saisie=typed))
    assert demande.reponses == {"couleur": "vert"}


def test_answers_are_checked_as_if_each_screen_were_sent_again():
    doc = document(sections=[section(champ("date", "jour", max="aujourdhui+1j"))])
    ahead = timezone.localdate() + timedelta(days=1)
    typed = saisie() | {"ma-demande": {"jour": [f"{ahead:%d/%m/%Y}"]}}
    demande = DemandeFactory(prete=True, version__definition=doc, saisie=typed)
    assert depot.verifier(demande).is_complete
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        assert depot.verifier(demande).a_reprendre.cle == "page"


def test_first_screen_to_complete_is_named():
    def missing(**changes):
        return depot.verifier(
            DemandeFactory.build(version=version, saisie=saisie() | changes)
        ).a_reprendre.cle

    version = VersionDemarcheFactory()
    assert missing(**{"mes-informations": {}, "ma-demande": {}}) == "mes-informations"
    assert missing(**{"ma-demande": {}}) == "probleme"
    assert (
        depot.verifier(DemandeFactory.build(version=version, saisie=saisie())).a_reprendre is None
    )


def test_request_keeps_the_version_it_was_begun_on():
    demande = DemandeFactory(prete=True)
    old = demande.version
    publication.charger(
        publication.Lot(
            themes=[{"code": "theme", "titre": "Thème"}],
            services=[{"code": "service", "nom": "Service"}],
            demarches={
                "a.yaml": document(
                    code=old.demarche.code, sections=[section(champ("nombre", "autre"))]
                )
            },
        )
    )
    filed = file(demande)
    assert filed.version == old
    assert filed.reponses == {"objet": "Un lampadaire"}


def test_place_is_taken():
    campagne = CampagneFactory(places=3, places_prises=1)
    file(DemandeFactory(prete=True, campagne=campagne))
    campagne.refresh_from_db()
    assert campagne.places_prises == 2


def test_filed_twice_is_refused():
    demande = DemandeFactory(prete=True)
    file(demande)
    with nothing_left(), pytest.raises(DemandeDejaDeposee):
        file(demande)


def test_ended_draft_is_refused():
    demande = DemandeFactory(prete=True, expire_at=timezone.now())
    with nothing_left(), pytest.raises(BrouillonExpire):
        file(demande)


def test_demarche_taken_off_line_meanwhile_is_refused():
    demande = DemandeFactory(prete=True, version__demarche__en_ligne=False)
    with nothing_left(), pytest.raises(DemarcheFermee):
        file(demande)


@pytest.mark.parametrize("passed", [None, timedelta(minutes=30), timedelta(hours=2)])
def test_without_a_recent_right_code_is_refused(passed):
    at = passed and timezone.now() - passed
    demande = DemandeFactory(prete=True, anti_robot_at=at)
    with nothing_left(), pytest.raises(AntiRobotRequis):
        file(demande)


def test_right_code_counts_for_half_an_hour():
    demande = DemandeFactory(prete=True, anti_robot_at=timezone.now() - timedelta(minutes=29))
    assert file(demande).etat == Etat.DEPOSEE


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"mes-informations": saisie()["mes-informations"]},
        {"ma-demande": saisie()["ma-demande"]},
        saisie() | {"ma-demande": {"objet": [" \u00a0"]}},
        saisie() | {"mes-informations": saisie()["mes-informations"] | {"courriel": ["elodie@"]}},
        saisie() | {"autre": {"objet": ["x"]}, "ma-demande": {}},
    ],
)
def test_incomplete_draft_is_refused(typed):
    demande = DemandeFactory(prete=True, saisie=typed)
    with nothing_left(), pytest.raises(DemandeIncomplete):
        file(demande)


def test_last_place_taken_meanwhile_is_refused():
    campagne = CampagneFactory(places=1, places_prises=1)
    demande = DemandeFactory(prete=True, campagne=campagne)
    with nothing_left(), pytest.raises(QuotaAtteint):
        file(demande)


def test_campaign_closed_meanwhile_is_refused():
    campagne = CampagneFactory()
    demande = DemandeFactory(
        prete=True,
        campagne=campagne,
        compte=CompteFactory(),
        expire_at=timezone.now() + timedelta(days=60),
    )
    with (
        time_machine.travel(campagne.fin_at + timedelta(hours=1)),
        nothing_left(),
        pytest.raises(DemarcheFermee),
    ):
        file(demande, demande.compte)


def test_draft_of_somebody_else_is_refused():
    mine, theirs = CompteFactory(), CompteFactory()
    demande = DemandeFactory(prete=True, compte=theirs)
    anonymous = DemandeFactory(prete=True)
    for draft, who in ((demande, mine), (demande, None), (anonymous, mine)):
        with nothing_left(), pytest.raises(Demande.DoesNotExist):
            file(draft, who)


def test_failure_at_the_last_step_leaves_nothing(monkeypatch):
    demande = DemandeFactory(prete=True, campagne=CampagneFactory())

    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("demarches.services.messages.annoncer", fail)
    with nothing_left(), pytest.raises(RuntimeError):
        file(demande)


def test_longest_names_and_address_are_filed():
    who = {
        "nom": ["é" * 80],
        "prenoms": ["à" * 120],
        "courriel": [f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.fr"],
    }
    demande = file(DemandeFactory(prete=True, saisie=saisie() | {"mes-informations": who}))
    assert demande.nom_demandeur == "à" * 120 + " " + "é" * 80
    assert OutgoingMessage.objects.get().recipient == who["courriel"][0]


def test_words_typed_are_words_in_the_mail():
    who = saisie()["mes-informations"] | {
        "prenoms": ["<b>Élodie</b>"],
        "nom": ["{{ numero }} & Cie\r\nBcc: x"],
    }
    file(DemandeFactory(prete=True, saisie=saisie() | {"mes-informations": who}))
    mail = OutgoingMessage.objects.get()
    assert "<b>" not in mail.body_html
    assert "&lt;b&gt;Élodie&lt;/b&gt;" in mail.body_html
    assert "<b>Élodie</b> {{ numero }} & Cie Bcc: x" in mail.body_text
    assert "\n" not in mail.subject


def test_draft_is_saved_then_filed_by_the_services_alone():
    version = VersionDemarcheFactory()
    demande = brouillon.commencer(demarche_id=version.demarche_id, compte=None)
    for step, typed in saisie().items():
        brouillon.enregistrer(demande_id=demande.pk, etape=step, saisie=typed)
    brouillon.noter_anti_robot(demande_id=demande.pk)
    assert file(demande).numero
