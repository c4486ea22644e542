"""« Mon entourage » and its pages: the members of a home and what hangs on them, in a fixed number
of queries.

Everything is read from the account's own home: of a child who has two, the other one's contacts,
pick-ups and history are never even asked for (C5).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import (
    ENFANTS,
    REPRESENTANTS,
    AutorisationSortie,
    Changement,
    Compte,
    Foyer,
    Invitation,
    Membre,
    Personne,
    RoleMembre,
)

LIGNES_DE_LA_FICHE = 10


@dataclass(frozen=True)
class MembreVu:
    """One member as the pages of its home show it."""

    pk: int | None  # None: an account older than homes, which has no place in one yet
    personne: Personne
    role: str
    lien: str = ""
    is_moi: bool = False
    a_un_compte: bool = False
    partage: bool = False  # the child of another home too
    # Of a contact: the children it may pick up; of a child: who may.
    sorties: list[MembreVu] = field(default_factory=list)

    @property
    def nom_complet(self) -> str:
        return str(self.personne)

    @property
    def prenom(self) -> str:
        """How one speaks of this person in a sentence."""
        return self.personne.prenom or "le bébé à naître"

    @property
    def role_libelle(self) -> str:
        return RoleMembre(self.role).label.capitalize()

    @property
    def a_naitre(self) -> bool:
        return self.role == RoleMembre.A_NAITRE

    @property
    def is_enfant(self) -> bool:
        return self.role in ENFANTS

    @property
    def is_contact(self) -> bool:
        return self.role == RoleMembre.CONTACT

    @property
    def is_representant(self) -> bool:
        return self.role in REPRESENTANTS

    @property
    def is_modifiable(self) -> bool:
        """Whether the residents of this home describe this person, and they alone."""
        return not (self.is_moi or self.a_un_compte or self.partage)

    @property
    def is_invitable(self) -> bool:
        return self.role == RoleMembre.ADULTE and not self.a_un_compte


@dataclass(frozen=True)
class FoyerVu:
    """The home of an account, oneself first among the adults."""

    foyer: Foyer | None
    adultes: list[MembreVu]
    enfants: list[MembreVu]
    contacts: list[MembreVu]

    @property
    def moi(self) -> MembreVu:
        return self.adultes[0]

    @property
    def is_responsable(self) -> bool:
        return self.moi.role == RoleMembre.RESPONSABLE

    @property
    def autres_representants(self) -> list[MembreVu]:
        return [m for m in self.adultes[1:] if m.is_representant and m.a_un_compte]

    def trouver(self, pk: int) -> MembreVu | None:
        """Return a member of the home by its number."""
        tous = (*self.adultes, *self.enfants, *self.contacts)
        return next((membre for membre in tous if membre.pk == pk), None)


def famille(compte: Compte) -> FoyerVu:
    """Return the home of a resident (two queries); the resident alone where there is none."""
    if compte.personne is None:
        raise ValueError("an agent has no home")
    rows = list(_membres(compte))
    vus = [_vu(row, compte) for row in rows]
    _relier(rows, vus)
    moi = [vu for vu in vus if vu.is_moi and vu.is_representant] or [
        MembreVu(None, compte.personne, RoleMembre.RESPONSABLE, is_moi=True)
    ]
    autres = [vu for vu in vus if not vu.is_enfant and not vu.is_contact and not vu.is_moi]
    autres.sort(key=lambda vu: not vu.is_representant)
    return FoyerVu(
        foyer=rows[0].foyer if rows else None,
        adultes=moi + autres,
        enfants=[vu for vu in vus if vu.is_enfant],
        contacts=[vu for vu in vus if vu.is_contact],
    )


def invitations_envoyees(foyer: Foyer | None) -> QuerySet[Invitation]:
    """Return the living invitations of a home."""
    return Invitation.objects.en_cours().filter(foyer=foyer)


def invitations_recues(compte: Compte) -> QuerySet[Invitation]:
    """Return the living invitations sent to the confirmed login e-mail of an account."""
    recues = Invitation.objects.en_cours().pour(compte.courriel)
    recues = recues.exclude(foyer__in=Foyer.objects.for_compte(compte).values("pk"))
    return recues.select_related("auteur__personne")


def historique(compte: Compte) -> QuerySet[Changement]:
    """Return the history of the account's home, since it joined: what came before is for those who
    were there.
    """
    moi = (
        Membre.objects.for_compte(compte)
        .filter(personne=compte.personne, role__in=REPRESENTANTS)
        .first()
    )
    if moi is None:
        return Changement.objects.none()
    lignes = Changement.objects.filter(foyer=moi.foyer_id).select_related("auteur__personne")
    arrivee = moi.changements.filter(acte=Changement.Acte.ARRIVEE).order_by("id").first()
    if arrivee is not None:
        return lignes.filter(pk__gte=arrivee.pk)
    return lignes.filter(created_at__date__gte=moi.debut)


def lignes_de(compte: Compte, membre_id: int) -> list[Changement]:
    """Return the last lines of the history about one member of the account's home."""
    return list(historique(compte).filter(membre=membre_id)[:LIGNES_DE_LA_FICHE])


def _membres(compte: Compte) -> Iterable[Membre]:
    ailleurs = Membre.objects.actifs().filter(personne=OuterRef("personne"))
    return (
        Membre.objects.for_compte(compte)
        .select_related("personne", "foyer")
        .annotate(
            partage=Exists(ailleurs.exclude(foyer=OuterRef("foyer"))),
            a_un_compte=Exists(Compte.objects.filter(personne=OuterRef("personne"))),
        )
        .order_by("id")
    )


def _vu(row: Membre, compte: Compte) -> MembreVu:
    return MembreVu(
        pk=row.pk,
        personne=row.personne,
        role=row.role,
        lien=row.lien,
        is_moi=row.personne_id == compte.personne_id,
        a_un_compte=row.a_un_compte,  # type: ignore[attr-defined]
        partage=row.partage,  # type: ignore[attr-defined]
    )


def _relier(rows: list[Membre], vus: list[MembreVu]) -> None:
    """Tell contacts and children who may pick up whom."""
    if not rows:
        return
    par_pk = {vu.pk: vu for vu in vus}
    autorisations = AutorisationSortie.objects.filter(contact__foyer=rows[0].foyer_id)
    for contact, enfant in autorisations.values_list("contact", "enfant").order_by("id"):
        if contact in par_pk and enfant in par_pk:
            par_pk[contact].sorties.append(par_pk[enfant])
            par_pk[enfant].sorties.append(par_pk[contact])
