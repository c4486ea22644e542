"""Menu entries of pages that belong to no app with models."""

from django.conf import settings

from portal.ui.registries import anonyme, connecte, menu


def register() -> None:
    """Called once, when Django is ready."""
    menu.add(
        libelle="Se connecter",
        url_name="accounts:connexion",
        ordre=10,
        zone="compte",
        visible=anonyme,
    )
    menu.add(
        libelle="Administration",
        url_name="admin:index",
        ordre=20,
        zone="compte",
        visible=lambda compte: compte is not None and compte.is_staff,
    )
    menu.add(
        libelle="Se déconnecter",
        url_name="accounts:deconnexion",
        ordre=90,
        zone="compte",
        visible=connecte,
        methode="post",
    )
    if settings.DEMO_MAILBOX:
        menu.add(
            libelle="Courriers de démonstration",
            url_name="notifications:courriers",
            ordre=90,
            zone="pied",
        )
