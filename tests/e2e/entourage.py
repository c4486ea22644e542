"""« Mon entourage » and its pages, as stops of the crawl."""

from __future__ import annotations

from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import AutorisationSortie, Compte, Foyer, Invitation, Membre, RoleMembre
from accounts.services import invitations
from tests.e2e.inscription import Visite
from tests.factories import CompteFactory, MembreFactory, PersonneFactory

LONG = "Wolfeschlegelsteinhausenbergerdorff"


def habitant(compte: Compte) -> list[Visite]:
    """A home with everybody in it, a child who has two, and the pages that change them."""
    foyer = Foyer.objects.for_compte(compte).get()
    enfant, partage, bebe, adulte, contact = _membres(foyer)
    moi = Membre.objects.for_compte(compte).get(personne=compte.personne)
    invitation = invitations.inviter(compte_id=compte.pk, courriel=f"{LONG}@exemple.fr")
    return [
        Visite(_url("entourage")),
        *(Visite(_url("membre", m)) for m in (moi, enfant, partage, bebe, adulte, contact)),
        Visite(_url("membre-modifier", enfant), act=_effacer_le_prenom),
        Visite(_url("membre-modifier", bebe)),
        Visite(_url("membre-modifier", adulte)),
        Visite(_url("membre-modifier", contact)),
        Visite(_url("naissance", bebe), act=_envoyer_la_naissance),
        Visite(_url("retirer-membre", enfant)),
        Visite(_url("retirer-membre", contact)),
        Visite(_url("ajouter-adulte")),
        Visite(_url("ajouter-enfant"), act=_ajouter_rien),
        Visite(_url("ajouter-contact")),
        Visite(_url("historique")),
        Visite(_url("quitter")),
        Visite(_url("inviter")),
        Visite(_url("inviter") + f"?membre={adulte.pk}", act=_inviter_sans_adresse),
        Visite(_url("retirer-invitation", invitation)),
        Visite(_lien(_invitation(compte.courriel))),
        Visite(_lien(invitation)),
    ]


def en_attente() -> list[Visite]:
    """A home of one, empty everywhere."""
    return [Visite(_url(name)) for name in ("entourage", "historique", "quitter")]


def visiteur() -> list[Visite]:
    """What the link of a mail shows to who is not logged in, and once it is over."""
    over = _invitation("personne@exemple.fr")
    invitations.retirer(compte_id=over.auteur_id, invitation_id=over.pk)
    return [
        Visite(_lien(_invitation("personne@exemple.fr"))),
        Visite(_lien(over), 410),
        Visite(reverse("accounts:invitation", kwargs={"jeton": "faux"}), 404),
    ]


def _membres(foyer: Foyer) -> list[Membre]:
    """Somebody of each kind, with names that take room; the second child has two homes."""
    made = [
        MembreFactory(foyer=foyer, role=role, personne=PersonneFactory(nom_naissance=LONG))
        for role in (
            RoleMembre.ENFANT,
            RoleMembre.ENFANT,
            RoleMembre.A_NAITRE,
            RoleMembre.ADULTE,
            RoleMembre.CONTACT,
        )
    ]
    MembreFactory(personne=made[1].personne)
    for enfant in made[:2]:
        AutorisationSortie.objects.create(contact=made[4], enfant=enfant)
    return made


def _invitation(courriel: str) -> Invitation:
    return invitations.inviter(compte_id=CompteFactory(foyer=True).pk, courriel=courriel)


def _lien(invitation: Invitation) -> str:
    return reverse("accounts:invitation", kwargs={"jeton": invitations.jeton(invitation)})


def _url(name: str, about: Membre | Invitation | None = None) -> str:
    return reverse(f"accounts:{name}", kwargs={"pk": about.pk} if about else {})


def _presser(page: Page, mots: str) -> None:
    page.get_by_role("main").get_by_role("button", name=mots, exact=True).click()


def _effacer_le_prenom(page: Page) -> None:
    page.get_by_role("textbox", name="Prénoms").fill("")
    _presser(page, "Enregistrer les changements")


def _envoyer_la_naissance(page: Page) -> None:
    _presser(page, "Enregistrer la naissance")


def _ajouter_rien(page: Page) -> None:
    _presser(page, "Ajouter un enfant")


def _inviter_sans_adresse(page: Page) -> None:
    _presser(page, "Envoyer l’invitation")
