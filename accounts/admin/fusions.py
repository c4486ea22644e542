"""Two accounts of one resident: compared, then made one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts.admin import lecture
from accounts.forms.validation import FusionForm
from accounts.queries import habitants
from accounts.services import fusion, lectures
from portal.kernel.errors import Refusal

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as _Base
else:
    _Base = object


class PagesFusion(_Base):
    """The page « Comparer et réunir »."""

    if TYPE_CHECKING:
        trouver: Any
        agent: Any
        contexte: Any

    def urls_fusion(self) -> list[URLPattern]:
        """Return the addresses of these pages."""
        reunir = self.admin_site.admin_view(self.reunir)
        return [path("<int:pk>/reunir/<int:autre>/", reunir, name="accounts_compte_reunir")]

    def reunir(self, request: HttpRequest, pk: int, autre: int) -> HttpResponse:
        """Show two accounts side by side, and make them one when the clerk says which stays."""
        comptes = (self.trouver(request, str(pk)), self.trouver(request, str(autre)))
        if pk == autre:
            raise Http404
        fiches = habitants.fiches(comptes)
        comparaison = lecture.comparaison(fiches)
        ecarts = lecture.ecarts_d_identite(comparaison)
        data = request.POST if request.method == "POST" else None
        form = FusionForm(data, comptes=comptes, ecarts=ecarts)
        if request.method == "POST" and form.is_valid():
            garde = int(form.cleaned_data["garder"])
            ferme = autre if garde == pk else pk
            try:
                fusion.reunir(garde_id=garde, ferme_id=ferme, agent=self.agent(request))
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                phrase = "Les deux comptes sont réunis. Un courriel le dit à l’habitant."
                self.message_user(request, phrase, messages.SUCCESS)
                return redirect("admin:accounts_compte_change", garde)
        lectures.noter_chacun("compte.consulte", cibles=comptes, agent=self.agent(request))
        context = self.contexte(request, comptes[0], "Comparer et réunir deux comptes") | {
            "comptes": comptes,
            "comparaison": comparaison,
            "ecarts": ecarts,
            "form": form,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(
            request, "admin/accounts/compte/fusion.html", context, status=status
        )
