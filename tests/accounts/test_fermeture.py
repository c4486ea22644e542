"""« Fermer mon compte »: asked behind the password, cancelled for a while, then done for good."""

from datetime import timedelta
from time import sleep

import pytest
import time_machine
from django.utils import timezone

from accounts import registries
from accounts.models import (
    AutorisationSortie,
    Changement,
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
from accounts.services import fermeture
from accounts.services.historique import noter
from demarches.models import Demande
from portal.audit import log
from portal.audit.models import AuditEvent
from portal.kernel.models import Throttle
from portal.notifications.models import OutgoingMessage
from tests.factories import (
    PASSWORD,
    CleServiceFactory,
    CompteFactory,
    DemandeFactory,
    DossierFamilleFactory,
    MembreFactory,
    PersonneFactory,
)
from tests.race import race

pytestmark = pytest.mark.django_db
FERMER = "/mon-espace/donnees/fermer/"
GARDER = "/mon-espace/donnees/garder/"
DONNEES = "/mon-espace/donnees/"


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def camille():
    compte = CompteFactory(
        foyer=True,
        identifiant="camille",
        courriel="camille@exemple.fr",
        personne__prenoms="Camille Anne",
        personne__nom_naissance="Martin-Leroux",
        personne__telephone_mobile="+33639980001",
    )
    compte.set_password(PASSWORD)
    compte.save()
    return compte


@pytest.fixture
def foyer(camille):
    return camille.personne.membres.get().foyer


def due(compte):
    """Make the delay of an account pass."""
    compte.fermeture_demandee_at = timezone.now() - timedelta(days=30, minutes=1)
    compte.save(update_fields=["fermeture_demandee_at"])
    return compte


def close(compte):
    assert fermeture.fermer(compte_id=due(compte).pk) is True
    compte.refresh_from_db()


def messages(code):
    return OutgoingMessage.objects.filter(code=code)


# Asking and cancelling


def test_page_says_what_goes_what_stays_and_when(log_in, camille):
    with time_machine.travel("2026-11-24T10:00:00+00:00", tick=False):
        html = log_in(camille).get(FERMER).content.decode()

    for words in (
        "jeudi 24 décembre 2026",
        "30\xa0jours",
        "L.\xa0212-2",
        "votre foyer\xa0:",
        "brouillons",
    ):
        assert words in html, words


def test_page_of_a_shared_home_says_who_keeps_it(log_in, camille, foyer):
    CompteFactory(foyer=foyer)
    assert "L’autre personne qui le représente le garde" in (
        log_in(camille).get(FERMER).content.decode()
    )


def test_asking_says_until_when_and_lets_one_cancel(log_in, camille):
    client = log_in(camille)
    with time_machine.travel("2026-11-24T10:00:00+00:00", tick=False):
        client.force_login(camille)
        response = client.post(FERMER, {"mot_de_passe_actuel": PASSWORD}, follow=True)

    html = response.content.decode()
    assert response.redirect_chain == [(DONNEES, 302)]
    assert "sera fermé le jeudi 24 décembre 2026" in html
    assert "Annuler la fermeture" in html
    (message,) = messages("fermeture_demandee")
    assert message.recipient == "camille@exemple.fr"
    assert "24 décembre 2026" in message.subject
    assert "/mon-espace/donnees/" in message.body_text
    assert AuditEvent.objects.filter(action="compte.fermeture_demandee").count() == 1
    camille.refresh_from_db()
    assert camille.etat == Etat.VALIDE, "one logs in during the delay"


@pytest.mark.parametrize("typed", ["pas le bon", ""])
def test_wrong_password_closes_nothing(log_in, camille, typed):
    response = log_in(camille).post(FERMER, {"mot_de_passe_actuel": typed})

    assert response.status_code == 422
    camille.refresh_from_db()
    assert camille.fermeture_demandee_at is None
    assert not OutgoingMessage.objects.exists()
    assert not AuditEvent.objects.exists()


def test_passwords_tried_here_are_slowed_down(log_in, camille):
    client = log_in(camille)
    answers = [client.post(FERMER, {"mot_de_passe_actuel": "non"}).status_code for _ in range(7)]

    assert answers[0] == 422
    assert answers[-1] == 429
    assert client.post(FERMER, {"mot_de_passe_actuel": PASSWORD}).status_code == 429
    camille.refresh_from_db()
    assert camille.fermeture_demandee_at is None


def test_asking_twice_keeps_the_first_date_and_writes_once(camille):
    first = fermeture.programmer(compte_id=camille.pk).fermeture_demandee_at
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        again = fermeture.programmer(compte_id=camille.pk).fermeture_demandee_at

    assert again == first
    assert messages("fermeture_demandee").count() == 1


def test_page_of_asking_leads_away_once_asked(log_in, camille):
    fermeture.programmer(compte_id=camille.pk)
    assert log_in(camille).get(FERMER)["Location"] == DONNEES


def test_cancelling_keeps_everything(log_in, camille):
    fermeture.programmer(compte_id=camille.pk)
    client = log_in(camille)

    response = client.post(GARDER, follow=True)

    assert "La fermeture est annulée" in response.content.decode()
    assert messages("fermeture_annulee").count() == 1
    assert AuditEvent.objects.filter(action="compte.fermeture_annulee").count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        assert fermeture.fermer(compte_id=camille.pk) is False
    camille.refresh_from_db()
    assert camille.etat == Etat.VALIDE


def test_cancelling_nothing_and_a_get_do_nothing(log_in, camille):
    client = log_in(camille)
    assert client.post(GARDER).status_code == 302
    fermeture.programmer(compte_id=camille.pk)
    assert client.get(GARDER).status_code == 302

    camille.refresh_from_db()
    assert camille.fermeture_demandee_at is not None
    assert not messages("fermeture_annulee").exists()


def test_asked_again_after_cancelling_is_told_again(camille):
    for _ in range(2):
        fermeture.programmer(compte_id=camille.pk)
        fermeture.annuler(compte_id=camille.pk)

    assert messages("fermeture_demandee").count() == 2
    assert messages("fermeture_annulee").count() == 2


def test_account_that_awaits_its_check_may_close_too(log_in):
    compte = CompteFactory(en_attente=True)
    compte.set_password(PASSWORD)
    compte.save()
    log_in(compte).post(FERMER, {"mot_de_passe_actuel": PASSWORD})
    compte.refresh_from_db()
    assert compte.fermeture_demandee_at is not None


# Closing


@pytest.mark.parametrize("days", [0, 29])
def test_nothing_is_closed_before_the_delay(camille, days):
    fermeture.programmer(compte_id=camille.pk)
    with time_machine.travel(timezone.now() + timedelta(days=days, hours=23)):
        assert fermeture.fermer(compte_id=camille.pk) is False
    camille.refresh_from_db()
    assert camille.personne is not None


def test_closed_account_tells_nothing_of_its_holder(camille, log_in):
    client = log_in(camille)
    log.record("compte.connexion", target=camille, actor=camille)
    Throttle.objects.all().delete()

    close(camille)

    assert camille.identifiant == f"ferme-{camille.pk}"
    assert camille.courriel.endswith(".invalid")
    assert (camille.etat, camille.personne) == (Etat.FERME, None)
    assert not camille.has_usable_password()
    row = str(Compte.objects.filter(pk=camille.pk).values().get())
    for personal in ("camille@", "Martin", "+336"):
        assert personal not in row
    assert not Personne.objects.exists()
    assert not SessionCompte.objects.filter(compte_id=camille.pk).exists()
    assert client.get("/demandes/").status_code == 302
    assert AuditEvent.objects.filter(action="compte.connexion").count() == 1, "the journal stays"
    assert not Changement.objects.exists()


def test_last_message_goes_to_the_address_before_it_is_erased(camille):
    close(camille)
    (message,) = messages("compte_ferme")
    assert message.recipient == "camille@exemple.fr"
    assert "Camille Anne Martin-Leroux" in message.body_text


def test_e_mail_and_identifiant_are_free_again(camille):
    close(camille)
    CompteFactory(identifiant="camille", courriel="camille@exemple.fr")


def test_identifiant_that_somebody_has_chosen_before(camille):
    CompteFactory(identifiant=f"ferme-{camille.pk}")
    close(camille)
    assert camille.identifiant.startswith(f"ferme-{camille.pk}-")


def test_drafts_go_and_filed_requests_stay_with_their_snapshot(camille):
    DemandeFactory(prete=True, compte=camille)
    filed = DemandeFactory(en_instruction=True, compte=camille)

    close(camille)

    left = Demande.objects.get()
    assert (left.pk, left.compte_id) == (filed.pk, camille.pk)
    assert left.demandeur["nom"] == "N’Guyen"
    assert left.courriel == "elodie@exemple.fr"


def test_home_that_nobody_represents_any_more_is_emptied(camille, foyer):
    lea = MembreFactory(foyer=foyer, personne__prenoms="Léa")
    mamie = MembreFactory(foyer=foyer, role=RoleMembre.CONTACT, personne__prenoms="Odette")
    parti = MembreFactory(foyer=foyer, fin=timezone.localdate(), personne__prenoms="Parti")
    AutorisationSortie.objects.create(contact=mamie, enfant=lea)
    noter(foyer, Changement.Acte.AJOUT, sujet=lea.personne, auteur=camille, membre=lea)
    Invitation.objects.create(
        foyer=foyer, auteur=camille, courriel="invite@exemple.fr", expire_at=timezone.now()
    )
    dossier = DossierFamilleFactory(foyer=foyer, rattachement_at=timezone.now())
    cle = CleServiceFactory(dossier=dossier, utilisation_at=timezone.now(), utilisation_par=camille)

    close(camille)

    for model in (Personne, Membre, AutorisationSortie, Changement, Invitation):
        assert not model.objects.exists(), model
    assert Foyer.objects.get().adresse == {}
    assert Foyer.objects.get().code_postal == ""
    dossier.refresh_from_db()
    assert (dossier.foyer, dossier.rattachement_at) == (None, None), "the service keeps its file"
    assert dossier.donnees["membres"]
    cle.refresh_from_db()
    assert cle.utilisation_at is not None, "a used key stays used"
    assert parti.pk


def test_shared_child_stays_in_its_other_home(camille, foyer):
    zoe = PersonneFactory(prenoms="Zoé")
    autre = CompteFactory(foyer=True).personne.membres.get().foyer
    ici, la = (MembreFactory(personne=zoe, foyer=maison) for maison in (foyer, autre))

    close(camille)

    zoe.refresh_from_db()
    la.refresh_from_db()
    ici.refresh_from_db()
    assert la.fin is None
    assert ici.fin == timezone.localdate()
    assert Membre.objects.filter(foyer=foyer, fin=None).count() == 0


def test_member_with_an_account_of_their_own_is_not_erased(camille, foyer):
    ado = CompteFactory(personne__prenoms="Ado")
    MembreFactory(foyer=foyer, role=RoleMembre.ADULTE, personne=ado.personne)

    close(camille)

    ado.refresh_from_db()
    assert ado.personne.prenoms == "Ado"


def test_other_representative_takes_over_and_is_told(camille, foyer):
    alex = CompteFactory(foyer=foyer, personne__prenoms="Alex")
    lea = MembreFactory(foyer=foyer, personne__prenoms="Léa")
    lui = camille.personne.membres.get()
    details = [{"libelle": "Téléphone", "ancien": "", "nouveau": "+33639980001"}]
    noter(
        foyer,
        Changement.Acte.MODIFICATION,
        sujet=camille.personne,
        auteur=camille,
        membre=lui,
        details=details,
    )

    close(camille)

    place = alex.personne.membres.get()
    assert (place.role, place.fin) == (RoleMembre.RESPONSABLE, None)
    lea.refresh_from_db()
    assert lea.fin is None
    foyer.refresh_from_db()
    assert foyer.voie
    told = " ".join(f"{c.sujet} {c.details}" for c in foyer.changements.all())
    assert "Martin-Leroux" not in told
    assert "+33639980001" not in told
    assert not Personne.objects.filter(nom_naissance="Martin-Leroux").exists()
    assert messages("foyer_change").get().recipient == alex.courriel


def test_co_representative_leaves_and_the_responsable_stays(camille, foyer):
    alex = CompteFactory(foyer=foyer, personne__prenoms="Alex", personne__nom_naissance="Petit")
    close(alex)
    assert camille.personne.membres.get().role == RoleMembre.RESPONSABLE
    assert Membre.objects.filter(foyer=foyer).count() == 1
    assert not Personne.objects.filter(prenoms="Alex").exists()


def test_person_whom_another_home_lists_stays_there_without_coordinates(camille):
    voisine = MembreFactory(personne=camille.personne, role=RoleMembre.CONTACT)

    close(camille)

    voisine.refresh_from_db()
    personne = Personne.objects.get(pk=voisine.personne_id)
    assert personne.prenoms == "Camille Anne"
    assert (personne.courriel, personne.telephone_mobile) == ("", "")


def test_closing_twice_is_closing_once(camille):
    close(camille)
    assert fermeture.fermer(compte_id=camille.pk) is False
    assert messages("compte_ferme").count() == 1
    assert AuditEvent.objects.filter(action="compte.ferme").count() == 1


def test_home_left_before_is_emptied_too_when_nobody_represents_it(camille, foyer):
    """Of two accounts made one, or of who moved into another's home."""
    ancien = MembreFactory(
        personne=camille.personne, role=RoleMembre.RESPONSABLE, fin=timezone.localdate()
    )
    enfant = MembreFactory(foyer=ancien.foyer, personne__prenoms="Léa")
    noter(ancien.foyer, Changement.Acte.AJOUT, sujet=enfant.personne, auteur=camille)
    autrui = CompteFactory(foyer=True)
    quitte = autrui.personne.membres.get().foyer
    MembreFactory(
        personne=camille.personne,
        foyer=quitte,
        role=RoleMembre.CO_REPRESENTANT,
        fin=timezone.localdate(),
    )
    noter(quitte, Changement.Acte.DEPART, sujet=camille.personne, auteur=camille)

    close(camille)

    assert not Changement.objects.exclude(foyer=quitte).exists()
    assert list(Personne.objects.all()) == [autrui.personne]
    assert quitte.changements.get().sujet == "Une personne partie du foyer"
    assert Membre.objects.get().personne == autrui.personne


def test_account_without_home_closes_too():
    close(CompteFactory())
    assert not Personne.objects.exists()


def test_agents_are_never_closed_here():
    agent = due(CompteFactory(agent=True))
    assert fermeture.fermer(compte_id=agent.pk) is False
    agent.refresh_from_db()
    assert agent.etat == Etat.VALIDE


def test_a_crash_leaves_everything_and_the_next_run_goes_on(camille, monkeypatch):
    """The eraser of an upper app has run when the one of accounts fails."""
    DemandeFactory(prete=True, compte=camille)
    due(camille)
    autre = due(CompteFactory())
    erasers = list(registries._erasers)

    def fail(compte):
        if compte.pk == camille.pk:
            raise RuntimeError

    monkeypatch.setattr(registries, "_erasers", [fail, *erasers])
    bilan = fermeture.purger()

    assert (bilan.fermes, bilan.echecs) == (1, 1), "one that fails does not stop the others"
    camille.refresh_from_db()
    autre.refresh_from_db()
    assert (camille.etat, autre.etat) == (Etat.VALIDE, Etat.FERME)
    assert Demande.objects.filter(compte=camille).count() == 1
    assert messages("compte_ferme").count() == 1
    monkeypatch.setattr(registries, "_erasers", erasers)
    assert fermeture.purger().fermes == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["fermer", "annuler"])
