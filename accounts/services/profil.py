"""Changes that residents make to their own profile: kept in the home's history, audited,
acknowledged by e-mail (D6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.errors import CompteNonValide, SansFoyer
from accounts.models import Changement, Compte, Foyer, Personne
from accounts.services.historique import differences, noter
from portal.audit import log
from portal.notifications import outbox
from portal.ui.formats import date_courte, telephone
from portal.ui.pays import PAYS

COORDONNEES = ("courriel", "telephone_mobile", "telephone_fixe")


@transaction.atomic
def modifier_identite(*, compte: Compte, identite: Mapping[str, Any]) -> bool:
    """Change who the holder of an account is; return whether anything changed. Raises
    CompteNonValide.
    """
    compte = _verrouiller(compte)
    compte.personne = personne = _personne(compte)
    avant = _identite(personne)
    _ecrire(personne, identite)
    details = differences(avant, _identite(personne))
    foyer = Foyer.objects.for_compte(compte).first()
    if details and foyer is not None:
        acte = Changement.Acte.MODIFICATION
        noter(foyer, acte, sujet=personne, auteur=compte, details=details)
    return _terminer(compte, "identite", "votre identité", details)


@transaction.atomic
def modifier_adresse(*, compte: Compte, adresse: Mapping[str, str]) -> bool:
    """Change the address of the account's home, for all who live there; return whether anything
    changed. An empty `adresse` removes it. Raises CompteNonValide or SansFoyer.
    """
    compte = _verrouiller(compte)
    homes = Foyer.objects.for_compte(compte)
    foyer = homes.select_for_update(of=("self",), no_key=True).first()
    if foyer is None:
        raise SansFoyer
    avant = _adresse(foyer)
    empty = dict.fromkeys(("voie", "complement", "code_postal", "commune"), "")
    for name, value in (adresse or {**empty, "pays": "FR"}).items():
        setattr(foyer, name, value)
    foyer.save()
    details = differences(avant, _adresse(foyer))
    if details:
        acte = Changement.Acte.ADRESSE
        noter(foyer, acte, sujet="Adresse du foyer", auteur=compte, details=details)
    return _terminer(compte, "adresse", "votre adresse", details)


@transaction.atomic
def modifier_contact(*, compte: Compte, contact: Mapping[str, str]) -> bool:
    """Change how to reach the holder of an account; return whether anything changed. The e-mail of
    the login is another matter (`identifiants`). Raises CompteNonValide.

    The home's history does not tell: how one is reached is not the co-representative's affair.
    """
    compte = _verrouiller(compte)
    personne = _personne(compte)
    avant = _contact(compte, personne)
    _ecrire(personne, {name: contact[name] for name in COORDONNEES})
    compte.canal_prefere = contact["canal_prefere"]
    compte.save(update_fields=["canal_prefere"])
    details = differences(avant, _contact(compte, personne))
    return _terminer(compte, "contact", "vos moyens de contact", details)


def _verrouiller(compte: Compte) -> Compte:
    """Return the account, locked and read again: it may have been closed or sent back meanwhile."""
    comptes = Compte.objects.select_related("personne").select_for_update(of=("self",))
    held = comptes.get(pk=compte.pk)
    if not held.is_valide:
        raise CompteNonValide
    return held


def _personne(compte: Compte) -> Personne:
    """Return the person of an account, locked: a clerk may be changing it too."""
    assert compte.personne_id is not None  # noqa: S101 (agents, who have none, have no such page)
    return Personne.objects.select_for_update(of=("self",)).get(pk=compte.personne_id)


def _ecrire(personne: Personne, champs: Mapping[str, Any]) -> None:
    for name, value in champs.items():
        setattr(personne, name, value)
    personne.save(update_fields=list(champs))


def _terminer(
    compte: Compte, rubrique: str, quoi: str, details: Sequence[Mapping[str, str]]
) -> bool:
    """Write journal and receipt of a change; nothing when nothing changed."""
    if not details:
        return False
    labels = [detail["libelle"] for detail in details]
    evenement = log.record(
        f"profil.{rubrique}_change", target=compte, actor=compte, details={"champs": labels}
    )
    outbox.enqueue(
        "profil_modifie",
        # To the login's address, even when the contact's is what changed.
        destinataire=outbox.Destinataire(compte.courriel),
        fait=evenement.pk,
        context={
            "nom": compte.get_short_name(),
            "quoi": quoi,
            "champs": ", ".join(labels),
            "lien": settings.PUBLIC_URL + reverse("accounts:espace"),
        },
    )
    return True


def _identite(personne: Personne) -> dict[str, str]:
    naissance = personne.date_naissance
    return {
        "Civilité": Personne.Civilite(personne.civilite).label if personne.civilite else "",
        "Nom de naissance": personne.nom_naissance,
        "Nom d’usage": personne.nom_usage,
        "Prénoms": personne.prenoms,
        "Date de naissance": date_courte(naissance) if naissance else "",
        "Lieu de naissance": personne.lieu_naissance,
    }


def _adresse(foyer: Foyer) -> dict[str, str]:
    return {
        "Numéro et nom de la rue": foyer.voie,
        "Complément d’adresse": foyer.complement,
        "Code postal": foyer.code_postal,
        "Commune": foyer.commune,
        "Pays": dict(PAYS).get(foyer.pays, foyer.pays) if foyer.voie or foyer.commune else "",
    }


def _contact(compte: Compte, personne: Personne) -> dict[str, str]:
    return {
        "Courriel": personne.courriel,
        "Téléphone mobile": telephone(personne.telephone_mobile),
        "Téléphone fixe": telephone(personne.telephone_fixe),
        "Moyen de contact préféré": compte.get_canal_prefere_display(),
    }
