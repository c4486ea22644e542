from django.db import models


class Role(models.TextChoices):
    AGENT = "agent", "agent"
    RESPONSABLE = "responsable", "responsable de service"


class AgentProfil(models.Model):
    """What an account may do in the admin: a role, in the services it belongs to."""

    compte = models.OneToOneField(
        "accounts.Compte", on_delete=models.CASCADE, related_name="agent_profil"
    )
    role = models.CharField("rôle", max_length=20, choices=Role, default=Role.AGENT)
    services = models.ManyToManyField("accounts.Service", related_name="agents", blank=True)

    class Meta:
        verbose_name = "profil d’agent"
        verbose_name_plural = "profils d’agents"

    def __str__(self) -> str:
        return f"{self.compte} ({self.get_role_display()})"
