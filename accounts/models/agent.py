from django.db import models


class Role(models.TextChoices):
    AGENT = "agent", "agent"
    RESPONSABLE = "responsable", "responsable de service"


# What `gere_les_comptes` gives, beside the role: the name under which rights are granted.
GESTION_COMPTES = "gestion_comptes"


class AgentProfil(models.Model):
    """What an account may do in the admin: a role, in the services it belongs to."""

    compte = models.OneToOneField(
        "accounts.Compte", on_delete=models.CASCADE, related_name="agent_profil"
    )
    role = models.CharField("rôle", max_length=20, choices=Role, default=Role.AGENT)
    services = models.ManyToManyField("accounts.Service", related_name="agents", blank=True)

    gere_les_comptes = models.BooleanField(
        "vérifie les comptes des habitants",
        default=False,
        help_text="Donne accès aux profils et aux foyers de tous les habitants.",
    )

    class Meta:
        verbose_name = "profil d’agent"
        verbose_name_plural = "profils d’agents"

    def __str__(self) -> str:
        return f"{self.compte} ({self.get_role_display()})"
