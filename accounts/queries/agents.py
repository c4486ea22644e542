"""Who answers for which agents."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import AgentProfil, Compte, Role


def services_de(compte: Compte) -> frozenset[int]:
    """Return the ids of the services an agent belongs to."""
    profil = getattr(compte, "agent_profil", None)
    if profil is None:
        return frozenset()
    return frozenset(profil.services.values_list("pk", flat=True))


def visibles(compte: Compte) -> QuerySet[AgentProfil]:
    """Return the agents that an account may see: all for the technical administrator, those of
    its own services for a head of service.
    """
    profils = AgentProfil.objects.select_related("compte").prefetch_related("services")
    if compte.is_superuser:
        return profils
    if compte.role != Role.RESPONSABLE:
        return profils.none()
    return profils.filter(services__in=services_de(compte)).distinct()


def peut_changer(auteur: Compte, profil: AgentProfil) -> bool:
    """Tell whether an account may change the rights of an agent.

    A head of service may for agents whose services are all their own: what they would change
    elsewhere is another's to decide. Nobody changes their own rights but the technical
    administrator, who has them all.
    """
    if auteur.is_superuser:
        return True
    if auteur.role != Role.RESPONSABLE or profil.compte_id == auteur.pk:
        return False
    if profil.compte.is_superuser:
        return False
    siens = frozenset(profil.services.values_list("pk", flat=True))
    return bool(siens) and siens <= services_de(auteur)
