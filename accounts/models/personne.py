from datetime import date

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat, Lower

from portal.kernel.pli import Pli

# Every name a person goes by, in one text to search.
NOMS = Concat("nom_naissance", Value(" "), "nom_usage", Value(" "), "prenoms")


class Personne(models.Model):
    """An individual: an account holder or a member of a home. The address is the home's."""

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

    ecole = models.CharField("école", max_length=120, blank=True)
    classe = models.CharField("classe", max_length=40, blank=True)

    class Meta:
        verbose_name = "personne"
        indexes = [
            models.Index(fields=["date_naissance"], name="personne_par_naissance"),
            models.Index(Lower("courriel"), name="personne_par_courriel"),
            # Clerks look for a name as it comes: a part of it, without accents.
            GinIndex(OpClass(Pli(NOMS), name="gin_trgm_ops"), name="personne_par_noms"),
        ]
        constraints = [
            models.CheckConstraint(
                name="personne_nee_ou_a_naitre",
                condition=Q(date_naissance=None) | Q(naissance_prevue=None),
                violation_error_message="Une personne est née ou à naître, pas les deux.",
            ),
        ]

    def __str__(self) -> str:
        # A child to be born may have no name yet.
        return f"{self.prenoms} {self.nom}" if self.prenoms else f"Bébé à naître ({self.nom})"

    @property
    def prenom(self) -> str:
        """The first of the first names, to speak to somebody; empty when there is none."""
        return next(iter(self.prenoms.replace(",", " ").split()), "")

    @property
    def naissance(self) -> date | None:
        """The day of birth, or the day it is expected."""
        return self.date_naissance or self.naissance_prevue

    @property
    def nom(self) -> str:
        """The name used every day: nom d’usage if there is one."""
        return self.nom_usage or self.nom_naissance
