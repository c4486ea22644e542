"""People and homes of the demonstration town, made by the services that people use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import (
    CleService,
    Compte,
    Conditions,
    DossierFamille,
    Membre,
    RoleMembre,
    Service,
)
from accounts.services import (
    cles,
    emission,
    familles,
    inscription,
    invitations,
    membres,
    partage,
    secret,
    validation,
)
from accounts.services.inscription import Dossier

CENTRE = {
    "voie": "12 rue des Tilleuls",
    "complement": "",
    "code_postal": "49999",
    "commune": "Clairval-sur-Loire",
    "pays": "FR",
}
# The key of a family that nobody has attached yet: Noé's, in the service « Enfance ».
CLE_DEMO = "DEM0-PARV-1SCE"
# The answer of everybody's secret question.
REPONSE = "Moustache"


@dataclass(frozen=True)
class Habitant:
    """Somebody who signs up in the demonstration; no street is given by who lives nowhere yet."""

    identifiant: str
    prenoms: str
    nom: str
    naissance: date
    civilite: str = ""
    mobile: str = ""
    voie: str = ""


CAMILLE = Habitant(
    "camille.martin",
    "Camille Anne",
    "Martin",
    date(1984, 5, 12),
    "madame",
    "+33639980001",
    CENTRE["voie"],
)
NOE = Habitant("noe.petit", "Noé", "Petit", date(1999, 2, 28))
ALEX = Habitant("alex.martin", "Alex", "Martin", date(1982, 11, 3), mobile="+33639980002")
DOMINIQUE = Habitant(
    "dominique.roux", "Dominique", "Roux", date(1981, 7, 21), "", "+33639980003", "4 quai du Port"
)
# Signed up and waiting: just now, for too long, and as somebody the town seems to know already.
EN_ATTENTE = [
    (Habitant("ines.benali", "Inès", "Benali", date(1990, 9, 9), "madame", "+33639980004"), 0),
    (Habitant("paul.durand", "Paul", "Durand", date(1958, 1, 30), voie="8 rue Haute"), 9),
    (Habitant("camille.m", "Camille", "MARTIN", date(1984, 5, 12), voie=CENTRE["voie"]), 1),
]


def peupler(mot_de_passe: str, *, agent: Compte) -> dict[str, Compte]:
    """Sign everybody up, let `agent` check those who do not wait, and fill in the homes; return
    the accounts by identifiant.
    """
    # One hash for all: what takes time in a real sign-up is not what is shown here.
    secrets = make_password(mot_de_passe), secret.empreinte(REPONSE)
    comptes = {}
    for habitant in (CAMILLE, NOE, ALEX, DOMINIQUE):
        compte = _inscrire(habitant, secrets)
        comptes[habitant.identifiant] = validation.valider(compte_id=compte.pk, agent=agent)
    for habitant, jours in EN_ATTENTE:
        compte = _inscrire(habitant, secrets)
        since = timezone.now() - timedelta(days=jours)
        Compte.objects.filter(pk=compte.pk).update(activation_at=since)
    _foyer_de_camille(comptes)
    _parents_separes(comptes, agent)
    return comptes


def _inscrire(habitant: Habitant, secrets: tuple[str, str]) -> Compte:
    conditions = Conditions.en_vigueur()
    compte = inscription.creer(
        Dossier(
            conditions=conditions.version if conditions else "",
            identite={
                "civilite": habitant.civilite,
                "nom_naissance": habitant.nom,
                "prenoms": habitant.prenoms,
                "date_naissance": habitant.naissance,
            },
            adresse=CENTRE | {"voie": habitant.voie} if habitant.voie else {},
            contact={
                "courriel": f"{habitant.identifiant}@courriel.example",
                "telephone_mobile": habitant.mobile,
                "telephone_fixe": "",
                "canal_prefere": "courriel",
            },
            identifiant=habitant.identifiant,
            mot_de_passe=secrets[0],
            question=secret.QUESTIONS[1],
            reponse=secrets[1],
        )
    )
    validation.a_l_activation(compte)
    return compte


def _foyer_de_camille(comptes: dict[str, Compte]) -> None:
    """Everything a home can hold: two parents with a login each, children, a child to be born,
    somebody who picks them up.
    """
    camille, alex = comptes[CAMILLE.identifiant], comptes[ALEX.identifiant]
    invitation = invitations.inviter(compte_id=camille.pk, courriel=alex.courriel)
    invitations.accepter(compte_id=alex.pk, invitation_id=invitation.pk)
    lea = _declarer(camille, "Léa", date(2017, 5, 2), ecole="École Jules-Ferry", classe="CE2")
    tom = _declarer(alex, "Tom", date(2020, 9, 14), ecole="École Jules-Ferry", classe="GS")
    today = timezone.localdate()
    _declarer(camille, "", None, naissance_prevue=today + timedelta(days=120))
    _declarer(camille, "Odile", date(1951, 3, 8), role=RoleMembre.ADULTE, lien="Grand-mère")
    _declarer(
        camille,
        "Jeanne",
        None,
        role=RoleMembre.CONTACT,
        lien="Voisine",
        enfants=[lea.pk, tom.pk],
        nom_naissance="Durand",
        telephone_mobile="+33639980005",
    )


def _parents_separes(comptes: dict[str, Compte], agent: Compte) -> None:
    """Léa's father lives elsewhere: one child of two homes, which a clerk has linked."""
    pere, camille = comptes[DOMINIQUE.identifiant], comptes[CAMILLE.identifiant]
    chez_lui = _declarer(pere, "Léa", date(2017, 5, 2), nom_naissance="Martin")
    chez_elle = Membre.objects.for_compte(camille).get(personne__prenoms="Léa")
    partage.lier(membre_id=chez_elle.pk, autre_id=chez_lui.pk, garder_id=chez_elle.pk, agent=agent)


def _declarer(
    compte: Compte,
    prenoms: str,
    naissance: date | None,
    *,
    role: str = "",
    lien: str = "",
    enfants: list[int] | None = None,
    **champs: Any,
) -> Membre:
    role = role or (RoleMembre.A_NAITRE if "naissance_prevue" in champs else RoleMembre.ENFANT)
    known = {"nom_naissance": "Martin", "prenoms": prenoms, "date_naissance": naissance}
    return membres.declarer(
        compte_id=compte.pk,
        role=role,
        champs=known | champs,
        envoi=uuid4(),
        lien=lien,
        enfants=enfants or [],
    )


def importer_familles_demo() -> None:
    """Give the service « Enfance » six families: Camille's, attached to her home, and five that
    wait, of which Noé's has a key that the login lines tell (`CLE_DEMO`).
    """
    service = Service.objects.get(code="enfance")
    fichier = BytesIO((Path(__file__).parent / "demonstration_familles.csv").read_bytes())
    familles.importer(service=service, fichier=fichier, auteur=None)
    dossiers = {d.reference: d for d in DossierFamille.objects.filter(service=service)}
    emises = emission.emettre_en_nombre(dossiers=[d.pk for d in dossiers.values()], auteur=None)
    attachee = next(emise for emise in emises if emise.dossier.nom == CAMILLE.nom)
    apercu = cles.examiner(attachee.cle, service)
    cles.rattacher(cle_id=apercu.cle_id, compte=Compte.objects.get(identifiant=CAMILLE.identifiant))
    connue = CleService.objects.valables().filter(dossier__service=service, dossier__nom=NOE.nom)
    connue.update(empreinte=cles.empreinte(CLE_DEMO))