def test_cancelling_and_closing_at_once_is_one_or_the_other(monkeypatch, first):
    """The second comes while the first is at work: it waits for the row, then finds it changed."""
    compte = due(CompteFactory(foyer=True))
    slowly = [*registries._erasers, lambda compte: sleep(0.5)]
    monkeypatch.setattr(registries, "_erasers", slowly)
    write = fermeture._ecrire
    monkeypatch.setattr(fermeture, "_ecrire", lambda *args: (write(*args), sleep(0.5)))
    delays = {"fermer": 0.2, "annuler": 0.2, first: 0}

    def act(name):
        sleep(delays[name])
        return getattr(fermeture, name)(compte_id=compte.pk)

    closed, _cancelled = race([lambda: act("fermer"), lambda: act("annuler")])

    acts = AuditEvent.objects.filter(target_id=str(compte.pk), action__startswith="compte.ferm")
    assert acts.count() == 1, "closed, or told that it stays open: never both"
    compte.refresh_from_db()
    assert closed is (first == "fermer")
    assert (compte.etat == Etat.FERME) is closed
    assert (compte.personne is None) is closed


@pytest.mark.django_db(transaction=True)
def test_both_parents_of_a_shared_child_closing_at_once_leave_nobody():
    comptes = [due(CompteFactory(foyer=True)) for _ in range(2)]
    zoe = PersonneFactory(prenoms="Zoé")
    for compte in comptes:
        MembreFactory(personne=zoe, foyer=compte.personne.membres.get().foyer)

    results = race([lambda pk=c.pk: fermeture.fermer(compte_id=pk) for c in comptes])

    assert results == [True, True]
    assert not Personne.objects.exists()
    assert not DossierFamille.objects.exists()
