"""Acts on the members of a home: added, changed, born, removed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.errors import (
    AConfirmer,
    AjoutNonOuvert,
    DejaNe,
    FicheDuTitulaire,
    FichePartagee,
    MembreParti,
    RepresentantNonRetirable,
)
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
from accounts.services.foyer import Chez, accuser, entrer, terminer
from accounts.services.historique import differences, noter
from portal.audit import log
from portal.kernel.text import fold
from portal.ui.formats import date_courte, telephone

# What is typed about a person: names of fields of Personne.
Champs = Mapping[str, Any]

# Kinds that the setting AJOUT_DIRECT names.
GENRES = {
    RoleMembre.ADULTE: "adulte",
    RoleMembre.ENFANT: "enfant",
    RoleMembre.A_NAITRE: "enfant",
    RoleMembre.CONTACT: "contact",
}
COORDONNEES = frozenset({"Téléphone", "Autre téléphone", "Courriel"})
# Codes of what must be confirmed.
PARENT, DOUBLON = "parent", "doublon"


@transaction.atomic
def ajouter(
    *,
    foyer_id: int,
    personne: Personne,
    role: str,
    auteur: Compte | None,
    lien: str = "",
    envoi: UUID | None = None,
    acte: str = Changement.Acte.AJOUT,
) -> Membre:
    """Put a person in a home, with the line of its history; no right is checked, no mail is sent.

    `personne` may be unsaved. `envoi` names the form that was sent: the same one sent twice (a
    double click, a page sent again) adds one member. `acte` says how the member came
    (Changement.Acte).
    """
    # Who changes a home waits here for the other who does.
    foyer = Foyer.objects.select_for_update(of=("self",), no_key=True).get(pk=foyer_id)
    if envoi is not None and (already := foyer.membres.filter(envoi=envoi).first()):
        return already
    if personne.pk is None:
        personne.save()
    membre = foyer.membres.create(personne=personne, role=role, lien=lien, envoi=envoi)
    valeurs = _valeurs(membre)
    if role in REPRESENTANTS:  # who comes in person did not give their coordinates to the others
        valeurs = {k: v for k, v in valeurs.items() if k not in COORDONNEES}
    details = differences({}, valeurs)
    noter(foyer, acte, sujet=personne, auteur=auteur, membre=membre, details=details)
    log.record("foyer.membre_ajoute", target=membre, actor=auteur, details={"role": role})
    return membre


@transaction.atomic
def declarer(
    *,
    compte_id: int,
    role: str,
    champs: Champs,
    envoi: UUID,
    lien: str = "",
    enfants: Collection[int] = (),
    confirmes: Collection[str] = (),
) -> Membre:
    """A resident adds a member (C2); `enfants`: whom a contact may pick up.

    `envoi` was drawn with the form: the same form sent twice adds one member, sent again with
    other answers adds another. Raises CompteNonValide, AjoutNonOuvert, AConfirmer, MembreParti.
    """
    chez = entrer(compte_id)
    if GENRES[RoleMembre(role)] not in settings.AJOUT_DIRECT:
        raise AjoutNonOuvert
    personne = Personne(**champs)
    envoi = uuid5(envoi, repr((role, sorted(champs.items()), lien, sorted(enfants))))
    if already := chez.foyer.membres.filter(envoi=envoi).first():
        return already
    _confirmer(chez, personne, role, confirmes)
    membre = ajouter(
        foyer_id=chez.foyer.pk,
        personne=personne,
        role=role,
        auteur=chez.compte,
        lien=lien,
        envoi=envoi,
    )
    changement = membre.changements.latest("id")
    changement.details += differences({}, {SORTIES: _autoriser(membre, enfants)})
    changement.save(update_fields=["details"])
    accuser(chez.compte, changement, f"Vous avez ajouté {personne} à votre entourage.")
    return membre


@transaction.atomic
def modifier(
    *,
    compte_id: int,
    membre_id: int,
    champs: Champs,
    lien: str | None = None,
    enfants: Collection[int] | None = None,
    confirmes: Collection[str] = (),
) -> Membre:
    """A resident changes a member (C4); what did not change leaves no line and no mail.

    Raises CompteNonValide, MembreParti, FichePartagee, FicheDuTitulaire, AConfirmer.
    """
    chez = entrer(compte_id)
    membre = _modifiable(chez, membre_id)
    _changer(
        chez,
        membre,
        champs,
        Changement.Acte.MODIFICATION,
        "Vous avez modifié une fiche de votre entourage : {}.",
        lien=lien,
        enfants=enfants,
        confirmes=confirmes,
    )
    return membre


@transaction.atomic
def naitre(
    *, compte_id: int, membre_id: int, champs: Champs, confirmes: Collection[str] = ()
) -> Membre:
    """A child that was expected is born; the history stays. Raises as `modifier`, or DejaNe."""
    chez = entrer(compte_id)
    membre = _modifiable(chez, membre_id)
    if membre.role != RoleMembre.A_NAITRE:
        raise DejaNe
    membre.role = RoleMembre.ENFANT
    _changer(
        chez,
        membre,
        {**champs, "naissance_prevue": None},
        Changement.Acte.NAISSANCE,
        "Vous avez enregistré une naissance dans votre entourage : {}.",
        confirmes=confirmes,
    )
    return membre


@transaction.atomic
def retirer(*, compte_id: int, membre_id: int) -> Membre:
    """A resident takes a member out of the home: its place ends today, the history stays.

    Raises CompteNonValide, MembreParti, RepresentantNonRetirable.
    """
    chez = entrer(compte_id)
    membre = _membre(chez, membre_id)
    if membre.role in REPRESENTANTS:
        raise RepresentantNonRetirable
    avant = {SORTIES: _sorties(membre)}
    terminer(membre)
    # An adult invited to represent the home, and taken out of it, must not come in by the link.
    Invitation.objects.filter(membre=membre, acceptee_at=None, annulee_at=None).update(
        annulee_at=timezone.now()
    )
    changement = noter(
        chez.foyer,
        Changement.Acte.DEPART,
        sujet=membre.personne,
        auteur=chez.compte,
        membre=membre,
        details=differences(avant, {SORTIES: ""}),
    )
    log.record("foyer.membre_retire", target=membre, actor=chez.compte)
    accuser(chez.compte, changement, f"Vous avez retiré {membre.personne} de votre entourage.")
    return membre


def _membre(chez: Chez, membre_id: int) -> Membre:
    membre = chez.foyer.membres.actifs().select_related("personne").filter(pk=membre_id).first()
    if membre is None:
        raise MembreParti
    return membre


def _modifiable(chez: Chez, membre_id: int) -> Membre:
    """Return a member whose person the residents of this home alone describe."""
    membre = _membre(chez, membre_id)
    if Compte.objects.filter(personne=membre.personne_id).exists():
        raise FicheDuTitulaire
    # Two homes share this child: what one writes, the other would read (architecture.md, Homes).
    elsewhere = Membre.objects.actifs().filter(personne=membre.personne_id)
    if elsewhere.exclude(foyer=chez.foyer).exists():
        raise FichePartagee
    return membre


def _changer(
    chez: Chez,
    membre: Membre,
    champs: Champs,
    acte: str,
    phrase: str,
    *,
    lien: str | None = None,
    enfants: Collection[int] | None = None,
    confirmes: Collection[str] = (),
) -> None:
    """Write what was typed about a member, and tell it to the history, the journal and the
    author.
    """
    personne = membre.personne
    avant = _valeurs(membre) | {SORTIES: _sorties(membre)}
    for name, value in champs.items():
        setattr(personne, name, value)
    if lien is not None:
        membre.lien = lien
    _confirmer(chez, personne, membre.role, confirmes, sauf=membre)
    personne.save(update_fields=list(champs))
    membre.save(update_fields=["role", "lien"])
    sorties = avant[SORTIES] if enfants is None else _autoriser(membre, enfants)
    details = differences(avant, _valeurs(membre) | {SORTIES: sorties})
    if not details:
        return
    changement = noter(
        chez.foyer, acte, sujet=personne, auteur=chez.compte, membre=membre, details=details
    )
    log.record(f"foyer.membre_{acte}", target=membre, actor=chez.compte)
    accuser(chez.compte, changement, phrase.format(personne))


def _confirmer(
    chez: Chez,
    personne: Personne,
    role: str,
    confirmes: Collection[str],
    sauf: Membre | None = None,
) -> None:
    """Raise AConfirmer for what is unlikely and was not confirmed."""
    autres = chez.foyer.membres.actifs().select_related("personne")
    if sauf is not None:
        autres = autres.exclude(pk=sauf.pk)
    points = {}
    for membre in autres:
        autre = membre.personne
        if _semblables(personne, autre):
            points[DOUBLON] = (
                f"{autre} est déjà dans votre entourage, avec les mêmes noms et la même date de "
                "naissance."
            )
        elif role in ENFANTS and membre.role in REPRESENTANTS and _plus_jeune(autre, personne):
            points[PARENT] = (
                f"D’après cette date de naissance, l’enfant est né avant {autre}. Vérifiez l’année."
            )
    points = {code: texte for code, texte in points.items() if code not in confirmes}
    if points:
        raise AConfirmer(points)


def _semblables(une: Personne, autre: Personne) -> bool:
    return une.naissance == autre.naissance and _nu(une) == _nu(autre)


def _nu(personne: Personne) -> str:
    """Return the names as one hears them: no accents, case, spaces, hyphens, apostrophes."""
    return "".join(c for c in fold(f"{personne.prenoms}{personne.nom_naissance}") if c.isalnum())


def _plus_jeune(parent: Personne, enfant: Personne) -> bool:
    return bool(
        parent.date_naissance
        and enfant.date_naissance
        and parent.date_naissance >= enfant.date_naissance
    )


SORTIES = "Peut venir chercher"


def _autoriser(contact: Membre, enfants: Collection[int]) -> str:
    """Let a contact pick up these children of the home, and no other; return their names."""
    du_foyer = contact.foyer.membres.actifs().filter(role=RoleMembre.ENFANT)
    choisis = list(du_foyer.filter(pk__in=enfants).order_by("id"))
    if len(choisis) != len(set(enfants)):
        raise MembreParti
    contact.autorisations_recues.exclude(enfant__in=choisis).delete()
    AutorisationSortie.objects.bulk_create(
        [AutorisationSortie(contact=contact, enfant=enfant) for enfant in choisis],
        ignore_conflicts=True,
    )
    return _sorties(contact)


def _sorties(contact: Membre) -> str:
    enfants = Membre.objects.filter(autorisations__contact=contact).select_related("personne")
    return ", ".join(enfant.personne.prenoms for enfant in enfants.order_by("id"))


def _valeurs(membre: Membre) -> dict[str, str]:
    """Return what the history shows of a member, by the labels of its page."""
    personne = membre.personne
    is_enfant = membre.role in ENFANTS
    nom = "Nom" if is_enfant or membre.role == RoleMembre.CONTACT else "Nom de naissance"
    return {
        "Civilité": personne.get_civilite_display(),
        "Prénoms": personne.prenoms,
        nom: personne.nom_naissance,
        "Nom d’usage": personne.nom_usage,
        "Naissance prévue": _jour(personne.naissance_prevue),
        "Date de naissance": _jour(personne.date_naissance),
        "Commune de naissance" if is_enfant else "Lieu de naissance": personne.lieu_naissance,
        "Lien": membre.lien,
        "Téléphone": _telephone(personne.telephone_mobile),
        "Autre téléphone": _telephone(personne.telephone_fixe),
        "Courriel": personne.courriel,
        "École": personne.ecole,
        "Classe": personne.classe,
    }


def _jour(jour: date | None) -> str:
    return date_courte(jour) if jour else ""


def _telephone(numero: str) -> str:
    return telephone(numero) if numero else ""
