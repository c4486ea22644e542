"""What the pages of accounts show, in words: lines, tables side by side, the history of a state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from accounts.models import Compte, Etat, Foyer, Personne
from accounts.queries.habitants import Fiche
from portal.audit.models import AuditEvent
from portal.kernel.clock import jours_ouvres_depuis, retirer_jours_ouvres
from portal.kernel.text import fold
from portal.ui.formats import date_courte, heure, telephone
from portal.ui.pays import PAYS

# Acts on an account that its page tells; connexions and the like are the resident's own business.
ACTES = {
    "compte.cree": "Inscription",
    "compte.active": "Courriel confirmé, compte activé",
    "compte.valide": "Compte validé",
    "compte.refuse": "Compte refusé",
    "compte.remis_en_attente": "Compte remis en attente",
    "compte.fusionne": "Un autre compte du même habitant a été réuni à celui-ci",
    "compte.fermeture_demandee": "Fermeture demandée",
    "compte.fermeture_annulee": "Fermeture annulée",
    "compte.ferme": "Compte fermé",
}


@dataclass(frozen=True)
class Cellule:
    valeur: str
    ecart: str = ""  # in words: « différent »


@dataclass(frozen=True)
class Rang:
    libelle: str
    cellules: Sequence[Cellule]


def age(compte: Compte) -> int | None:
    """Return how many working days an account has waited; None when it does not wait."""
    if compte.etat != Etat.EN_ATTENTE or compte.activation_at is None:
        return None
    return jours_ouvres_depuis(timezone.localdate(compte.activation_at), timezone.localdate())


def limite() -> datetime:
    """Return the moment before which an account that still waits is late."""
    jour = retirer_jours_ouvres(timezone.localdate(), settings.DELAI_VALIDATION_JOURS_OUVRES)
    return timezone.make_aware(datetime.combine(jour, datetime.min.time()))


def is_en_retard(compte: Compte) -> bool:
    """Tell whether an account waits for longer than the town says it takes."""
    if compte.etat != Etat.EN_ATTENTE or compte.activation_at is None:
        return False
    return compte.activation_at < limite()


def attente(compte: Compte) -> str:
    """Return « depuis 3 jours ouvrés », or nothing."""
    jours = age(compte)
    if jours is None:
        return ""
    if jours == 0:
        return "depuis aujourd’hui"
    return f"depuis {jours} jour{'s' if jours > 1 else ''} ouvré{'s' if jours > 1 else ''}"


def identite(personne: Personne) -> list[tuple[str, str]]:
    """Return who somebody is, line by line."""
    return [
        ("Civilité", personne.get_civilite_display()),
        ("Nom de naissance", personne.nom_naissance),
        ("Nom d’usage", personne.nom_usage),
        ("Prénoms", personne.prenoms),
        ("Date de naissance", _jour(personne.date_naissance)),
        ("Lieu de naissance", personne.lieu_naissance),
    ]


def contacts(compte: Compte) -> list[tuple[str, str]]:
    """Return how to reach an account's holder."""
    personne = compte.personne
    if personne is None:
        return [("Courriel de connexion", compte.courriel)]
    return [
        ("Courriel de connexion", compte.courriel),
        ("Courriel de contact", personne.courriel),
        ("Téléphone mobile", _telephone(personne.telephone_mobile)),
        ("Téléphone fixe", _telephone(personne.telephone_fixe)),
        ("Moyen de contact préféré", compte.get_canal_prefere_display()),
    ]


def adresse(foyer: Foyer | None) -> str:
    """Return a home's address on several lines, as on an envelope."""
    if foyer is None or not foyer.adresse:
        return ""
    pays = "" if foyer.pays == "FR" else dict(PAYS).get(foyer.pays, foyer.pays)
    lignes = (foyer.voie, foyer.complement, f"{foyer.code_postal} {foyer.commune}".strip(), pays)
    return "\n".join(ligne for ligne in lignes if ligne)


def comparaison(fiches: Sequence[Fiche]) -> list[Rang]:
    """Return accounts side by side, telling where the others differ from the first."""
    lignes: list[tuple[str, Callable[[Fiche], str]]] = [
        ("État", lambda f: f.compte.get_etat_display()),
        ("Activé le", lambda f: moment(f.compte.activation_at)),
    ]
    rangs = [Rang(titre, [Cellule(lire(f)) for f in fiches]) for titre, lire in lignes]
    for lire_tout in (_identite, lambda f: contacts(f.compte)[:4], _foyer):
        colonnes = [dict(lire_tout(fiche)) for fiche in fiches]
        rangs += [_rang(libelle, [c.get(libelle, "") for c in colonnes]) for libelle in colonnes[0]]
    return rangs


def comparaison_d_enfants(personnes: Sequence[Personne]) -> list[Rang]:
    """Return two entries of one child side by side."""
    colonnes = [dict([*identite(p), ("École", p.ecole), ("Classe", p.classe)]) for p in personnes]
    return [_rang(libelle, [c[libelle] for c in colonnes]) for libelle in colonnes[0]]


def histoire(compte: Compte) -> list[tuple[str, str, str]]:
    """Return the acts on an account from the journal: when, what, by whom; the last first."""
    evenements = AuditEvent.objects.filter(
        target_type=Compte._meta.label_lower, target_id=str(compte.pk), action__in=ACTES
    )
    return [(moment(e.at), _acte(e), _auteur(e, compte)) for e in evenements[:30]]


def moment(valeur: datetime | None) -> str:
    """Return « 24/11/2026 à 14 h 30 »."""
    return f"{date_courte(valeur)} à {heure(valeur)}" if valeur else ""


def remplies(lignes: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Keep the lines that say something."""
    return [ligne for ligne in lignes if ligne[1]]


def _acte(evenement: AuditEvent) -> str:
    if evenement.details.get("automatique"):
        return "Compte validé automatiquement"
    if evenement.action == "compte.ferme" and evenement.details.get("fusion"):
        return "Compte fermé : réuni à un autre compte du même habitant"
    return ACTES[evenement.action]


def _auteur(evenement: AuditEvent, compte: Compte) -> str:
    if evenement.actor_id is None:
        return ""
    return "l’habitant" if evenement.actor_id == compte.pk else evenement.actor_label


def _identite(fiche: Fiche) -> list[tuple[str, str]]:
    return identite(fiche.compte.personne) if fiche.compte.personne else []


def _foyer(fiche: Fiche) -> list[tuple[str, str]]:
    autres = [m for m in fiche.membres if m.personne_id != fiche.compte.personne_id]
    noms = "\n".join(f"{m.personne} ({m.get_role_display()})" for m in autres)
    return [("Adresse", adresse(fiche.foyer)), ("Autres membres du foyer", noms)]


def _rang(libelle: str, valeurs: Sequence[str]) -> Rang:
    premiere = valeurs[0]
    return Rang(
        libelle, [Cellule(premiere), *(Cellule(v, _ecart(premiere, v)) for v in valeurs[1:])]
    )


def _ecart(une: str, autre: str) -> str:
    if une == autre:
        return ""
    if not une or not autre:
        return "non renseigné" if not autre else "renseigné ici seulement"
    nues = ("".join(c for c in fold(texte) if c.isalnum()) for texte in (une, autre))
    return "écrit autrement" if len(set(nues)) == 1 else "différent"


def _jour(jour: date | None) -> str:
    return date_courte(jour) if jour else ""


def _telephone(numero: str) -> str:
    return telephone(numero) if numero else ""
