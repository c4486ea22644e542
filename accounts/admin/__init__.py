"""The clerks' side of accounts: one module a subject, registered on import."""

from accounts.admin import agents, comptes, conditions, familles

__all__ = ["agents", "comptes", "conditions", "familles"]
