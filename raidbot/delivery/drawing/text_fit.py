"""Escape people's text and shorten it to fit its place on a board."""

import re
from functools import lru_cache
from unicodedata import category, east_asian_width

from raidbot.utils.clean_text import clean_name
from raidbot.utils.text import cut, escape, escape_markdown

_MAX_CLEANED_LENGTH = 4096
_CUSTOM_EMOJI = re.compile(r"<a?:\w+:\d+>")
_CACHE_SIZE = 20_000  # fits the names of the busiest boards, so that redrawing one stays cheap


def units(text: str) -> int:
    """Return the text's length in UTF-16 units, which is at least what Discord counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


@lru_cache(maxsize=_CACHE_SIZE)
def columns(text: str) -> int:
    """Return how many letters wide the escaped text is about when it is shown; an emoji is as wide as two."""
    shown = _CUSTOM_EMOJI.sub("😀", text).replace("\\", "")
    return sum(map(_columns_of, shown))


def _columns_of(character: str) -> int:
    if character == "\ufe0f":
        return 1  # makes an emoji of a narrow character
    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


@lru_cache(maxsize=_CACHE_SIZE)
def shortened(text: str, most: int) -> str:
    """Return the text on one line with Markdown escaped, cut with an ellipsis to at most `most` UTF-16 units."""
    return _cut(escape(clean_name(text, _MAX_CLEANED_LENGTH)), most)


def shortened_text(text: str, most: int) -> str:
    """Return the text as `shortened` does, but with its lines kept."""
    return _cut(escape_markdown(text.strip()), most)


def _cut(escaped: str, most: int) -> str:
    if units(escaped) <= most:
        return escaped
    if most < 1:
        return ""
    kept = escaped.encode("utf-16-le", "surrogatepass")[: 2 * (most - 1)].decode("utf-16-le", "ignore")
    return cut(escaped, len(kept) + 1)
