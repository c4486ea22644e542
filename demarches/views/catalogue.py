"""« Toutes les démarches »: themes, search, and one démarche before it is begun."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.facade import services_de
from demarches.models import Campagne, Demande, Demarche, VersionDemarche
from demarches.queries import catalogue as requete
from demarches.queries.recherche import LONGEST, chercher
from demarches.views import acces
from portal.kernel.text import clean_line


@login_not_required
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Themes as tiles, or what « Votre recherche » finds; « sans compte » narrows both."""
    texte = clean_line(request.GET.get("q", ""))[:LONGEST]
    sans_compte = "sans-compte" in request.GET
    trouvees = chercher(texte) if texte else []
    if sans_compte:
        trouvees = [entree for entree in trouvees if not entree.exige_compte]
    themes = [t for t in requete.themes() if not sans_compte or t.sans_compte()]
    context = {
        "texte": texte,
        "sans_compte": sans_compte,
        "trouvees": trouvees,
        "themes": themes,
    }
    return render(request, "demarches/catalogue.html", context)


@login_not_required
@require_safe
def theme(request: HttpRequest, code: str) -> HttpResponse:
    """The démarches of one theme."""
    themes = requete.themes()
    found = next((t for t in themes if t.code == code), None)
    if found is None:
        raise Http404
    sans_compte = "sans-compte" in request.GET
    entrees = found.sans_compte() if sans_compte else found.demarches
    context = {"theme": found, "entrees": entrees, "sans_compte": sans_compte}
    return render(request, "demarches/theme.html", context)


@login_not_required
@require_safe
def demarche(request: HttpRequest, code: str) -> HttpResponse:
    """What a démarche is, asks and takes; drafts already begun here are offered first."""
    version = _version(code)
    context = contexte(version) | {
        "brouillons": _brouillons(request, version.demarche),
        "famille_manque": _famille_manque(request, version.demarche),
    }
    return render(request, "demarches/demarche.html", context)


@login_not_required
@require_safe
def aide(request: HttpRequest, code: str) -> HttpResponse:
    """« Aide à la saisie »."""
    version = _version(code)
    return render(request, "demarches/aide.html", {"version": version, "definition": version.lue})


def contexte(version: VersionDemarche) -> dict[str, object]:
    """Return what the page « La démarche » shows, before and after the draft is begun."""
    definition = version.lue
    return {
        "version": version,
        "definition": definition,
        "periode": _periode(version.demarche),
    }


def _famille_manque(request: HttpRequest, demarche: Demarche) -> bool:
    """Tell whether the logged-in account lacks the family that the démarche asks for."""
    compte = acces.compte_de(request) if demarche.exige_famille else None
    return compte is not None and demarche.service_id not in services_de(compte)


def _version(code: str) -> VersionDemarche:
    published = VersionDemarche.objects.filter(courante=True, demarche__en_ligne=True)
    return get_object_or_404(
        published.select_related("demarche__theme", "demarche__service"), demarche__code=code
    )


def _periode(demarche: Demarche) -> dict[str, object]:
    """Tell whether a démarche takes requests now: `etat` is libre, ouverte, complete, a_venir or
    close.
    """
    now = timezone.now()
    campagnes = list(Campagne.objects.filter(demarche=demarche).order_by("debut_at"))
    ouvertes = [c for c in campagnes if c.debut_at <= now < c.fin_at]
    a_venir = [c for c in campagnes if c.debut_at > now]
    if not campagnes:
        return {"etat": "libre", "campagne": None}
    for campagne in ouvertes:
        if campagne.places_restantes:
            return {"etat": "ouverte", "campagne": campagne}
    if ouvertes:
        return {"etat": "complete", "campagne": ouvertes[0]}
    if a_venir:
        return {"etat": "a_venir", "campagne": a_venir[0]}
    return {"etat": "close", "campagne": campagnes[-1]}


def _brouillons(request: HttpRequest, demarche: Demarche) -> list[Demande]:
    if request.session.session_key is None:  # nothing is known of this browser, nothing is asked
        return []
    drafts = acces.en_portee(request).brouillons().filter(version__demarche=demarche)
    living = drafts.filter(expire_at__gt=timezone.now()).exclude(saisie={})
    return list(living.order_by("-saisie_at")[:5])
