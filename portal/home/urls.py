from django.urls import path

from portal.home import pages, views

app_name = "home"
urlpatterns = [
    path("", views.accueil, name="accueil"),
    path("aide/", pages.aide, name="aide"),
    path("mentions-legales/", pages.mentions_legales, name="mentions-legales"),
    path("confidentialite/", pages.confidentialite, name="confidentialite"),
    path("accessibilite/", pages.accessibilite, name="accessibilite"),
    path("sante/", views.sante, name="sante"),
    path("sante/pret/", views.pret, name="pret"),
]
