"""Who may open what: every address of the site, for everyone who might try it.

A new address that is missing here fails `test_every_address_is_in_the_matrix`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Compte, Foyer, Invitation, Membre, RoleMembre
from accounts.services import invitations, jetons
from demarches.models import Demande
from demarches.services import messages as liens
from demarches.views import acces
from portal.captcha import store
from portal.notifications import outbox
from tests.conftest import StrictClient
from tests.factories import CompteFactory, DemandeFactory, MembreFactory, VersionDemarcheFactory

pytestmark = pytest.mark.django_db

ROLES = ("anonyme", "titulaire", "autre", "agent", "agent_ailleurs", "depositaire", "ticket")
# anonymous · owner's account · another account · agent of the service · agent of another ·
# the browser that filed without account · the browser that typed the ticket number
LOGIN, VERS = "connexion", "redirection"
PARTOUT = dict.fromkeys(ROLES, 200)
POST_SEUL = dict.fromkeys(ROLES, 405)
AILLEURS = dict.fromkeys(ROLES, VERS)


def seulement(**allowed: int | str) -> dict[str, int | str]:
    """Anonymous browsers go to the login, logged-in strangers find nothing; the rest as given."""
    others = dict.fromkeys(ROLES, LOGIN) | dict.fromkeys(
        ("titulaire", "autre", "agent", "agent_ailleurs"), 404
    )
    return others | allowed


DU_COMPTE = seulement(titulaire=200)
DES_HABITANTS = seulement(titulaire=200, autre=200)
CONNECTES = seulement(titulaire=200, autre=200, agent=200, agent_ailleurs=200)
MENES = seulement(titulaire=VERS, autre=VERS, agent=VERS, agent_ailleurs=VERS)
SANS_COMPTE = seulement(depositaire=200, ticket=200)

JETONS = {
    "jeton de mot de passe": jetons.REINITIALISATION,
    "jeton de courriel": jetons.COURRIEL,
    "jeton d’activation": jetons.ACTIVATION,
}

# name -> what it is opened with -> role -> what comes out of a GET
MATRIX: dict[str, dict[str, dict[str, int | str]]] = {
    "home:accueil": {"": PARTOUT},
    "home:sante": {"": PARTOUT},
    "home:pret": {"": PARTOUT},
    "accounts:connexion": {
        "": PARTOUT | dict.fromkeys(("titulaire", "autre", "agent", "agent_ailleurs"), VERS)
    },
    "accounts:deconnexion": {"": AILLEURS},
    # Sign-up, activation, profile
    "accounts:inscription": {"": AILLEURS},
    "accounts:inscription-ecran": {
        "ecran conditions": PARTOUT
        | dict.fromkeys(("titulaire", "autre", "agent", "agent_ailleurs"), VERS),
        "ecran identite": AILLEURS,
    },
    "accounts:inscription-envoyee": {"": AILLEURS},
    "accounts:corriger-adresse": {"": AILLEURS},
    "accounts:identifiant-libre": {"": PARTOUT},
    "accounts:renvoyer-activation": {"": PARTOUT},
    "accounts:activation": {
        "jeton d’activation": PARTOUT,
        "jeton faux": dict.fromkeys(ROLES, 410),
    },
    "accounts:adresses": {"": dict.fromkeys(ROLES, 404)},
    "accounts:espace": {"": DES_HABITANTS},
    "accounts:profil-ecran": {
        "ecran identite": DES_HABITANTS,
        "ecran services": seulement(titulaire=VERS, autre=VERS),
        "ecran inconnu": seulement(),
    },
    # Forgotten password, what one logs in with, open sessions
    "accounts:oubli": {"": PARTOUT},
    "accounts:oubli-question": {"": AILLEURS},
    "accounts:oubli-envoye": {"": PARTOUT},
    "accounts:nouveau-mot-de-passe": {
        "jeton de mot de passe": PARTOUT,
        "jeton de courriel": dict.fromkeys(ROLES, 404),
        "jeton faux": dict.fromkeys(ROLES, 404),
    },
    "accounts:confirmer-courriel": {
        "jeton de courriel": PARTOUT,
        "jeton de mot de passe": dict.fromkeys(ROLES, 404),
        "jeton faux": dict.fromkeys(ROLES, 404),
    },
    "accounts:identifiants": {"": CONNECTES},
    "accounts:mot-de-passe": {"": CONNECTES},
    "accounts:sessions": {"": CONNECTES},
    "accounts:identifiant": {"": seulement(titulaire=200, autre=200)},
    "accounts:courriel": {"": seulement(titulaire=200, autre=200)},
    "accounts:question": {"": seulement(titulaire=200, autre=200)},
    "accounts:fermer-session": {"session": MENES},
    "accounts:fermer-autres": {"": MENES},
    # Second factor: agents only, and what is there to see once they have one
    "accounts:second-facteur": {"": seulement(agent=VERS, agent_ailleurs=VERS)},
    "accounts:second-facteur-ajouter": {"": seulement(agent=200, agent_ailleurs=200)},
    "accounts:second-facteur-verifier": {"": seulement(agent=VERS, agent_ailleurs=VERS)},
    "accounts:second-facteur-secours": {"": seulement(agent=VERS, agent_ailleurs=VERS)},
    "accounts:second-facteur-codes": {"": seulement(agent=VERS, agent_ailleurs=VERS)},
    "accounts:second-facteur-retirer": {"": seulement(agent=VERS, agent_ailleurs=VERS)},
    # Terms, and what every public site owes
    "accounts:conditions": {"": PARTOUT},
    "accounts:conditions-version": {"version": PARTOUT},
    # Nothing to accept: on to the usual first page, by way of the login's address.
    "accounts:accepter-conditions": {"": seulement(titulaire=LOGIN, autre=LOGIN)},
    "accounts:refuser-conditions": {"": seulement(titulaire=200, autre=200)},
    "home:aide": {"": PARTOUT},
    "home:mentions-legales": {"": PARTOUT},
    "home:confidentialite": {"": PARTOUT},
    "home:accessibilite": {"": PARTOUT},
    "captcha:nouveau": {"": POST_SEUL},
    "captcha:image": {"cle": PARTOUT},
    "captcha:son": {"cle": PARTOUT},
    "notifications:courriers": {"": PARTOUT},
    "notifications:courrier": {"courrier": PARTOUT},
    "demarches:catalogue": {"": PARTOUT},
    "demarches:theme": {"theme": PARTOUT},
    "demarches:demarche": {"demarche": PARTOUT},
    "demarches:aide": {"demarche": PARTOUT},
    "demarches:commencer": {"demarche": AILLEURS},
    "demarches:mes-demandes": {
        "": dict.fromkeys(ROLES, 200) | dict.fromkeys(("anonyme", "depositaire", "ticket"), LOGIN)
    },
    "demarches:la-demarche": {
        "brouillon du compte": DU_COMPTE,
        "brouillon sans compte": seulement(depositaire=200),
    },
    "demarches:mes-informations": {
        "brouillon du compte": DU_COMPTE,
        "brouillon sans compte": seulement(depositaire=200),
        "demande du compte": seulement(titulaire=VERS),
    },
    "demarches:ma-demande": {
        "brouillon du compte": seulement(titulaire=VERS),
        "brouillon sans compte": seulement(depositaire=VERS),
    },
    "demarches:section": {
        "brouillon du compte": DU_COMPTE,
        "brouillon sans compte": seulement(depositaire=200),
    },
    "demarches:recapitulatif": {
        "brouillon du compte": DU_COMPTE,
        "brouillon sans compte": seulement(depositaire=200),
        "demande sans compte": seulement(depositaire=VERS, ticket=VERS),
    },
    "demarches:envoyee": {
        "demande du compte": DU_COMPTE,
        "demande sans compte": seulement(depositaire=200, ticket=VERS),
    },
    "demarches:garder": {"demande du compte": seulement(titulaire=VERS)},
    "dashboard:tableau": {
        "": dict.fromkeys(ROLES, LOGIN)
        | {"titulaire": 200, "autre": 200}
        | dict.fromkeys(("agent", "agent_ailleurs"), VERS)
    },
    "accounts:donnees": {"": DES_HABITANTS},
    "accounts:telecharger": {"": seulement(titulaire=VERS, autre=VERS)},
    "accounts:consultations": {"": DES_HABITANTS},
    "accounts:fermer-compte": {"": DES_HABITANTS},
    "accounts:annuler-fermeture": {"": seulement(titulaire=VERS, autre=VERS)},
    # Keys of services; nothing to confirm until one is typed
    "accounts:services": {"": DES_HABITANTS},
    "accounts:services-confirmer": {"": seulement(titulaire=VERS, autre=VERS)},
    "accounts:entourage": {"": DES_HABITANTS},
    "accounts:historique": {"": DES_HABITANTS},
    "accounts:quitter": {"": DES_HABITANTS},
    "accounts:ajouter-adulte": {"": DES_HABITANTS},
    "accounts:ajouter-enfant": {"": DES_HABITANTS},
    "accounts:ajouter-contact": {"": DES_HABITANTS},
    "accounts:inviter": {"": DES_HABITANTS},
    "accounts:membre": {
        "membre": DU_COMPTE,
        "à naître": DU_COMPTE,
        "enfant partagé": DU_COMPTE,
        "enfant partagé, ailleurs": seulement(autre=200),
    },
    "accounts:membre-modifier": {
        "membre": DU_COMPTE,
        "enfant partagé": seulement(titulaire=VERS),
        "enfant partagé, ailleurs": seulement(autre=VERS),
    },
    "accounts:naissance": {"à naître": DU_COMPTE, "membre": seulement(titulaire=VERS)},
    "accounts:retirer-membre": {"membre": DU_COMPTE, "enfant partagé": DU_COMPTE},
    "accounts:invitation": {"invitation": PARTOUT, "jeton faux": dict.fromkeys(ROLES, 404)},
    "accounts:retirer-invitation": {"invitation": DU_COMPTE},
    "demarches:ticket": {"": PARTOUT},
    "demarches:lien": {
        "jeton sans compte": PARTOUT,
        "jeton du compte": AILLEURS,
        "jeton faux": dict.fromkeys(ROLES, 404),
    },
    "demarches:suivi": {"demande du compte": DU_COMPTE, "demande sans compte": SANS_COMPTE},
    "demarches:contenu": {"demande du compte": DU_COMPTE, "demande sans compte": SANS_COMPTE},
    "demarches:pdf": {
        "demande du compte": DU_COMPTE,
        "demande sans compte": seulement(depositaire=200, ticket=404),
    },
    "demarches:demander-lien": {
        "demande sans compte": seulement(depositaire=VERS, ticket=VERS),
    },
}

# Pages of a home, the same for each of its representatives.
FOYER = {
    "accounts:entourage",
    "accounts:historique",
    "accounts:quitter",
    "accounts:ajouter-adulte",
    "accounts:ajouter-enfant",
    "accounts:ajouter-contact",
    "accounts:membre",
    "accounts:membre-modifier",
    "accounts:naissance",
    "accounts:retirer-membre",
    "accounts:invitation",
}

# Pages of one request in the admin, for the agents; every other page of the admin is ruled below.
AGENTS = seulement(agent=200)
SANS_LES_COMPTES = seulement(agent=403, agent_ailleurs=403)
ADMIN: dict[str, dict[str, int | str]] = {
    "admin:demarches_demande_change": AGENTS,
    "admin:demarches_demande_pdf": AGENTS,
    "admin:demarches_demande_acte": AGENTS,
    "admin:demarches_demande_changelist": seulement(agent=200, agent_ailleurs=200),
    # Families (tests/accounts/test_familles_admin.py); importing them is for heads of service.
    "admin:accounts_dossierfamille_changelist": seulement(agent=200, agent_ailleurs=200),
    "admin:accounts_dossierfamille_importer": seulement(agent=VERS, agent_ailleurs=VERS),
    # For who looks after accounts (tests/accounts/admin/test_acces.py), and these two do not.
    "admin:accounts_compte_changelist": SANS_LES_COMPTES,
    "admin:accounts_compte_change": SANS_LES_COMPTES,
    "admin:accounts_compte_valider": SANS_LES_COMPTES,
    "admin:accounts_compte_refuser": SANS_LES_COMPTES,
    "admin:accounts_compte_remettre": SANS_LES_COMPTES,
    "admin:accounts_compte_reunir": SANS_LES_COMPTES,
    "admin:accounts_compte_enfant": SANS_LES_COMPTES,
    "admin:accounts_compte_lier": SANS_LES_COMPTES,
    "admin:accounts_compte_delier": SANS_LES_COMPTES,
    # By way of the admin's own login address, which leads to ours.
    "admin:index": dict.fromkeys(ROLES, VERS)
    | {"titulaire": 404, "autre": 404, "agent": 200, "agent_ailleurs": 200},
}


@dataclass
class Ville:
    """What the matrix is tried on."""

    clients: dict[str, StrictClient]
    demandes: dict[str, Demande]
    membres: dict[str, Membre]
    invitation: Invitation

    def url(self, name: str, what: str) -> str:
        return reverse(name, kwargs=self._kwargs(name, what))

    def _kwargs(self, name: str, what: str) -> dict[str, object]:
        version = self.demandes["demande sans compte"].version
        fixed: dict[str, dict[str, object]] = {
            "": {},
            "cle": {"cle": store.nouveau()},
            "session": {"cle": "0" * 32},
            "version": {"version": "1"},
            "theme": {"code": version.demarche.theme.code},
            "demarche": {"code": version.demarche.code},
            "invitation": {"pk": self.invitation.pk}
            if name == "accounts:retirer-invitation"
            else {"jeton": invitations.jeton(self.invitation)},
        }
        if what in fixed:
            return fixed[what]
        if what in self.membres:
            return {"pk": self.membres[what].pk}
        if what.startswith("ecran "):
            return {"ecran": what.removeprefix("ecran ")}
        if what == "courrier":
            return {"uuid": _courrier()}
        if what in JETONS:
            compte = Compte.objects.get(pk=self.demandes["demande du compte"].compte_id)
            return {"jeton": jetons.emettre(JETONS[what], compte, "nouvelle@exemple.fr")}
        if what.startswith("jeton"):
            if what == "jeton faux":
                return {"jeton": "faux"}
            demande = self.demandes[what.replace("jeton", "demande")]
            return {"jeton": liens.jeton(demande)}
        kwargs: dict[str, object] = {"uuid": self.demandes[what].uuid}
        return kwargs | ({"cle": "probleme"} if name == "demarches:section" else {})


def _courrier() -> object:
    message = outbox.enqueue(
        "lien_de_suivi",
        destinataire=outbox.Destinataire("a@exemple.fr"),
        fait=1,
        context={"numero": "N", "demarche": "D", "lien": "http://localhost/"},
    )
    return message.uuid


@pytest.fixture
def ville() -> Ville:
    version = VersionDemarcheFactory()
    service = version.demarche.service
    comptes: dict[str, Compte] = {
        "titulaire": CompteFactory(foyer=True),
        "autre": CompteFactory(foyer=True),
        "agent": CompteFactory(agent=True, services=[service]),
        "agent_ailleurs": CompteFactory(agent=True, services=[]),
    }
    mine = comptes["titulaire"]
    demandes = {
        "demande du compte": DemandeFactory(version=version, en_instruction=True, compte=mine),
        "demande sans compte": DemandeFactory(version=version, en_instruction=True),
        "brouillon du compte": DemandeFactory(version=version, prete=True, compte=mine),
        "brouillon sans compte": DemandeFactory(version=version, prete=True),
    }
    clients = {role: StrictClient() for role in ROLES}
    for role, compte in comptes.items():
        clients[role].force_login(compte)
    for role, niveau in (("depositaire", acces.COMPLET), ("ticket", acces.NUMERO)):
        session = clients[role].session
        known = ["demande sans compte"] + (["brouillon sans compte"] if role != "ticket" else [])
        session["demandes"] = {str(demandes[name].uuid): niveau for name in known}
        session.save()
    invitation = invitations.inviter(compte_id=mine.pk, courriel="invite@exemple.fr")
    return Ville(clients, demandes, _membres(mine, comptes["autre"]), invitation)


def _membres(mine: Compte, autre: Compte) -> dict[str, Membre]:
    """Members of the owner's home; one of them is a child of the other account's home too."""
    ici, la = (Foyer.objects.for_compte(compte).get() for compte in (mine, autre))
    partage = MembreFactory(foyer=ici)
    return {
        "membre": MembreFactory(foyer=ici),
        "à naître": MembreFactory(foyer=ici, role=RoleMembre.A_NAITRE),
        "enfant partagé": partage,
        "enfant partagé, ailleurs": MembreFactory(foyer=la, personne=partage.personne),
    }


def outcome(response) -> int | str:
    """What a page answered, in the words of the matrix."""
    if response.status_code in {301, 302}:
        return LOGIN if response["Location"].startswith("/connexion/") else VERS
    return response.status_code


ROWS = [(name, what) for name, rows in MATRIX.items() for what in rows]


@pytest.mark.parametrize(("name", "what"), ROWS, ids=[f"{n} {w}".strip() for n, w in ROWS])
def test_everyone_gets_what_the_matrix_says(ville, name, what):
    seen = {}
    for role in ROLES:
        url = ville.url(name, what)
        seen[role] = outcome(ville.clients[role].get(url))

    assert seen == MATRIX[name][what]


HOME = [row for row in ROWS if row[0] in FOYER]


@pytest.mark.parametrize(("name", "what"), HOME, ids=[f"{n} {w}".strip() for n, w in HOME])
def test_both_representatives_of_a_home_see_the_same(ville, name, what):
    foyer = ville.membres["membre"].foyer
    client = StrictClient()
    client.force_login(CompteFactory(foyer=foyer))

    assert outcome(client.get(ville.url(name, what))) == MATRIX[name][what]["titulaire"]


@pytest.mark.parametrize("name", ADMIN)
def test_agents_see_the_requests_of_their_services_only(ville, name):
    demande = ville.demandes["demande du compte"]
    args = {"_acte": [demande.pk, "refuser"], "_pdf": [demande.pk], "_change": [demande.pk]}
    args |= {key: [demande.compte_id] for key in ("_valider", "_refuser", "_remettre")}
    args |= {"_reunir": [1, 2], "_enfant": [1, 2], "_delier": [1, 2], "_lier": [1, 2, 3]}
    suffix = next((s for s in args if name.endswith(s)), None)
    url = reverse(name, args=args[suffix] if suffix else [])

    seen = {role: outcome(client.get(url)) for role, client in ville.clients.items()}

    assert seen == ADMIN[name]


def admin_urls() -> list[str]:
    """Every page of the admin, with a number where one is asked."""
    return sorted({pattern for pattern in _patterns() if pattern.startswith("admin/")})


def test_the_whole_admin_is_closed_to_residents_and_strangers(ville):
    for pattern in admin_urls():
        if "jsi18n" in pattern or "login" in pattern or "logout" in pattern or "(?P" in pattern:
            continue
        path = "/" + pattern.replace("<path:object_id>", "1").replace("<int:pk>", "1")
        path = path.replace("<slug:acte>", "refuser").replace("<path:content_type_id>", "1")
        path = re.sub("<int:[a-z_]+>", "1", path).replace("<str:extension>", "csv")
        path = path.replace("<uuid:lot>", "00000000-0000-4000-8000-000000000000")
        anonymous = ville.clients["anonyme"].get(path)
        assert anonymous.status_code == 302, path
        assert anonymous["Location"].startswith(("/admin/login/", "/connexion/")), path
        assert ville.clients["autre"].get(path).status_code == 404, path


def test_every_address_is_in_the_matrix():
    named = {name for name in _names() if not name.startswith("admin:")}

    assert named == set(MATRIX)


def _walk(resolver: URLResolver, prefix: str = "", namespace: str = ""):
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern).lstrip("^").rstrip("$")
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, route, inner)
        elif isinstance(entry, URLPattern):
            yield route, f"{namespace}{entry.name}"


def _names() -> set[str]:
    return {name for _route, name in _walk(get_resolver())}


def _patterns() -> set[str]:
    return {route for route, _name in _walk(get_resolver())}
