"""A key attaches a family to a home, once; whatever is wrong with one is said in the same words."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.errors import (
    CleInvalide,
    FamilleDetachee,
    SansFoyer,
    ServiceDejaRattache,
)
from accounts.models import (
    Changement,
    CleService,
    DossierFamille,
    Etat,
    Membre,
    Personne,
    RoleMembre,
)
from accounts.queries import familles
from accounts.services import cles
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.factories import (
    CleServiceFactory,
    CompteFactory,
    DossierFamilleFactory,
    MembreFactory,
    PersonneFactory,
    ServiceFactory,
)

pytestmark = pytest.mark.django_db

LEA = {"role": "enfant", "nom": "Martin", "prenoms": "Léa", "date_naissance": "2017-05-02"}
PARENT = {"role": "responsable", "nom": "Martin", "prenoms": "Camille"}


@pytest.fixture
def compte():
    return CompteFactory(foyer=True)


def dossier(*membres):
    return DossierFamilleFactory(donnees={"adresse": {}, "membres": list(membres)})


def cle(**fields):
    """A key's row and what the letter says."""
    number = "7K2M-9QXD-04TB"
    return CleServiceFactory(cle=number, **fields), number


def nothing_left(row=None):
    if row is not None:
        row.refresh_from_db()
        assert row.utilisation_par is None
        assert row.dossier.rattachement_at is None
    return not (
        Changement.objects.exists()
        or OutgoingMessage.objects.exists()
        or AuditEvent.objects.exists()
        or Membre.objects.exclude(role=RoleMembre.RESPONSABLE).exists()
    )


def members(compte):
    found = Membre.objects.for_compte(compte).exclude(personne=compte.personne)
    return [(m.personne.prenoms, m.role) for m in found.select_related("personne")]


# Looking at a key


@pytest.mark.parametrize("typed", ["7K2M-9QXD-04TB", "7k2m9qxdo4tb", " 7K2M 9QXD 04TB "])
def test_a_key_shows_what_it_attaches(typed):
    row, _number = cle(dossier=dossier(PARENT, LEA))

    apercu = cles.examiner(typed, row.dossier.service)

    assert (apercu.cle_id, apercu.famille, apercu.service) == (
        row.pk,
        "Martin",
        row.dossier.service,
    )
    assert [p.nom_complet for p in apercu.personnes] == ["Camille Martin", "Léa Martin"]
    assert cles.relire(row.pk) == apercu


def wrong_keys():
    now = timezone.now()
    return {
        "expired": {"expire_at": now},
        "used": {"utilisation_at": now},
        "replaced": {"revocation_at": now},
    }


@pytest.mark.parametrize("fields", wrong_keys().values(), ids=wrong_keys())
def test_a_key_that_is_spent_is_refused_like_one_that_never_was(fields, compte):
    row, number = cle(**fields)

    with pytest.raises(CleInvalide) as spent:
        cles.examiner(number, row.dossier.service)
    with pytest.raises(CleInvalide) as unknown:
        cles.examiner("0000-0000-0000", row.dossier.service)
    with pytest.raises(CleInvalide):
        cles.relire(row.pk)
    with pytest.raises(CleInvalide):
        cles.rattacher(cle_id=row.pk, compte=compte)

    assert str(spent.value) == str(unknown.value)
    assert nothing_left()


def test_a_key_of_another_service_is_refused():
    _row, number = cle()

    with pytest.raises(CleInvalide):
        cles.examiner(number, ServiceFactory(emet_des_cles=True))


def test_only_a_fingerprint_is_kept():
    row, number = cle()
    values = [str(getattr(row, field.attname)) for field in CleService._meta.concrete_fields]

    assert not any(number in value or number.replace("-", "") in value for value in values)


# Attaching


def test_attaching_fills_the_home_and_tells_it(compte):
    row, _number = cle(
        dossier=dossier(
            PARENT,
            {
                "role": "co_representant",
                "nom": "Petit",
                "prenoms": "Noé",
                "telephone": "+33239980001",
            },
            LEA | {"ecole": "École Jean-Moulin", "classe": "CE2", "telephone": "+33639980009"},
            {"role": "a_naitre", "naissance_prevue": "2027-01-15", "nom": "Martin"},
            {"role": "contact", "nom": "Roy", "prenoms": "Ana", "telephone": "+33639980002"},
        )
    )

    attached = cles.rattacher(cle_id=row.pk, compte=compte)

    row.refresh_from_db()
    assert (row.utilisation_par, row.utilisation_at is not None) == (compte, True)
    assert attached.foyer == compte.personne.membres.get().foyer
    assert attached.rattachement_at is not None
    # The parent of the file is the account holder; the other one is an adult, who may be invited.
    assert members(compte) == [
        ("Noé", RoleMembre.ADULTE),
        ("Léa", RoleMembre.ENFANT),
        ("", RoleMembre.A_NAITRE),
        ("Ana", RoleMembre.CONTACT),
    ]
    lea = Personne.objects.get(prenoms="Léa")
    assert (lea.date_naissance, lea.ecole, lea.classe) == (
        date(2017, 5, 2),
        "École Jean-Moulin",
        "CE2",
    )
    assert (lea.telephone_mobile, lea.courriel) == ("", ""), "a child's own hang on the home"
    assert Personne.objects.get(prenoms="Ana").telephone_mobile == "+33639980002"
    assert Personne.objects.get(prenoms="Noé").telephone_fixe == "+33239980001"
    acts = Changement.objects.order_by("id").values_list("acte", "sujet", "auteur")
    assert list(acts)[:2] == [
        ("rattachement", "Famille Martin", compte.pk),
        ("ajout", "Noé Petit", compte.pk),
    ]
    assert len(acts) == 5
    assert AuditEvent.objects.filter(action="famille.rattachee", actor_id=compte.pk).count() == 1
    message = OutgoingMessage.objects.get()
    assert (message.code, message.recipient) == ("famille_rattachee", compte.courriel)


