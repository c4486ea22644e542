"""A co-representative invited by e-mail to an own login on the same home (C6).

Only the responsable of the home invites: whoever was invited would otherwise let in a third person
without the first knowing. Only an account whose confirmed login e-mail is the invited one accepts:
a link that was forwarded, or read over a shoulder, opens nobody's home.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.errors import (
    AutreAdresse,
    CompteNonValide,
    DejaDansLeFoyer,
    InvitationEnCours,
    InvitationReservee,
    InvitationTerminee,
    LienExpire,
    LienInvalide,
    MembreParti,
)
from accounts.models import (
    ENFANTS,
    Changement,
    Compte,
    Foyer,
    Invitation,
    Membre,
    Personne,
    RoleMembre,
)
from accounts.queries import entourage as queries
from accounts.services.foyer import (
    Chez,
    annoncer,
    entrer,
    laisser,
    representants,
    representation,
    terminer,
    verrouiller,
    verrouiller_compte,
)
from accounts.services.historique import noter
from accounts.services.membres import ajouter
from portal.audit import log
from portal.kernel.db import refuse_on
from portal.notifications import outbox
from portal.ui.formats import date_heure, de

_SALT = "foyer.invitation"
# Two sendings of one form, a double click or a page sent again.
DOUBLE = timedelta(minutes=1)


@transaction.atomic
def inviter(*, compte_id: int, courriel: str, membre_id: int | None = None) -> Invitation:
    """Invite somebody by e-mail; `membre_id`: the adult's entry that this person replaces.

    The same mail leaves whether that address has an account or not. Raises CompteNonValide,
    InvitationReservee, MembreParti, DejaDansLeFoyer, InvitationEnCours.
    """
    chez = entrer(compte_id)
    if chez.moi.role != RoleMembre.RESPONSABLE:
        raise InvitationReservee
    membre = _adulte(chez, membre_id) if membre_id is not None else None
    if representants(chez.foyer).filter(personne__compte__courriel__iexact=courriel).exists():
        raise DejaDansLeFoyer
    now = timezone.now()
    chez_nous = Invitation.objects.filter(foyer=chez.foyer, acceptee_at=None, annulee_at=None)
    chez_nous.filter(expire_at__lte=now).update(annulee_at=now)  # makes room for the new one
    with refuse_on("invitation_une_par_courriel", InvitationEnCours()):
        invitation = Invitation.objects.create(
            foyer=chez.foyer,
            auteur=chez.compte,
            membre=membre,
            courriel=courriel,
            expire_at=now + settings.DUREE_INVITATION,
        )
    log.record("foyer.invitation_envoyee", target=invitation, actor=chez.compte)
    _envoyer(invitation, chez)
    return invitation


def vient_de_partir(auteur: Compte, courriel: str) -> bool:
    """Tell whether an account has just invited an address: the same form, sent twice."""
    now = timezone.now()
    recent = Invitation.objects.filter(auteur=auteur, created_at__gt=now - DOUBLE)
    return recent.filter(courriel__iexact=courriel).exists()


def est_rejoint(texte: str, compte: Compte) -> bool:
    """Tell whether an account has accepted the invitation of a link and is in that home."""
    try:
        pk = signing.loads(texte, salt=_SALT, max_age=settings.DUREE_INVITATION)
    except signing.BadSignature:
        return False
    mine = Invitation.objects.filter(pk=pk, acceptee_par=compte)
    return mine.filter(foyer__in=Foyer.objects.for_compte(compte).values("pk")).exists()


@transaction.atomic
def retirer(*, compte_id: int, invitation_id: int) -> None:
    """Withdraw an invitation of the home; raises CompteNonValide, InvitationReservee,
    InvitationTerminee.
    """
    chez = entrer(compte_id)
    if chez.moi.role != RoleMembre.RESPONSABLE:
        raise InvitationReservee
    mine = Invitation.objects.en_cours().filter(foyer=chez.foyer, pk=invitation_id)
    if not mine.update(annulee_at=timezone.now()):
        raise InvitationTerminee
    log.record("foyer.invitation_retiree", target=chez.foyer, actor=chez.compte)


def purger(before: datetime) -> int:
    """Delete the invitations that ended, one way or another, before `before` (aware): they hold an
    address. Return how many.
    """
    ended = Q(acceptee_at__lt=before) | Q(annulee_at__lt=before) | Q(expire_at__lt=before)
    deleted, _by_model = Invitation.objects.filter(ended).delete()
    return deleted


def jeton(invitation: Invitation) -> str:
    """Return the signed, dated token that stands in the mail's link."""
    return signing.dumps(invitation.pk, salt=_SALT)


