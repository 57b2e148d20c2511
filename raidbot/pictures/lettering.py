"""The letters in pictures: the bundled font, what it can draw, and names and numbers that fit."""

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from struct import unpack_from
from typing import TYPE_CHECKING

from raidbot.utils.clean_text import clean_name

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

FONT = Path(__file__).parent / "font" / "NotoSans-Regular.ttf"
_MAX_NAME_LENGTH = 100
_NUMBER_SIGN = re.compile(r"#\d+")
_UNITS = ("", "k", "M", "B", "T")


@cache
def font(pixels: int) -> "FreeTypeFont":
    """Return the font in a size. It may be used in one thread at a time."""
    from PIL import ImageFont  # Pillow takes megabytes, and few ask for pictures

    return ImageFont.truetype(FONT, pixels, layout_engine=ImageFont.Layout.BASIC)


@cache
def characters() -> frozenset[int]:
    """Return the code points that the font has glyphs for.

    They are read from the table `cmap` in its format 4, the only one in the bundled file:
    https://learn.microsoft.com/typography/opentype/spec/cmap#format-4-segment-mapping-to-delta-values
    """
    data = FONT.read_bytes()
    (tables,) = unpack_from(">H", data, 4)
    start = next(
        unpack_from(">4sLLL", data, at)[2] for at in range(12, 12 + tables * 16, 16) if data[at:][:4] == b"cmap"
    )
    start += unpack_from(">L", data, start + 8)[0]
    segments = unpack_from(">H", data, start + 6)[0] // 2
    ends = unpack_from(f">{segments}H", data, start + 14)
    starts = unpack_from(f">{segments}H", data, start + 16 + 2 * segments)
    return frozenset(
        code for first, last in zip(starts, ends, strict=True) for code in range(first, last + 1) if code != 0xFFFF
    )


def drawn_name(name: str, number: int) -> str:
    """Return a name as it is drawn, or “#3” for the third if the font cannot draw it, or if it looks like that."""
    legible = legible_name(name)
    can_draw = all(ord(char) in characters() for char in legible)
    return legible if can_draw and not _NUMBER_SIGN.fullmatch(legible) else f"#{number}"


def legible_name(name: str) -> str:
    """Return a name on one line, without characters that are invisible or turn others."""
    return clean_name(unicodedata.normalize("NFC", name), _MAX_NAME_LENGTH)


@lru_cache(maxsize=1000)
def fitting(text: str, pixels: int, width: int) -> str:
    """Return the text, or its start and “…”, no wider than `width` pixels in a font of the size."""
    measured = font(pixels).getlength
    if measured(text) <= width:
        return text
    kept = len(text)
    while kept and measured(f"{text[:kept].rstrip()}…") > width:
        kept -= 1
    return f"{text[:kept].rstrip()}…"


def short_number(number: int) -> str:
    """Return a number in at most five characters, rounded down from 10,000 on: 9,999, 12k, 340M."""
    if number < 10_000:
        return f"{number:,}"
    unit = 0
    while number >= 1000 and unit < len(_UNITS) - 1:
        number, unit = number // 1000, unit + 1
    return f"{number}{_UNITS[unit]}" if number < 1000 else f"999{_UNITS[unit]}"


def shortest_number(number: int) -> str:
    """Return a number in at most four characters, rounded down from 1,000 on."""
    return str(number) if number < 1000 else f"{number // 1000}k" if number < 10_000 else short_number(number)
