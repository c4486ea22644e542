"""Who tries too often waits longer and longer, never for good."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from portal.kernel import throttle
from portal.kernel.models import Throttle
from tests.race import race

RULE = throttle.Rule("essai", free=3, delay=timedelta(seconds=10), ceiling=timedelta(minutes=2))
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def attempt(key: str = "elodie") -> timedelta | None:
    return throttle.attempt(RULE, key)


@pytest.mark.django_db
def test_free_attempts_then_a_wait(clock):
    assert [attempt() for _ in range(3)] == [None, None, None]

    assert attempt() == timedelta(seconds=10)


@pytest.mark.django_db
def test_wait_doubles_up_to_the_ceiling(clock):
    for _ in range(3):
        assert attempt() is None
    waits = []
    for _ in range(7):
        wait = attempt()
        waits.append(wait.total_seconds())
        clock.shift(wait)
        assert attempt() is None, "the wait that was told is enough"

    assert waits == [10, 20, 40, 80, 120, 120, 120]


@pytest.mark.django_db
def test_waiting_less_than_told_is_not_enough(clock):
    for _ in range(3):
        attempt()
    clock.shift(timedelta(seconds=9.9))

    assert attempt() == timedelta(seconds=0.1)


@pytest.mark.django_db
def test_one_may_look_without_counting(clock):
    for _ in range(3):
        assert not throttle.is_slowed(RULE, "elodie")
        attempt()
    assert throttle.is_slowed(RULE, "elodie")
    assert not throttle.is_slowed(RULE, "paul")
    clock.shift(timedelta(seconds=10))

    assert not throttle.is_slowed(RULE, "elodie")


@pytest.mark.django_db
def test_hammering_does_not_lengthen_the_wait(clock):
    """An attacker who never stops cannot keep the owner out."""
    for _ in range(3):
        attempt()
    for _ in range(50):
        assert attempt() == timedelta(seconds=10)
    clock.shift(timedelta(seconds=10))

    assert attempt() is None


@pytest.mark.django_db
def test_thousands_of_attempts_never_lock_for_good(clock):
    for _ in range(3):
        attempt()
    Throttle.objects.update(attempts=2_000_000_000)
    clock.shift(timedelta(seconds=10))
    assert attempt() is None
    wait = attempt()

    assert wait == timedelta(minutes=2), "the ceiling, whatever the number"
    clock.shift(wait)
    assert attempt() is None


@pytest.mark.django_db
def test_attempts_are_forgotten_after_a_day(clock):
    for _ in range(3):
        attempt()
    clock.shift(timedelta(hours=24, seconds=1))

    assert [attempt() for _ in range(3)] == [None] * 3
    assert attempt() == timedelta(seconds=10), "and counted anew, from the first wait"


@pytest.mark.django_db
def test_success_forgets(clock):
    for _ in range(4):
        attempt()

    throttle.forget(RULE, "elodie")

    assert attempt() is None


@pytest.mark.django_db
def test_keys_and_kinds_do_not_mix(clock):
    other = throttle.Rule("autre", free=3, delay=RULE.delay, ceiling=RULE.ceiling)
    for _ in range(4):
        attempt()
    throttle.forget(RULE, "camille")

    assert attempt("camille") is None
    assert throttle.attempt(other, "elodie") is None
    assert attempt() is not None


@pytest.mark.django_db
def test_no_known_address_is_not_counted(clock):
    assert {attempt("") for _ in range(10)} == {None}
    throttle.forget(RULE, "")
    assert not Throttle.objects.exists()


@pytest.mark.django_db
def test_table_tells_no_name(clock):
    attempt("elodie@exemple.fr")

    assert "elodie" not in str(Throttle.objects.values().get())


@pytest.mark.django_db
def test_one_statement_an_attempt(clock, django_assert_num_queries):
    with django_assert_num_queries(1):
        attempt()


@pytest.mark.django_db
def test_purge_leaves_recent_counters(clock):
    attempt("ancienne")
    clock.shift(timedelta(days=3))
    attempt("recente")

    assert throttle.purge(timezone.now() - timedelta(days=2)) == 1
    assert Throttle.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_at_the_same_moment_get_the_free_attempts_and_no_more():
    results = race([attempt] * 20)

    assert not [result for result in results if isinstance(result, Exception)]
    assert results.count(None) == 3
    assert Throttle.objects.get().attempts == 3


@pytest.mark.django_db(transaction=True)
def test_two_neighbours_at_the_same_moment_are_both_let_through():
    """Free attempts are free: two in the same millisecond are not one too many."""
    for number in range(30):
        assert race([lambda n=number: attempt(f"voisins-{n}")] * 2) == [None, None]


@pytest.mark.django_db
def test_clock_a_second_late_on_another_machine_is_not_told_to_wait(clock):
    assert attempt() is None
    clock.shift(timedelta(seconds=-1))

    assert attempt() is None


@pytest.mark.django_db(transaction=True)
def test_attempts_of_a_view_that_fails_stay_counted():
    for _ in range(3):
        attempt()
        with pytest.raises(LookupError), transaction.atomic():
            raise LookupError

    assert attempt() is not None
