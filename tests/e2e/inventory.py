"""Every page that a visitor, a resident and an agent can reach, and what to do there."""

from __future__ import annotations

import re
from base64 import b32decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from itertools import count
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from playwright.sync_api import Page

from accounts.models import Compte, Conditions, Membre, RoleMembre
from accounts.services import jetons
from demarches import demonstration
from demarches.models import Demande, Demarche
from demarches.schema import demandeur
from demarches.services import brouillon, depot
from demarches.services import messages as liens
from demarches.states import Etat
from demarches.views import acces, suivi
from portal.home import demo
from portal.kernel import throttle
from portal.notifications import delivery
from portal.notifications.models import OutgoingMessage
from tests.e2e import entourage, familles, inscription
from tests.factories import CampagneFactory, CompteFactory, MembreFactory

# Addresses of the access matrix that show no page of their own.
NOT_PAGES = {
    "home:sante",
    "home:pret",
    "accounts:deconnexion",
    "accounts:inscription",
    "accounts:identifiant-libre",
    "accounts:adresses",
    "accounts:fermer-session",
    "accounts:fermer-autres",
    "accounts:telecharger",
    "accounts:annuler-fermeture",
    "captcha:nouveau",
    "captcha:image",
    "captcha:son",
    "demarches:commencer",
    "demarches:ma-demande",
    "demarches:pdf",
    "demarches:demander-lien",
    "demarches:garder",
    "admin:demarches_demande_pdf",
    "admin:accounts_compte_valider",
}
INFORMATION = ("aide", "mentions-legales", "confidentialite", "accessibilite")
NAISSANCE, ENCOMBRANTS = "acte-naissance", "encombrants"
VOIRIE, CARTE = "signalement-voirie", "stationnement-resident"


@dataclass(frozen=True)
class Stop:
    """A page to look at: its address and answer, then what is done there to see another."""

    url: str
    status: int = 200
    act: Callable[[Page], None] | None = None
    then: int = 422  # what the act is answered

    def __str__(self) -> str:
        return f"{self.url} {self.act.__name__}" if self.act else self.url