def lire(texte: str) -> Invitation:
    """Return the living invitation of a link; raises LienInvalide (forged, cut), LienExpire, or
    InvitationTerminee (accepted, withdrawn, or its author has left).
    """
    try:
        pk = signing.loads(texte, salt=_SALT, max_age=settings.DUREE_INVITATION)
    except signing.SignatureExpired:
        raise LienExpire from None
    except signing.BadSignature:
        raise LienInvalide from None
    invitation = (
        Invitation.objects.en_cours().select_related("auteur__personne").filter(pk=pk).first()
    )
    if invitation is None or not _tient(invitation):
        raise InvitationTerminee
    return invitation


def recues(compte: Compte) -> list[tuple[str, str]]:
    """Return who invites an account into a home (« Camille M. »), each with the token of the
    invitation's page (one query).
    """
    return [(signature(i.auteur), jeton(i)) for i in queries.invitations_recues(compte)]


@transaction.atomic
def accepter(*, compte_id: int, invitation_id: int, emmenes: Collection[int] = ()) -> Foyer:
    """Move an account into the home that invited it, and tell both.

    `emmenes`: children of the present home who come along (`emmenables`). What else is in a home
    that nobody represents any more ends with it. Raises CompteNonValide, InvitationTerminee,
    AutreAdresse, DejaDansLeFoyer, MembreParti.
    """
    compte = verrouiller_compte(compte_id)
    personne = compte.personne
    invitation = (
        Invitation.objects.select_related("auteur__personne").filter(pk=invitation_id).first()
    )
    if invitation is None or personne is None:
        raise InvitationTerminee
    ancien = representation(personne)
    verrouiller({invitation.foyer_id} | ({ancien.foyer_id} if ancien else set()))
    _exiger_acceptable(invitation, compte, ancien)
    # One wins: the others find no row left to take.
    taken = Invitation.objects.en_cours().filter(pk=invitation.pk)
    if not taken.update(acceptee_at=timezone.now(), acceptee_par=compte):
        raise InvitationTerminee
    enfants = _partir(ancien, compte, emmenes) if ancien else []
    _remplacer(invitation, personne, compte)
    arrivant = ajouter(
        foyer_id=invitation.foyer_id,
        personne=personne,
        role=RoleMembre.CO_REPRESENTANT,
        auteur=compte,
        acte=Changement.Acte.ARRIVEE,
    )
    _accueillir(enfants, arrivant, compte)
    _annoncer(invitation, arrivant, compte)
    return arrivant.foyer


def emmenables(compte: Compte) -> list[Membre]:
    """Return the children that come along if the account wants: of a home that nobody else
    represents, and that nobody else entered there.
    """
    moi = representation(compte.personne) if compte.personne else None
    if moi is None or representants(moi.foyer).exclude(pk=moi.pk).exists():
        return []
    d_un_autre = Changement.objects.filter(foyer=moi.foyer_id, acte=Changement.Acte.AJOUT)
    enfants = moi.foyer.membres.actifs().filter(role__in=ENFANTS).select_related("personne")
    d_un_autre = d_un_autre.exclude(auteur=None).exclude(auteur=compte)
    return list(enfants.exclude(pk__in=d_un_autre.values("membre")).order_by("id"))


def _exiger_acceptable(invitation: Invitation, compte: Compte, ancien: Membre | None) -> None:
    if not compte.is_valide:
        raise CompteNonValide
    if not est_la_sienne(invitation, compte):
        raise AutreAdresse
    if ancien and ancien.foyer_id == invitation.foyer_id:
        raise DejaDansLeFoyer("Vous représentez déjà ce foyer.")
    if not _tient(invitation):
        raise InvitationTerminee


def est_la_sienne(invitation: Invitation, compte: Compte) -> bool:
    """Tell whether the invitation was sent to the confirmed login e-mail of an account."""
    return invitation.courriel.casefold() == compte.courriel.casefold()


