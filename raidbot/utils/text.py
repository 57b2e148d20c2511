"""Text for Discord: escape, clean, clip and join what people wrote."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

_MARKS = re.compile(r"([\\*_~`|\[\]()<>@:])")
_LINE_STARTS = re.compile(r"^([ \t]*)([#+-])", re.MULTILINE)
_NUMBERED = re.compile(r"^([ \t]*\d+)(\.)", re.MULTILINE)
_BLANK_LETTERS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Bidirectional controls: they also change the direction of the text around them."""
_NAMELESS = "Unknown"


def escape(text: str) -> str:
    """Escape `text` so that Discord shows it literally: no Markdown, mentions, links or custom emoji."""
    escaped = _MARKS.sub(r"\\\1", text)
    return _NUMBERED.sub(r"\1\\\2", _LINE_STARTS.sub(r"\1\\\2", escaped))


def clean_name(text: str, limit: int = 32) -> str:
    """Return a display name of at most `limit` characters on one line; “Unknown” if nothing visible is left.

    Invisible and direction-changing characters are removed.
    """
    visible = "".join(_visible(char) for char in text)
    return clip(" ".join(visible.split()), limit) or _NAMELESS


def clean_line(text: str) -> str:
    """Return the text on one line, without control and direction-changing characters or repeated blanks."""
    return " ".join(_legible(text).split())


def clean_block(text: str) -> str:
    """Return the text with its lines kept, without control and direction-changing characters or trailing blanks.

    Blank space at both ends of the text is removed.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_legible(line).rstrip() for line in lines).strip()


def _legible(text: str) -> str:
    return text if text.isprintable() else "".join(map(_printed, text))


def _printed(char: str) -> str:
    if char in _TURNING:
        return ""
    match unicodedata.category(char):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cs":
            return ""  # a lone surrogate cannot be encoded as UTF-8
        case _:
            return char


def is_blank(text: str) -> bool:
    """Return True if the text has no visible character."""
    return not any(_visible(char).strip() for char in text)


def _visible(char: str) -> str:
    if char in _BLANK_LETTERS:
        return " "
    match unicodedata.category(char):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cf" | "Cs" | "Cn" | "Co":
            return ""
        case _:
            return char


def clip(text: str, limit: int) -> str:
    """Cut the text to at most `limit` characters, ending in “…” if it was cut; never cut inside a backslash escape."""
    if len(text) <= limit:
        return text
    kept = text[: max(limit - 1, 0)].rstrip()
    backslashes = len(kept) - len(kept.rstrip("\\"))
    return (kept[:-1] if backslashes % 2 else kept) + "…"[:limit]


def stamp(instant: datetime, style: str = "F") -> str:
    """Return a timestamp that Discord shows in each reader's time zone.

    Styles: https://discord.com/developers/docs/reference#message-formatting-timestamp-styles
    """
    return f"<t:{int(instant.timestamp())}:{style}>"


def fit_lines(lines: Sequence[str], limit: int, more: str = "+{n} more") -> str:
    """Join as many whole lines as fit into `limit` characters; `more` then says how many (`{n}`) were left out."""
    whole = "\n".join(lines)
    if len(whole) <= limit:
        return whole
    kept, length = 0, 0
    for count, line in enumerate(lines):
        if length + len(more.format(n=len(lines) - count)) > limit:
            break
        kept = count
        length += len(line) + 1
    return clip("\n".join([*lines[:kept], more.format(n=len(lines) - kept)]), limit)


def joined(names: Sequence[str], word: str = "and") -> str:
    """Join names in a sentence: “Ann”, “Ann and Bob”, “Ann, Bob and Cem”."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"
