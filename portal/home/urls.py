from django.urls import path

from portal.home import views

app_name = "home"
urlpatterns = [
    path("", views.accueil, name="accueil"),
    path("sante/", views.sante, name="sante"),
    path("sante/pret/", views.pret, name="pret"),
]
