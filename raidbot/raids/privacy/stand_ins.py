"""Put something else in the place of a forgotten member."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace

from raidbot.raids.model import MemberId
from raidbot.raids.series.model import Series
from raidbot.utils.text import FORMER_MEMBER, escape_markdown

_SHOWN = ("content", "embeds")
"""Parts of a message that people read; the others are ids, choices and facts."""
_READ = ("content", "title", "description", "name", "value", "text")
"""Keys of what people read in them, as Discord calls it."""


def names(text: str, member: int) -> bool:
    """Return True if the text has the member's id."""
    return _ids(member).search(text) is not None


def without_ids(text: str, member: int, stand_in: int | None = None) -> str:
    """Return the text with “former member” for each mention of the member, and the stand-in, or else the same, for ids.

    In JSON the stand-in is a number where the id was one.
    """

    def instead(found: re.Match[str]) -> str:
        return FORMER_MEMBER if stand_in is None or found[0].startswith("<") else str(stand_in)

    return _ids(member).sub(instead, text)


def without_names(text: str, names: Iterable[str]) -> str:
    """Return the text with “former member” for each of the names that stands as a word of its own."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", FORMER_MEMBER, text)
    return text


def written(names: Iterable[str]) -> set[str]:
    """Return the names as messages have them: plain and with Markdown escaped. One letter alone names nobody."""
    return {said for name in names if len(name) > 1 for said in (name, escape_markdown(name))}


def message_without(payload: str, names: Iterable[str]) -> str:
    """Return the payload of a message, JSON, with “former member” for each of the names in what people read.

    It notifies no stand-ins: Discord would refuse it.
    """
    said = written(names)
    try:
        message = json.loads(payload)
    except (ValueError, RecursionError):
        return payload
    if not isinstance(message, dict):
        return payload
    cleaned = {key: _read_without(value, key, said) if key in _SHOWN else value for key, value in message.items()}
    mentions = message.get("mentions")
    users = mentions.get("users") if isinstance(mentions, dict) else None
    if isinstance(mentions, dict) and isinstance(users, list):
        heard = [user for user in users if not isinstance(user, int) or user > 0]
        cleaned["mentions"] = mentions | {"users": heard}
    return payload if cleaned == message else json.dumps(cleaned, ensure_ascii=False)


def _read_without(value: object, key: str, names: set[str]) -> object:
    """Return a part of a message that has this key without the names, where people read it."""
    match value:
        case str():
            return without_names(value, names) if key in _READ else value
        case list():
            return [_read_without(one, key, names) for one in value]
        case dict():
            return {inner: _read_without(one, inner, names) for inner, one in value.items()}
        case _:
            return value


def without_member(series: Series, member: MemberId) -> Series:
    """Return the series without the member's standing place, and led by nobody where it was theirs to lead."""
    singles = (replace(one, leader=None) if one.leader == member else one for one in series.singles)
    return replace(
        series,
        leader=None if series.leader == member else series.leader,
        rotation=tuple(replace(turn, leader=None) if turn.leader == member else turn for turn in series.rotation),
        singles=tuple(one for one in singles if not one.is_empty),
        standing=tuple(one for one in series.standing if one.member != member),
    )


def _ids(member: int) -> re.Pattern[str]:
    return re.compile(rf"<@!?{member:d}>|(?<!\d){member:d}(?!\d)")