def _tient(invitation: Invitation) -> bool:
    """Tell whether who invites still represents the home."""
    auteur = invitation.auteur
    return auteur.is_valide and (
        Foyer.objects.for_compte(auteur).filter(pk=invitation.foyer_id).exists()
    )


def _adulte(chez: Chez, membre_id: int) -> Membre:
    adultes = chez.foyer.membres.actifs().filter(role=RoleMembre.ADULTE)
    membre = adultes.filter(pk=membre_id).first()
    if membre is None:
        raise MembreParti
    return membre


def _partir(ancien: Membre, compte: Compte, emmenes: Collection[int]) -> list[Personne]:
    """End the account's place in its former home; return the children who come along.

    A home that nobody represents any more has no members either: their places end with it.
    """
    possibles = {membre.pk: membre for membre in emmenables(compte)}
    if not set(emmenes) <= set(possibles):
        raise MembreParti
    if laisser(ancien, compte):
        return []
    restants = ancien.foyer.membres.actifs().select_related("personne")
    for membre in restants:
        terminer(membre)
        noter(
            ancien.foyer,
            Changement.Acte.DEPART,
            sujet=membre.personne,
            auteur=compte,
            membre=membre,
        )
    return [possibles[pk].personne for pk in sorted(emmenes)]


def _remplacer(invitation: Invitation, personne: Personne, compte: Compte) -> None:
    """End the entry of the adult who now comes in person."""
    foyer = invitation.foyer
    entrees = foyer.membres.actifs().select_related("personne")
    # Known here already, under the entry that was invited or as the same person.
    for membre in entrees.filter(Q(pk=invitation.membre_id) | Q(personne=personne)):
        terminer(membre)
        noter(foyer, Changement.Acte.DEPART, sujet=membre.personne, auteur=compte, membre=membre)


def _accueillir(enfants: list[Personne], arrivant: Membre, compte: Compte) -> None:
    """Put the children who came along in the new home, but those who are there already (C5)."""
    presents = set(arrivant.foyer.membres.actifs().values_list("personne", flat=True))
    for enfant in enfants:
        if enfant.pk not in presents:
            ajouter(
                foyer_id=arrivant.foyer_id,
                personne=enfant,
                role=RoleMembre.ENFANT if enfant.date_naissance else RoleMembre.A_NAITRE,
                auteur=compte,
                acte=Changement.Acte.ARRIVEE,
            )


def _envoyer(invitation: Invitation, chez: Chez) -> None:
    path = reverse("accounts:invitation", kwargs={"jeton": jeton(invitation)})
    outbox.enqueue(
        "invitation_foyer",
        destinataire=outbox.Destinataire(invitation.courriel),
        fait=invitation.pk,
        context={
            "invitant": signature(chez.compte),
            "limite": date_heure(invitation.expire_at),
            "lien": settings.PUBLIC_URL + path,
        },
    )
    outbox.enqueue(
        "invitation_envoyee",
        destinataire=outbox.Destinataire(chez.compte.courriel),
        fait=invitation.pk,
        context={
            "nom": chez.compte.get_short_name(),
            "courriel": invitation.courriel,
            "limite": date_heure(invitation.expire_at),
            "lien": settings.PUBLIC_URL + reverse("accounts:entourage"),
        },
    )


def signature(compte: Compte) -> str:
    """Return « Camille M. »: enough to be recognised by who is invited, no more."""
    nom = compte.personne.nom if compte.personne else ""
    return f"{compte.get_short_name()} {nom[:1].upper()}." if nom else compte.get_short_name()


def _annoncer(invitation: Invitation, arrivant: Membre, compte: Compte) -> None:
    arrivee = arrivant.changements.latest("id")
    log.record("foyer.rejoint", target=arrivant.foyer, actor=compte)
    annoncer(
        compte,
        arrivee,
        f"Vous représentez maintenant le foyer {de(signature(invitation.auteur))}, dont vous voyez "
        "et modifiez les membres.",
    )
    annoncer(
        invitation.auteur,
        arrivee,
        f"{compte.get_full_name()} a accepté votre invitation et représente maintenant votre foyer "
        "avec vous.",
    )
