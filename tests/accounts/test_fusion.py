"""Two accounts of one resident made one: all moves, nothing is lost, one login is left."""

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.errors import FusionImpossible
from accounts.models import (
    AutorisationSortie,
    Changement,
    CleService,
    Compte,
    DossierFamille,
    Etat,
    Foyer,
    Invitation,
    Membre,
    Personne,
    RoleMembre,
    SessionCompte,
)
from accounts.services.fusion import reunir
from demarches.models import Demande
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.factories import (
    CleServiceFactory,
    CompteFactory,
    DemandeFactory,
    DossierFamilleFactory,
    MembreFactory,
    PersonneFactory,
)

pytestmark = pytest.mark.django_db

WATCHED = (
    Compte,
    Personne,
    Foyer,
    Membre,
    Changement,
    DossierFamille,
    Invitation,
    AutorisationSortie,
    Demande,
    OutgoingMessage,
    AuditEvent,
)


@contextmanager
def nothing_left():
    """Fail when the block changed anything of a home, an account, a message or the journal."""
    before = [list(model.objects.order_by("pk").values()) for model in WATCHED]
    yield
    assert [list(model.objects.order_by("pk").values()) for model in WATCHED] == before


@pytest.fixture
def agent():
    return CompteFactory(agent=True, services__gere_les_comptes=True)


@pytest.fixture
def garde():
    return CompteFactory(
        identifiant="camille",
        courriel="camille@exemple.fr",
        personne__prenoms="Camille",
        foyer=True,
    )


@pytest.fixture
def ferme():
    compte = CompteFactory(
        identifiant="camille2",
        courriel="camille2@exemple.fr",
        personne__prenoms="CAMILLE",
        personne__telephone_mobile="+33612345678",
        foyer=True,
    )
    Foyer.objects.filter(pk=home(compte).pk).update(voie="3 quai du Lavoir")
    return compte


def home(compte) -> Foyer:
    return Foyer.objects.for_compte(compte).get()


def child(foyer, prenoms="Léa", naissance=date(2017, 5, 2), **champs):
    personne = PersonneFactory(prenoms=prenoms, date_naissance=naissance, **champs)
    return MembreFactory(foyer=foyer, personne=personne)


def names(foyer) -> list[tuple[str, str]]:
    return [(m.personne.prenoms, m.role) for m in foyer.membres.actifs().order_by("pk")]


def merge(garde, ferme, agent) -> None:
    reunir(garde_id=garde.pk, ferme_id=ferme.pk, agent=agent)
    garde.refresh_from_db()
    ferme.refresh_from_db()


def test_other_account_is_closed_for_good(garde, ferme, agent):
    SessionCompte.objects.create(
        session_key="a", session_data="", expire_date=timezone.now(), compte_id=ferme.pk
    )
    ferme.set_password("un mot de passe de test")
    ferme.save()
    merge(garde, ferme, agent)
    assert (garde.etat, garde.identifiant, garde.courriel) == (
        Etat.VALIDE,
        "camille",
        "camille@exemple.fr",
    )
    assert ferme.etat == Etat.FERME
    assert ferme.ferme_at is not None
    assert not ferme.is_active
    assert not ferme.has_usable_password()
    assert ferme.personne is None
    assert not SessionCompte.objects.exists()
    assert not Compte.objects.filter(courriel="camille2@exemple.fr").exists()
    CompteFactory(courriel="camille2@exemple.fr")  # free for another


def test_both_addresses_are_told_once(garde, ferme, agent):
    merge(garde, ferme, agent)
    told = OutgoingMessage.objects.filter(code="comptes_reunis")
    assert {m.recipient for m in told} == {"camille@exemple.fr", "camille2@exemple.fr"}
    assert OutgoingMessage.objects.count() == 2
    assert "« camille2 » est fermé" in told[0].body_text.replace("\N{NO-BREAK SPACE}", " ")


def test_journal_tells_both_sides_without_names(garde, ferme, agent):
    merge(garde, ferme, agent)
    acts = {e.action: e for e in AuditEvent.objects.filter(actor_id=agent.pk)}
    assert acts["compte.fusionne"].target_id == str(garde.pk)
    assert acts["compte.ferme"].target_id == str(ferme.pk)
    assert acts["compte.ferme"].details == {"fusion": garde.pk}


