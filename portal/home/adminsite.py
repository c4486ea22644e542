"""Django's admin, with the town's name, our login, and 404 for strangers."""

from __future__ import annotations

from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.queries.habitants import a_verifier
from accounts.views.connexion import deconnexion


class ParvisAdminSite(admin.AdminSite):
    site_header = f"{settings.TOWN['nom']} : agents"
    site_title = f"Agents de {settings.TOWN['nom']}"
    index_title = "Tableau de bord"
    site_url = "/"
    enable_nav_sidebar = False  # lists need the width

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The index, with how many accounts wait for the agents who check them."""
        total, en_retard = (0, 0)
        if request.user.has_perm("accounts.gerer_comptes"):
            total, en_retard = a_verifier()
        attente = {"comptes_a_verifier": total, "comptes_en_retard": en_retard}
        return super().index(request, attente | (extra_context or {}))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Agents log out as everyone does."""
        return deconnexion(request)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Agents log in where everyone does."""
        index = reverse("admin:index")
        if self.has_permission(request):
            return redirect(index)
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(index)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Agents change their password where everyone does: same rules, same messages."""
        return redirect("accounts:mot-de-passe")

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """No field of ours asks it: nothing is there."""
        raise Http404

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Hide every page of the admin from logged-in people who are not agents (the second factor
        of those who are is asked by `accounts.middleware.LoginRequired`).
        """
        inner = super().admin_view(view, cacheable)

        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise Http404
            return inner(request, *args, **kwargs)

        return update_wrapper(wrapped, view)
