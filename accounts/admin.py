"""Services and agents, for who looks after them."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import AgentProfil, Compte, Service


@admin.register(Service)
class ServiceAdmin(admin.ModelAdmin):
    list_display = ["nom", "courriel", "telephone"]
    search_fields = ["nom", "code"]
    prepopulated_fields = {"code": ["nom"]}

    def get_prepopulated_fields(self, request: HttpRequest, obj: Service | None = None) -> dict:
        return (
            {} if obj or not self.has_change_permission(request, obj) else self.prepopulated_fields
        )


class AgentProfilInline(admin.StackedInline):
    model = AgentProfil
    filter_horizontal = ["services"]


@admin.register(Compte)
class CompteAdmin(admin.ModelAdmin):
    list_display = ["identifiant", "courriel", "etat", "is_staff", "created_at"]
    list_filter = ["etat", "is_staff"]
    search_fields = ["identifiant", "courriel"]
    fields = ["identifiant", "courriel", "etat", "is_staff", "canal_prefere", "last_login"]
    readonly_fields = ["etat", "last_login"]
    inlines = [AgentProfilInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return (
            False  # accounts are made by sign-up, agents by a command: both set a password rightly
        )
