"""Read pictures back."""

from functools import lru_cache
from io import BytesIO

from PIL import Image

from raidbot.pictures.canvas import SCALE
from raidbot.pictures.colours import Colour


@lru_cache(maxsize=2)
def opened(png: bytes) -> Image.Image:
    """Return the picture, decoded. Raises an error of Pillow for what is no PNG."""
    image = Image.open(BytesIO(png), formats=["PNG"])
    image.load()
    assert image.mode == "RGB"
    return image


def columns(png: bytes, colour: Colour, baseline: int) -> list[int]:
    """Return the heights in pixels of the columns in the colour above a baseline in points, from the left.

    Neighbouring columns must not touch; those of no height are not seen.
    """
    image, y = opened(png), baseline * SCALE - 1
    lefts = [x for x in range(1, image.width) if _at(image, x, y) == colour != _at(image, x - 1, y)]
    return [_reach(image, x + 2, y, 0, -1, colour) for x in lefts]


def bars(png: bytes, colour: Colour, left: int) -> list[int]:
    """Return the lengths in pixels of the bars in the colour that begin at `left` points, from the top."""
    image, x = opened(png), left * SCALE
    tops = [y for y in range(1, image.height) if _at(image, x, y) == colour != _at(image, x, y - 1)]
    return [_reach(image, x, y + 2, 1, 0, colour) for y in tops]


def at(png: bytes, x: float, y: float) -> Colour:
    """Return the colour at a place in points."""
    return _at(opened(png), round(x * SCALE), round(y * SCALE))


def _at(image: Image.Image, x: int, y: int) -> Colour:
    pixel = image.getpixel((x, y))
    assert isinstance(pixel, tuple)
    return Colour(*pixel)


def _reach(image: Image.Image, x: int, y: int, right: int, down: int, colour: Colour) -> int:
    reached = 0
    while 0 <= x < image.width and 0 <= y < image.height and _at(image, x, y) == colour:
        x, y, reached = x + right, y + down, reached + 1
    return reached
