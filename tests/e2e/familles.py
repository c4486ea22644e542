"""Keys of services and families, as stops of the crawl."""

from __future__ import annotations

from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import Compte, Service
from tests.accounts.fichiers import ENFANT, PARENT, famille, texte
from tests.e2e.inscription import Visite
from tests.factories import (
    CleServiceFactory,
    DossierFamilleFactory,
    FoyerFactory,
    ServiceFactory,
)

CLE = "7K2M-9QXD-04TB"
PAGE = reverse("accounts:services")


def habitant() -> list[Visite]:
    """« Services »: a slip, a wrong key, then what a key attaches."""
    long = "Réussite éducative, périscolaire et restauration municipale"
    service = ServiceFactory(
        nom=long, emet_des_cles=True, telephone="0261910040", courriel="a@ville.example"
    )
    CleServiceFactory(cle=CLE, dossier=DossierFamilleFactory(service=service))
    return [
        Visite(PAGE),
        Visite(PAGE, act=mal_recopiee),
        Visite(PAGE, act=inconnue),
        Visite(PAGE, act=bonne_cle, then=200),
        Visite(reverse("accounts:services-confirmer")),
        Visite(reverse("demarches:demarche", kwargs={"code": "cantine"})),
    ]


def agent(compte: Compte) -> list[Visite]:
    """Families of the agent's service, in each state, and the import."""
    service = compte.agent_profil.services.get()
    Service.objects.filter(pk=service.pk).update(
        emet_des_cles=True, telephone="+33261910040", courriel="a@ville.example"
    )
    free = DossierFamilleFactory(service=service, nom="Libre")
    DossierFamilleFactory(service=service, nom="Libre aussi")
    attached = DossierFamilleFactory(service=service, nom="Rattachée", foyer=FoyerFactory())
    CleServiceFactory(dossier=DossierFamilleFactory(service=service, nom="Avec clé"))
    page, liste, importer = (
        f"admin:accounts_dossierfamille_{name}" for name in ("change", "changelist", "importer")
    )
    return [
        Visite(reverse(liste)),
        Visite(reverse(liste), act=choisir, then=200),
        Visite(reverse(liste), act=emettre_en_nombre, then=200),
        Visite(reverse(page, args=[free.pk])),
        Visite(reverse(page, args=[free.pk]), act=emettre, then=200),
        Visite(reverse(page, args=[attached.pk])),
        Visite(reverse("admin:accounts_dossierfamille_detacher", args=[attached.pk])),
        Visite(reverse(importer)),
        Visite(reverse(importer), act=verifier, then=200),
        Visite(reverse(importer), act=fichier_faux),
    ]


def _saisir(page: Page, cle: str) -> None:
    page.get_by_role("textbox", name="Clé du service Réussite").fill(cle)
    page.get_by_role("button", name="Vérifier ma clé").click()


def mal_recopiee(page: Page) -> None:
    _saisir(page, "7K2M")


def inconnue(page: Page) -> None:
    _saisir(page, "0000-0000-0000")


def bonne_cle(page: Page) -> None:
    _saisir(page, CLE)


def emettre(page: Page) -> None:
    page.get_by_role("button", name="Émettre une clé").click()


def choisir(page: Page) -> None:
    for row in page.get_by_role("row", name="Libre").all():
        row.get_by_role("checkbox").check()
    page.get_by_role("combobox", name="Action").select_option("emettre_les_cles")
    page.get_by_role("button", name="Envoyer").click()


def emettre_en_nombre(page: Page) -> None:
    choisir(page)
    page.get_by_role("button", name="Émettre les clés").click()


def _envoyer(page: Page, contenu: str) -> None:
    fichier = {"name": "familles.csv", "mimeType": "text/csv", "buffer": contenu.encode()}
    page.get_by_label("Fichier CSV").set_input_files(fichier)  # type: ignore[arg-type]
    page.get_by_role("button", name="Vérifier le fichier").click()


def verifier(page: Page) -> None:
    _envoyer(page, texte(*famille("F1")))


def fichier_faux(page: Page) -> None:
    _envoyer(page, texte(PARENT, ENFANT | {"date_naissance": "hier"}))
