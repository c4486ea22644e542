from django.db import models
from django.db.models import Q


class Personne(models.Model):
    """An individual: an account holder or, later, a member of a home. Contacts and address are
    theirs.
    """

    class Civilite(models.TextChoices):
        MADAME = "madame", "Madame"
        MONSIEUR = "monsieur", "Monsieur"

    civilite = models.CharField("civilité", max_length=10, choices=Civilite, blank=True)
    nom_naissance = models.CharField("nom de naissance", max_length=80)
    nom_usage = models.CharField("nom d’usage", max_length=80, blank=True)
    prenoms = models.CharField("prénoms", max_length=120)
    date_naissance = models.DateField("date de naissance", null=True, blank=True)
    # A child to be born has an expected date instead.
    naissance_prevue = models.DateField("naissance prévue", null=True, blank=True)
    lieu_naissance = models.CharField("lieu de naissance", max_length=120, blank=True)
    courriel = models.EmailField("courriel de contact", max_length=254, blank=True)
    telephone_mobile = models.CharField("téléphone mobile", max_length=20, blank=True)
    telephone_fixe = models.CharField("téléphone fixe", max_length=20, blank=True)

    class Meta:
        verbose_name = "personne"
        constraints = [
            models.CheckConstraint(
                name="personne_nee_ou_a_naitre",
                condition=Q(date_naissance=None) | Q(naissance_prevue=None),
                violation_error_message="Une personne est née ou à naître, pas les deux.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prenoms} {self.nom}"

    @property
    def nom(self) -> str:
        """The name used every day: nom d’usage if there is one."""
        return self.nom_usage or self.nom_naissance