def test_an_account_that_is_not_validated_may_attach():
    compte = CompteFactory(foyer=True, en_attente=True)
    row, _number = cle()

    cles.rattacher(cle_id=row.pk, compte=compte)

    assert members(compte) == [("Léa", RoleMembre.ENFANT)]


def test_nothing_is_sent_to_an_address_that_nobody_has_confirmed():
    compte = CompteFactory(foyer=True, etat=Etat.A_ACTIVER)
    row, _number = cle()

    cles.rattacher(cle_id=row.pk, compte=compte)

    assert members(compte) == [("Léa", RoleMembre.ENFANT)]
    assert not OutgoingMessage.objects.exists()


def test_a_double_click_attaches_once(compte):
    row, _number = cle()
    first = cles.rattacher(cle_id=row.pk, compte=compte)

    assert cles.rattacher(cle_id=row.pk, compte=compte) == first
    assert members(compte) == [("Léa", RoleMembre.ENFANT)]
    assert OutgoingMessage.objects.count() == 1


def test_a_key_serves_one_home(compte):
    row, _number = cle()
    cles.rattacher(cle_id=row.pk, compte=compte)
    stranger = CompteFactory(foyer=True)

    with pytest.raises(CleInvalide):
        cles.rattacher(cle_id=row.pk, compte=stranger)

    assert members(stranger) == []
    row.refresh_from_db()
    assert row.utilisation_par == compte


def test_a_family_attached_meanwhile_makes_its_key_worthless(compte):
    elsewhere = MembreFactory().foyer
    row, number = cle(dossier=DossierFamilleFactory(foyer=elsewhere))

    with pytest.raises(CleInvalide):
        cles.examiner(number, row.dossier.service)
    with pytest.raises(CleInvalide):
        cles.rattacher(cle_id=row.pk, compte=compte)
    assert members(compte) == []


def test_one_family_of_a_service_for_a_home(compte):
    row, _number = cle()
    DossierFamilleFactory(service=row.dossier.service, foyer=compte.personne.membres.get().foyer)

    with pytest.raises(ServiceDejaRattache):
        cles.rattacher(cle_id=row.pk, compte=compte)

    assert nothing_left(row)


def test_an_account_without_a_home_is_refused():
    row, _number = cle()

    with pytest.raises(SansFoyer):
        cles.rattacher(cle_id=row.pk, compte=CompteFactory())

    assert nothing_left(row)


# Who is already there


@pytest.mark.parametrize(
    ("known", "role", "entry"),
    [
        ({"prenoms": "LEA"}, RoleMembre.ENFANT, LEA),
        ({"prenoms": "Léa Marie"}, RoleMembre.ENFANT, LEA),
        ({"nom_naissance": "Durand", "nom_usage": "MARTIN"}, RoleMembre.ENFANT, LEA),
        ({"nom_naissance": "N’Guyen"}, RoleMembre.ENFANT, LEA | {"nom": "n'guyen"}),
        ({"date_naissance": None}, RoleMembre.ADULTE, LEA | {"role": "co_representant"}),
        (
            {"date_naissance": None},
            RoleMembre.CONTACT,
            {"role": "contact", "nom": "Martin", "prenoms": "Léa"},
        ),
    ],
)
def test_somebody_known_is_not_doubled(compte, known, role, entry):
    foyer = compte.personne.membres.get().foyer
    fields = {"prenoms": "Léa", "date_naissance": date(2017, 5, 2)} | known
    MembreFactory(foyer=foyer, personne=PersonneFactory(**fields), role=role)
    row, _number = cle(dossier=dossier(PARENT, entry))

    cles.rattacher(cle_id=row.pk, compte=compte)

    assert len(members(compte)) == 1


