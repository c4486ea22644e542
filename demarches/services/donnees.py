"""What requests hold about an account: told, exported, erased, handed over (B11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import Count, Q

from accounts.models import Compte
from accounts.registries import Categorie, Sujet
from demarches.models import Demande
from demarches.queries.recapitulatif import document
from demarches.schema import demandeur, lecture
from demarches.states import Etat
from portal.kernel.archive import fichier_json
from portal.pdf import documents
from portal.ui.formats import duree

MODELES = ("demarches.Demande", "demarches.Evenement")
# Requests in memory at once, answers included.
PAR_LOT = 20


def inventaire(compte: Compte) -> Iterator[Categorie]:
    """Tell how many drafts and requests an account has (one query)."""
    brouillon = Q(etat=Etat.BROUILLON)
    nombres = Demande.objects.for_compte(compte).aggregate(
        brouillons=Count("pk", filter=brouillon), deposees=Count("pk", filter=~brouillon)
    )
    yield Categorie(
        "Vos brouillons",
        "Ce que vous avez saisi dans les demandes que vous n’avez pas encore envoyées.",
        "Vous laisser les terminer plus tard.",
        f"{duree(settings.DUREE_BROUILLON_AVEC_COMPTE)} après votre dernière saisie, ou jusqu’à la "
        "fermeture de votre compte.",
        nombres["brouillons"],
    )
    yield Categorie(
        "Vos demandes envoyées",
        "Ce que vous avez répondu, l’avancement et la réponse du service.",
        "Traiter vos demandes et pouvoir en rendre compte.",
        "Ce sont des archives publiques : la mairie les garde le temps que la loi impose, même "
        "après la fermeture de votre compte.",
        nombres["deposees"],
    )


def exporter(compte: Compte) -> Iterator[tuple[str, bytes]]:
    """Yield each filed request, as a PDF and as data, then each draft."""
    mine = Demande.objects.for_compte(compte).with_demarche()
    filed = mine.deposees().order_by("pk").prefetch_related("evenements")
    for demande in filed.iterator(chunk_size=PAR_LOT):
        yield f"demandes/{demande.numero}.pdf", documents.demande(document(demande))
        yield fichier_json(f"demandes/{demande.numero}.json", _demande(demande))
    drafts = mine.brouillons().order_by("pk")
    for rang, brouillon in enumerate(drafts.iterator(chunk_size=PAR_LOT), start=1):
        yield fichier_json(f"brouillons/{rang}.json", _brouillon(brouillon))


def effacer(compte: Compte) -> None:
    """Delete the drafts. Filed requests are public archives: they stay, with the snapshot of their
    requester, on an account that tells nobody's name any more.
    """
    Demande.objects.for_compte(compte).brouillons().delete()


def reprendre(garde: Compte, ferme: Compte) -> None:
    """Hand the requests and drafts of an account over to another of the same resident."""
    Demande.objects.for_compte(ferme).update(compte=garde)


def sujets(compte: Compte) -> Iterator[Sujet]:
    """Tell which requests agents may read."""
    filed = Demande.objects.for_compte(compte).deposees()
    ids = [str(pk) for pk in filed.values_list("pk", flat=True)]
    yield Sujet("demarches.demande", ids, "votre demande N° {}")


def _demande(demande: Demande) -> dict[str, Any]:
    definition = demande.definition
    sections = lecture.lire_demande(definition, demande.reponses)
    return {
        "numéro": demande.numero,
        "démarche": definition.titre,
        "service": demande.version.demarche.service.nom,
        "état": demande.etat_libelle,
        "reçue le": demande.depot_at,
        "reçue par": demande.get_canal_display(),
        "décidée le": demande.decision_at,
        "réponse du service": demande.motif,
        "demandeur": _lignes(lecture.lire_demandeur(definition, demande.demandeur)),
        "demande": {section.titre: _lignes(section) for section in sections},
        "historique": [
            {"date": e.created_at, "évènement": e.libelle(decision=definition.decision)}
            for e in demande.evenements.all()
        ],
    }


def _lignes(section: lecture.SectionLue) -> list[dict[str, str]]:
    # A list, because two questions may have the same words.
    return [{"question": libelle, "réponse": texte} for libelle, texte in section.lignes]


def _brouillon(demande: Demande) -> dict[str, Any]:
    definition = demande.definition
    return {
        "démarche": definition.titre,
        "commencée le": demande.created_at,
        "dernière saisie le": demande.saisie_at,
        "effacée le": demande.expire_at,
        "saisie": _saisie(demande),
    }


def _saisie(demande: Demande) -> list[dict[str, str]]:
    """What was typed, under its question; a question of several boxes has a line for each."""
    definition = demande.definition
    sections = (demandeur.section(definition.demandeur, ()), *definition.sections)
    questions = {champ.cle: champ.libelle for section in sections for champ in section.champs}
    typed = [(nom, v) for etape in demande.saisie.values() for nom, v in etape.items()]
    return [
        {"question": _question(nom, questions), "réponse": "\n".join(filter(None, valeurs))}
        for nom, valeurs in typed
        if nom != demandeur.CONCERNES and any(valeurs)  # the people picked are numbers here
    ]


def _question(nom: str, questions: dict[str, str]) -> str:
    """« Adresse postale (voie) » for the control `adresse__voie`."""
    cle, _sep, partie = nom.partition("__")
    libelle = questions.get(cle, cle)
    return f"{libelle} ({partie})" if partie else libelle
