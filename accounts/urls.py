from django.urls import path

from accounts.views import connexion

app_name = "accounts"
urlpatterns = [
    path("connexion/", connexion.connexion, name="connexion"),
    path("deconnexion/", connexion.deconnexion, name="deconnexion"),
]
