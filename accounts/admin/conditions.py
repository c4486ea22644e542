"""The « conditions générales »: a version is written, looked at, then applies and never changes."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin import lecture
from accounts.admin.agents import agent
from accounts.models import Conditions
from accounts.services import conditions

# Time to look at it, to correct it and to tell residents.
PREAVIS = timedelta(days=7)
_VERSION = RegexValidator(
    r"^[0-9A-Za-z.-]+$", "Des lettres sans accent, des chiffres, des points et des tirets."
)


def dans_une_semaine() -> datetime:
    """Return the midnight from which a new version applies, unless another date is chosen."""
    jour = timezone.localdate() + PREAVIS
    return timezone.make_aware(datetime.combine(jour, time()))


class ConditionsForm(forms.ModelForm):
    # One control with its label: the two of Django's admin have none of their own.
    publication_at = forms.DateTimeField(
        label="En vigueur le",
        initial=dans_une_semaine,
        help_text="Par exemple 24/11/2026 00:00. Jusque-là, le texte se corrige encore. Ensuite il "
        "ne change plus, et chaque habitant doit l’accepter à sa prochaine connexion.",
    )

    class Meta:
        model = Conditions
        fields = ["version", "texte", "publication_at"]

    def clean_version(self) -> str:
        version: str = self.cleaned_data["version"]
        _VERSION(version)
        return version

    def clean_publication_at(self) -> datetime:
        publication_at: datetime = self.cleaned_data["publication_at"]
        if publication_at <= timezone.now():
            raise ValidationError("Choisissez une date à venir : on n’accepte pas pour le passé.")
        return publication_at


@admin.register(Conditions)
class ConditionsAdmin(admin.ModelAdmin):
    form = ConditionsForm
    list_display = ["version", "depuis_le", "en_vigueur"]
    actions = None  # one at a time
    fields = ["version", "texte", "publication_at", "apercu"]
    readonly_fields = ["apercu"]

    @admin.display(description="en vigueur le", ordering="publication_at")
    def depuis_le(self, obj: Conditions) -> str:
        return lecture.moment(obj.publication_at)

    @admin.display(description="état")
    def en_vigueur(self, obj: Conditions) -> str:
        return "publiée" if obj.publication_at <= timezone.now() else "à venir"

    @admin.display(description="aperçu")
    def apercu(self, obj: Conditions) -> SafeString | str:
        if obj.pk is None:
            return "Enregistrez d’abord : la version ne s’applique qu’à sa date."
        url = reverse("admin:accounts_conditions_apercu", args=[obj.pk])
        return format_html('<a href="{}">Voir la page comme les habitants la liront</a>', url)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.voir)
        return [
            path("<int:pk>/apercu/", view, name="accounts_conditions_apercu"),
            *super().get_urls(),
        ]

    def voir(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show a version as residents will read it."""
        obj = self.get_object(request, str(pk))
        if obj is None or not self.has_view_permission(request, obj):
            raise Http404
        retour = reverse("admin:accounts_conditions_change", args=[obj.pk])
        context = {"conditions": obj, "en_vigueur": obj, "versions": [obj], "retour": retour}
        return render(request, "accounts/conditions.html", context)

    def has_change_permission(self, request: HttpRequest, obj: Conditions | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or obj.publication_at > timezone.now()

    def has_delete_permission(self, request: HttpRequest, obj: Conditions | None = None) -> bool:
        """A version to come was promised to nobody yet; the others have been accepted."""
        if not super().has_delete_permission(request, obj):
            return False
        return obj is None or obj.publication_at > timezone.now()

    def delete_model(self, request: HttpRequest, obj: Conditions) -> None:
        conditions.supprimer(pk=obj.pk, auteur=agent(request))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        saved = conditions.enregistrer(
            pk=obj.pk,
            version=obj.version,
            texte=obj.texte,
            publication_at=obj.publication_at,
            auteur=agent(request),
        )
        obj.pk = saved.pk
