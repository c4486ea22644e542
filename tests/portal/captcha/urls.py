"""The site with one page more: a form with the anti-robot code, to try it in a browser."""

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from portal.captcha.fields import AntiRobotField, nouveau_code_demande

PAGE = """
{% extends "base.html" %}
{% from "components/bouton.html" import bouton %}
{% from "components/forms.html" import champ %}
{% from "captcha/macro.html" import anti_robot %}
{% block contenu %}
<h1>Essai</h1>
<form method="post" novalidate>
  {{ csrf_input }}
  {{ champ(form.nom) }}
  {{ anti_robot(form.captcha) }}
  {{ bouton("Envoyer mon essai") }}
</form>
{% endblock %}
"""


class EssaiForm(forms.Form):
    nom = forms.CharField(label="Votre nom")
    captcha = AntiRobotField()


@login_not_required
def essai(request: HttpRequest) -> HttpResponse:
    if nouveau_code_demande(request.POST):
        form = EssaiForm(initial=request.POST.dict())
    else:
        form = EssaiForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return HttpResponse(f"<h1>Merci {form.cleaned_data['nom']}</h1>")
    return HttpResponse(engines["jinja2"].from_string(PAGE).render({"form": form}, request))


urlpatterns = [
    path("essai/", essai),
    path("", include("portal.urls")),
]
