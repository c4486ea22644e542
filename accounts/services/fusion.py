"""Two accounts of one resident made one: the kept one takes all that the other had."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts import registries
from accounts.errors import FusionImpossible
from accounts.models import (
    ACTIVES,
    REPRESENTANTS,
    AutorisationSortie,
    Changement,
    CleService,
    Compte,
    DossierFamille,
    Etat,
    Foyer,
    Invitation,
    Membre,
    Personne,
    RoleMembre,
    SessionCompte,
)
from accounts.services import effacement, foyer, partage
from accounts.services.historique import differences, noter
from portal.audit import log
from portal.kernel.text import fold
from portal.notifications import outbox

# Of the closed account's person, what fills the blanks of the kept one's.
_COMPLETE = (
    "civilite",
    "nom_usage",
    "date_naissance",
    "lieu_naissance",
    "courriel",
    "telephone_mobile",
    "telephone_fixe",
)


@transaction.atomic
def reunir(*, garde_id: int, ferme_id: int, agent: Compte) -> Compte:
    """Hand over to one account what another of the same resident has, and close that one; both
    addresses are told. Raises FusionImpossible, which leaves both as they were.
    """
    garde, ferme = _verrouiller(garde_id, ferme_id)
    _verifier(garde, ferme)
    registries.merge(garde, ferme)
    log.record("compte.fusionne", target=garde, actor=agent, details={"compte": ferme.pk})
    evenement = log.record("compte.ferme", target=ferme, actor=agent, details={"fusion": garde.pk})
    _annoncer(garde, ferme, evenement.pk)
    SessionCompte.objects.filter(compte_id=ferme.pk).delete()
    effacement.anonymiser(ferme)
    return garde


def reprendre(garde: Compte, ferme: Compte) -> None:
    """Hand over identity, home, families and keys (this app's merger; both accounts are locked)."""
    assert garde.personne is not None  # noqa: S101 (`_verifier`: two residents)
    assert ferme.personne is not None  # noqa: S101
    ici, la = _foyers(garde, ferme)
    perdus = _completer(garde.personne, ferme.personne)
    if ici is not None and ici == la:
        _prendre_la_place(garde.personne, ferme.personne, ici)
    elif ici is not None and la is not None:
        _quitter(la, ferme.personne)
        _amener(la, ici)
        # What differed stays in the history of the home that is left: a co-representative of the
        # kept one has no business with it.
        noter(la, Changement.Acte.FUSION, sujet=garde.personne, auteur=None, details=perdus)
    if ici is not None:
        noter(ici, Changement.Acte.FUSION, sujet=garde.personne, auteur=None)
    partie, ferme.personne = ferme.personne, None
    ferme.save(update_fields=["personne"])
    partage.fondre(garde.personne, partie)
    Invitation.objects.filter(auteur=ferme).update(auteur=garde)
    Changement.objects.filter(auteur=ferme).update(auteur=garde)
    CleService.objects.filter(utilisation_par=ferme).update(utilisation_par=garde)


def _verrouiller(garde_id: int, ferme_id: int) -> tuple[Compte, Compte]:
    """Return both accounts, locked in the order of their keys."""
    comptes = Compte.objects.filter(pk__in={garde_id, ferme_id}, is_staff=False).order_by("pk")
    comptes = comptes.select_related("personne").select_for_update(of=("self",), no_key=True)
    found = {compte.pk: compte for compte in comptes}
    if len(found) != 2:
        raise FusionImpossible("Choisissez deux comptes d’habitants différents.")
    return found[garde_id], found[ferme_id]


def _verifier(garde: Compte, ferme: Compte) -> None:
    if garde.etat not in ACTIVES:
        raise FusionImpossible(
            "Le compte à garder doit être validé ou en attente : sinon, l’habitant ne pourrait "
            "plus se connecter."
        )
    if ferme.etat not in {*ACTIVES, Etat.REFUSE}:
        raise FusionImpossible("Le compte à fermer n’a jamais été activé, ou est déjà fermé.")
    if garde.fermeture_demandee_at or ferme.fermeture_demandee_at:
        raise FusionImpossible(
            "L’habitant a demandé la fermeture d’un de ces comptes : attendez qu’elle soit faite, "
            "ou qu’il y renonce."
        )


def _foyers(garde: Compte, ferme: Compte) -> tuple[Foyer | None, Foyer | None]:
    """Return the home of each, locked; raises FusionImpossible when somebody else represents the
    one to leave.
    """
    ids = [Foyer.objects.for_compte(c).values_list("pk", flat=True).first() for c in (garde, ferme)]
    locked = {f.pk: f for f in foyer.verrouiller(filter(None, ids))}
    ici, la = (locked.get(pk or 0) for pk in ids)
    if ici and la and ici != la:
        autres = la.membres.actifs().filter(role__in=REPRESENTANTS)
        if autres.exclude(personne=ferme.personne_id).exists():
            raise FusionImpossible(
                f"Le foyer du compte « {ferme.identifiant} » a un autre représentant, qui "
                f"perdrait ses membres. Gardez ce compte, et fermez « {garde.identifiant} »."
            )
    return ici, la


def _completer(gardee: Personne, partie: Personne) -> list[dict[str, str]]:
    """Fill the blanks of the kept person; return what the other said otherwise."""
    vides = [n for n in _COMPLETE if not getattr(gardee, n) and getattr(partie, n)]
    for nom in vides:
        setattr(gardee, nom, getattr(partie, nom))
    if vides:
        gardee.save(update_fields=vides)
    return differences(partage.valeurs(partie), partage.valeurs(gardee))


def _prendre_la_place(gardee: Personne, partie: Personne, ici: Foyer) -> None:
    """In a home that both represent, one stays, answering for it if either did."""
    partante = ici.membres.actifs().get(personne=partie)
    foyer.terminer(partante)
    if partante.role == RoleMembre.RESPONSABLE:
        ici.membres.actifs().filter(personne=gardee).update(role=RoleMembre.RESPONSABLE)


def _quitter(la: Foyer, partie: Personne) -> None:
    foyer.terminer(la.membres.actifs().get(personne=partie))


def _amener(la: Foyer, ici: Foyer) -> None:
    """Bring the members, families and invitations of a home that is left into the kept one.

    Who is there already, under the same names and birth, is there once; somebody with an account
    is nobody else.
    """
    presents = list(ici.membres.actifs().select_related("personne"))
    connus = {_reperes(m): m for m in presents} | {m.personne_id: m for m in presents}
    jumeaux = []
    for membre in la.membres.actifs().select_related("personne__compte").order_by("pk"):
        jumeau = connus.get(membre.personne_id)
        if jumeau is None and not hasattr(membre.personne, "compte"):
            jumeau = connus.get(_reperes(membre))
        if jumeau is None:
            membre.foyer = ici
            membre.save(update_fields=["foyer"])
            noter(ici, Changement.Acte.ARRIVEE, sujet=membre.personne, auteur=None, membre=membre)
        else:
            jumeaux.append((membre, jumeau))
    for membre, jumeau in jumeaux:  # once all have come, whoever may pick up whom
        _confondre(membre, jumeau)
    if not ici.adresse:
        Foyer.objects.filter(pk=ici.pk).update(**la.adresse)
    DossierFamille.objects.filter(foyer=la).update(foyer=ici)
    ouvertes = Invitation.objects.filter(acceptee_at=None, annulee_at=None)
    attendus = {courriel.lower() for courriel in _courriels(ouvertes.filter(foyer=ici))}
    for invitation in ouvertes.filter(foyer=la):
        invitation.foyer = ici
        if invitation.courriel.lower() in attendus:
            invitation.annulee_at = timezone.now()
        invitation.save(update_fields=["foyer", "annulee_at"])


def _courriels(invitations: QuerySet[Invitation]) -> Iterable[str]:
    return invitations.values_list("courriel", flat=True)


def _confondre(membre: Membre, jumeau: Membre) -> None:
    """Let the entry of the kept home stand for the same person's in the home that is left."""
    for cote, autre in (("contact", "enfant"), ("enfant", "contact")):
        deja = AutorisationSortie.objects.filter(**{cote: jumeau}).values(autre)
        siennes = AutorisationSortie.objects.filter(**{cote: membre})
        siennes.exclude(**{f"{autre}__in": deja}).update(**{cote: jumeau})
    foyer.terminer(membre)
    if membre.personne_id == jumeau.personne_id:
        return
    partage.fondre(jumeau.personne, membre.personne)
    if jumeau.personne.membres.actifs().exclude(foyer=jumeau.foyer_id).exists():
        partage.effacer_coordonnees(jumeau.personne)  # a third home has this child too


def _reperes(membre: Membre) -> tuple[object, ...]:
    """What makes two entries one person: names and birth; the role too when no date is known."""
    personne = membre.personne
    noms = (
        "".join(c for c in fold(nom) if c.isalnum())
        for nom in (personne.prenoms, personne.nom_naissance)
    )
    return (*noms, personne.naissance or membre.role)


def _annoncer(garde: Compte, ferme: Compte, fait: int) -> None:
    context = {
        "nom": garde.get_short_name(),
        "garde": garde.identifiant,
        "ferme": ferme.identifiant,
        "lien": settings.PUBLIC_URL + reverse("accounts:connexion"),
    }
    for courriel in (ferme.courriel, garde.courriel):
        destinataire = outbox.Destinataire(courriel)
        outbox.enqueue("comptes_reunis", destinataire=destinataire, fait=fait, context=context)
