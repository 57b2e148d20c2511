"""The form of an export: rows as a person and a program can read them, without anybody else in them."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial

from raidbot.raids.privacy.stand_ins import written

FORMAT = "raidbot member export"
VERSION = 1
ANOTHER_MEMBER = "another member"
ANOTHER_ID = "another id"
YOU = "you"
_INSTANTS = re.compile(r"^(at|since|until|.*_(at|since|until))$")
_MENTION = re.compile(r"<@!?(\d+)>")
_NUMBER = re.compile(r"(?P<other><(?:a?:\w+:|#|@&)\d+>)|(?<!\d)(?P<id>\d{15,20})(?!\d)")
"""An id, or an emoji or the mention of a channel or role, which name no member."""
_ID = range(10**14, 10**20)
_MAX_PLAIN = 2**53
"""Whole numbers up to this are the same for all readers of JSON; others are written as text."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """The way in which rows of one server are written. `others` are ids, and `names` names, of its other members.

    `things` are ids of what is no member, such as channels. In texts any other id may be that of somebody who is named
    nowhere else.
    """

    member: int
    others: Collection[int]
    names: Collection[str]
    things: Collection[int] = ()

    def row(self, row: Mapping[str, object], *, ids: Collection[str], json_texts: Collection[str]) -> dict[str, object]:
        """Return a row with instants in words; ids of members are “you” and “another member”."""
        return {
            column: self._member(value) if column in ids else self._cell(column, value, is_json=column in json_texts)
            for column, value in row.items()
        }

    def _member(self, stored: object) -> object:
        if not isinstance(stored, int):
            return None
        return YOU if stored == self.member else ANOTHER_MEMBER

    def _cell(self, column: str, stored: object, *, is_json: bool) -> object:
        if isinstance(stored, int) and _INSTANTS.match(column):
            return _instant(stored)
        if is_json and isinstance(stored, str):
            try:
                return self._value(json.loads(stored), is_text=True)
            except (ValueError, RecursionError):
                pass
        return self._value(stored, is_text=is_json)

    def _value(self, value: object, *, is_text: bool) -> object:
        match value:
            case bool() | None | float():
                return value
            case int():
                if value == self.member:
                    return YOU
                if value in self.others or value < 0:
                    return ANOTHER_MEMBER
                if is_text and value in _ID and value not in self.things:
                    return ANOTHER_ID
                return value if value <= _MAX_PLAIN else str(value)
            case str():
                return self._text(value) if is_text else self._without_ids(value, is_text=False)
            case list():
                return [self._value(one, is_text=is_text) for one in value]
            case dict():
                return {
                    self._without_ids(str(key), is_text=is_text): self._value(one, is_text=is_text)
                    for key, one in value.items()
                }
            case _:
                return str(value)

    def _text(self, text: str) -> str:
        text = self._without_ids(text, is_text=True)
        for name in self._written:
            if name in text:
                text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", ANOTHER_MEMBER, text)
        return text

    @cached_property
    def _written(self) -> list[str]:
        return sorted(written(self.names), key=len, reverse=True)

    def _without_ids(self, text: str, *, is_text: bool) -> str:
        text = _MENTION.sub(lambda found: f"@{self._named(int(found[1]))}", text)
        return _NUMBER.sub(partial(self._number, is_text=is_text), text)

    def _named(self, number: int) -> str:
        return YOU if number == self.member else ANOTHER_MEMBER

    def _number(self, found: re.Match[str], *, is_text: bool) -> str:
        if found["other"] is not None:
            return found[0]
        number = int(found["id"])
        if number == self.member or number in self.others:
            return self._named(number)
        return ANOTHER_ID if is_text and number not in self.things else found[0]


def file_of(
    member: int, servers: Iterable[Mapping[str, object]], elsewhere: Mapping[str, object], *, now: datetime
) -> dict[str, object]:
    """Return the whole export, ready for JSON."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": now.astimezone(UTC).isoformat(),
        "member": str(member),
        "servers": list(servers),
        "on_no_server": dict(elsewhere),
    }


def _instant(stored: int) -> object:
    try:
        return datetime.fromtimestamp(stored, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return stored
