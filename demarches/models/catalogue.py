from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, GeneratedField, Q
from django.urls import reverse

from demarches.schema.definition import Definition
from demarches.schema.parse import parse


class Theme(models.Model):
    """A tile of the catalogue."""

    code = models.SlugField("code", max_length=50, unique=True)
    titre = models.CharField("titre", max_length=80)
    description = models.CharField("description", max_length=200, blank=True)
    icone = models.CharField("icône", max_length=40, blank=True)
    ordre = models.PositiveSmallIntegerField("ordre", default=100)

    class Meta:
        verbose_name = "thème"
        ordering = ["ordre", "titre"]

    def __str__(self) -> str:
        return self.titre


class _Weighted(Func):
    """`setweight(to_tsvector('fr', column), weight)`: immutable, for a generated column."""

    template = "setweight(to_tsvector('public.fr'::regconfig, %(expressions)s), '%(weight)s')"


def _weighted(column: str, weight: str) -> Func:
    return _Weighted(F(column), weight=weight, output_field=SearchVectorField())


class _Concat(Func):
    arg_joiner = " || "
    template = "%(expressions)s"
    output_field = SearchVectorField()


class Demarche(models.Model):
    """An entry of the catalogue; what it asks is on its current version."""

    class Acces(models.TextChoices):
        LIBRE = "libre", "ouverte à tous"
        COMPTE = "compte", "réservée aux comptes"
        FAMILLE = "famille", "réservée aux familles du service"

    code = models.SlugField("code", max_length=50, unique=True)
    theme = models.ForeignKey(
        Theme, on_delete=models.PROTECT, related_name="demarches", verbose_name="thème"
    )
    service = models.ForeignKey(
        "accounts.Service",
        on_delete=models.PROTECT,
        related_name="demarches",
        verbose_name="service",
    )
    titre = models.CharField("titre", max_length=120)
    resume = models.CharField("résumé", max_length=250)
    description = models.TextField("description")
    synonymes = models.TextField(
        "synonymes", blank=True, help_text="Un par ligne : les mots des habitants."
    )
    acces = models.CharField("accès", max_length=10, choices=Acces, default=Acces.LIBRE)
    en_ligne = models.BooleanField("en ligne", default=True)
    recherche = GeneratedField(
        expression=_Concat(
            _weighted("titre", "A"), _weighted("synonymes", "B"), _weighted("description", "C")
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = "démarche"
        ordering = ["titre"]
        indexes = [GinIndex(fields=["recherche"], name="demarche_recherche")]

    def __str__(self) -> str:
        return self.titre

    def get_absolute_url(self) -> str:
        return reverse("demarches:demarche", kwargs={"code": self.code})

    @property
    def exige_compte(self) -> bool:
        return self.acces != self.Acces.LIBRE

    @property
    def exige_famille(self) -> bool:
        """Whether the service keeps it to the families it knows (B8)."""
        return self.acces == self.Acces.FAMILLE


class VersionDemarche(models.Model):
    """A published definition. It never changes (a trigger sees to it): requests in flight keep
    theirs.
    """

    demarche = models.ForeignKey(Demarche, on_delete=models.PROTECT, related_name="versions")
    numero = models.PositiveIntegerField("version")
    definition = models.JSONField("définition")
    courante = models.BooleanField("version courante", default=True)
    publication_at = models.DateTimeField("publiée le", auto_now_add=True)

    class Meta:
        verbose_name = "version de démarche"
        verbose_name_plural = "versions de démarches"
        ordering = ["demarche", "-numero"]
        constraints = [
            models.UniqueConstraint(fields=["demarche", "numero"], name="version_numero_unique"),
            models.UniqueConstraint(
                fields=["demarche"], condition=Q(courante=True), name="version_courante_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demarche} (version {self.numero})"

    @property
    def lue(self) -> Definition:
        """The definition as dataclasses, parsed once per process (a version never changes)."""
        if self.pk not in _PARSED:
            _PARSED[self.pk] = parse(self.definition)
        return _PARSED[self.pk]

    @classmethod
    def lire(cls, pk: int) -> Definition:
        """Return the definition of a version, without a query if it is held already."""
        cls.precharger([pk])
        return _PARSED[pk]

    @classmethod
    def precharger(cls, pks: Iterable[int]) -> None:
        """Hold the definitions of several versions, in one query for those not held yet."""
        missing = set(pks) - set(_PARSED)
        for version in cls.objects.filter(pk__in=missing).only("definition") if missing else ():
            _PARSED[version.pk] = parse(version.definition)


# Bounded by the number of versions in use: a few hundred small objects in the largest town.
_PARSED: dict[int, Definition] = {}


class CampagneQuerySet(models.QuerySet["Campagne"]):
    def ouvertes(self, now: datetime) -> CampagneQuerySet:
        return self.filter(debut_at__lte=now, fin_at__gt=now)


class Campagne(models.Model):
    """A period in which a démarche takes a number of requests (A4)."""

    demarche = models.ForeignKey(Demarche, on_delete=models.PROTECT, related_name="campagnes")
    libelle = models.CharField("libellé", max_length=120)
    debut_at = models.DateTimeField("ouverture")
    fin_at = models.DateTimeField("fermeture")
    places = models.PositiveIntegerField("places")
    places_prises = models.PositiveIntegerField("places prises", default=0, editable=False)

    objects = CampagneQuerySet.as_manager()

    class Meta:
        verbose_name = "campagne"
        ordering = ["-debut_at"]
        constraints = [
            models.CheckConstraint(
                name="campagne_quota",
                condition=Q(places_prises__lte=F("places")),
                violation_error_message="Il y a déjà plus de demandes que de places.",
            ),
            models.CheckConstraint(
                name="campagne_dates",
                condition=Q(debut_at__lt=F("fin_at")),
                violation_error_message="La fermeture doit suivre l’ouverture.",
            ),
        ]

    def __str__(self) -> str:
        return self.libelle

    @property
    def places_restantes(self) -> int:
        return max(self.places - self.places_prises, 0)
