"""Check the cells of rows: the schema lets in more than the bot can work with, and a damaged file holds anything."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from raidbot.raids.emoji.model import parse_emoji
from raidbot.raids.model import GuildId
from raidbot.utils.errors import Refusal

V = TypeVar("V")
E = TypeVar("E", bound=StrEnum)

_MAX_COUNTER = 2**53
_MAX_ID = 2**63 - 1
_SHOWN_LENGTH = 60


class UnreadableCellError(ValueError):
    """A cell holds something that the bot cannot work with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A row that the bot cannot read, or a part of it, and so leaves alone.

    `row` names it within its table; `why` says what is wrong. `guild` is None where it is not known.
    """

    table: str
    row: str
    why: str
    guild: GuildId | None = None


def number(low: int, high: int) -> Callable[[object], int]:
    """Return a reader of whole numbers from `low` to `high`. It raises UnreadableCellError."""

    def read(stored: object) -> int:
        if not isinstance(stored, int) or not low <= stored <= high:
            raise UnreadableCellError(f"{shown(stored)} is no number from {low} to {high}")
        return stored

    return read


counter = number(0, _MAX_COUNTER)
place = number(-_MAX_COUNTER, _MAX_COUNTER)
"""A place in the order of arrival. Whoever comes back first in line stands before the first, also below 0."""
snowflake = number(0, _MAX_ID)
member = number(-_MAX_ID, _MAX_ID)
"""A member's id, or below zero the stand-in of one who was forgotten."""
_flag = number(0, 1)


def flag(stored: object) -> bool:
    return bool(_flag(stored))


def text(stored: object) -> str:
    """Return a text that can be sent and stored again. Raises UnreadableCellError."""
    if not isinstance(stored, str):
        raise UnreadableCellError(f"{shown(stored)} is no text")
    try:
        stored.encode()
    except UnicodeEncodeError:
        raise UnreadableCellError(f"{shown(stored)} is no text that can be sent") from None
    return stored


@lru_cache(maxsize=1000)
def emoji(stored: object) -> str:
    """Return the text of an emoji. Raises UnreadableCellError."""
    found = text(stored)
    try:
        parse_emoji(found)
    except Refusal:
        raise UnreadableCellError(f"{shown(stored)} is no emoji") from None
    return found


def zone(stored: object) -> str:
    """Return the name of a time zone. Raises UnreadableCellError."""
    name = text(stored)
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise UnreadableCellError(f"{shown(stored)} is no time zone") from None
    return name


def optional(read: Callable[[object], V]) -> Callable[[object], V | None]:
    return lambda stored: None if stored is None else read(stored)


def one_of(values: type[E]) -> Callable[[object], E]:
    """Return a reader of the values of an enum. It raises UnreadableCellError."""

    def read(stored: object) -> E:
        try:
            return values(text(stored))
        except ValueError:
            raise UnreadableCellError(f"{shown(stored)} is not known") from None

    return read


def json_list(read: Callable[[object], V]) -> Callable[[object], tuple[V, ...]]:
    """Return a reader of JSON lists. It raises UnreadableCellError."""

    def read_all(stored: object) -> tuple[V, ...]:
        found = from_json(stored)
        if not isinstance(found, list):
            raise UnreadableCellError(f"{shown(stored)} is no list")
        return tuple(read(one) for one in found)

    return read_all


def from_json(stored: object) -> object:
    """Return the value of a JSON text. Raises UnreadableCellError."""
    try:
        found: object = json.loads(text(stored))
    except (ValueError, RecursionError):
        raise UnreadableCellError(f"{shown(stored)} is no JSON") from None
    return found


def shown(stored: object) -> str:
    """Return the cell's content for the log: short, and in ASCII."""
    said = ascii(stored)
    return said if len(said) <= _SHOWN_LENGTH else f"{said[:_SHOWN_LENGTH]}…"
