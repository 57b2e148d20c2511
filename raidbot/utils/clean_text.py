"""Clean what people wrote: control, invisible and direction-changing characters."""

import unicodedata

from raidbot.utils.text import clip

_BLANK_LETTERS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Bidirectional controls: they also change the direction of the text around them."""
_NAMELESS = "Unknown"


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
