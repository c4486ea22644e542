"""What the pages of accounts show, in words: lines, tables side by side, the history of a state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.models import Compte, Etat, Foyer, Personne
from accounts.queries.habitants import Fiche, limite
from portal.audit.models import AuditEvent
from portal.kernel.clock import jours_ouvres_depuis
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
    "compte.fusionne": "Le compte {} du même habitant a été réuni à celui-ci",
    "compte.fermeture_demandee": "Fermeture demandée",
    "compte.fermeture_annulee": "Fermeture annulée",
    "compte.ferme": "Compte fermé",
}


DIFFERENT = "différent"
# Two residents rather than one, when they differ here.
IDENTITE = ("Nom de naissance", "Prénoms", "Date de naissance")


@dataclass(frozen=True)
class Cellule:
    colonne: str  # whose, said again where a narrow screen stacks the table
    valeur: str
    ecart: str = ""  # in words: « différent »

    @property
    def is_conflit(self) -> bool:
        """Whether both say something, and not the same."""
        return self.ecart == DIFFERENT


@dataclass(frozen=True)
class Rang:
    libelle: str
    cellules: Sequence[Cellule]


def age(compte: Compte) -> int | None:
    """Return how many working days an account has waited; None when it does not wait."""
    if compte.etat != Etat.EN_ATTENTE or compte.activation_at is None:
        return None
    return jours_ouvres_depuis(timezone.localdate(compte.activation_at), timezone.localdate())


def is_en_retard(compte: Compte) -> bool:
    """Tell whether an account waits for longer than the town says it takes."""
    if compte.etat != Etat.EN_ATTENTE or compte.activation_at is None:
        return False
    return compte.activation_at < limite()


def attente(compte: Compte) -> str:
    """Return « depuis 3 jours ouvrés », or nothing."""
    jours = age(compte)
    if jours is None or compte.activation_at is None:
        return ""
    if jours == 0:  # of a week-end or a holiday, it may be older than today
        passes = timezone.localdate() - timezone.localdate(compte.activation_at)
        mots = {timedelta(0): "depuis aujourd’hui", timedelta(1): "depuis hier"}
        return mots.get(passes, "depuis moins d’un jour ouvré")
    return f"depuis {jours} jour{'s' if jours > 1 else ''} ouvré{'s' if jours > 1 else ''}"


def identite(personne: Personne) -> list[tuple[str, str]]:
    """Return who somebody is, line by line."""
    return [
        ("Civilité", personne.get_civilite_display()),
        ("Nom de naissance", personne.nom_naissance),
        ("Nom d’usage", personne.nom_usage),
        ("Prénoms", personne.prenoms),
        ("Date de naissance", jour(personne.date_naissance)),
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
    noms = [fiche.compte.identifiant for fiche in fiches]
    rangs = [
        Rang(titre, [Cellule(f.compte.identifiant, lire(f)) for f in fiches])
        for titre, lire in lignes
    ]
    for lire_tout in (_identite, lambda f: contacts(f.compte)[:4], _foyer):
        colonnes = [dict(lire_tout(fiche)) for fiche in fiches]
        rangs += [
            _rang(libelle, noms, [c.get(libelle, "") for c in colonnes]) for libelle in colonnes[0]
        ]
    return rangs


def ecarts_d_identite(rangs: Sequence[Rang]) -> list[str]:
    """Return what of the identity differs between accounts side by side."""
    return [
        rang.libelle
        for rang in rangs
        if rang.libelle in IDENTITE and any(cellule.is_conflit for cellule in rang.cellules)
    ]


def comparaison_d_enfants(personnes: Sequence[Personne], noms: Sequence[str]) -> list[Rang]:
    """Return two entries of one child side by side, in columns of these names."""
    colonnes = [dict([*identite(p), ("École", p.ecole), ("Classe", p.classe)]) for p in personnes]
    return [_rang(libelle, noms, [c[libelle] for c in colonnes]) for libelle in colonnes[0]]


def histoire(compte: Compte) -> list[tuple[str, str, str]]:
    """Return the acts on an account from the journal: when, what, by whom; the last first."""
    evenements = AuditEvent.objects.filter(
        target_type=Compte._meta.label_lower, target_id=str(compte.pk), action__in=ACTES
    )[:30]
    autres = Compte.objects.in_bulk(filter(None, map(_autre, evenements)))
    return [(moment(e.at), _acte(e, autres), _auteur(e, compte)) for e in evenements]


def moment(valeur: datetime | None) -> str:
    """Return « 24/11/2026 à 14 h 30 »."""
    return f"{date_courte(valeur)} à {heure(valeur)}" if valeur else ""


def remplies(lignes: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Keep the lines that say something."""
    return [ligne for ligne in lignes if ligne[1]]


def _autre(evenement: AuditEvent) -> int | None:
    """Return the other account of a merge, the closed one or the kept one."""
    autre: int | None = evenement.details.get("compte") or evenement.details.get("fusion")
    return autre


def _acte(evenement: AuditEvent, autres: Mapping[int, Compte]) -> str:
    if evenement.details.get("automatique"):
        return "Compte validé automatiquement"
    pk = _autre(evenement)
    autre = autres.get(pk or 0)
    nom = f"« {autre.identifiant} »" if autre else "supprimé depuis"
    if evenement.action == "compte.ferme" and pk is not None:
        return f"Compte fermé : réuni au compte {nom} du même habitant"
    return ACTES[evenement.action].format(nom)


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


def _rang(libelle: str, noms: Sequence[str], valeurs: Sequence[str]) -> Rang:
    """Return one line of a comparison; the first column differs from nothing."""
    ecarts = (_ecart(valeurs[0], valeur) for valeur in valeurs)
    return Rang(libelle, [Cellule(*trois) for trois in zip(noms, valeurs, ecarts, strict=True)])


def _ecart(une: str, autre: str) -> str:
    if une == autre:
        return ""
    if not une or not autre:
        return "non renseigné" if not autre else "renseigné ici seulement"
    nues = ("".join(c for c in fold(texte) if c.isalnum()) for texte in (une, autre))
    return "écrit autrement" if len(set(nues)) == 1 else DIFFERENT


def jour(valeur: date | None) -> str:
    """Return « 24/11/2026 », or nothing."""
    return date_courte(valeur) if valeur else ""


def _telephone(numero: str) -> str:
    return telephone(numero) if numero else ""
