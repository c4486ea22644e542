"""Draw a challenge: dark on white in both colour schemes, readable with low vision, not plain."""

from __future__ import annotations

import math
import random
from functools import cache
from io import BytesIO
from pathlib import Path

import captcha
from PIL import Image, ImageDraw, ImageFont

# Twice the size shown, for fine screens and for those who zoom.
WIDTH, HEIGHT = 600, 200
PAPER, INKS, GHOSTS = 255, (0, 60), (190, 220)
TILT = 20  # degrees, either way
FONT = Path(captcha.__file__).parent / "fonts" / "Vera.ttf"


def draw(text: str, rng: random.Random) -> bytes:
    """Return the PNG of `text`, distorted by `rng`."""
    image = Image.new("L", (WIDTH, HEIGHT), PAPER)
    _draw_ghosts(image, rng)
    _draw_letters(image, text, rng)
    for _ in range(2):
        _draw_wave(image, rng)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _draw_ghosts(image: Image.Image, rng: random.Random) -> None:
    """Scatter pale strokes behind the letters: they trouble a program more than an eye."""
    pen = ImageDraw.Draw(image)
    for _ in range(28):
        x, y = rng.randrange(WIDTH), rng.randrange(HEIGHT)
        size, start = rng.randrange(20, 70), rng.randrange(360)
        box = (x - size, y - size, x + size, y + size)
        pen.arc(box, start, start + rng.randrange(60, 200), rng.randint(*GHOSTS), width=7)


def _draw_letters(image: Image.Image, text: str, rng: random.Random) -> None:
    step = WIDTH / (len(text) + 0.8)
    for rank, character in enumerate(text):
        side = HEIGHT
        stencil = Image.new("L", (side, side), 0)
        font = _font(rng.randrange(104, 129, 4))
        pen = ImageDraw.Draw(stencil)
        # The stroke makes the only font that comes with the library bold.
        pen.text((side / 2, side / 2), character, 255, font, "mm", stroke_width=4)
        stencil = stencil.rotate(rng.uniform(-TILT, TILT), Image.Resampling.BICUBIC)
        x = step * (rank + 0.9) - side / 2 + rng.uniform(-0.1, 0.1) * step
        y = rng.uniform(-0.1, 0.1) * HEIGHT
        image.paste(rng.randint(*INKS), (round(x), round(y)), stencil)


def _draw_wave(image: Image.Image, rng: random.Random) -> None:
    """Draw a thin dark line through the letters, so that colour alone does not part them."""
    middle, height = rng.uniform(0.3, 0.7) * HEIGHT, rng.uniform(0.1, 0.3) * HEIGHT
    length, phase = rng.uniform(0.3, 1.2) * WIDTH, rng.uniform(0, math.tau)
    points = [
        (x, middle + height * math.sin(math.tau * x / length + phase)) for x in range(0, WIDTH, 6)
    ]
    ImageDraw.Draw(image).line(points, rng.randint(*INKS), width=4, joint="curve")


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)
