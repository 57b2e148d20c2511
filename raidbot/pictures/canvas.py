"""A surface to draw on, in points of two pixels each, so that pictures are sharp on dense screens."""

from io import BytesIO
from typing import Literal

from raidbot.pictures.colours import BACKGROUND, INK, Colour
from raidbot.pictures.lettering import fitting, font

SCALE = 2
"""Pixels of a point."""
WIDTH = 600
"""Points."""
MARGIN = 20
_ANCHORS = {"left": "ls", "middle": "ms", "right": "rs"}


class Canvas:
    """A picture in the making, `WIDTH` by `height` points, on the background."""

    def __init__(self, height: int) -> None:
        from PIL import Image, ImageDraw

        self._image = Image.new("RGB", (WIDTH * SCALE, height * SCALE), BACKGROUND)
        self._draw = ImageDraw.Draw(self._image)

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """Fill a rectangle; its sizes are rounded to pixels, and nothing is drawn if one of them is 0."""
        left, top = round(x * SCALE), round(y * SCALE)
        across, down = round(width * SCALE), round(height * SCALE)
        if across > 0 and down > 0:
            self._draw.rectangle((left, top, left + across - 1, top + down - 1), colour)

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        size: int,
        colour: Colour = INK,
        *,
        at: Literal["left", "middle", "right"] = "left",
        width: int = WIDTH - 2 * MARGIN,
    ) -> None:
        """Write a line of text that begins, has its middle or ends at `x`, cut to `width` points."""
        shown = fitting(text, size * SCALE, width * SCALE)
        place = (round(x * SCALE), round(baseline * SCALE))
        self._draw.text(place, shown, colour, font(size * SCALE), anchor=_ANCHORS[at])

    def png(self) -> bytes:
        file = BytesIO()
        self._image.save(file, "PNG")
        return file.getvalue()


def bar_length(value: int, most: int, longest: int) -> float:
    """Return the length in points of a bar, proportional to its value; what is not 0 is seen."""
    if value <= 0:
        return 0
    return max(round(longest * SCALE * value / max(most, 1)), SCALE) / SCALE
