"""What other packages may use of requests and their catalogue."""

from demarches.queries.catalogue import Entree, ThemeAuCatalogue, themes
from demarches.queries.compte import dernieres_demandes
from demarches.services.publication import Lot, charger

__all__ = ["Entree", "Lot", "ThemeAuCatalogue", "charger", "dernieres_demandes", "themes"]
