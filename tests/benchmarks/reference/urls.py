from django.urls import path

from tests.benchmarks.reference import views

RUBRIQUES = [
    *("accueil", "demarches", "dossiers", "factures", "panier", "rendez-vous", "messages"),
    *("foyer", "documents", "profil", "aide", "connexion", "deconnexion", "mairie", "horaires"),
    *("actualites", "agenda", "associations", "contact", "plan", "mentions", "donnees"),
    *("accessibilite", "cookies"),
]

urlpatterns = [
    path("c/", views.page_c, name="c"),
    path("d/", views.page_d, name="d"),
    path("f/", views.page_f, name="f"),
    path("dossiers/<int:pk>/", views.dossier, name="dossier"),
    *(path(f"{nom}/", views.rubrique, name=nom) for nom in RUBRIQUES),
]
