"""Convert cells of the old database, or raise the reason why that is not possible."""

import json
import math
from datetime import UTC, datetime
from typing import Any

from raidbot.raids.times import zone_letters, zones
from raidbot.utils.clean_text import clean_line
from raidbot.utils.errors import Refusal

_MAX_SNOWFLAKE = 2**63 - 1
_PLAUSIBLE_SECONDS = range(1_420_070_400, 4_102_444_800)
"""From Discord's epoch, 2015-01-01, to 2100-01-01 UTC."""
_MIN_MILLISECONDS = 100_000_000_000
_MAX_SHOWN_LENGTH = 40


class Unusable(Exception):  # noqa: N818 - a fact about a cell
    """The cell is not usable; `str()` continues a sentence, as in “is no number: 'abc'”."""


def snowflake(cell: Any) -> int | None:
    """Return a Discord id, or None for NULL and empty text. Raises Unusable."""
    if cell is None or cell == "":
        return None
    try:
        number = whole(cell)
    except Unusable:
        number = None
    if number is None or not 0 < number <= _MAX_SNOWFLAKE:
        raise Unusable(f"is no id of Discord’s: {shown(cell)}")
    return number


def whole(cell: Any) -> int | None:
    """Return a whole number, also from text, or None for NULL. Raises Unusable."""
    if cell is None:
        return None
    if isinstance(cell, str):
        digits = cell.strip()
        if digits.removeprefix("-").isdecimal() and digits.isascii() and len(digits) <= 20:
            return int(digits)
    elif isinstance(cell, int) or (isinstance(cell, float) and math.isfinite(cell) and cell == int(cell)):
        return int(cell)
    raise Unusable(f"is no whole number: {shown(cell)}")


def flag(cell: Any, *, default: bool) -> bool:
    if isinstance(cell, bool):
        return cell
    number = whole(cell)
    return default if number is None else number != 0


def text(cell: Any) -> str | None:
    """Return valid text without NUL characters, or None for NULL. Raises Unusable for blobs and broken UTF-8."""
    if cell is None:
        return None
    if isinstance(cell, bool | int | float | str):
        return str(cell).encode("utf-8", "replace").decode().replace("\0", "")
    raise Unusable(f"is no text: {shown(cell)}")


def line(cell: Any, most: int) -> str | None:
    """Return text on one line that turns no other, cut to `most` characters; None if it is empty. Raises Unusable."""
    whole_text = text(cell)
    return None if whole_text is None else clean_line(whole_text)[:most].rstrip() or None


def moment(cell: Any) -> datetime | None:
    """Return a UTC time from seconds or milliseconds since 1970. Raises Unusable outside 2015 to 2100."""
    number = whole(cell)
    if number is None:
        return None
    if number >= _MIN_MILLISECONDS:
        number //= 1000
    if number not in _PLAUSIBLE_SECONDS:
        raise Unusable(f"is no moment a raid can have: {shown(cell)}")
    return datetime.fromtimestamp(number, UTC)


def minutes_of_hours(cell: object) -> int | None:
    """Return a length of hours in minutes, or None for NULL and empty text. Raises Unusable unless it fits a day."""
    if cell is None or cell == "":
        return None
    try:
        minutes = round(float(text(cell) or "") * 60)
    except (ValueError, OverflowError):
        minutes = 0
    if not 0 < minutes <= 24 * 60:
        raise Unusable(f"is no length of a raid: {shown(cell)}")
    return minutes


def zone(name: str) -> str:
    """Return the key of the zone with this name; letters such as EST become their region. Raises Unusable."""
    region = zone_letters.usual_region(name)
    if region is not None:
        return region
    found = zones.place_named(name)
    if found is None:
        try:
            found = zones.zone_named(name)
        except Refusal:
            raise Unusable(f"is no time zone: {shown(name)}") from None
    return found.key


def parsed(cell: Any) -> Any:
    """Return the cell's parsed JSON, or None for NULL and blank text. Raises Unusable."""
    written = text(cell)
    if written is None or not written.strip():
        return None
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        raise Unusable(f"is no JSON: {shown(cell)}") from None


def mapping(value: Any) -> dict[str, Any]:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def shown(cell: Any) -> str:
    """Return the cell as reports quote it."""
    if isinstance(cell, bytes):
        return f"{len(cell)} bytes {cell[:8].hex()}{'…' if len(cell) > 8 else ''}"
    quoted = ascii(cell) if isinstance(cell, str) and not cell.isprintable() else repr(cell)
    return quoted if len(quoted) <= _MAX_SHOWN_LENGTH else f"{quoted[:_MAX_SHOWN_LENGTH]}…"
