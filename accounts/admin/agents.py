"""Services and their agents, for who answers for them.

A head of service writes the coordinates of own services and the rights of their agents; the
technical administrator everything (docs/exploitation.md).
"""

from __future__ import annotations

from typing import Any

import django.contrib.auth.admin  # noqa: F401 (registers what is taken out below)
import django_otp.plugins.otp_static.admin
import django_otp.plugins.otp_totp.admin  # noqa: F401 (so that there is something to take out)
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.forms.services import ServiceForm
from accounts.models import AgentProfil, Compte, Etat, Service
from accounts.queries import agents as queries
from accounts.services import agents
from portal.ui.formats import date_courte, telephone

# The library shows secrets and lets them be written; ours are added by their owner alone.
admin.site.unregister([TOTPDevice, StaticDevice])
# Rights are in code, by role (docs/adr/0002): a group would give nothing.
admin.site.unregister(Group)


def agent(request: HttpRequest) -> Compte:
    """Return who asks; the admin lets nobody in who is not an agent."""
    assert isinstance(request.user, Compte)  # noqa: S101 (for the type checker)
    return request.user


@admin.register(Service)
class ServiceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = ServiceForm
    list_display = ["nom", "courriel", "telephone_affiche", "emet_des_cles"]
    search_fields = ["nom", "code"]
    fields = ["nom", "code", "courriel", "telephone", "emet_des_cles"]
    prepopulated_fields = {"code": ["nom"]}

    @admin.display(description="téléphone", ordering="telephone")
    def telephone_affiche(self, service: Service) -> str:
        return telephone(service.telephone)

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Service | None = None
    ) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    def get_readonly_fields(self, request: HttpRequest, obj: Service | None = None) -> list[str]:
        """A head of service writes coordinates; the code stands in files of démarches."""
        if agent(request).is_superuser:
            return ["code"] if obj else []
        return ["nom", "code", "emet_des_cles"]

    def has_change_permission(self, request: HttpRequest, obj: Service | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        who = agent(request)
        return obj is None or who.is_superuser or obj.pk in queries.services_de(who)

    def has_delete_permission(self, request: HttpRequest, obj: Service | None = None) -> bool:
        return False  # requests and families hang on it


class AgentProfilForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = AgentProfil
        fields = ["role", "services", "gere_les_comptes"]
        widgets = {"services": forms.CheckboxSelectMultiple}


class EtatFilter(admin.SimpleListFilter):
    title = "état"
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("actif", "actif"), ("ferme", "fermé")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AgentProfil]) -> Any:
        if self.value() == "actif":
            return queryset.exclude(compte__etat=Etat.FERME)
        return queryset.filter(compte__etat=Etat.FERME) if self.value() == "ferme" else queryset


@admin.register(AgentProfil)
class AgentProfilAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What an agent may do; accounts of residents have their own pages (`admin.comptes`)."""

    form = AgentProfilForm
    list_display = ["nom", "etat", "role", "ses_services", "gere_les_comptes"]
    list_filter = [EtatFilter]
    search_fields = ["compte__identifiant", "compte__courriel"]
    fields = ["nom", "etat", "role", "services", "gere_les_comptes"]
    ordering = ["compte__identifiant"]
    show_facets = admin.ShowFacets.NEVER

    def get_queryset(self, request: HttpRequest) -> QuerySet[AgentProfil]:
        return queries.visibles(agent(request))

    # Plain text: the page of an account is a resident's.
    @admin.display(description="agent", ordering="compte__identifiant")
    def nom(self, profil: AgentProfil) -> str:
        return profil.compte.identifiant

    @admin.display(description="état")
    def etat(self, profil: AgentProfil) -> str:
        ferme_at = profil.compte.ferme_at
        return f"fermé le {date_courte(ferme_at)}" if ferme_at else "actif"

    @admin.display(description="services")
    def ses_services(self, profil: AgentProfil) -> str:
        return ", ".join(service.nom for service in profil.services.all())

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        shown = ["nom", "etat"]
        return shown if agent(request).is_superuser else [*shown, "gere_les_comptes"]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the services that may be given."""
        if db_field.name == "services" and not agent(request).is_superuser:
            mine = queries.services_de(agent(request))
            kwargs["queryset"] = Service.objects.filter(pk__in=mine)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # agents are made by a command, which lets them choose their password

    def has_change_permission(self, request: HttpRequest, obj: AgentProfil | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or queries.peut_changer(agent(request), obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # the journal and the requests name them

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        agents.changer_droits(
            profil_id=obj.pk,
            role=form.cleaned_data["role"],
            services=[service.pk for service in form.cleaned_data["services"]],
            gere_les_comptes=obj.gere_les_comptes,
            auteur=agent(request),
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing is left to save: the service has written it all."""
