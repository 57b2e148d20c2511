"""The form of an export: rows as a person and a program can read them, without anybody else in them."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

FORMAT = "raidbot member export"
VERSION = 1
ANOTHER_MEMBER = "another member"
YOU = "you"
_INSTANTS = re.compile(r"^(at|since|until|.*_(at|since|until))$")
_MENTION = re.compile(r"<@!?(\d+)>")
_NUMBER = re.compile(r"(?<!\d)\d{15,20}(?!\d)")
_MAX_PLAIN = 2**53
"""Whole numbers up to this are the same for all readers of JSON; others are written as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The way in which rows of one server are written. `others` are ids, and `names` names, of its other members."""

    member: int
    others: Collection[int]
    names: Collection[str]

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
                return self._value(json.loads(stored))
            except (ValueError, RecursionError):
                pass
        return self._value(stored)

    def _value(self, value: object) -> object:
        match value:
            case bool() | None | float():
                return value
            case int():
                if value == self.member:
                    return YOU
                if value in self.others or value < 0:
                    return ANOTHER_MEMBER
                return value if value <= _MAX_PLAIN else str(value)
            case str():
                return self._text(value)
            case list():
                return [self._value(one) for one in value]
            case dict():
                return {self._text(str(key)): self._value(one) for key, one in value.items()}
            case _:
                return str(value)

    def _text(self, text: str) -> str:
        text = _MENTION.sub(lambda found: f"@{self._named(int(found[1]))}", text)
        text = _NUMBER.sub(self._number, text)
        for name in self.names:
            if name in text:
                text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", ANOTHER_MEMBER, text)
        return text

    def _named(self, number: int) -> str:
        return YOU if number == self.member else ANOTHER_MEMBER

    def _number(self, found: re.Match[str]) -> str:
        number = int(found[0])
        return self._named(number) if number == self.member or number in self.others else found[0]


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