def test_requests_and_drafts_move(garde, ferme, agent):
    filed, draft = DemandeFactory(deposee=True, compte=ferme), DemandeFactory(compte=ferme)
    own = DemandeFactory(deposee=True, compte=garde)
    merge(garde, ferme, agent)
    assert set(Demande.objects.filter(compte=garde)) == {filed, draft, own}


def test_members_not_yet_there_move_with_their_pickups_and_history(garde, ferme, agent):
    lea = child(home(ferme))
    aunt = MembreFactory(
        foyer=home(ferme), role=RoleMembre.CONTACT, personne=PersonneFactory(prenoms="Zoé")
    )
    AutorisationSortie.objects.create(contact=aunt, enfant=lea)
    line = Changement.objects.create(foyer=lea.foyer, acte=Changement.Acte.AJOUT, membre=lea)
    merge(garde, ferme, agent)
    assert names(home(garde)) == [
        ("Camille", "responsable"),
        ("Léa", "enfant"),
        ("Zoé", "contact"),
    ]
    lea.refresh_from_db()
    line.refresh_from_db()
    assert lea.autorisations.get().contact == aunt
    assert line.membre == lea


def test_members_of_both_homes_are_there_once(garde, ferme, agent):
    here = child(home(garde), ecole="", lieu_naissance="Angers")
    there = child(home(ferme), "LÉA", ecole="École Jean-Macé")
    leo = child(home(ferme), "Léo")
    aunt = MembreFactory(
        foyer=home(ferme), role=RoleMembre.CONTACT, personne=PersonneFactory(prenoms="Zoé")
    )
    AutorisationSortie.objects.create(contact=aunt, enfant=there)
    AutorisationSortie.objects.create(contact=aunt, enfant=leo)
    merge(garde, ferme, agent)
    assert names(home(garde)) == [
        ("Camille", "responsable"),
        ("Léa", "enfant"),
        ("Léo", "enfant"),
        ("Zoé", "contact"),
    ]
    here.refresh_from_db()
    assert (here.personne.ecole, here.personne.lieu_naissance) == ("École Jean-Macé", "Angers")
    assert set(aunt.autorisations_recues.values_list("enfant", flat=True)) == {here.pk, leo.pk}
    assert not Personne.objects.filter(prenoms="LÉA").exists()


def test_child_shared_with_a_third_home_stays_shared(garde, ferme, agent):
    here = child(home(garde), telephone_mobile="+33611111111")
    there = child(home(ferme))
    third = MembreFactory(personne=there.personne)
    merge(garde, ferme, agent)
    here.refresh_from_db()
    third.refresh_from_db()
    assert third.personne == here.personne
    assert third.fin is None
    assert here.personne.telephone_mobile == ""  # no way to reach one home by the other


def test_blanks_are_filled_and_differences_kept_in_the_history(garde, ferme, agent):
    former = home(ferme)
    merge(garde, ferme, agent)
    assert garde.personne.telephone_mobile == "+33612345678"
    assert garde.personne.prenoms == "Camille"
    kept = former.changements.get(acte=Changement.Acte.FUSION)
    assert {"libelle": "Prénoms", "ancien": "CAMILLE", "nouveau": "Camille"} in kept.details
    assert home(garde).changements.filter(acte=Changement.Acte.FUSION).get().details == []


def test_address_of_the_kept_home_stays_or_is_filled(garde, ferme, agent):
    merge(garde, ferme, agent)
    assert home(garde).voie == "12 rue des Tilleuls"


def test_home_without_address_takes_the_others(ferme, agent):
    garde = CompteFactory(foyer=True)
    Foyer.objects.filter(pk=home(garde).pk).update(voie="", code_postal="", commune="")
    merge(garde, ferme, agent)
    assert home(garde).voie == "3 quai du Lavoir"


def test_families_and_keys_move(garde, ferme, agent):
    dossier = DossierFamilleFactory(foyer=home(ferme))
    cle = CleServiceFactory(dossier=dossier, utilisation_at=timezone.now(), utilisation_par=ferme)
    merge(garde, ferme, agent)
    assert DossierFamille.objects.get(pk=dossier.pk).foyer == home(garde)
    assert CleService.objects.get(pk=cle.pk).utilisation_par == garde


