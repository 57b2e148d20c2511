"""Text for Discord: what people wrote shown as they wrote it, and lines that fit."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

_MARKS = re.compile(r"([\\*_~`|\[\]()<>@:])")
_LINE_STARTS = re.compile(r"^([ \t]*)([#+-])", re.MULTILINE)
_NUMBERED = re.compile(r"^([ \t]*\d+)(\.)", re.MULTILINE)
_BLANK_LETTERS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What changes the direction of the text around it, too."""
_NAMELESS = "Unknown"


def escape(text: str) -> str:
    """`text` so that Discord shows every character of it: no Markdown, mention, link or custom emoji is made of it."""
    escaped = _MARKS.sub(r"\\\1", text)
    return _NUMBERED.sub(r"\1\\\2", _LINE_STARTS.sub(r"\1\\\2", escaped))


def clean_name(text: str, limit: int = 32) -> str:
    """A display name in one line without invisible or direction-changing characters; “Unknown” if none is left."""
    visible = "".join(_visible(char) for char in text)
    return clip(" ".join(visible.split()), limit) or _NAMELESS


def clean_line(text: str) -> str:
    """Text in one line, without control and direction-changing characters and needless blanks."""
    return " ".join(_legible(text).split())


def clean_block(text: str) -> str:
    """Text of several lines, without control and direction-changing characters and blanks at the ends."""
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
            return ""  # half a character, which no database takes
        case _:
            return char


def is_blank(text: str) -> bool:
    """Whether nothing of it can be seen."""
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
    """At most `limit` characters, the last of them … where something was cut off."""
    if len(text) <= limit:
        return text
    kept = text[: max(limit - 1, 0)].rstrip()
    backslashes = len(kept) - len(kept.rstrip("\\"))
    return (kept[:-1] if backslashes % 2 else kept) + "…"[:limit]


def stamp(instant: datetime, style: str = "F") -> str:
    """A moment that every reader sees in their own time; styles as in Discord's message formatting reference."""
    return f"<t:{int(instant.timestamp())}:{style}>"


def fit_lines(lines: Sequence[str], limit: int, more: str = "+{n} more") -> str:
    """As many whole lines as fit into `limit` characters, and how many were left out."""
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
    """“Ann”, “Ann and Bob”, “Ann, Bob and Cem”."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"
