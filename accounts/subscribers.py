"""What the accounts app tells the packages below it, and itself."""

from accounts import registries
from accounts.models import Role
from accounts.models.agent import GESTION_COMPTES
from accounts.services import donnees, export, fusion
from portal.notifications import catalog

# code -> names that its template needs
COURRIERS: dict[str, tuple[str, ...]] = {
    # signing up, profile
    "compte_activation": ("nom", "identifiant", "jusqu_a", "jours", "lien"),
    "compte_deja_actif": ("nom", "identifiant", "refuse", "telephone", "oubli", "lien"),
    "profil_modifie": ("nom", "quoi", "champs", "lien"),
    # what one logs in with
    "connexion_ralentie": ("identifiant", "lien"),
    "mot_de_passe_oublie": ("identifiant", "lien"),
    "courriel_a_confirmer": ("identifiant", "lien"),
    "courriel_deja_utilise": ("identifiant", "lien"),
    "compte_modifie": ("identifiant", "modification", "date", "lien"),
    # the town hall's check
    "compte_valide": ("nom", "identifiant", "lien"),
    "compte_refuse": ("nom", "identifiant", "motif", "effacement"),
    "compte_remis_en_attente": ("nom", "identifiant", "message", "lien"),
    "comptes_reunis": ("nom", "garde", "ferme", "lien"),
    # the home
    "foyer_change": ("nom", "phrase", "lien"),
    "invitation_foyer": ("invitant", "limite", "lien"),
    "invitation_envoyee": ("nom", "courriel", "limite", "lien"),
    "famille_rattachee": ("nom", "famille", "service", "telephone", "lien"),
    "famille_detachee": ("nom", "famille", "service", "telephone", "lien"),
    # closing
    "fermeture_demandee": ("nom", "date", "lien"),
    "fermeture_annulee": ("nom", "lien"),
    "compte_ferme": ("nom",),
    # agents
    "second_facteur_ajoute": ("identifiant", "lien"),
    "second_facteur_retire": ("identifiant", "lien"),
    "second_facteur_essais": ("identifiant", "lien"),
    "code_de_secours_utilise": ("identifiant", "lien"),
    "agent_mot_de_passe": ("identifiant", "lien"),
}


def register() -> None:
    """Called once, when Django is ready."""
    for code, names in COURRIERS.items():
        catalog.register(code, *names)
    _droits()
    registries.personal_data(
        modeles=donnees.MODELES,
        export=export.exporter,
        erase=donnees.effacer,
        merge=fusion.reprendre,
        inventaire=donnees.inventaire,
        sujets=donnees.sujets,
    )


def _droits() -> None:
    for role in Role:
        registries.grant(role, "accounts.view_dossierfamille", "accounts.emettre_cles")
    registries.grant(
        Role.RESPONSABLE,
        "accounts.view_service",
        "accounts.change_service",
        "accounts.view_agentprofil",
        "accounts.change_agentprofil",
        "accounts.view_conditions",
        "accounts.add_conditions",
        "accounts.change_conditions",
        "accounts.delete_conditions",
        "accounts.importer_familles",
    )
    registries.grant(GESTION_COMPTES, "accounts.gerer_comptes", "accounts.view_compte")
