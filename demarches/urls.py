from django.urls import path

from demarches.views import catalogue, depot, suivi

app_name = "demarches"
urlpatterns = [
    path("demarches/", catalogue.catalogue, name="catalogue"),
    path("demarches/theme/<slug:code>/", catalogue.theme, name="theme"),
    path("demarches/<slug:code>/", catalogue.demarche, name="demarche"),
    path("demarches/<slug:code>/aide/", catalogue.aide, name="aide"),
    path("demarches/<slug:code>/commencer/", depot.commencer, name="commencer"),
    path("demandes/", suivi.mes_demandes, name="mes-demandes"),
    path("demandes/<uuid:uuid>/la-demarche/", depot.la_demarche, name="la-demarche"),
    path("demandes/<uuid:uuid>/mes-informations/", depot.mes_informations, name="mes-informations"),
    path("demandes/<uuid:uuid>/ma-demande/", depot.ma_demande, name="ma-demande"),
    path("demandes/<uuid:uuid>/ma-demande/<slug:cle>/", depot.section, name="section"),
    path("demandes/<uuid:uuid>/recapitulatif/", depot.recapitulatif, name="recapitulatif"),
    path("demandes/<uuid:uuid>/envoyee/", depot.envoyee, name="envoyee"),
    path("demandes/<uuid:uuid>/garder/", depot.garder, name="garder"),
    path("suivi/", suivi.ticket, name="ticket"),
    path("suivi/lien/<str:jeton>/", suivi.lien, name="lien"),
    path("suivi/<uuid:uuid>/", suivi.suivi, name="suivi"),
    path("suivi/<uuid:uuid>/recapitulatif/", suivi.contenu, name="contenu"),
    path("suivi/<uuid:uuid>/demande.pdf", suivi.pdf, name="pdf"),
    path("suivi/<uuid:uuid>/lien/", suivi.demander_lien, name="demander-lien"),
]
