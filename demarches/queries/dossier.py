"""The requests of an account, as the agents who look after accounts see them."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.models import Compte
from accounts.registries import Ligne, Rubrique
from demarches.models import Demande, VersionDemarche
from demarches.models.demande import CONTENU
from portal.ui.formats import date_courte

DERNIERES = 20


def rubrique(compte: Compte, agent: Compte) -> Rubrique:
    """Return the last requests that an account filed. Of another service's, an agent sees that
    there is one: neither what it is about nor where it stands.
    """
    mienne = Demande.objects.for_agent(agent).filter(pk=OuterRef("pk"))
    filed = Demande.objects.for_compte(compte).deposees().annotate(mienne=Exists(mienne))
    demandes = list(filed.defer(*CONTENU).order_by("-depot_at")[:DERNIERES])
    miennes = {demande.pk for demande in demandes if demande.mienne}  # type: ignore[attr-defined]
    VersionDemarche.precharger(d.version_id for d in demandes if d.pk in miennes)
    lignes = [_ligne(demande, is_mienne=demande.pk in miennes) for demande in demandes]
    return Rubrique("Ses dernières demandes", lignes, "Ce compte n’a envoyé aucune demande.")


def _ligne(demande: Demande, *, is_mienne: bool) -> Ligne:
    recue = f"reçue le {date_courte(demande.depot_at)}" if demande.depot_at else ""
    if not is_mienne:
        return Ligne(str(demande), f"{recue}, suivie par un autre service")
    lien = reverse("admin:demarches_demande_change", args=[demande.pk])
    return Ligne(str(demande), f"{demande.demarche_titre}, {recue}, {demande.etat_libelle}", lien)
