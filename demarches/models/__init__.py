"""The catalogue, and what people file from it."""

from demarches.models.catalogue import Campagne, Demarche, Theme, VersionDemarche
from demarches.models.demande import Demande, Evenement

__all__ = ["Campagne", "Demande", "Demarche", "Evenement", "Theme", "VersionDemarche"]
