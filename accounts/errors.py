"""How accounts and homes say no."""

from datetime import timedelta

from portal.kernel.errors import Refusal


class LienInvalide(Refusal):
    message = (
        "Ce lien n’est pas valable : il est incomplet, a déjà servi, ou a été remplacé "
        "par un plus récent."
    )


class LienExpire(Refusal):
    message = "Ce lien a expiré."


class CompteNonValide(Refusal):
    message = (
        "Votre compte est en attente de validation par la mairie. Vous pourrez faire ce "
        "changement dès qu’il sera validé ; vous pouvez déjà déposer des demandes."
    )


class TransitionDeCompteInterdite(Refusal):
    message = (
        "L’état de ce compte a changé entre-temps : un autre agent s’en est sans doute occupé. "
        "Rien n’a été fait ni envoyé."
    )


class MotifAbsent(Refusal):
    message = "Indiquez la raison du refus : l’habitant la recevra par courriel."


class CleInvalide(Refusal):
    message = (
        "Cette clé n’est pas valable : elle est mal recopiée, a expiré, a déjà servi ou a été "
        "remplacée. Vérifiez-la, ou demandez-en une autre au service."
    )


class SansFoyer(Refusal):
    message = "Votre compte ne représente aucun foyer : une famille ne peut pas y être rattachée."


class ServiceDejaRattache(Refusal):
    message = "Une famille de ce service est déjà rattachée à votre foyer."


class FamilleDejaRattachee(Refusal):
    message = (
        "Cette famille est déjà rattachée à un foyer : elle n’a pas besoin de clé. Pour la "
        "rattacher à un autre foyer, détachez-la d’abord."
    )


class ServiceSansCoordonnees(Refusal):
    message = (
        "Ce service n’a ni téléphone ni courriel : les familles ne sauraient pas à qui demander de "
        "l’aide. Un responsable du service ou l’administrateur les renseigne d’abord "
        "(administration, « Services »)."
    )


class ClesDejaRemises(Refusal):
    message = (
        "Ces clés ont déjà été émises, et ne sont plus montrées. Si vous ne les avez pas gardées, "
        "émettez-en d’autres."
    )


class FamilleDetachee(Refusal):
    message = "Cette famille n’est rattachée à aucun foyer."


class TropDEssais(Refusal):
    """Slowed down; `attente` is how long."""

    def __init__(self, attente: timedelta, message: str) -> None:
        super().__init__(message)
        self.attente = attente


class IdentifiantsInconnus(Refusal):
    """The same words for an unknown name, a wrong password, an account that is not open."""

    message = (
        "Identifiant ou mot de passe inconnu. Vérifiez votre saisie. Si vous venez de créer votre "
        "espace, ouvrez d’abord le lien reçu par courriel."
    )


class CompteAActiver(Refusal):
    message = (
        "Votre espace n’est pas encore activé. Ouvrez le lien du courriel que nous vous avons "
        "envoyé à l’inscription, puis connectez-vous."
    )


class CompteRefuse(Refusal):
    message = "La mairie a refusé l’ouverture de votre espace."


class MotDePasseActuelFaux(Refusal):
    message = "Ce n’est pas votre mot de passe actuel. Vérifiez votre saisie."


class MotDePasseInchange(Refusal):
    message = "C’est déjà votre mot de passe. Choisissez-en un autre."


class IdentifiantPris(Refusal):
    message = "Cet identifiant est déjà pris. Choisissez-en un autre."


class IdentifiantInchange(Refusal):
    message = "C’est déjà votre identifiant."


class CourrielInchange(Refusal):
    message = "C’est déjà votre courriel de connexion."


class CourrielPris(Refusal):
    message = (
        "Cette adresse est devenue celle d’un autre compte. Votre courriel de connexion n’a pas "
        "changé."
    )


class CourrielDejaActif(Refusal):
    message = (
        "Un autre espace a été activé entre-temps avec la même adresse courriel. Une adresse "
        "ne sert qu’à un seul espace : connectez-vous à celui qui est activé."
    )


class CodeRefuse(Refusal):
    message = (
        "Ce code n’est pas le bon, ou il a déjà servi. Saisissez le code que votre téléphone "
        "affiche maintenant ; s’il est refusé encore, vérifiez que l’heure du téléphone est juste."
    )


class CodeDeSecoursRefuse(CodeRefuse):
    message = (
        "Ce code n’est pas un des vôtres, ou il a déjà servi. Vérifiez le code ; essayez-en un "
        "autre de votre liste."
    )


class ConditionsChangees(Refusal):
    message = "Les conditions générales viennent de changer. Lisez cette version."


class AgentInvalide(Refusal):
    message = "Ce compte d’agent ne peut pas être créé."


class DroitsInterdits(Refusal):
    message = "Vous ne pouvez pas donner ni retirer ces droits."


class AjoutNonOuvert(Refusal):
    message = (
        "Cet ajout ne se fait pas en ligne directement : adressez-vous à la mairie, qui complétera "
        "votre entourage avec vous."
    )


class AConfirmer(Refusal):
    """Something looks wrong, and may be right: `points` (code -> what to read again) must be
    confirmed by who asked.
    """

    message = "Relisez ce qui suit, puis confirmez."

    def __init__(self, points: dict[str, str]) -> None:
        super().__init__()
        self.points = points


class MembreParti(Refusal):
    message = "Cette personne ne fait plus partie de votre entourage."


class FichePartagee(Refusal):
    message = (
        "Les informations de cet enfant sont tenues par la mairie : demandez-lui de les changer. "
        "Vous pouvez toujours indiquer qui vient le chercher."
    )


class FicheDuTitulaire(Refusal):
    message = (
        "Cette personne a son propre compte : elle seule change ses informations, dans son espace."
    )


class DejaNe(Refusal):
    message = "La naissance de cet enfant est déjà déclarée."


class RepresentantNonRetirable(Refusal):
    message = (
        "Cette personne a son propre compte dans votre foyer : elle seule peut le quitter. "
        "En cas de difficulté, adressez-vous à la mairie."
    )


class DernierRepresentant(Refusal):
    message = (
        "Vous êtes la seule personne à représenter ce foyer : invitez d’abord un co-représentant, "
        "ou fermez votre compte."
    )


class InvitationReservee(Refusal):
    message = "Seul le responsable du foyer peut inviter un co-représentant."


class InvitationEnCours(Refusal):
    message = (
        "Une invitation a déjà été envoyée à cette adresse. Retirez-la si vous voulez en envoyer "
        "une autre."
    )


class DejaDansLeFoyer(Refusal):
    message = "Cette adresse est celle d’une personne qui représente déjà votre foyer."


class InvitationTerminee(Refusal):
    message = (
        "Cette invitation n’est plus valable : elle a été acceptée, retirée ou remplacée. "
        "Demandez-en une nouvelle à la personne qui vous a invité."
    )


class AutreAdresse(Refusal):
    message = (
        "Cette invitation a été envoyée à une autre adresse que celle de votre compte : elle ne "
        "peut être acceptée qu’avec un compte qui a cette adresse pour courriel de connexion."
    )


class FusionImpossible(Refusal):
    message = "Ces deux comptes ne peuvent pas être réunis."


class EnfantsDifferents(Refusal):
    message = (
        "Ces deux fiches ne peuvent pas être liées : il faut un enfant de deux foyers, avec le "
        "même nom, le même prénom et la même date de naissance."
    )


class EnfantSansPartage(Refusal):
    message = "Cet enfant n’est pas, ou n’est plus, partagé entre deux foyers."
