"""What is written can be read, by day and by night: the colours by WCAG 2.2, as they are told."""

import re
from itertools import product
from pathlib import Path
from typing import Final

import pytest

CSS: Final = Path(__file__).parents[2] / "carestation" / "ui" / "static" / "ui" / "css"
TOKENS: Final = (CSS / "tokens.css").read_text(encoding="utf-8")
COLOUR: Final = re.compile(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);(?:\s*/\*(.*?)\*/)?")
COLOURS: Final = {one[1]: (one[2], one[3]) for one in COLOUR.finditer(TOKENS)}
TOLD: Final = [
    (one[1], *told)
    for one in COLOUR.finditer(TOKENS)
    for told in re.findall(r"([\w-]+): ([\d.]+) / ([\d.]+)", one[4] or "")
]
SIDES: Final = ("staff", "family", "ops")
TINTS: Final = [f"{one}-tint" for one in (*SIDES, "ack", "urgent", "warn")]
CANVASES: Final = ["canvas", "staff-canvas", "family-canvas"]
GROUNDS: Final = [*CANVASES, "surface", "surface-2", "sunken", *TINTS]
TEXTS: Final = ["text-2", "link", *(tint.replace("tint", "text") for tint in TINTS)]
EDGES: Final = ["line-strong", *(f"{one}-line" for one in ("staff", "family", "ack", "urgent"))]
# Above 4.5 words can be read (AA), above 7 those that people wrote (AAA); a shape needs 3.
WORDS, WRITTEN, SHAPES = 4.5, 7.0, 3.0
SCHEMES: Final = ("light", "dark")


def brightness(colour: str) -> float:
    """Return the relative luminance of WCAG 2.x."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str, scheme: str) -> float:
    place = SCHEMES.index(scheme)
    dim, bright = sorted(brightness(COLOURS[name][place]) for name in (one, other))
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_and_edges_stand_out_from_every_ground(scheme: str) -> None:
    pairs = [
        *product(["text"], GROUNDS, [WRITTEN]),
        *product(TEXTS, GROUNDS, [WORDS]),
        *product([*EDGES, "focus-outer"], GROUNDS, [SHAPES]),
    ]

    low = [one for one in pairs if contrast(one[0], one[1], scheme) < one[2]]

    assert low == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_words_of_a_filled_button_can_be_read_also_under_the_pointer(scheme: str) -> None:
    filled = [name.removeprefix("on-") for name in COLOURS if name.startswith("on-")]
    faces = [(face, f"on-{one}") for one in filled for face in (one, f"{one}-hover")]

    known = [pair for pair in faces if pair[0] in COLOURS]

    low = [pair for pair in known if contrast(*pair, scheme) < WORDS]

    assert low == []


def test_what_is_told_beside_a_colour_was_measured() -> None:
    assert len(TOLD) > 40
    for name, ground, *told in TOLD:
        for scheme, ratio in zip(SCHEMES, told, strict=True):
            assert contrast(name, ground, scheme) == pytest.approx(float(ratio), abs=0.06), name


def test_a_browser_without_two_schemes_has_the_light_colours() -> None:
    fallback = (CSS / "fallback.css").read_text(encoding="utf-8")

    assert dict(re.findall(r"--([\w-]+): (#\w{6})", fallback)) == {
        name: light for name, (light, _) in COLOURS.items()
    }