class Inventory:
    """The demonstration town, with every state that a page has words for."""

    def __init__(self) -> None:
        demo.installer()
        _strain()
        delivery.drain()
        self.resident = Compte.objects.get(identifiant="camille.martin")
        self.newcomer = Compte.objects.get(identifiant="noe.petit")
        self.agent = Compte.objects.get(identifiant="agent.etatcivil")
        self.filed = list(Demande.objects.deposees().filter(compte=None).order_by("id"))
        # Known by its number alone; one more whose link was asked too often.
        self.by_number, self.asked_too_often = self.filed[:2]
        for _ in range(suivi.LIENS.free):
            throttle.attempt(suivi.LIENS, str(self.asked_too_often.uuid))
        self.drafts = {
            NAISSANCE: _draft(NAISSANCE, demonstration.NAISSANCE),
            ENCOMBRANTS: _draft(ENCOMBRANTS, demonstration.ENCOMBRANTS),
            VOIRIE: _draft(VOIRIE, demonstration.VOIRIE),
        }
        self.empty = _draft("acte-mariage")
        self.expired = _draft("acte-deces")
        Demande.objects.filter(pk=self.expired.pk).update(expire_at=timezone.now())
        _campaigns()
        _terms()

    def known(self) -> Iterator[tuple[Demande, str]]:
        """What the visitor's browser remembers, and at which level."""
        for demande in (self.by_number, self.asked_too_often):
            yield demande, acces.NUMERO
        for demande in (*self.filed[2:], *self.drafts.values(), self.empty, self.expired):
            yield demande, acces.COMPLET

    def visitor(self) -> list[Stop]:
        public = [
            Stop("/"),
            *(Stop(_url(f"home:{name}")) for name in INFORMATION),
            Stop(_url("accounts:conditions")),
            Stop(_url("accounts:conditions-version", version="1")),
            Stop(_url("accounts:connexion")),
            Stop(_url("accounts:connexion"), act=_wrong_password),
            Stop(_url("accounts:oubli"), act=_continue),
            Stop(_url("accounts:oubli"), act=_forgotten, then=200),
            Stop(_url("accounts:oubli-question"), act=_no_answer),
            Stop(_url("accounts:oubli-envoye")),
            *_mailed_links(self.newcomer),
            *_stops(inscription.visiteur()),
            *_stops(entourage.visiteur()),
            Stop(_url("demarches:catalogue")),
            Stop(_url("demarches:catalogue") + "?q=naissance"),
            Stop(_url("demarches:catalogue") + "?q=zzzz&sans-compte=1"),
            Stop(_url("demarches:theme", code="etat-civil")),
            Stop(_url("demarches:theme", code="stationnement") + "?sans-compte"),
            *(Stop(_url("demarches:demarche", code=d.code)) for d in Demarche.objects.all()),
            Stop(_url("demarches:demarche", code=VOIRIE), act=_begin_without_cookies, then=403),
            Stop(_url("demarches:aide", code=NAISSANCE)),
            Stop(_url("demarches:ticket")),
            Stop(_url("demarches:ticket"), act=_unknown_number),
            Stop(_url("demarches:lien", jeton=liens.jeton(self.by_number))),
            Stop(_url("notifications:courriers")),
            Stop(_url("notifications:courrier", uuid=OutgoingMessage.objects.first().uuid)),
            Stop(_url("demarches:demarche", code="n-existe-pas"), 404),
        ]
        return public + self._drafts() + self._followed()

    def _drafts(self) -> list[Stop]:
        empty = {"uuid": self.empty.uuid}
        return [
            *_screens(self.drafts[NAISSANCE]),
            *_sections(self.drafts[ENCOMBRANTS]),
            *_sections(self.drafts[VOIRIE]),
            Stop(_url("demarches:recapitulatif", uuid=self.drafts[NAISSANCE].uuid), act=_send),
            Stop(_url("demarches:mes-informations", **empty), act=_continue),
            Stop(_url("demarches:section", **empty, cle="document"), act=_continue),
            Stop(
                _url("demarches:section", **empty, cle="document"), act=_without_cookies, then=403
            ),
            Stop(_url("demarches:recapitulatif", **empty)),  # says what is missing
            Stop(_url("demarches:mes-informations", uuid=self.expired.uuid), 410),
        ]

    def _followed(self) -> list[Stop]:
        number, throttled = self.by_number.uuid, self.asked_too_often.uuid
        by_state = {demande.etat: demande.uuid for demande in self.filed[2:]}
        return [
            *(Stop(_url("demarches:suivi", uuid=uuid)) for uuid in by_state.values()),
            Stop(_url("demarches:contenu", uuid=by_state[Etat.REFUSEE])),
            Stop(_url("demarches:envoyee", uuid=by_state[Etat.DEPOSEE])),
            Stop(_url("demarches:suivi", uuid=number)),
            Stop(_url("demarches:contenu", uuid=number), act=_ask_for_the_link, then=200),
            Stop(_url("demarches:contenu", uuid=throttled), act=_ask_for_the_link, then=429),
        ]

    def resident_pages(self) -> list[Stop]:
        mine = Demande.objects.for_compte(self.resident)
        draft, filed = mine.brouillons().get(), mine.deposees().latest("id")
        return [
            Stop("/"),
            Stop(_url("dashboard:tableau")),
            Stop(_url("demarches:mes-demandes")),
            Stop(_url("demarches:demarche", code=CARTE)),
            *_screens(draft),
            Stop(_url("demarches:suivi", uuid=filed.uuid)),
            Stop(_url("demarches:contenu", uuid=filed.uuid)),
            Stop(_url("demarches:envoyee", uuid=filed.uuid)),
            Stop(_url("demarches:suivi", uuid=self.by_number.uuid), 404),
            Stop(_url("accounts:accepter-conditions")),
            Stop(_url("accounts:refuser-conditions")),
            Stop(_url("accounts:donnees")),
            Stop(_url("accounts:consultations")),
            Stop(_url("accounts:fermer-compte"), act=_close_without_password),
            Stop(_url("accounts:identifiants")),
            *(
                Stop(_url(f"accounts:{name}"), act=_change_without_password)
                for name in ("identifiant", "courriel", "mot-de-passe", "question")
            ),
            Stop(_url("accounts:sessions")),
            *_stops(inscription.habitant()),
            *_stops(familles.habitant()),
            *_stops(entourage.habitant(self.resident)),
        ]

    def newcomer_pages(self) -> list[Stop]:
        return [
            Stop(_url("dashboard:tableau")),
            Stop(_url("demarches:mes-demandes")),
            Stop(_url("accounts:consultations")),
            *_stops(inscription.en_attente()),
            *_stops(entourage.en_attente()),
        ]

    def agent_pages(self) -> list[Stop]:
        mine = Demande.objects.for_agent(self.agent)
        by_state = {demande.etat: demande for demande in mine}
        open_one = by_state[Etat.EN_INSTRUCTION].pk
        demarche = Demarche.objects.get(code=NAISSANCE)
        campagne = CampagneFactory(demarche=demarche)
        return [
            Stop(_url("admin:index")),
            Stop(_url("admin:app_list", app_label="demarches")),
            Stop(_url("admin:demarches_demande_changelist")),
            Stop(_url("admin:demarches_demande_changelist") + "?etat=ouvertes&q=zzzz"),
            *(Stop(_url("admin:demarches_demande_change", d.pk)) for d in by_state.values()),
            *(
                Stop(_url("admin:demarches_demande_acte", open_one, acte))
                for acte in ("accepter", "refuser", "classer")
            ),
            Stop(_url("admin:demarches_demande_acte", open_one, "refuser"), act=_refuse),
            Stop(_url("admin:demarches_demande_acte", by_state[Etat.ACCEPTEE].pk, "refuser")),
            Stop(_url("admin:demarches_demarche_changelist")),
            Stop(_url("admin:demarches_demarche_change", demarche.pk)),
            Stop(_url("admin:demarches_demarche_history", demarche.pk)),
            Stop(_url("admin:demarches_theme_changelist")),
            Stop(_url("admin:demarches_theme_change", demarche.theme_id)),
            Stop(_url("admin:demarches_campagne_changelist")),
            Stop(_url("admin:demarches_campagne_change", campagne.pk)),
            Stop(_url("admin:accounts_service_changelist")),
            Stop(_url("admin:accounts_service_change", demarche.service_id)),
            Stop(_url("accounts:identifiants")),
            Stop(_url("accounts:mot-de-passe"), act=_change_without_password),
            Stop(_url("accounts:sessions")),
            Stop("/admin/n-existe-pas/", 404),
            Stop("/"),
            *_accounts(self.resident),
            *_agents_and_terms(self.agent),
            *_stops(familles.agent(self.agent)),
            *_second_factor(),
        ]


