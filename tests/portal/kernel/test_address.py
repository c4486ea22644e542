"""The client's address, when proxies stand in front and when somebody pretends they do."""

import pytest
from django.test import RequestFactory

from portal.kernel import address


def seen(forwarded: str | None = None, remote: str = "10.0.0.9") -> str:
    extra = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return address.client_address(RequestFactory().get("/", REMOTE_ADDR=remote, **extra))


def test_without_proxy_the_header_is_not_believed(settings):
    settings.TRUSTED_PROXIES = 0

    assert seen("203.0.113.5") == "10.0.0.9"


def test_one_proxy(settings):
    settings.TRUSTED_PROXIES = 1

    assert seen("203.0.113.5") == "203.0.113.5"


def test_what_the_client_wrote_itself_is_not_believed(settings):
    settings.TRUSTED_PROXIES = 1

    assert seen("1.1.1.1, 2.2.2.2, 203.0.113.5") == "203.0.113.5"


def test_two_proxies(settings):
    settings.TRUSTED_PROXIES = 2

    assert seen("1.1.1.1, 203.0.113.5, 10.0.0.1") == "203.0.113.5"
    assert seen(" 203.0.113.5 ,10.0.0.1 ") == "203.0.113.5"


@pytest.mark.parametrize("forwarded", [None, "", "203.0.113.5", ","])
def test_a_request_that_passed_by_fewer_proxies_has_the_address_of_its_connection(
    settings, forwarded
):
    settings.TRUSTED_PROXIES = 2

    assert seen(forwarded) == "10.0.0.9"


def test_address_lasts_as_long_as_the_request(settings):
    settings.TRUSTED_PROXIES = 0
    during = []
    middleware = address.ClientAddressMiddleware(lambda request: during.append(address.current()))

    middleware(RequestFactory().get("/", REMOTE_ADDR="203.0.113.5"))

    assert during == ["203.0.113.5"]
    assert address.current() == ""


def test_address_is_forgotten_after_an_error(settings):
    settings.TRUSTED_PROXIES = 0

    def fail(request):
        raise LookupError

    with pytest.raises(LookupError):
        address.ClientAddressMiddleware(fail)(RequestFactory().get("/"))

    assert address.current() == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("", ""),
        ("unix", ""),
        ("203.0.113.77, 10.0.0.1", ""),
    ],
)
def test_journal_keeps_the_network_only(typed, kept):
    assert address.shorten(typed) == kept


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.77", "203.0.113.78", False),
        ("203.0.113.77", "::ffff:203.0.113.77", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ],
)
def test_throttle_counts_a_subscriber(one, other, same):
    """A home changes its IPv6 address at will inside its /64."""
    assert (address.throttle_key(one) == address.throttle_key(other)) is same
