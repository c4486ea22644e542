"""Menu entries of pages that belong to no app with models."""

from django.conf import settings

from portal.ui.registries import anonyme, connecte, habitant, menu


def register() -> None:
    """Called once, when Django is ready."""
    for ordre, libelle, url_name in (
        (10, "Mon tableau de bord", "dashboard:tableau"),
        (30, "Mon espace", "accounts:espace"),
        (40, "Entourage", "accounts:entourage"),
    ):
        menu.add(libelle=libelle, url_name=url_name, ordre=ordre, zone="espace", visible=habitant)
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
    _pied()


def _pied() -> None:
    for ordre, libelle, url_name in (
        (10, "Aide", "home:aide"),
        (20, "Conditions générales", "accounts:conditions"),
        (30, "Confidentialité", "home:confidentialite"),
        (40, "Mentions légales", "home:mentions-legales"),
        # In these words: the law wants the state of conformity seen from the home page (loi
        # n° 2005-102, art. 47). It changes with the page, after an audit.
        (50, "Accessibilité : non conforme", "home:accessibilite"),
    ):
        menu.add(libelle=libelle, url_name=url_name, ordre=ordre, zone="pied")
    if settings.DEMO_MAILBOX:
        menu.add(
            libelle="Courriers de démonstration",
            url_name="notifications:courriers",
            ordre=90,
            zone="pied",
        )