@pytest.mark.parametrize(
    "known",
    [
        {"prenoms": "Léo"},
        {"nom_naissance": "Durand"},
        {"date_naissance": date(2017, 5, 3)},
        {"date_naissance": None},
        {"prenoms": "Léa Rose", "twin": "Léa Marie"},
    ],
)
def test_somebody_else_is_added(compte, known):
    entry = LEA | {"prenoms": known.pop("twin", "Léa")}
    foyer = compte.personne.membres.get().foyer
    fields = {"prenoms": "Léa", "date_naissance": date(2017, 5, 2)} | known
    MembreFactory(foyer=foyer, personne=PersonneFactory(**fields))
    row, _number = cle(dossier=dossier(PARENT, entry))

    cles.rattacher(cle_id=row.pk, compte=compte)

    assert len(members(compte)) == 2


def test_one_member_stands_for_one_person():
    """Twins to be born have no first name: the one already declared is not both."""
    compte = CompteFactory(foyer=True)
    foyer = compte.personne.membres.get().foyer
    unborn = {"role": "a_naitre", "nom": "Martin", "naissance_prevue": "2027-01-15"}
    personne = PersonneFactory(prenoms="", naissance_prevue=date(2027, 1, 15))
    MembreFactory(foyer=foyer, personne=personne, role=RoleMembre.A_NAITRE)
    row, _number = cle(dossier=dossier(PARENT, unborn, unborn))

    cles.rattacher(cle_id=row.pk, compte=compte)

    assert len(members(compte)) == 2


def test_the_same_child_in_another_home_is_never_matched(compte):
    """It would tell one parent about the other: a clerk links the two entries (C5)."""
    there = MembreFactory(personne=PersonneFactory(prenoms="Léa", date_naissance=date(2017, 5, 2)))
    row, _number = cle(dossier=dossier(PARENT, LEA))

    cles.rattacher(cle_id=row.pk, compte=compte)

    here = Membre.objects.for_compte(compte).get(role=RoleMembre.ENFANT)
    assert here.personne != there.personne
    assert Membre.objects.filter(foyer=there.foyer).count() == 1


def test_who_has_left_the_home_comes_back(compte):
    foyer = compte.personne.membres.get().foyer
    gone = PersonneFactory(prenoms="Léa", date_naissance=date(2017, 5, 2))
    MembreFactory(foyer=foyer, personne=gone, fin=timezone.localdate())
    row, _number = cle(dossier=dossier(PARENT, LEA))

    cles.rattacher(cle_id=row.pk, compte=compte)

    assert members(compte) == [("Léa", RoleMembre.ENFANT)]


# Detaching


def test_detaching_keeps_the_people_and_tells_it(compte):
    row, _number = cle()
    cles.rattacher(cle_id=row.pk, compte=compte)
    foyer = compte.personne.membres.get().foyer
    other, gone = CompteFactory(foyer=foyer), CompteFactory(foyer=foyer)
    Membre.objects.filter(personne=gone.personne).update(fin=timezone.localdate())
    OutgoingMessage.objects.all().delete()
    agent = CompteFactory(agent=True)

    cles.detacher(dossier_id=row.dossier_id, agent=agent)

    told = OutgoingMessage.objects.values_list("code", "recipient")
    assert sorted(told) == sorted(
        ("famille_detachee", representant.courriel) for representant in (compte, other)
    )

    detached = DossierFamille.objects.get()
    assert (detached.foyer, detached.rattachement_at) == (None, None)
    assert ("Léa", RoleMembre.ENFANT) in members(compte)
    assert Changement.objects.first().acte == Changement.Acte.DETACHEMENT
    assert AuditEvent.objects.filter(action="famille.detachee", actor_id=agent.pk).exists()
    with pytest.raises(CleInvalide):  # the key stays spent
        cles.relire(row.pk)


def test_detaching_a_free_family_is_refused():
    with pytest.raises(FamilleDetachee):
        cles.detacher(dossier_id=DossierFamilleFactory().pk, agent=CompteFactory(agent=True))

    assert nothing_left()


# What the dashboard and the démarches ask


def test_the_services_of_a_home_are_those_of_both_representatives(compte):
    foyer = compte.personne.membres.get().foyer
    dossier = DossierFamilleFactory(foyer=foyer, rattachement_at=timezone.now())
    DossierFamilleFactory()
    other = CompteFactory(foyer=foyer)

    for parent in (compte, other):
        assert familles.services_de(parent) == {dossier.service_id}
        assert [s.service for s in familles.services_rattaches(parent)] == [dossier.service]
    assert familles.services_de(CompteFactory(foyer=True)) == set()
    assert familles.services_de(CompteFactory(agent=True)) == set()


def test_who_has_left_the_home_has_lost_its_families(compte):
    membre = compte.personne.membres.get()
    DossierFamilleFactory(foyer=membre.foyer, rattachement_at=timezone.now())
    membre.debut -= timedelta(days=10)
    membre.fin = timezone.localdate()
    membre.save()

    assert familles.services_de(compte) == set()
