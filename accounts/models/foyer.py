"""Homes: who lives together for the town hall, and who may act for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from portal.kernel.pli import Pli

if TYPE_CHECKING:
    from accounts.models.compte import Compte


class FoyerQuerySet(models.QuerySet["Foyer"]):
    def for_compte(self, compte: Compte) -> Self:
        """The home that an account represents today (one at most, held by the database)."""
        if compte.personne_id is None:
            return self.none()
        return self.filter(
            membres__personne=compte.personne_id,
            membres__role__in=REPRESENTANTS,
            membres__fin=None,
        )


class Foyer(models.Model):
    """A home and its postal address (as `schema.kinds.Adresse` answers: a country of two letters).

    The address hangs here and never on a child, who may have two homes.
    """

    voie = models.CharField("numéro et nom de la rue", max_length=120, blank=True)
    complement = models.CharField("complément d’adresse", max_length=120, blank=True)
    code_postal = models.CharField("code postal", max_length=12, blank=True)
    commune = models.CharField("commune", max_length=100, blank=True)
    pays = models.CharField("pays", max_length=2, default="FR")
    created_at = models.DateTimeField("créé le", auto_now_add=True)

    objects = FoyerQuerySet.as_manager()

    class Meta:
        verbose_name = "foyer"
        indexes = [models.Index("code_postal", Pli("voie"), name="foyer_par_adresse")]

    def __str__(self) -> str:
        return f"Foyer {self.pk}"

    @property
    def adresse(self) -> dict[str, str]:
        """The address as an answer of a form; empty when none was given."""
        if not self.voie and not self.commune:
            return {}
        names = ("voie", "complement", "code_postal", "commune", "pays")
        return {name: getattr(self, name) for name in names}


class RoleMembre(models.TextChoices):
    RESPONSABLE = "responsable", "responsable"
    CO_REPRESENTANT = "co_representant", "co-représentant"
    ADULTE = "adulte", "adulte"
    ENFANT = "enfant", "enfant"
    A_NAITRE = "a_naitre", "enfant à naître"
    CONTACT = "contact", "contact"


# Who logs in and acts for the home; children as the pages group them.
REPRESENTANTS = frozenset({RoleMembre.RESPONSABLE, RoleMembre.CO_REPRESENTANT})
ENFANTS = frozenset({RoleMembre.ENFANT, RoleMembre.A_NAITRE})


class MembreQuerySet(models.QuerySet["Membre"]):
    def actifs(self) -> Self:
        return self.filter(fin=None)

    def for_compte(self, compte: Compte) -> Self:
        """The active members of the home that an account represents today."""
        return self.actifs().filter(foyer__in=Foyer.objects.for_compte(compte).values("pk"))


class Membre(models.Model):
    """Somebody's place in a home, from a day to another; `fin` None while it lasts."""

    personne = models.ForeignKey(
        "accounts.Personne", on_delete=models.PROTECT, related_name="membres"
    )
    foyer = models.ForeignKey(Foyer, on_delete=models.PROTECT, related_name="membres")
    role = models.CharField("rôle", max_length=16, choices=RoleMembre)
    lien = models.CharField("lien avec le foyer", max_length=60, blank=True)
    debut = models.DateField("depuis", default=timezone.localdate)
    fin = models.DateField("jusqu’au", null=True, blank=True)
    # Of the form that added this member, so that the same one sent twice adds one.
    envoi = models.UUIDField("envoi", null=True, blank=True, editable=False)

    objects = MembreQuerySet.as_manager()

    class Meta:
        verbose_name = "membre de foyer"
        verbose_name_plural = "membres de foyer"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["foyer", "personne"],
                condition=Q(fin=None),
                name="membre_une_fois_par_foyer",
                violation_error_message="Cette personne est déjà dans le foyer.",
            ),
            models.UniqueConstraint(
                fields=["personne"],
                condition=Q(fin=None, role__in=sorted(REPRESENTANTS)),
                name="membre_represente_un_foyer",
                violation_error_message="Cette personne représente déjà un foyer.",
            ),
            models.UniqueConstraint(
                fields=["foyer"],
                condition=Q(fin=None, role=RoleMembre.RESPONSABLE),
                name="membre_un_responsable",
            ),
            models.UniqueConstraint(fields=["foyer", "envoi"], name="membre_un_par_envoi"),
            models.CheckConstraint(
                name="membre_dates_dans_l_ordre", condition=Q(fin=None) | Q(fin__gte=F("debut"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.personne} ({self.get_role_display()})"

    @property
    def is_enfant(self) -> bool:
        return self.role in ENFANTS


class AutorisationSortie(models.Model):
    """A contact of the home may pick up a child of it (at school, after an activity)."""

    contact = models.ForeignKey(
        Membre, on_delete=models.CASCADE, related_name="autorisations_recues"
    )
    enfant = models.ForeignKey(Membre, on_delete=models.CASCADE, related_name="autorisations")

    class Meta:
        verbose_name = "autorisation de venir chercher un enfant"
        verbose_name_plural = "autorisations de venir chercher un enfant"
        constraints = [
            models.UniqueConstraint(fields=["contact", "enfant"], name="autorisation_une_fois"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} peut venir chercher {self.enfant_id}"


class Changement(models.Model):
    """One line of a home's history, with old and new values; erased with the home's data."""

    class Acte(models.TextChoices):
        AJOUT = "ajout", "ajout"
        MODIFICATION = "modification", "modification"
        NAISSANCE = "naissance", "naissance"
        ARRIVEE = "arrivee", "arrivée dans le foyer"
        DEPART = "depart", "départ du foyer"
        RATTACHEMENT = "rattachement", "famille rattachée"
        DETACHEMENT = "detachement", "famille détachée"
        ADRESSE = "adresse", "changement d’adresse"
        FUSION = "fusion", "comptes réunis"

    foyer = models.ForeignKey(Foyer, on_delete=models.CASCADE, related_name="changements")
    membre = models.ForeignKey(
        Membre, on_delete=models.SET_NULL, null=True, blank=True, related_name="changements"
    )
    auteur = models.ForeignKey(
        "accounts.Compte", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    acte = models.CharField("acte", max_length=16, choices=Acte)
    # Whom it was about, as named that day: the line stays readable when the member has gone.
    sujet = models.CharField("personne concernée", max_length=210, blank=True)
    # [{"libelle": "Prénoms", "ancien": "Lea", "nouveau": "Léa"}, …]
    details: Any = models.JSONField("détails", default=list, blank=True)
    created_at = models.DateTimeField("date", auto_now_add=True)

    class Meta:
        verbose_name = "changement du foyer"
        verbose_name_plural = "changements du foyer"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_acte_display()} : {self.sujet}"
