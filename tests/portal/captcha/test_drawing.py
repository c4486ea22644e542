"""The image and the sound of a challenge, as files."""

import io
import random
import statistics
import time
import wave

import pytest
from PIL import Image

from portal.captcha import image, sound
from portal.captcha.challenge import ALPHABET, generator


def samples(data: bytes) -> list[int]:
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 1, 11025)
        assert file.getnframes() == len(data) - 44
        return [byte - 128 for byte in file.readframes(file.getnframes())]


def rms(values: list[int]) -> float:
    return statistics.fmean(value * value for value in values) ** 0.5 / 128


def fastest(call) -> float:
    """Return the processor seconds of the quickest of five calls: neighbours do not count."""
    times = []
    for rank in range(5):
        start = time.process_time()
        call(rank)
        times.append(time.process_time() - start)
    return min(times)


def test_image_is_a_small_png_in_twice_the_size_shown():
    png = image.draw("HK7W2", generator("image", "a"))
    picture = Image.open(io.BytesIO(png))
    assert (picture.format, picture.size) == ("PNG", (600, 200))
    assert len(png) < 30_000


def test_image_is_dark_on_white():
    """In both schemes: the paper is white, the ink black enough for a contrast above 10 to 1."""
    for rank in range(5):
        picture = Image.open(io.BytesIO(image.draw("HK7W2", random.Random(rank))))
        shades = picture.histogram()
        total = sum(shades)
        assert shades[255] > 0.5 * total
        assert 0.05 * total < sum(shades[:61]) < 0.3 * total
        assert sum(shades[61:190]) < 0.05 * total, "grey that is neither ink nor ghost"


@pytest.mark.parametrize("rank", range(5))
def test_image_changes_with_each_of_its_characters(rank):
    text = "HHHHH"[:rank] + "X" + "HHHHH"[rank + 1 :]
    pictures = [image.draw(t, generator("image", "a")) for t in ("HHHHH", text)]
    assert pictures[0] != pictures[1]
    assert pictures[0] == image.draw("HHHHH", generator("image", "a"))


def test_letters_stay_inside_the_image(monkeypatch):
    """Without ghosts and waves, the widest letters leave the border of the paper white."""
    monkeypatch.setattr(image, "_draw_ghosts", lambda *_: None)
    monkeypatch.setattr(image, "_draw_wave", lambda *_: None)
    for rank in range(40):
        picture = Image.open(io.BytesIO(image.draw("WMWMW", random.Random(rank))))
        left, top, right, bottom = Image.eval(picture, lambda shade: 255 - shade).getbbox()
        assert left > 0
        assert top > 0
        assert right < picture.width
        assert bottom < picture.height


def test_every_character_has_its_sound_and_no_other():
    names = {path.stem for path in sound.FOLDER.glob("*.wav")}
    assert names == set(ALPHABET.lower())
    assert sum(path.stat().st_size for path in sound.FOLDER.iterdir()) < 200_000


@pytest.mark.parametrize("character", ALPHABET)
def test_sounds_are_equally_loud_short_and_not_cut(character):
    values = samples((sound.FOLDER / f"{character.lower()}.wav").read_bytes())
    assert 0.3 < len(values) / sound.RATE < 1.0
    assert 0.12 < rms(values) < 0.18
    assert max(map(abs, values)) < 127
    assert max(map(abs, values[:10] + values[-10:])) < 20, "a click at the ends"


def test_code_is_said_in_order_and_slowly_enough_to_type():
    spoken = samples(sound.say("3MXW9", generator("son", "a")))
    assert 5 < len(spoken) / sound.RATE < 11
    said = []
    real = sound._sound
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sound, "_sound", lambda character: said.append(character) or real(character))
        sound.say("3MXW9", generator("son", "a"))
    assert said[:5] == list("3MXW9")


def test_voice_stands_well_above_a_background_that_is_not_silent():
    spoken = samples(sound.say("HJKMT", generator("son", "a")))
    levels = sorted(rms(spoken[start : start + 220]) for start in range(0, len(spoken) - 220, 220))
    background = statistics.fmean(levels[len(levels) // 10 : len(levels) * 4 // 10])
    voice = statistics.fmean(levels[len(levels) * 8 // 10 :])
    assert voice / background > 4, "12 decibels"
    assert levels[0] > 0.004, "noise everywhere, or silence would part the characters"
    assert sum(abs(value) >= 127 for value in spoken) < 10


def test_sound_is_the_same_for_a_key_and_never_twice_otherwise():
    first = sound.say("HJKMT", generator("son", "a"))
    assert sound.say("HJKMT", generator("son", "a")) == first
    assert sound.say("HJKMT", generator("son", "b")) != first


def test_image_and_sound_are_made_in_a_moment():
    """70 ms when tried on a quiet machine; the limit leaves room for one that runs browsers."""
    assert fastest(lambda rank: sound.say("WWWYY", generator("son", str(rank)))) < 0.2
    assert fastest(lambda rank: image.draw("WWWYY", generator("image", str(rank)))) < 0.2


def test_drawing_leaves_the_global_random_alone():
    random.seed(7)
    state = random.getstate()
    image.draw("HK7W2", generator("image", "a"))
    sound.say("HK7W2", generator("son", "a"))
    assert random.getstate() == state
