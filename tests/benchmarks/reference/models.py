"""A town hall as anybody would model it in Django; only compared with, never imported by Parvis."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone


class Usager(AbstractUser):
    """A resident's login."""


class Service(models.Model):
    nom = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.nom


class Dossier(models.Model):
    """A request."""

    class Etat(models.TextChoices):
        RECU = "recu", "reçu"
        EN_COURS = "en_cours", "en cours"
        ACCEPTE = "accepte", "accepté"
        REFUSE = "refuse", "refusé"

    usager = models.ForeignKey(Usager, on_delete=models.PROTECT)
    service = models.ForeignKey(Service, on_delete=models.PROTECT)
    titre = models.CharField(max_length=120)
    etat = models.CharField(max_length=20, choices=Etat, default=Etat.RECU)
    observations = models.TextField(blank=True)
    cree_le = models.DateTimeField(default=timezone.now)
    modifie_le = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["usager", "-cree_le"], name="dossier_par_usager")]

    def __str__(self) -> str:
        return self.titre


class Ligne(models.Model):
    """An answer of a request."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="lignes")
    question = models.CharField(max_length=120)
    reponse = models.CharField(max_length=250)

    def __str__(self) -> str:
        return self.question


class Historique(models.Model):
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="historique")
    libelle = models.CharField(max_length=120)
    le = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["dossier", "-le"], name="historique_par_dossier")]

    def __str__(self) -> str:
        return self.libelle


class Facture(models.Model):
    usager = models.ForeignKey(Usager, on_delete=models.PROTECT)
    libelle = models.CharField(max_length=120)
    montant = models.DecimalField(max_digits=10, decimal_places=2)
    echeance = models.DateField()
    payee = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["usager", "payee", "echeance"], name="facture_due")]

    def __str__(self) -> str:
        return self.libelle


class RendezVous(models.Model):
    usager = models.ForeignKey(Usager, on_delete=models.PROTECT)
    objet = models.CharField(max_length=120)
    debut = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["usager", "debut"], name="rendez_vous_a_venir")]

    def __str__(self) -> str:
        return self.objet


class Message(models.Model):
    usager = models.ForeignKey(Usager, on_delete=models.PROTECT)
    objet = models.CharField(max_length=120)
    lu = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["usager", "lu"], name="message_non_lu")]

    def __str__(self) -> str:
        return self.objet


class Courrier(models.Model):
    """The outbox."""

    destinataire = models.EmailField()
    objet = models.CharField(max_length=250)
    corps = models.TextField()
    cree_le = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.objet
