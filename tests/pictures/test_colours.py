"""Colours can be told apart by everybody, on any theme."""

from itertools import combinations
from math import hypot

import pytest

from raidbot.pictures.colours import (
    BACKGROUND,
    EMPTY,
    FAINT_INK,
    INK,
    LINE,
    ORANGE,
    SKY_BLUE,
    STEPS,
    Colour,
    contrast,
    ink_on,
    step,
)

Matrix = tuple[tuple[float, float, float], ...]
SIMULATED: dict[str, Matrix] = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
    "grey": ((0.2126, 0.7152, 0.0722),) * 3,
}
"""Of linear RGB. Machado, Oliveira, Fernandes 2009, severity 1.0:
https://www.inf.ufrgs.br/~oliveira/pubs_files/CVD_Simulation/CVD_Simulation.html
"""
TOLD_APART = 15
"""In CIE76, of which about 2.3 is just seen."""


def _linear(part: float) -> float:
    part /= 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def seen(colour: Colour, matrix: Matrix) -> tuple[float, ...]:
    """The colour as it looks through the matrix, in CIE L*a*b* under D65."""
    linear = [_linear(part) for part in colour]
    red, green, blue = (min(max(sum(a * b for a, b in zip(row, linear, strict=True)), 0), 1) for row in matrix)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: Colour, other: Colour, vision: str) -> float:
    pairs = zip(seen(one, SIMULATED[vision]), seen(other, SIMULATED[vision]), strict=True)
    return hypot(*(a - b for a, b in pairs))


def test_contrast_is_that_of_wcag() -> None:
    assert contrast(Colour(0, 0, 0), Colour(255, 255, 255)) == 21
    assert round(contrast(Colour(0x77, 0x77, 0x77), Colour(255, 255, 255)), 2) == 4.48


@pytest.mark.parametrize("colour", [SKY_BLUE, ORANGE, LINE, *STEPS])
def test_what_is_drawn_stands_out_from_the_background(colour: Colour) -> None:
    assert contrast(colour, BACKGROUND) >= 3


def test_words_can_be_read() -> None:
    assert contrast(INK, BACKGROUND) >= 7
    assert contrast(FAINT_INK, BACKGROUND) >= 7
    assert all(contrast(ink_on(colour), colour) >= 4.5 for colour in STEPS)


@pytest.mark.parametrize("vision", SIMULATED)
def test_steps_are_told_apart_from_each_other_and_from_an_empty_place(vision: str) -> None:
    near = [
        (one, other) for one, other in combinations((EMPTY, *STEPS), 2) if distance(one, other, vision) < TOLD_APART
    ]

    assert near == []


@pytest.mark.parametrize("vision", sorted(SIMULATED.keys() - {"grey"}))
def test_raids_and_people_are_told_apart(vision: str) -> None:
    """They also stand in rows of their own, each with a heading, for whoever sees no colours."""
    assert distance(SKY_BLUE, ORANGE, vision) >= TOLD_APART


def test_steps_grow_lighter_with_the_number() -> None:
    lightness = [contrast(step(value, 9), BACKGROUND) for value in range(1, 10)]

    assert lightness == sorted(lightness)
    assert {step(value, 9) for value in range(1, 10)} == set(STEPS)
    assert step(1, 1) == STEPS[-1]
