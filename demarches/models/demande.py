from __future__ import annotations

from typing import Self
from uuid import UUID, uuid4

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Compte
from demarches.models.catalogue import Campagne, VersionDemarche
from demarches.schema.definition import Definition
from demarches.states import DECIDED, UNDECIDED, Action, Etat, rank

# Several kB that no page of a request reads: the definition is held by the process, the rest is for
# the catalogue and its search.
LOURDS = (
    "version__definition",
    "version__demarche__description",
    "version__demarche__synonymes",
    "version__demarche__recherche",
)

# What a list of requests does not show.
CONTENU = ("saisie", "demandeur", "reponses", "motif")


class DemandeQuerySet(models.QuerySet["Demande"]):
    # Scopes first: no view starts from .all().
    def for_compte(self, compte: Compte) -> Self:
        """Requests this account filed."""
        return self.filter(compte=compte)

    def for_session(self, uuids: list[str]) -> Self:
        """Requests of no account that this browser opened or filed (see `acces`)."""
        return self.filter(compte=None, uuid__in=[UUID(uuid) for uuid in uuids])

    def for_agent(self, agent: Compte) -> Self:
        """Filed requests of the agent's services; the administrator sees all."""
        filed = self.exclude(etat=Etat.BROUILLON)
        if agent.is_superuser:
            return filed
        versions = VersionDemarche.objects.filter(demarche__service__agents__compte=agent)
        return filed.filter(version__in=versions.values("pk"))

    def brouillons(self) -> Self:
        return self.filter(etat=Etat.BROUILLON)

    def deposees(self) -> Self:
        return self.exclude(etat=Etat.BROUILLON)

    def with_demarche(self) -> Self:
        """Fetch with the request what every page shows of it."""
        return self.select_related("version__demarche__service").defer(*LOURDS)


class Demande(models.Model):
    """One filing of a démarche, from its first draft to its decision.

    A draft keeps what was typed (`saisie`); filing checks it and freezes it into `demandeur` and
    `reponses`.
    """

    class Canal(models.TextChoices):
        INTERNET = "internet", "internet"
        GUICHET = "guichet", "guichet"
        TELEPHONE = "telephone", "téléphone"

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    numero = models.CharField(  # noqa: DJ001 (drafts have none, and "" is unique only once)
        "numéro", max_length=14, unique=True, null=True, editable=False
    )
    version = models.ForeignKey(VersionDemarche, on_delete=models.PROTECT, related_name="demandes")
    compte = models.ForeignKey(
        "accounts.Compte", on_delete=models.PROTECT, null=True, blank=True, related_name="demandes"
    )
    campagne = models.ForeignKey(
        Campagne, on_delete=models.PROTECT, null=True, blank=True, related_name="demandes"
    )
    agent = models.ForeignKey(
        "accounts.Compte",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="demandes_suivies",
        verbose_name="agent",
    )
    etat = models.CharField("état", max_length=20, choices=Etat, default=Etat.BROUILLON)
    canal = models.CharField("canal", max_length=10, choices=Canal, default=Canal.INTERNET)
    saisie = models.JSONField(default=dict, blank=True, editable=False)
    demandeur = models.JSONField("demandeur", default=dict, blank=True, editable=False)
    reponses = models.JSONField("réponses", default=dict, blank=True, editable=False)
    # Of the snapshot, for lists and for the messages owed to who has no account.
    nom_demandeur = models.CharField("demandeur", max_length=210, blank=True, editable=False)
    concernes = models.CharField("personnes concernées", max_length=400, blank=True, editable=False)
    courriel = models.EmailField("courriel", max_length=254, blank=True, editable=False)
    motif = models.TextField("texte de la décision", blank=True, editable=False)
    created_at = models.DateTimeField("créée le", auto_now_add=True)
    saisie_at = models.DateTimeField("dernière saisie", default=timezone.now, editable=False)
    expire_at = models.DateTimeField("fin du brouillon", null=True, blank=True, editable=False)
    anti_robot_at = models.DateTimeField(null=True, blank=True, editable=False)
    depot_at = models.DateTimeField("reçue le", null=True, blank=True, editable=False)
    decision_at = models.DateTimeField("date de décision", null=True, blank=True, editable=False)

    objects = DemandeQuerySet.as_manager()

    class Meta:
        verbose_name = "demande"
        ordering = ["-depot_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="demande_deposee_datee",
                condition=Q(etat=Etat.BROUILLON, depot_at=None, numero=None)
                | (~Q(etat=Etat.BROUILLON) & Q(depot_at__isnull=False, numero__isnull=False)),
            ),
            models.CheckConstraint(
                name="demande_decision_datee",
                condition=Q(etat__in=DECIDED, decision_at__isnull=False)
                | (~Q(etat__in=DECIDED) & Q(decision_at=None)),
            ),
            models.CheckConstraint(
                name="demande_brouillon_expire",
                condition=Q(etat=Etat.BROUILLON, expire_at__isnull=False)
                | (~Q(etat=Etat.BROUILLON) & Q(expire_at=None)),
            ),
        ]
        indexes = [
            models.Index(fields=["compte", "-depot_at"], name="demande_par_compte"),
            # The clerk's queue looks at open requests, oldest first.
            models.Index(
                fields=["depot_at", "id"],
                name="demande_ouverte",
                condition=Q(etat__in=UNDECIDED),
            ),
            models.Index(
                fields=["-depot_at", "-id"],
                name="demande_deposee",
                condition=~Q(etat=Etat.BROUILLON),
            ),
            models.Index(
                fields=["expire_at"], name="demande_brouillon", condition=Q(etat=Etat.BROUILLON)
            ),
        ]
        permissions = [("instruire", "Peut instruire les demandes de ses services")]

    def __str__(self) -> str:
        return self.numero or "brouillon"

    def get_absolute_url(self) -> str:
        return reverse("demarches:suivi", kwargs={"uuid": self.uuid})

    @property
    def definition(self) -> Definition:
        """What this request asks, as it was published when the draft was begun."""
        return VersionDemarche.lire(self.version_id)

    @property
    def demarche_titre(self) -> str:
        """The title under which it was filed, whatever the catalogue says today."""
        return self.definition.titre

    @property
    def is_brouillon(self) -> bool:
        return self.etat == Etat.BROUILLON

    @property
    def is_decidee(self) -> bool:
        return self.etat in DECIDED

    @property
    def rang(self) -> int:
        """How many of the four squares are filled."""
        return rank(self.etat)

    @property
    def etat_libelle(self) -> str:
        """The state in words; a démarche without decision is « traitée », not « acceptée »."""
        if self.etat == Etat.ACCEPTEE and not self.definition.decision:
            return "traitée"
        return str(self.get_etat_display())


class Evenement(models.Model):
    """One line of a request's history, for the resident and the clerk. Rows are added, never
    changed.
    """

    demande = models.ForeignKey(Demande, on_delete=models.CASCADE, related_name="evenements")
    action = models.CharField("évènement", max_length=30, choices=Action)
    auteur = models.ForeignKey(
        "accounts.Compte", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField("date", auto_now_add=True)

    class Meta:
        verbose_name = "évènement"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.get_action_display()

    def libelle(self, *, decision: bool) -> str:
        """The sentence of the history; `decision` as the démarche says."""
        if self.action == Action.ACCEPTER and not decision:
            return "Demande traitée"
        return str(self.get_action_display())
