"""How accounts and homes say no."""

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
        "Votre compte est en cours de vérification par la mairie. Vous pourrez faire ce "
        "changement dès qu’il sera validé ; vous pouvez déjà déposer des demandes."
    )
