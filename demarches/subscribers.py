"""What this app tells the packages below it: its messages, its menu entries, its permissions."""

from accounts import registries
from accounts.models import Role
from demarches.queries import dossier
from demarches.services import donnees
from portal.notifications import catalog
from portal.ui.registries import habitant, menu

_DEMANDE = ("numero", "demarche", "service", "nom", "lien")


def register() -> None:
    """Called once, when Django is ready."""
    catalog.register("demande_deposee", *_DEMANDE)
    for code in ("demande_acceptee", "demande_traitee", "demande_classee"):
        catalog.register(code, *_DEMANDE, "texte")
    catalog.register("demande_refusee", *_DEMANDE, "texte", "telephone")
    catalog.register("lien_de_suivi", "numero", "demarche", "lien")

    registries.personal_data(
        modeles=donnees.MODELES,
        export=donnees.exporter,
        erase=donnees.effacer,
        merge=donnees.reprendre,
        inventaire=donnees.inventaire,
        sujets=donnees.sujets,
    )

    registries.rubrique(dossier.rubrique)

    menu.add(libelle="Toutes les démarches", url_name="demarches:catalogue", ordre=10)
    menu.add(
        libelle="Mes demandes",
        url_name="demarches:mes-demandes",
        ordre=20,
        zone="espace",
        visible=habitant,
    )

    for role in Role:
        registries.grant(role, "demarches.view_demande", "demarches.instruire")
    registries.grant(
        Role.RESPONSABLE,
        "demarches.view_demarche",
        "demarches.view_theme",
        "demarches.view_versiondemarche",
        "demarches.view_campagne",
    )
