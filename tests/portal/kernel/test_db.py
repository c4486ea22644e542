"""A breach of a named constraint becomes a refusal, and of that one only."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from portal.audit import log
from portal.kernel.db import refuse_on
from portal.kernel.errors import Refusal
from portal.kernel.models import CacheVersion, Throttle
from tests.database import undone
from tests.factories import CompteFactory

pytestmark = pytest.mark.django_db


class DejaPris(Refusal):
    message = "Cet identifiant est déjà pris."


def version(name: str) -> CacheVersion:
    return CacheVersion.objects.create(name=name)


def guarded(*acts) -> None:
    with refuse_on("kernel_cacheversion_pkey", DejaPris()):
        for act in acts:
            act()


def test_named_constraint_is_refused():
    CompteFactory(courriel="elodie@exemple.fr")

    with (
        pytest.raises(DejaPris, match="déjà pris"),
        refuse_on("compte_courriel_unique", DejaPris()),
    ):
        CompteFactory(courriel="Elodie@exemple.fr")


def test_another_constraint_stays_an_error():
    with pytest.raises(IntegrityError), transaction.atomic():
        with refuse_on("compte_courriel_unique", DejaPris()):
            CompteFactory(identifiant="ÉLODIE")


def test_trigger_is_known_by_its_name_too():
    event = log.record("essai.fait")

    with pytest.raises(DejaPris), refuse_on("audit_auditevent_ajout_seul", DejaPris()):
        event.delete()


def test_cause_is_kept_and_the_transaction_goes_on():
    """The savepoint is rolled back, not what came before it."""
    CacheVersion.objects.create(name="avant")
    with pytest.raises(DejaPris) as refusal:
        guarded(lambda: version("dedans"), lambda: version("avant"))

    assert isinstance(refusal.value.__cause__, IntegrityError)
    assert list(CacheVersion.objects.values_list("name", flat=True)) == ["avant"]


def test_block_that_breaks_nothing_is_kept():
    with refuse_on("kernel_cacheversion_pkey", DejaPris()):
        CacheVersion.objects.create(name="dedans")

    assert CacheVersion.objects.filter(name="dedans").exists()


def test_other_exceptions_pass_and_undo_the_block():
    with pytest.raises(LookupError), refuse_on("kernel_cacheversion_pkey", DejaPris()):
        undone(lambda: version("dedans"))

    assert not CacheVersion.objects.filter(name="dedans").exists()


def test_refusal_carries_the_precise_sentence_or_its_own():
    assert str(DejaPris()) == "Cet identifiant est déjà pris."
    assert str(DejaPris("Pris depuis hier.")) == "Pris depuis hier."
    assert str(Refusal()) == "Cette action n’est pas possible."


def test_one_line_for_a_key_of_the_throttle():
    now = timezone.now()
    row = {"scope": "essai", "key": "k", "last_at": now, "blocked_until": now, "allowed": True}
    Throttle.objects.create(attempts=1, **row)

    with pytest.raises(DejaPris), refuse_on("throttle_une_ligne_par_cle", DejaPris()):
        Throttle.objects.create(attempts=2, **row)


@pytest.mark.parametrize(
    ("typed", "found"), [("ÉTAT", "etat"), ("Sœur", "soeur"), ("çà et là", "ca et la")]
)
def test_unaccent_of_the_database(typed, found):
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower(kernel_unaccent(%s))", [typed])
        assert cursor.fetchone() == (found,)


@pytest.mark.parametrize(
    ("indexed", "asked"),
    [
        ("certificats de naissance", "certificat"),
        ("état civil", "ETAT"),
        ("déchèterie", "decheterie"),
    ],
)
def test_french_search_of_the_database(indexed, asked):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_tsvector('fr', %s) @@ plainto_tsquery('fr', %s)", [indexed, asked]
        )
        assert cursor.fetchone() == (True,)
