from django.db import models


class Service(models.Model):
    """A service of the town hall: its agents see the requests of its démarches only."""

    code = models.SlugField("code", max_length=50, unique=True)
    nom = models.CharField("nom", max_length=120)
    courriel = models.EmailField("courriel", blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True)

    emet_des_cles = models.BooleanField(
        "émet des clés",
        default=False,
        help_text="Le service connaît des familles et leur remet une clé pour les rattacher.",
    )

    class Meta:
        verbose_name = "service"
        ordering = ["nom"]

    def __str__(self) -> str:
        return self.nom
