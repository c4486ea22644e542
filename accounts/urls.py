from django.urls import path

from accounts.views import (
    activation,
    adresses,
    conditions,
    connexion,
    entourage,
    donnees,
    identifiants,
    invitations,
    membres,
    inscription,
    mot_de_passe,
    profil,
    second_facteur,
    services,
    sessions,
)

app_name = "accounts"
urlpatterns = [
    path("connexion/", connexion.connexion, name="connexion"),
    path("deconnexion/", connexion.deconnexion, name="deconnexion"),
    # Second factor of agents
    path("second-facteur/", second_facteur.etat, name="second-facteur"),
    path("second-facteur/ajouter/", second_facteur.ajouter, name="second-facteur-ajouter"),
    path("second-facteur/verifier/", second_facteur.verifier, name="second-facteur-verifier"),
    path("second-facteur/secours/", second_facteur.secours, name="second-facteur-secours"),
    path("second-facteur/codes/", second_facteur.codes, name="second-facteur-codes"),
    path("second-facteur/retirer/", second_facteur.retirer, name="second-facteur-retirer"),
    # Terms
    path("conditions-generales/", conditions.lire, name="conditions"),
    path("conditions-generales/accepter/", conditions.accepter, name="accepter-conditions"),
    path("conditions-generales/refuser/", conditions.refuser, name="refuser-conditions"),
    path(
        "conditions-generales/version/<str:version>/", conditions.lire, name="conditions-version"
    ),
    # Keys of services
    path("mon-espace/services/", services.services, name="services"),
    path("mon-espace/services/confirmer/", services.confirmer, name="services-confirmer"),
    # Forgotten password, what one logs in with, open sessions
    path("mot-de-passe-oublie/", mot_de_passe.oubli, name="oubli"),
    path("mot-de-passe-oublie/question/", mot_de_passe.question, name="oubli-question"),
    path("mot-de-passe-oublie/envoye/", mot_de_passe.envoye, name="oubli-envoye"),
    path(
        "mot-de-passe-oublie/nouveau/<str:jeton>/",
        mot_de_passe.nouveau,
        name="nouveau-mot-de-passe",
    ),
    path("mon-espace/identifiants/", identifiants.identifiants, name="identifiants"),
    path("mon-espace/identifiants/identifiant/", identifiants.identifiant, name="identifiant"),
    path("mon-espace/identifiants/courriel/", identifiants.courriel, name="courriel"),
    path(
        "mon-espace/identifiants/courriel/<str:jeton>/",
        identifiants.confirmer_courriel,
        name="confirmer-courriel",
    ),
    path("mon-espace/identifiants/mot-de-passe/", identifiants.mot_de_passe, name="mot-de-passe"),
    path("mon-espace/identifiants/question/", identifiants.question, name="question"),
    path("mon-espace/sessions/", sessions.sessions, name="sessions"),
    path("mon-espace/sessions/fermer-les-autres/", sessions.fermer_autres, name="fermer-autres"),
    path("mon-espace/sessions/<slug:cle>/fermer/", sessions.fermer, name="fermer-session"),
    # Sign-up, activation, profile
    path("inscription/", inscription.commencer, name="inscription"),
    path("inscription/envoyee/", inscription.envoyee, name="inscription-envoyee"),
    path("inscription/identifiant-libre/", inscription.identifiant_libre, name="identifiant-libre"),
    path("inscription/<slug:ecran>/", inscription.ecran, name="inscription-ecran"),
    path("activation/<str:jeton>/", activation.activation, name="activation"),
    path("renvoyer-activation/", activation.renvoyer, name="renvoyer-activation"),
    path("adresses/", adresses.completer, name="adresses"),
    path("mon-espace/", profil.espace, name="espace"),
    path("mon-espace/modifier/<slug:ecran>/", profil.ecran, name="profil-ecran"),
    # What the site holds, who read it, closing
    path("mon-espace/donnees/", donnees.donnees, name="donnees"),
    path("mon-espace/donnees/telecharger/", donnees.telecharger, name="telecharger"),
    path("mon-espace/donnees/consultations/", donnees.consultations, name="consultations"),
    path("mon-espace/donnees/fermer/", donnees.fermer_compte, name="fermer-compte"),
    path("mon-espace/donnees/garder/", donnees.annuler_fermeture, name="annuler-fermeture"),
    # Household
    path("entourage/", entourage.entourage, name="entourage"),
    path("entourage/historique/", entourage.historique, name="historique"),
    path("entourage/quitter/", entourage.quitter, name="quitter"),
    path("entourage/ajouter/adulte/", membres.ajouter, {"genre": "adulte"}, "ajouter-adulte"),
    path("entourage/ajouter/enfant/", membres.ajouter, {"genre": "enfant"}, "ajouter-enfant"),
    path("entourage/ajouter/contact/", membres.ajouter, {"genre": "contact"}, "ajouter-contact"),
    path("entourage/inviter/", invitations.inviter, name="inviter"),
    path("entourage/invitation/<str:jeton>/", invitations.invitation, name="invitation"),
    path(
        "entourage/invitations/<int:pk>/retirer/", invitations.retirer, name="retirer-invitation"
    ),
    path("entourage/<int:pk>/", entourage.membre, name="membre"),
    path("entourage/<int:pk>/modifier/", membres.modifier, name="membre-modifier"),
    path("entourage/<int:pk>/naissance/", membres.naissance, name="naissance"),
    path("entourage/<int:pk>/retirer/", membres.retirer, name="retirer-membre"),
]
