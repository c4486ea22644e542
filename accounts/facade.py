"""What other packages may use of accounts and homes, beside the models (identity is shared)."""

from accounts.queries.entourage import FoyerVu, MembreVu, famille
from accounts.queries.familles import ServiceRattache, services_de, services_rattaches
from accounts.queries.foyer import PersonneConcernee, personnes_concernees
from accounts.services.completer import completer, nouveautes
from accounts.services.invitations import recues as invitations_recues
from accounts.services.lectures import noter as noter_lecture

__all__ = [
    "FoyerVu",
    "MembreVu",
    "PersonneConcernee",
    "ServiceRattache",
    "completer",
    "famille",
    "invitations_recues",
    "noter_lecture",
    "nouveautes",
    "personnes_concernees",
    "services_de",
    "services_rattaches",
]
