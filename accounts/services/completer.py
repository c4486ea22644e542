"""What a request told that the account did not know, kept at the resident's wish (D2)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from accounts.errors import CompteNonValide
from accounts.models import Changement, Compte, Foyer
from accounts.services.historique import differences, noter
from portal.audit import log

TELEPHONE, ADRESSE = "votre téléphone", "votre adresse"


def nouveautes(compte: Compte, *, telephone: str, adresse: Mapping[str, str]) -> list[str]:
    """Return what of these the profile lacks, in words; nothing while it is locked (one query).

    Only blanks are filled: what the profile says already is changed in the profile.
    """
    personne = compte.personne
    if personne is None or not compte.is_valide:
        return []
    found = []
    if telephone and not (personne.telephone_mobile or personne.telephone_fixe):
        found.append(TELEPHONE)
    if adresse:
        foyer = Foyer.objects.for_compte(compte).first()
        if foyer is not None and not foyer.adresse:
            found.append(ADRESSE)
    return found


@transaction.atomic
def completer(*, compte_id: int, telephone: str, adresse: Mapping[str, str]) -> list[str]:
    """Fill the blanks of a profile with what a request told; return what was kept, in words.

    `telephone` is E.164, `adresse` an answer of a form. Asked twice, fills once. Raises
    CompteNonValide.
    """
    comptes = Compte.objects.select_related("personne").select_for_update(of=("self",))
    compte = comptes.get(pk=compte_id)
    if not compte.is_valide:
        raise CompteNonValide
    found = nouveautes(compte, telephone=telephone, adresse=adresse)
    if TELEPHONE in found and compte.personne is not None:
        compte.personne.telephone_mobile = telephone
        compte.personne.save(update_fields=["telephone_mobile"])
    if ADRESSE in found:
        _remplir(compte, adresse)
    if found:
        log.record("compte.complete", target=compte, actor=compte, details={"champs": found})
    return found


def _remplir(compte: Compte, adresse: Mapping[str, str]) -> None:
    homes = Foyer.objects.filter(pk__in=Foyer.objects.for_compte(compte).values("pk"))
    foyer = homes.select_for_update(of=("self",), no_key=True).get()
    for name, value in adresse.items():
        setattr(foyer, name, value)
    foyer.save(update_fields=list(adresse))
    shown = ", ".join(value for value in adresse.values() if value)
    details = differences({}, {"Adresse": shown})
    noter(
        foyer, Changement.Acte.ADRESSE, sujet=str(compte.personne), auteur=compte, details=details
    )