def test_invitations_follow_the_home(garde, ferme, agent):
    later = timezone.now() + timedelta(days=7)
    champs = {"foyer": home(ferme), "auteur": ferme, "expire_at": later}
    alone = Invitation.objects.create(courriel="autre@exemple.fr", **champs)
    twice = Invitation.objects.create(courriel="Deux@exemple.fr", **champs)
    Invitation.objects.create(
        courriel="deux@exemple.fr", foyer=home(garde), auteur=garde, expire_at=later
    )
    merge(garde, ferme, agent)
    for invitation in (alone, twice):
        invitation.refresh_from_db()
        assert (invitation.foyer, invitation.auteur) == (home(garde), garde)
    assert alone.annulee_at is None
    assert twice.annulee_at is not None


def test_two_accounts_of_one_home_leave_one_who_answers_for_it(ferme, agent):
    foyer = home(ferme)
    garde = CompteFactory(foyer=foyer)
    child(foyer)
    merge(garde, ferme, agent)
    assert names(foyer) == [("Camille", "responsable"), ("Léa", "enfant")]
    assert foyer.membres.actifs().get(role=RoleMembre.RESPONSABLE).personne == garde.personne


def test_kept_person_listed_in_the_other_home_is_not_there_twice(garde, ferme, agent):
    MembreFactory(foyer=home(ferme), personne=garde.personne, role=RoleMembre.CONTACT)
    merge(garde, ferme, agent)
    assert names(home(garde)) == [("Camille", "responsable")]


def test_account_without_home_takes_the_others(ferme, agent):
    garde = CompteFactory()
    foyer = home(ferme)
    lea = child(foyer)
    merge(garde, ferme, agent)
    assert home(garde) == foyer
    assert lea in foyer.membres.actifs()


def test_nothing_of_the_other_home_shows_to_the_co_representative(garde, ferme, agent):
    co = CompteFactory(foyer=home(garde))
    merge(garde, ferme, agent)
    lines = str(list(home(co).changements.values_list("details", flat=True)))
    assert "CAMILLE" not in lines
    assert "quai" not in lines


def test_namesake_with_an_account_stays_another_person(garde, ferme, agent):
    namesake = CompteFactory()  # the same names, no birth date either
    MembreFactory(foyer=home(ferme), personne=namesake.personne, role=RoleMembre.ADULTE)
    MembreFactory(foyer=home(garde), role=RoleMembre.ADULTE)
    merge(garde, ferme, agent)
    assert home(garde).membres.actifs().filter(personne=namesake.personne).exists()


def refused(garde_id, ferme_id, agent) -> str:
    with nothing_left(), pytest.raises(FusionImpossible) as refusal:
        reunir(garde_id=garde_id, ferme_id=ferme_id, agent=agent)
    return str(refusal.value)


def test_itself_agents_and_unknown_accounts_are_refused(garde, agent):
    refused(garde.pk, garde.pk, agent)
    refused(garde.pk, agent.pk, agent)
    refused(agent.pk, garde.pk, agent)
    refused(garde.pk, 0, agent)


@pytest.mark.parametrize("etat", [Etat.A_ACTIVER, Etat.FERME])
def test_never_activated_and_closed_ones_are_refused(garde, agent, etat):
    other = CompteFactory(etat=etat)
    assert "jamais été activé" in refused(garde.pk, other.pk, agent)
    assert "à garder" in refused(other.pk, garde.pk, agent)


def test_refused_account_is_closed_but_never_kept(garde, ferme, agent):
    ferme.etat = Etat.REFUSE
    ferme.save()
    assert "à garder" in refused(ferme.pk, garde.pk, agent)
    merge(garde, ferme, agent)
    assert ferme.etat == Etat.FERME


def test_account_that_is_to_close_is_refused(garde, ferme, agent):
    Compte.objects.filter(pk=ferme.pk).update(fermeture_demandee_at=timezone.now())
    assert "fermeture" in refused(garde.pk, ferme.pk, agent)
    assert "fermeture" in refused(ferme.pk, garde.pk, agent)


def test_home_with_another_representative_is_not_taken_from_them(garde, ferme, agent):
    co = CompteFactory(foyer=home(ferme))
    child(home(ferme))
    assert "autre représentant" in refused(garde.pk, ferme.pk, agent)
    merge(ferme, garde, agent)  # the other way round
    assert home(co) == home(ferme)
    assert ("Léa", "enfant") in names(home(co))
