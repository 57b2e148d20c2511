"""Escape people's text and shorten it to fit its place on a board."""

from functools import lru_cache

from raidbot.utils.clean_text import clean_name
from raidbot.utils.text import cut, escape, escape_markdown

_MAX_CLEANED_LENGTH = 4096
_CACHE_SIZE = 20_000  # fits the names of the busiest boards, so that redrawing one stays cheap


def units(text: str) -> int:
    """Return the text's length in UTF-16 units, which is at least what Discord counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


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
