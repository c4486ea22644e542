from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts import registries
from accounts.models.agent import GESTION_COMPTES

IDENTIFIANT = r"^[a-z0-9._-]{3,30}$"


class Etat(models.TextChoices):
    A_ACTIVER = "a_activer", "à activer"
    EN_ATTENTE = "en_attente", "en attente de validation"
    VALIDE = "valide", "validé"
    REFUSE = "refuse", "refusé"
    FERME = "ferme", "fermé"


# States in which the link of the activation mail has been followed and the login works.
ACTIVES = frozenset({Etat.EN_ATTENTE, Etat.VALIDE})


class Canal(models.TextChoices):
    COURRIEL = "courriel", "courriel"
    TELEPHONE = "telephone", "téléphone"
    SMS = "sms", "SMS"


class CompteManager(BaseUserManager["Compte"]):
    def create_user(
        self, identifiant: str, courriel: str, password: str | None, **champs: Any
    ) -> Compte:
        """Create an account; `password` None makes one that cannot log in."""
        compte = self.model(
            identifiant=identifiant.lower(), courriel=self.normalize_email(courriel), **champs
        )
        compte.set_password(password)
        compte.save(using=self._db)
        return compte

    def create_superuser(
        self, identifiant: str, courriel: str, password: str, **champs: Any
    ) -> Compte:
        """Create the technical administrator (`manage.py createsuperuser`)."""
        champs = {"is_staff": True, "is_superuser": True, "etat": Etat.VALIDE} | champs
        return self.create_user(identifiant, courriel, password, **champs)

    def get_by_natural_key(self, username: str | None) -> Compte:
        return self.get(identifiant=(username or "").lower())


class Compte(AbstractBaseUser):
    """A login: a resident's (with a Personne) or an agent's (with an AgentProfil, no Personne).

    Rights are in code, by role (`registries.grant`): there are no groups to keep in step with
    releases.
    """

    identifiant = models.CharField(
        "identifiant",
        max_length=30,
        unique=True,
        error_messages={"unique": "Cet identifiant est déjà pris."},
        validators=[
            RegexValidator(
                IDENTIFIANT,
                "De 3 à 30 lettres minuscules sans accent, chiffres, points, tirets ou tirets bas.",
            )
        ],
    )
    courriel = models.EmailField("courriel de connexion", max_length=254)
    etat = models.CharField("état", max_length=12, choices=Etat, default=Etat.A_ACTIVER)
    personne = models.OneToOneField(
        "accounts.Personne", on_delete=models.PROTECT, null=True, blank=True, related_name="compte"
    )
    canal_prefere = models.CharField(
        "moyen de contact préféré", max_length=10, choices=Canal, default=Canal.COURRIEL
    )
    question_secrete = models.CharField("question secrète", max_length=120, blank=True)
    reponse_secrete = models.CharField(
        "réponse (empreinte)", max_length=128, blank=True, editable=False
    )
    conditions_acceptees = models.CharField(
        "version des conditions acceptée", max_length=20, blank=True
    )
    conditions_at = models.DateTimeField("conditions acceptées le", null=True, blank=True)
    activation_at = models.DateTimeField("activé le", null=True, blank=True)
    # Ids of keys typed at sign-up: spent at the activation, so that a mistyped e-mail spends none.
    cles_a_rattacher: Any = models.JSONField(default=list, blank=True, editable=False)
    # Of the clerk's look at a new account (B6): validated or refused, when, by whom, why.
    verification_at = models.DateTimeField("vérifié le", null=True, blank=True)
    verification_par = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    motif_refus = models.TextField("motif du refus", blank=True)
    # Closing waits (DUREE_AVANT_FERMETURE) so that one can change one's mind; then all is erased.
    fermeture_demandee_at = models.DateTimeField("fermeture demandée le", null=True, blank=True)
    ferme_at = models.DateTimeField("fermé le", null=True, blank=True)
    is_staff = models.BooleanField("accès à l’administration", default=False)
    is_superuser = models.BooleanField("administration technique", default=False)
    created_at = models.DateTimeField("créé le", auto_now_add=True)

    objects = CompteManager()

    USERNAME_FIELD = "identifiant"
    EMAIL_FIELD = "courriel"
    REQUIRED_FIELDS = ["courriel"]

    class Meta:
        verbose_name = "compte"
        ordering = ["identifiant"]
        constraints = [
            # Lower case only, so that the unique key cannot be passed by another case.
            models.CheckConstraint(
                name="compte_identifiant_forme",
                condition=Q(identifiant__regex=IDENTIFIANT),
                violation_error_message="Cet identifiant contient un caractère refusé.",
            ),
            # Two people may type the same address; it belongs to the one who showed it can be read.
            models.UniqueConstraint(
                Lower("courriel"),
                name="compte_courriel_unique",
                condition=~Q(etat__in=[Etat.A_ACTIVER, Etat.FERME]),
                violation_error_message="Ce courriel est déjà celui d’un compte.",
            ),
            models.CheckConstraint(
                name="compte_ferme_date",
                condition=Q(etat=Etat.FERME, ferme_at__isnull=False)
                | (~Q(etat=Etat.FERME) & Q(ferme_at=None)),
            ),
        ]
        indexes = [
            # The clerk's queue of accounts to look at, oldest first.
            models.Index(
                fields=["activation_at"],
                name="compte_en_attente",
                condition=Q(etat=Etat.EN_ATTENTE),
            ),
            models.Index(fields=["activation_at"], name="compte_par_activation"),
            models.Index(
                fields=["created_at"], name="compte_a_activer", condition=Q(etat=Etat.A_ACTIVER)
            ),
            models.Index(
                fields=["fermeture_demandee_at"],
                name="compte_a_fermer",
                condition=Q(fermeture_demandee_at__isnull=False),
            ),
        ]
        permissions = [("gerer_comptes", "Peut vérifier et consulter les comptes des habitants")]

    def __str__(self) -> str:
        return self.identifiant

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether the login works (asked by Django's session and admin code)."""
        return self.etat in ACTIVES

    @property
    def is_valide(self) -> bool:
        """Whether the town hall has checked the account: household and profile open to changes."""
        return self.etat == Etat.VALIDE

    @property
    def fermeture_prevue_at(self) -> datetime | None:
        """When the account closes, if its holder asked for it."""
        asked = self.fermeture_demandee_at
        return asked + settings.DUREE_AVANT_FERMETURE if asked else None

    def get_full_name(self) -> str:
        return str(self.personne) if self.personne else self.identifiant

    def get_short_name(self) -> str:
        return (self.personne and self.personne.prenom) or self.identifiant

    @property
    def role(self) -> str | None:
        """The agent's role, or None for a resident and for the technical administrator."""
        profil = getattr(self, "agent_profil", None)
        return profil.role if profil else None

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Tell whether the role allows `app.codename`; which rows is a matter of querysets, not of
        this.
        """
        if not (self.is_active and self.is_staff):
            return False
        return self.is_superuser or perm in self._permissions()

    def has_module_perms(self, app_label: str) -> bool:
        """Tell whether the account may do anything in an app (the admin's index asks)."""
        if not (self.is_active and self.is_staff):
            return False
        return self.is_superuser or any(p.startswith(f"{app_label}.") for p in self._permissions())

    def _permissions(self) -> frozenset[str]:
        profil = getattr(self, "agent_profil", None)
        if profil is None:
            return frozenset()
        extra = registries.permissions_of(GESTION_COMPTES) if profil.gere_les_comptes else set()
        return registries.permissions_of(profil.role) | extra
