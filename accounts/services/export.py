"""The files of accounts and homes in « Télécharger mes données ».

Règlement (UE) 2016/679, art. 15 (access) and 20 (portability): everything about the holder, in
words that people read and a form that machines read, and nothing that harms others (art. 15.4):
neither the coordinates of who logs in by themselves, nor those of a child's other home. No secrets,
no internal numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q

from accounts.models import (
    AutorisationSortie,
    Changement,
    Compte,
    DossierFamille,
    Foyer,
    Invitation,
    Membre,
    Personne,
    RoleMembre,
)
from accounts.queries import consultations, sessions
from portal.audit.models import AuditEvent
from portal.kernel.archive import fichier_json
from portal.ui.pays import PAYS

Dict = dict[str, Any]


def exporter(compte: Compte) -> Iterator[tuple[str, bytes]]:
    """Yield the files about the account, its person and its home, one by one."""
    yield "LISEZ-MOI.txt", _lisez_moi().encode()
    yield fichier_json("mon-compte.json", _compte(compte))
    if compte.personne is not None:
        yield fichier_json("mon-identite.json", _personne(compte.personne))
        yield fichier_json("mes-foyers.json", _appartenances(compte.personne))
    moi = _place(compte)
    if moi is not None:
        yield fichier_json("mon-foyer.json", _foyer(moi))
        yield fichier_json("historique-du-foyer.json", _historique(moi, compte))
        yield fichier_json("mes-familles.json", _familles(moi.foyer))
    yield fichier_json("mes-invitations.json", _invitations(compte))
    yield fichier_json("mes-connexions.json", _sessions(compte))
    yield fichier_json("mes-actions.json", _actions(compte))
    yield fichier_json("consultations-de-mon-dossier.json", _consultations(compte))


def _lisez_moi() -> str:
    return f"""Vos données sur le site des démarches de la mairie de {settings.TOWN["nom"]}

Les fichiers qui finissent par .json se lisent avec un éditeur de texte ou un navigateur. Les dates
y sont écrites année-mois-jour.

mon-compte.json                     votre compte
mon-identite.json                   votre identité et vos coordonnées
mes-foyers.json                     les foyers où vous êtes ou avez été
mon-foyer.json                      l’adresse et les personnes de votre foyer
historique-du-foyer.json            les changements dans votre foyer
mes-familles.json                   les dossiers que des services ont rattachés à votre foyer
mes-invitations.json                les personnes que vous avez invitées à représenter votre foyer
mes-connexions.json                 les navigateurs où votre compte est ouvert
mes-actions.json                    ce que vous avez fait sur le site, selon notre journal
consultations-de-mon-dossier.json   quels services ont lu votre dossier, et quand
demandes/                           vos demandes envoyées : un PDF et un fichier .json pour chacune
brouillons/                         vos demandes commencées, pas encore envoyées

Un fichier absent ou vide veut dire que nous ne gardons rien de ce genre sur vous.

Ne s’y trouvent pas : votre mot de passe et votre réponse secrète, que personne ne peut lire ; les
coordonnées des autres personnes qui ont leur propre compte, et celles de l’autre foyer d’un enfant,
qui sont à elles.

