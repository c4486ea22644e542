"""What the accounts app tells the packages below it, and itself."""

from accounts import registries
from accounts.models import Role


def register() -> None:
    """Called once, when Django is ready."""
    registries.grant(
        Role.RESPONSABLE,
        "accounts.view_service",
        "accounts.view_agentprofil",
    )
