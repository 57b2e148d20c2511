"""Colours that people with any colour vision tell apart, on a background of their own.

They are of the palette by Masataka Okabe and Kei Ito, https://jfly.uni-koeln.de/color/. Discord shows a picture on
light and on dark; the background is the picture's own, so contrasts are the same on both.
"""

from typing import NamedTuple


class Colour(NamedTuple):
    """Red, green and blue, each 0 to 255."""

    red: int
    green: int
    blue: int


BACKGROUND = Colour(0x17, 0x19, 0x1E)
INK = Colour(0xF2, 0xF3, 0xF5)
"""Of titles and numbers."""
FAINT_INK = Colour(0xB5, 0xBA, 0xC1)
"""Of headings and axes."""
LINE = Colour(0x7A, 0x80, 0x8A)
EMPTY = Colour(0x2B, 0x2E, 0x36)
"""A place where something could be: no fact is read from it alone."""

BLACK = Colour(0, 0, 0)
WHITE = Colour(255, 255, 255)
SKY_BLUE = Colour(0x56, 0xB4, 0xE9)
ORANGE = Colour(0xE6, 0x9F, 0x00)
BLUE = Colour(0x00, 0x72, 0xB2)
YELLOW = Colour(0xF0, 0xE4, 0x42)

STEPS = (BLUE, SKY_BLUE, YELLOW)
"""From few to many: each lighter than the one before, so that also grey tells them apart."""


def step(value: int, most: int) -> Colour:
    """Return the colour of a value from 1 to `most`."""
    return STEPS[min(max(value * len(STEPS) - 1, 0) // max(most, 1), len(STEPS) - 1)]


def ink_on(colour: Colour) -> Colour:
    """Return black or white, whichever is read better on the colour."""
    return max((BLACK, WHITE), key=lambda ink: contrast(ink, colour))


def contrast(one: Colour, other: Colour) -> float:
    """Return the ratio from 1 to 21 as WCAG defines it: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