Une question, une erreur à corriger ? {settings.TOWN["courriel"]}
"""


def _compte(compte: Compte) -> Dict:
    return {
        "identifiant": compte.identifiant,
        "courriel de connexion": compte.courriel,
        "état": compte.get_etat_display(),
        "moyen de contact préféré": compte.get_canal_prefere_display(),
        "question secrète": compte.question_secrete,
        "conditions générales acceptées": compte.conditions_acceptees,
        "conditions acceptées le": compte.conditions_at,
        "créé le": compte.created_at,
        "activé le": compte.activation_at,
        "vérifié par la mairie le": compte.verification_at,
        "fermeture demandée le": compte.fermeture_demandee_at,
    }


def _personne(personne: Personne) -> Dict:
    return _identite(personne) | _coordonnees(personne)


def _identite(personne: Personne) -> Dict:
    lignes = {
        "civilité": personne.get_civilite_display(),
        "prénoms": personne.prenoms,
        "nom de naissance": personne.nom_naissance,
        "nom d’usage": personne.nom_usage,
        "date de naissance": personne.date_naissance,
        "naissance prévue": personne.naissance_prevue,
        "lieu de naissance": personne.lieu_naissance,
        "école": personne.ecole,
        "classe": personne.classe,
    }
    return {nom: valeur for nom, valeur in lignes.items() if valeur}


def _coordonnees(personne: Personne) -> Dict:
    lignes = {
        "courriel": personne.courriel,
        "téléphone mobile": personne.telephone_mobile,
        "téléphone fixe": personne.telephone_fixe,
    }
    return {nom: valeur for nom, valeur in lignes.items() if valeur}


def _appartenances(personne: Personne) -> list[Dict]:
    return [
        {"rôle": m.get_role_display(), "depuis": m.debut, "jusqu’au": m.fin}
        for m in personne.membres.order_by("debut", "pk")
    ]


def _place(compte: Compte) -> Membre | None:
    mine = Membre.objects.for_compte(compte).filter(personne=compte.personne_id)
    return mine.select_related("foyer").first()


def _foyer(moi: Membre) -> Dict:
    ailleurs = Membre.objects.actifs().filter(personne=OuterRef("personne"))
    sorties = AutorisationSortie.objects.select_related("enfant__personne")
    membres = (
        moi.foyer.membres.actifs()
        .exclude(pk=moi.pk)
        .annotate(est_ailleurs=Exists(ailleurs.exclude(foyer=moi.foyer)))
        .select_related("personne__compte")
        .prefetch_related(Prefetch("autorisations_recues", sorties))
        .order_by("pk")
    )
    return {
        "adresse": _adresse(moi.foyer),
        "mon rôle": moi.get_role_display(),
        "depuis": moi.debut,
        "membres": [_membre(membre, est_ailleurs=membre.est_ailleurs) for membre in membres],
    }


def _adresse(foyer: Foyer) -> Dict:
    if not foyer.adresse:
        return {}
    lignes = {
        "rue": foyer.voie,
        "complément": foyer.complement,
        "code postal": foyer.code_postal,
        "commune": foyer.commune,
        "pays": dict(PAYS).get(foyer.pays, foyer.pays),
    }
    return {nom: valeur for nom, valeur in lignes.items() if valeur}


def _membre(membre: Membre, *, est_ailleurs: bool) -> Dict:
    personne = membre.personne
    lignes: Dict = {"rôle": membre.get_role_display(), "lien": membre.lien, "depuis": membre.debut}
    if hasattr(personne, "compte"):  # their own, which they download by themselves
        return lignes | {"prénoms": personne.prenoms, "nom": personne.nom}
    lignes |= _identite(personne)
    if not est_ailleurs:
        lignes |= _coordonnees(personne)
    enfants = [str(sortie.enfant.personne) for sortie in membre.autorisations_recues.all()]
    if membre.role == RoleMembre.CONTACT:
        lignes["peut venir chercher"] = enfants
    return lignes


def _historique(moi: Membre, compte: Compte) -> list[Dict]:
    """What changed since the holder is there, but what others changed about themselves."""
    du_foyer = Q(acte__in=[Changement.Acte.ADRESSE, Changement.Acte.RATTACHEMENT])
    sans_compte = Q(membre__isnull=False, membre__personne__compte=None)
    miens = Q(auteur=compte) | Q(membre__personne=moi.personne_id)
    changements = moi.foyer.changements.filter(
        miens | sans_compte | du_foyer, created_at__date__gte=moi.debut
    )
    return [
        {
            "date": changement.created_at,
            "acte": changement.get_acte_display(),
            "personne concernée": changement.sujet,
            "fait par": "vous" if changement.auteur_id == compte.pk else "quelqu’un d’autre",
            "changements": [
                {
                    "quoi": detail.get("libelle", ""),
                    "avant": detail.get("ancien", ""),
                    "après": detail.get("nouveau", ""),
                }
                for detail in changement.details
            ],
        }
        for changement in changements
    ]


def _familles(foyer: Foyer) -> list[Dict]:
    dossiers = DossierFamille.objects.filter(foyer=foyer).select_related("service")
    return [
        {
            "service": dossier.service.nom,
            "référence": dossier.reference,
            "famille": dossier.nom,
            "rattachée le": dossier.rattachement_at,
            "personnes": [
                {
                    "nom": membre.get("nom", ""),
                    "prénoms": membre.get("prenoms", ""),
                    "naissance": membre.get("date_naissance") or membre.get("naissance_prevue"),
                    "école": membre.get("ecole", ""),
                    "classe": membre.get("classe", ""),
                }
                for membre in dossier.donnees.get("membres", [])
            ],
        }
        for dossier in dossiers
    ]


def _invitations(compte: Compte) -> list[Dict]:
    return [
        {
            "courriel": invitation.courriel,
            "envoyée le": invitation.created_at,
            "acceptée le": invitation.acceptee_at,
            "retirée le": invitation.annulee_at,
        }
        for invitation in Invitation.objects.filter(auteur=compte)
    ]


def _sessions(compte: Compte) -> list[Dict]:
    return [
        {
            "appareil": session.appareil,
            "réseau": session.reseau,
            "ouverte le": session.ouverte_at,
            "dernière page le": session.vue_at,
        }
        for session in sessions.ouvertes(compte, courante="")
    ]


def _actions(compte: Compte) -> list[Dict]:
    """What the journal holds of the holder's own acts; what they were done on may be others'."""
    actes = AuditEvent.objects.filter(actor_id=compte.pk).values_list("at", "action", "address")
    return [{"date": at, "acte": action, "réseau": address} for at, action, address in actes]


def _consultations(compte: Compte) -> list[Dict]:
    return [
        {"date": lue.date, "service": lue.services, "consulté": lue.objet}
        for lue in consultations.toutes(compte)
    ]