def _url(name: str, *args: object, **kwargs: object) -> str:
    return reverse(name, args=args, kwargs=kwargs)


def _stops(visites: list[inscription.Visite]) -> list[Stop]:
    return [Stop(**vars(visite)) for visite in visites]


def _draft(code: str, saisie: dict[str, list[str]] | None = None) -> Demande:
    """A draft of no account, with every answer or none."""
    demande = brouillon.commencer(demarche_id=Demarche.objects.get(code=code).pk, compte=None)
    if saisie:
        steps: dict[str, Any] = {demandeur.ETAPE: demonstration.QUI, depot.MA_DEMANDE: saisie}
        for etape, sent in steps.items():
            brouillon.enregistrer(demande_id=demande.pk, etape=etape, saisie=sent)
        demande.refresh_from_db()
    return demande


def _screens(draft: Demande) -> list[Stop]:
    return [
        Stop(_url("demarches:la-demarche", uuid=draft.uuid)),
        Stop(_url("demarches:mes-informations", uuid=draft.uuid)),
        *_sections(draft),
        Stop(_url("demarches:recapitulatif", uuid=draft.uuid)),
    ]


def _sections(draft: Demande) -> list[Stop]:
    sections = draft.version.lue.sections
    return [Stop(_url("demarches:section", uuid=draft.uuid, cle=each.cle)) for each in sections]


