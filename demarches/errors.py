"""What the rules of requests refuse; every sentence may be shown to the resident or the clerk."""

from portal.kernel.errors import Refusal


class TransitionInterdite(Refusal):
    message = (
        "L’état de cette demande a changé entre-temps. Rechargez la page pour voir où elle en est."
    )


class DemandeDejaDeposee(Refusal):
    message = "Cette demande est déjà envoyée."


class DemandeIncomplete(Refusal):
    message = (
        "Il manque encore des réponses : reprenez l’étape indiquée avant d’envoyer votre demande."
    )


class BrouillonExpire(Refusal):
    message = "Ce brouillon a expiré. Recommencez la demande."


class QuotaAtteint(Refusal):
    message = (
        "Toutes les places sont prises : la démarche n’accepte plus de demande pour cette période."
    )


class DemarcheFermee(Refusal):
    message = "Cette démarche n’est plus ouverte en ligne."


class MotifManquant(Refusal):
    message = "Écrivez le motif : il est envoyé au demandeur."


class CompteRequis(Refusal):
    message = "Cette démarche demande de se connecter à son espace."


class FamilleRequise(Refusal):
    message = (
        "Cette démarche est réservée aux familles que le service connaît : saisissez d’abord la "
        "clé qu’il vous remet, à la page « Services » de votre espace."
    )


class AntiRobotRequis(Refusal):
    message = "Recopiez le code de sécurité pour envoyer votre demande."
