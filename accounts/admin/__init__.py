"""The clerks' side of accounts: one module a subject, registered on import."""

from accounts.admin import comptes, conditions, familles, services

__all__ = ["comptes", "conditions", "familles", "services"]