def _strain() -> None:
    """Give two requests what takes the most room on a line."""
    mine, somebody_s = (
        Demande.objects.deposees().filter(compte__isnull=is_null).latest("id")
        for is_null in (False, True)
    )
    courriel = "marie-emmanuelle.de-la-rochefoucauld-montbel@administration-communale.example"
    asked = {"nom": "Wolfeschlegelsteinhausenbergerdorff", "courriel": courriel}
    for demande, numero in ((mine, "WWWW-MMMM-WWWW"), (somebody_s, "MMMM-WWWW-MMMM")):
        Demande.objects.filter(pk=demande.pk).update(
            numero=numero, courriel=courriel, demandeur=demande.demandeur | asked
        )


def _campaigns() -> None:
    """One démarche whose places are all taken, one that opens tomorrow, one that has ended."""
    day, now = timedelta(days=1), timezone.now()
    full, later, over = Demarche.objects.exclude(code__in=[NAISSANCE, CARTE, VOIRIE])[:3]
    CampagneFactory(demarche=full, places=1, places_prises=1)
    CampagneFactory(demarche=later, debut_at=now + day)
    CampagneFactory(demarche=over, debut_at=now - 2 * day, fin_at=now - day)


def _terms() -> None:
    """Terms that residents have accepted, then others that wait for them."""
    now = timezone.now()
    Conditions.objects.get_or_create(
        version="1", defaults={"texte": "## Objet\n\nTexte.", "publication_at": now}
    )
    Conditions.objects.create(version="2", texte="## Objet\n\nTexte.", publication_at=now)


def _accounts(resident: Compte) -> list[Stop]:
    """The queue of accounts, one in each state, and a child who may be another home's too."""
    waiting = Compte.objects.get(identifiant="camille.m")  # the town seems to know her already
    others = [CompteFactory(etat=etat) for etat in ("a_activer", "refuse", "ferme")]
    children = Membre.objects.for_compte(resident).filter(role=RoleMembre.ENFANT)
    shared, other = children.order_by("id")[:2]
    alike = MembreFactory(
        personne__nom_naissance=other.personne.nom_naissance,
        personne__prenoms=other.personne.prenoms.upper(),
        personne__date_naissance=other.personne.date_naissance,
    )
    back = _url("admin:accounts_compte_remettre", resident.pk)
    refuse, merge = (
        _url("admin:accounts_compte_refuser", waiting.pk),
        _url("admin:accounts_compte_reunir", waiting.pk, resident.pk),
    )
    link = _url("admin:accounts_compte_lier", resident.pk, other.pk, alike.pk)
    return [
        Stop(_url("admin:accounts_compte_changelist")),
        Stop(_url("admin:accounts_compte_changelist") + "?etat=tous&q=martin"),
        *(
            Stop(_url("admin:accounts_compte_change", compte.pk))
            for compte in (waiting, resident, *others)
        ),
        Stop(refuse),
        Stop(refuse, act=_press_submit),
        Stop(_url("admin:accounts_compte_refuser", resident.pk)),
        Stop(back),
        Stop(merge),
        Stop(merge, act=_press_submit),
        Stop(_url("admin:accounts_compte_enfant", resident.pk, shared.pk)),
        Stop(_url("admin:accounts_compte_enfant", resident.pk, other.pk)),
        Stop(_url("admin:accounts_compte_delier", resident.pk, shared.pk)),
        Stop(link),
        Stop(link, act=_press_submit),
    ]


def _agents_and_terms(agent: Compte) -> list[Stop]:
    """The admin of services, for the one who answers for one."""
    other = CompteFactory(agent=True, services=agent.agent_profil.services.all())
    applied = Conditions.en_vigueur()
    assert applied is not None
    return [
        Stop(_url("admin:accounts_agentprofil_changelist")),
        Stop(_url("admin:accounts_agentprofil_change", other.agent_profil.pk)),
        Stop(_url("admin:accounts_agentprofil_change", agent.agent_profil.pk)),
        Stop(_url("admin:accounts_conditions_changelist")),
        Stop(_url("admin:accounts_conditions_add")),
        Stop(_url("admin:accounts_conditions_change", applied.pk)),
        Stop(_url("admin:accounts_conditions_apercu", applied.pk)),
    ]


