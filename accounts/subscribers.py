"""What the accounts app tells the packages below it, and itself."""

from accounts import registries
from accounts.models import Role
from accounts.models.agent import GESTION_COMPTES
from accounts.services import donnees, export, fusion
from portal.notifications import catalog


def register() -> None:
    """Called once, when Django is ready."""
    registries.grant(
        Role.RESPONSABLE,
        "accounts.view_service",
        "accounts.change_service",
        "accounts.view_agentprofil",
        "accounts.change_agentprofil",
        "accounts.view_conditions",
        "accounts.add_conditions",
        "accounts.change_conditions",
    )

    registries.grant(GESTION_COMPTES, "accounts.gerer_comptes", "accounts.view_compte")
    catalog.register("compte_valide", "nom", "identifiant", "lien")
    catalog.register("compte_refuse", "nom", "identifiant", "motif")
    catalog.register("compte_remis_en_attente", "nom", "identifiant", "lien")
    catalog.register("comptes_reunis", "nom", "garde", "ferme", "lien")
    registries.personal_data(merge=fusion.reprendre)
    registries.personal_data(
        modeles=donnees.MODELES,
        export=export.exporter,
        erase=donnees.effacer,
        inventaire=donnees.inventaire,
        sujets=donnees.sujets,
    )
    catalog.register("fermeture_demandee", "nom", "date", "lien")
    catalog.register("fermeture_annulee", "nom", "lien")
    catalog.register("compte_ferme", "nom")

    for code in (
        "second_facteur_ajoute",
        "second_facteur_retire",
        "second_facteur_essais",
        "code_de_secours_utilise",
    ):
        catalog.register(code, "identifiant", "lien")
    catalog.register("agent_mot_de_passe", "identifiant", "lien")

    for role in Role:
        registries.grant(role, "accounts.view_dossierfamille", "accounts.emettre_cles")
    registries.grant(Role.RESPONSABLE, "accounts.importer_familles")
    catalog.register("famille_rattachee", "nom", "famille", "service", "telephone", "lien")

    for code in (
        "connexion_ralentie",
        "mot_de_passe_oublie",
        "courriel_a_confirmer",
        "courriel_deja_utilise",
    ):
        catalog.register(code, "identifiant", "lien")
    catalog.register("compte_modifie", "identifiant", "modification", "date", "lien")

    catalog.register("compte_activation", "nom", "identifiant", "jusqu_a", "jours", "lien")
    catalog.register(
        "compte_deja_actif", "nom", "identifiant", "refuse", "telephone", "oubli", "lien"
    )
    catalog.register("profil_modifie", "nom", "quoi", "champs", "lien")

    catalog.register("foyer_change", "nom", "phrase", "lien")
    catalog.register("invitation_foyer", "invitant", "limite", "lien")
    catalog.register("invitation_envoyee", "nom", "courriel", "limite", "lien")
