"""The family as a service knows it, and the key that attaches it to a home (B8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Func, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Concat
from django.utils import timezone

from portal.kernel.pli import Pli

if TYPE_CHECKING:
    from accounts.models.compte import Compte


class NomsDesPersonnes(Func):
    """The names and e-mails of the people of `donnees`, in one text."""

    template = (
        "jsonb_path_query_array(%(expressions)s, '$.membres[*].keyvalue() ? "
        """(@.key == "nom" || @.key == "prenoms" || @.key == "courriel").value')::text"""
    )
    arity = 1
    output_field = TextField()


# What a clerk knows of a family, in one text to search.
RECHERCHE = Pli(
    Concat(
        "nom",
        Value(" "),
        "reference",
        Value(" "),
        NomsDesPersonnes("donnees"),
        output_field=TextField(),
    )
)


class DossierFamilleQuerySet(models.QuerySet["DossierFamille"]):
    def for_agent(self, agent: Compte) -> Self:
        """The families of the agent's services; the administrator sees all."""
        if agent.is_superuser:
            return self
        return self.filter(service__agents__compte=agent)

    def avec_cle(self) -> Self:
        """With `cle_*`: what became of the last key issued."""
        last = CleService.objects.filter(dossier=OuterRef("pk")).order_by("-id")
        names = ("created_at", "expire_at", "utilisation_at", "revocation_at")
        return self.annotate(**{f"cle_{n}": Subquery(last.values(n)[:1]) for n in names})


class DossierFamille(models.Model):
    """One family in the files of one service, imported; attached to a home by its key."""

    service = models.ForeignKey("accounts.Service", on_delete=models.PROTECT, related_name="+")
    reference = models.CharField("référence du service", max_length=40)
    nom = models.CharField("nom de la famille", max_length=120)
    # {"adresse": {voie, complement, code_postal, commune, pays}, "membres": [{role, civilite, nom,
    # prenoms, date_naissance, naissance_prevue, ecole, classe, courriel, telephone}]}
    donnees: Any = models.JSONField("données", default=dict, blank=True)
    foyer = models.ForeignKey(
        "accounts.Foyer",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="dossiers",
    )
    rattachement_at = models.DateTimeField("rattaché le", null=True, blank=True)
    importe_at = models.DateTimeField("importé le", default=timezone.now)

    objects = DossierFamilleQuerySet.as_manager()

    class Meta:
        verbose_name = "dossier de famille"
        verbose_name_plural = "dossiers de familles"
        ordering = ["nom", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "reference"], name="dossier_reference_unique"
            ),
        ]
        indexes = [GinIndex(OpClass(RECHERCHE, name="gin_trgm_ops"), name="dossier_par_noms")]
        permissions = [
            ("emettre_cles", "Peut émettre les clés des familles"),
            ("importer_familles", "Peut importer les familles d’un service"),
        ]

    def __str__(self) -> str:
        return f"{self.nom} ({self.reference})"


class CleServiceQuerySet(models.QuerySet["CleService"]):
    def valables(self) -> Self:
        """Neither used, nor revoked, nor expired."""
        living = self.filter(utilisation_at=None, revocation_at=None)
        return living.filter(expire_at__gt=timezone.now())


class CleService(models.Model):
    """A key that attaches a family, once. Only its fingerprint is kept (HMAC-SHA-256)."""

    dossier = models.ForeignKey(DossierFamille, on_delete=models.CASCADE, related_name="cles")
    empreinte = models.CharField(max_length=32, unique=True, editable=False)
    auteur = models.ForeignKey(
        "accounts.Compte", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField("émise le", auto_now_add=True)
    expire_at = models.DateTimeField("valable jusqu’au")
    utilisation_at = models.DateTimeField("utilisée le", null=True, blank=True)
    utilisation_par = models.ForeignKey(
        "accounts.Compte", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    revocation_at = models.DateTimeField("remplacée le", null=True, blank=True)

    objects = CleServiceQuerySet.as_manager()

    class Meta:
        verbose_name = "clé de service"
        verbose_name_plural = "clés de service"
        ordering = ["-id"]
        constraints = [
            # Issuing a new key revokes the one before.
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(utilisation_at=None, revocation_at=None),
                name="cle_une_par_dossier",
            ),
            models.CheckConstraint(
                name="cle_utilisee_ou_remplacee",
                condition=Q(utilisation_at=None) | Q(revocation_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"Clé {self.pk}"