def _second_factor() -> list[Stop]:
    """Last: the agent adds a phone, and is then asked for its code."""
    add, verify, rescue = (
        _url(f"accounts:second-facteur-{name}") for name in ("ajouter", "verifier", "secours")
    )
    return [
        Stop(add),
        Stop(add, act=_wrong_code),
        Stop(add, act=_add_a_phone, then=200),
        Stop(_url("accounts:second-facteur")),
        Stop(add),
        Stop(_url("accounts:second-facteur-codes")),
        Stop(_url("accounts:second-facteur-codes"), act=_create_codes_without_password),
        Stop(_url("accounts:second-facteur-retirer")),
        Stop(_url("accounts:second-facteur"), act=_come_back_later, then=200),
        Stop(verify),
        Stop(verify, act=_wrong_code),
        Stop(rescue),
        Stop(rescue, act=_wrong_recovery_code),
    ]


# What is done on a page, to see the one that answers.
_unknown = (f"0000-0000-{n:04}" for n in count())


def _press(page: Page, words: str) -> None:
    page.get_by_role("main").get_by_role("button", name=words, exact=True).click()


def _wrong_password(page: Page) -> None:
    page.get_by_role("textbox", name="Identifiant").fill("camille.martin")
    page.locator("[type=password]").fill("pas le bon")
    _press(page, "Se connecter")


def _mailed_links(compte: Compte) -> list[Stop]:
    """The pages behind the links of mails about a login."""
    reset = _url("accounts:nouveau-mot-de-passe", jeton=jetons.emettre("reinitialisation", compte))
    courriel = jetons.emettre("courriel", compte, "nouvelle@courriel.example")
    return [
        Stop(reset),
        Stop(reset, act=_weak_password),
        Stop(_url("accounts:confirmer-courriel", jeton=courriel)),
        Stop(_url("accounts:confirmer-courriel", jeton="faux"), 404),
    ]


def _forgotten(page: Page) -> None:
    page.get_by_role("textbox", name="Identifiant ou courriel").fill("camille.martin")
    _press(page, "Continuer")


def _no_answer(page: Page) -> None:
    _press(page, "Confirmer")


def _weak_password(page: Page) -> None:
    page.locator("[type=password]").first.fill("court")
    _press(page, "Enregistrer mon mot de passe")


def _change_without_password(page: Page) -> None:
    page.get_by_role("main").locator("form button[type=submit]").click()


def _unknown_number(page: Page) -> None:
    page.get_by_role("textbox", name="Numéro de ticket").fill(next(_unknown))
    _press(page, "Consulter cette demande")


def _send(page: Page) -> None:
    page.get_by_role("button", name="Envoyer ma demande").click()


def _continue(page: Page) -> None:
    _press(page, "Continuer")


def _without_cookies(page: Page) -> None:
    page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    page.get_by_role("textbox").first.fill("2")
    _press(page, "Continuer")


def _begin_without_cookies(page: Page) -> None:
    page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    page.get_by_role("main").get_by_role("button", name=re.compile("^Commencer")).click()


def _ask_for_the_link(page: Page) -> None:
    _press(page, "Recevoir le lien par courriel")


def _close_without_password(page: Page) -> None:
    _press(page, "Fermer mon compte")


def _refuse(page: Page) -> None:
    _press(page, "Refuser la demande")


def _wrong_code(page: Page) -> None:
    page.get_by_role("textbox", name="Code à 6 chiffres").fill("12345")
    page.get_by_role("main").locator("button").last.click()


def _add_a_phone(page: Page) -> None:
    page.get_by_text("Je ne peux pas photographier le code").click()
    secret = page.locator("details code").inner_text().replace(" ", "")
    code = TOTP(b32decode(secret)).token()
    page.get_by_role("textbox", name="Code à 6 chiffres").fill(f"{code:06}")
    _press(page, "Ajouter ce téléphone")


def _create_codes_without_password(page: Page) -> None:
    _press(page, "Créer 10 nouveaux codes")


def _come_back_later(page: Page) -> None:
    """As after another login: the session has not shown the second factor."""
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    key = cookies[settings.SESSION_COOKIE_NAME]
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    del session["otp_device_id"]
    session.save()
    page.reload()


def _wrong_recovery_code(page: Page) -> None:
    page.get_by_role("textbox", name="Code de secours").fill("0000")
    _press(page, "Entrer")


def _press_submit(page: Page) -> None:
    """Send the form of an admin page as it stands."""
    page.locator("#content input[type=submit].default").click()
