"""What is held in memory follows the version row, whoever moved it, in every process."""

import subprocess
import sys
from pathlib import Path

import pytest

from demarches import facade
from demarches.models import Theme
from portal.kernel.caching import VersionedCache
from portal.kernel.models import CacheVersion
from tests import database
from tests.database import undone
from tests.factories import VersionDemarcheFactory
from tests.race import race

ROOT = Path(__file__).resolve().parents[3]


class Loader:
    """Something slow to load, that counts how often it was."""

    def __init__(self) -> None:
        self.loads = 0

    def __call__(self) -> int:
        self.loads += 1
        return self.loads


def move(name: str = "essai") -> None:
    row, _created = CacheVersion.objects.get_or_create(name=name, defaults={"version": 0})
    CacheVersion.objects.filter(pk=row.pk).update(version=row.version + 1)


@pytest.mark.django_db
def test_loaded_once_then_one_query(django_assert_num_queries):
    load = Loader()
    cache = VersionedCache("essai", load)

    with django_assert_num_queries(3):
        assert [cache.get(), cache.get(), cache.get()] == [1, 1, 1]
    assert load.loads == 1


@pytest.mark.django_db
def test_loaded_anew_when_the_version_moved():
    cache = VersionedCache("essai", Loader())
    seen = [cache.get()]
    for _ in range(2):
        move()
        seen += [cache.get(), cache.get()]

    assert seen == [1, 2, 2, 3, 3]


@pytest.mark.django_db
def test_another_name_does_not_matter():
    cache = VersionedCache("essai", Loader())
    cache.get()
    move("autre")

    assert cache.get() == 1


@pytest.mark.django_db
def test_change_during_the_loading_is_seen_at_the_next_reading():
    """Read before loading: the other order would keep the old data under the new number."""
    loads = []

    def load() -> str:
        value = "old" if not loads else "new"
        loads.append(value)
        if value == "old":
            move()
        return value

    cache = VersionedCache("essai", load)

    assert [cache.get(), cache.get(), cache.get()] == ["old", "new", "new"]


@pytest.mark.django_db
def test_load_that_fails_holds_nothing():
    results = iter([LookupError, "found"])

    def load() -> str:
        result = next(results)
        if result is LookupError:
            raise LookupError
        return str(result)

    cache = VersionedCache("essai", load)
    with pytest.raises(LookupError):
        cache.get()

    assert cache.get() == "found"


@pytest.mark.django_db(transaction=True)
def test_every_connection_sees_the_change_of_one():
    caches = [VersionedCache("essai", Loader()) for _ in range(8)]
    race([cache.get for cache in caches])
    move()

    assert race([cache.get for cache in caches]) == [2] * 8


READER = """
import sys, django
django.setup()
from demarches import facade
for line in sys.stdin:
    print(",".join(d.titre for theme in facade.themes() for d in theme.demarches), flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_catalogue_changed_here_is_changed_in_another_process():
    """By the service, by the admin or by psql: a trigger moves the version."""
    version = VersionDemarcheFactory(demarche__titre="Acte", demarche__en_ligne=True, courante=True)
    reader = subprocess.Popen(
        [sys.executable, "-c", READER],
        cwd=ROOT,
        env=database.environ(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with reader:

        def other() -> str:
            reader.stdin.write("\n")
            reader.stdin.flush()
            return reader.stdout.readline().strip()

        try:
            assert other() == "Acte"
            # Past every save() and signal of Django.
            type(version.demarche).objects.filter(pk=version.demarche_id).update(titre="Carte")
            assert other() == "Carte"
            version.demarche.en_ligne = False
            version.demarche.save()
            assert other() == ""
        finally:
            reader.stdin.close()


@pytest.mark.django_db(transaction=True)
def test_catalogue_that_rolled_back_did_not_change():
    VersionDemarcheFactory(demarche__titre="Acte", demarche__en_ligne=True, courante=True)
    with pytest.raises(LookupError):
        undone(lambda: Theme.objects.update(titre="Un autre thème"))

    assert "Un autre thème" not in {theme.titre for theme in facade.themes()}


@pytest.mark.django_db(transaction=True)
def test_catalogue_read_inside_a_transaction_that_rolls_back_is_not_kept():
    """Otherwise the next change, elsewhere, would get the number of the undone one."""
    VersionDemarcheFactory(demarche__en_ligne=True, courante=True)
    with pytest.raises(LookupError):
        undone(lambda: Theme.objects.update(titre="Défait"), facade.themes)
    race([lambda: Theme.objects.update(titre="Vrai")])

    assert {theme.titre for theme in facade.themes()} == {"Vrai"}
