"""A sheet to draw on: in units of 1280 × 960, twice as fine underneath, soft light and shadow."""

import io
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw, ImageFilter, ImageFont

Colour = tuple[int, int, int]
Point = tuple[float, float]
Box = tuple[float, float, float, float]
WIDTH: Final = 1280
HEIGHT: Final = 960
FINE: Final = 2
COARSE: Final = 4
STEPS: Final = 12
QUALITY: Final = 86


class Sheet:
    """A picture in the making."""

    def __init__(self, top: Colour, bottom: Colour) -> None:
        """Begin with a ground that changes from top to bottom."""
        ground = Image.new("RGB", (1, 2))
        ground.putpixel((0, 0), top)
        ground.putpixel((0, 1), bottom)
        size = (WIDTH * FINE, HEIGHT * FINE)
        self._image = ground.resize(size, Image.Resampling.BILINEAR)
        self._pen = ImageDraw.Draw(self._image)

    def box(
        self,
        place: Box,
        fill: Colour,
        *,
        radius: float = 0,
        line: Colour | None = None,
        width: float = 3,
    ) -> None:
        """Draw a box, its corners as round as said."""
        self._pen.rounded_rectangle(
            self._scaled(place), radius * FINE, fill, line, round(width * FINE)
        )

    def oval(
        self, place: Box, fill: Colour | None, *, line: Colour | None = None, width: float = 3
    ) -> None:
        """Draw an oval that fills a box."""
        self._pen.ellipse(self._scaled(place), fill, line, round(width * FINE))

    def line(self, points: Sequence[Point], colour: Colour, *, width: float = 3) -> None:
        """Draw straight lines from point to point."""
        flat = [(x * FINE, y * FINE) for x, y in points]
        self._pen.line(flat, colour, round(width * FINE), joint="curve")

    def shape(
        self, points: Sequence[Point], fill: Colour, *, line: Colour | None = None, width: float = 3
    ) -> None:
        """Draw a rounded shape through points, closed."""
        curve = [(x * FINE, y * FINE) for x, y in _curve(points)]
        self._pen.polygon(curve, fill)
        if line is not None:
            self._pen.line([*curve, curve[0]], line, round(width * FINE), joint="curve")

    def flat(self, points: Sequence[Point], fill: Colour) -> None:
        """Draw a shape with straight edges."""
        self._pen.polygon([(x * FINE, y * FINE) for x, y in points], fill)

    def arc(
        self, place: Box, turns: tuple[float, float], colour: Colour, *, width: float = 3
    ) -> None:
        """Draw a part of an oval's edge, from degree to degree."""
        self._pen.arc(self._scaled(place), *turns, colour, round(width * FINE))

    def soft(self, place: Box, colour: Colour, *, strength: float, blur: float = 20) -> None:
        """Lay a soft oval of light or shadow over what is there; `strength` from 0 to 1."""
        edge = blur * 3
        left, top, right, bottom = place
        corner = (max(0, round(left - edge)), max(0, round(top - edge)))
        end = (min(WIDTH, round(right + edge)), min(HEIGHT, round(bottom + edge)))
        size = (end[0] - corner[0], end[1] - corner[1])
        mask = Image.new("L", (size[0] // COARSE + 1, size[1] // COARSE + 1))
        x, y = corner
        small = (
            (left - x) / COARSE,
            (top - y) / COARSE,
            (right - x) / COARSE,
            (bottom - y) / COARSE,
        )
        ImageDraw.Draw(mask).ellipse(small, round(255 * strength))
        mask = mask.filter(ImageFilter.GaussianBlur(blur / COARSE))
        mask = mask.resize((size[0] * FINE, size[1] * FINE), Image.Resampling.BILINEAR)
        self._image.paste(colour, (x * FINE, y * FINE), mask)

    def text(self, middle: Point, words: str, colour: Colour, *, size: float) -> None:
        """Write digits and Latin letters around a point."""
        font = ImageFont.load_default(size * FINE)
        self._pen.text((middle[0] * FINE, middle[1] * FINE), words, colour, font, anchor="mm")

    def jpeg(self) -> bytes:
        """Return the picture as a file."""
        file = io.BytesIO()
        self._image.reduce(FINE).save(file, "JPEG", quality=QUALITY)
        return file.getvalue()

    @staticmethod
    def _scaled(place: Box) -> Box:
        left, top, right, bottom = place
        return left * FINE, top * FINE, right * FINE, bottom * FINE


def _curve(points: Sequence[Point]) -> list[Point]:
    # Catmull-Rom: through every point, round in between.
    count = len(points)
    curve = []
    for place in range(count):
        four = [points[(place + offset) % count] for offset in (-1, 0, 1, 2)]
        curve += [_between(four, step / STEPS) for step in range(STEPS)]
    return curve


def _between(four: Sequence[Point], part: float) -> Point:
    weights = (
        -part + 2 * part**2 - part**3,
        2 - 5 * part**2 + 3 * part**3,
        part + 4 * part**2 - 3 * part**3,
        -(part**2) + part**3,
    )
    pairs = list(zip(weights, four, strict=True))
    return sum(w * x for w, (x, _) in pairs) / 2, sum(w * y for w, (_, y) in pairs) / 2
