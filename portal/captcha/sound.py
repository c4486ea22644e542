"""Say a challenge in French: our own sounds, joined with random gaps, pace and noise."""

from __future__ import annotations

import random
import wave
from array import array
from functools import cache
from io import BytesIO
from pathlib import Path

from portal.captcha.challenge import ALPHABET

FOLDER = Path(__file__).parent / "sounds"
RATE = 11_025  # samples a second; one unsigned byte each
SILENCE = 128
GAPS = (0.55, 1.0)  # seconds before each character: time to type the one before
PACES = (0.9, 1.1)
MURMUR = 0.13  # other characters said backwards in the background, under the voice
HISS = 0.015


def say(text: str, rng: random.Random) -> bytes:
    """Return the WAV file that spells `text`, distorted by `rng` (six seconds or so)."""
    voice: list[float] = []
    for character in text:
        voice.extend([0.0] * int(rng.uniform(*GAPS) * RATE))
        voice.extend(_stretched(_sound(character), rng.uniform(*PACES)))
    voice.extend([0.0] * int(GAPS[0] * RATE))
    _add_murmur(voice, rng)
    return _wav(voice, rng)


def _stretched(sound: array[int], pace: float) -> list[float]:
    stretched = []
    for rank in range(int((len(sound) - 1) / pace)):
        place = rank * pace
        left = int(place)
        stretched.append(sound[left] + (sound[left + 1] - sound[left]) * (place - left))
    return stretched


def _add_murmur(voice: list[float], rng: random.Random) -> None:
    start = rng.randrange(RATE // 4)
    while start < len(voice):
        murmur = _sound(rng.choice(ALPHABET))[::-1]
        for rank, sample in enumerate(murmur[: len(voice) - start], start):
            voice[rank] += sample * MURMUR
        start += len(murmur) + rng.randrange(RATE // 4)


def _wav(voice: list[float], rng: random.Random) -> bytes:
    hiss = rng.randbytes(len(voice))
    # Each byte of noise is centred on SILENCE; what would be too loud is cut, not wrapped round.
    frames = bytes(
        min(255, max(0, int(sample + (noise - SILENCE) * HISS + SILENCE)))
        for sample, noise in zip(voice, hiss, strict=True)
    )
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(frames)
    return out.getvalue()


@cache
def _sound(character: str) -> array[int]:
    """Return the recorded character as signed samples, read once a process."""
    with wave.open(str(FOLDER / f"{character.lower()}.wav")) as file:
        return array("b", (byte - SILENCE for byte in file.readframes(file.getnframes())))
