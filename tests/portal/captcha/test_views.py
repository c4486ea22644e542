"""Image, sound and renewal over HTTP."""

import random
from datetime import timedelta

import pytest
import time_machine
from captcha.models import CaptchaStore
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from portal.captcha import store, views
from tests.portal.captcha.helpers import solve

pytestmark = pytest.mark.django_db
UNKNOWN = "0" * 40
SHOWN = ["captcha:image", "captcha:son"]


@pytest.fixture
def cle():
    return store.nouveau()


def get(client: Client, name: str, cle: str, **headers: str):
    return client.get(reverse(name, args=[cle]), headers=headers)


@pytest.mark.parametrize(
    ("name", "content_type", "start"),
    [("captcha:image", "image/png", b"\x89PNG"), ("captcha:son", "audio/wav", b"RIFF")],
)
def test_public_and_never_cached(client, cle, name, content_type, start):
    response = get(client, name, cle)
    assert response.status_code == 200
    assert response["Content-Type"] == content_type
    assert response["Content-Length"] == str(len(response.content))
    assert response.content.startswith(start)
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies


@pytest.mark.parametrize("view", [views.image, views.son])
def test_one_query_and_neither_session_nor_account(cle, view, django_assert_num_queries):
    """The bare request has no `session` and no `user`: reading them would be an AttributeError."""
    with django_assert_num_queries(1):
        assert view(RequestFactory().get("/"), cle).status_code == 200


@pytest.mark.parametrize("name", SHOWN)
def test_same_key_gives_the_same_file_and_moves_no_global_random(client, cle, name):
    random.seed(7)
    state = random.getstate()
    first = get(client, name, cle).content
    assert get(client, name, cle).content == first
    assert random.getstate() == state
    assert get(client, name, store.nouveau()).content != first


@pytest.mark.parametrize("name", SHOWN)
def test_showing_spends_nothing(client, cle, name):
    get(client, name, cle)
    assert store.essayer(cle, solve(cle)) is store.Verdict.JUSTE


@pytest.mark.parametrize("name", SHOWN)
def test_unknown_spent_and_expired_keys(client, cle, name):
    assert get(client, name, UNKNOWN).status_code == 404
    assert get(client, name, "pas-une-cle").status_code == 404
    with time_machine.travel(timezone.now() + timedelta(minutes=29)):
        assert get(client, name, cle).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        gone = get(client, name, cle, range="bytes=0-")
    assert gone.status_code == 410
    assert "demandez un nouveau code" in gone.text
    store.essayer(cle, "faux")
    assert get(client, name, cle).status_code == 404


@pytest.mark.parametrize("name", SHOWN)
def test_nothing_but_reading_is_allowed(client, cle, name):
    url = reverse(name, args=[cle])
    assert client.head(url).status_code == 200
    assert client.post(url).status_code == 405


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, -1),
        ("bytes=0-1", 0, 1),
        ("bytes=44-143", 44, 143),
        ("bytes=-50", -50, -1),
        ("bytes=100-999999999", 100, -1),
    ],
)
def test_sound_is_sent_in_pieces(client, cle, asked, first, last):
    whole = get(client, "captcha:son", cle)
    assert whole["Accept-Ranges"] == "bytes"
    size = len(whole.content)
    first, last = first % size, last % size
    part = get(client, "captcha:son", cle, range=asked)
    assert part.status_code == 206
    assert part.content == whole.content[first : last + 1]
    assert part["Content-Range"] == f"bytes {first}-{last}/{size}"
    assert part["Content-Length"] == str(last - first + 1)
    assert part["Content-Type"] == "audio/wav"


@pytest.mark.parametrize("asked", ["bytes=", "bytes=-", "bytes=9-3", "bytes=0-1,5-9", "lignes=0-1"])
def test_range_that_makes_no_sense_is_ignored(client, cle, asked):
    response = get(client, "captcha:son", cle, range=asked)
    assert response.status_code == 200
    assert len(response.content) > 10_000


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=-0"])
def test_range_beyond_the_end_is_refused(client, cle, asked):
    response = get(client, "captcha:son", cle, range=asked)
    assert response.status_code == 416
    assert response["Content-Range"].startswith("bytes */")
    assert response.content == b""


def test_new_code_is_made_by_post_without_cookie_or_token():
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("captcha:nouveau"))
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    code = response.json()
    assert code == {
        "cle": CaptchaStore.objects.get().hashkey,
        "image": reverse("captcha:image", args=[code["cle"]]),
        "son": reverse("captcha:son", args=[code["cle"]]),
    }


def test_new_code_is_not_made_by_get(client):
    assert client.get(reverse("captcha:nouveau")).status_code == 405
    assert not CaptchaStore.objects.exists()


def test_new_code_leaves_the_code_of_another_tab_alone(client, cle):
    other = client.post(reverse("captcha:nouveau")).json()["cle"]
    assert store.essayer(other, "faux") is store.Verdict.FAUX
    assert store.essayer(cle, solve(cle)) is store.Verdict.JUSTE
