"""The whole of a filed request, for its PDF."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from demarches.models import Demande
from demarches.schema import lecture
from portal.pdf.documents import DemandePdf, SectionPdf
from portal.ui.formats import date_heure


def document(demande: Demande) -> DemandePdf:
    """Return what the PDF of a filed request tells, in French and Paris time (one query)."""
    definition = demande.definition
    qui = lecture.lire_demandeur(definition, demande.demandeur)
    sections = lecture.lire_demande(definition, demande.reponses)
    assert demande.depot_at is not None  # noqa: S101 (held by the constraint demande_deposee_datee)
    if demande.motif:
        decision = [("Message du service", demande.motif)]
        sections = [lecture.SectionLue("decision", "La réponse du service", decision), *sections]
    return DemandePdf(
        commune=settings.TOWN["nom"],
        service=demande.version.demarche.service.nom,
        titre=definition.titre,
        numero=demande.numero or "",
        deposee_le=date_heure(demande.depot_at),
        etat=demande.etat_libelle.capitalize(),
        demandeur=qui.lignes,
        sections=[SectionPdf(section.titre, section.lignes) for section in sections],
        evenements=[
            (date_heure(e.created_at), e.libelle(decision=definition.decision))
            for e in demande.evenements.all()
        ],
        genere_le=date_heure(timezone.now()),
        rang=demande.rang or None,
    )
