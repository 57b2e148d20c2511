"""Clean what people wrote: control, invisible and direction-changing characters."""

import re
import unicodedata
from functools import lru_cache

from raidbot.utils.text import clip

_BLANK_LETTERS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Bidirectional controls: they also change the direction of the text around them."""
_JOINERS = "\u200c\u200d"
_VARIANTS = "\u034f\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Variation selectors: they change how the character before them looks."""
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff]"
)
"""Characters without looks of their own; joiners, variants and tags are left out.

https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt, Default_Ignorable_Code_Point. The list is
written out, since Python's knows no character that is younger than Python.
"""
_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)|[\U000e0020-\U000e007f]")
"""Tags, which mean something only in the flag of a region."""
_LONE = re.compile(
    rf"(?<!\S)[{_JOINERS}{_VARIANTS}]+|(?<=[{_VARIANTS}])[{_VARIANTS}]+|[{_JOINERS}](?=[{_JOINERS}{_VARIANTS}])"
)
_LAST_JOINERS = re.compile(rf"(.)[{_JOINERS}](?!\S)", re.DOTALL)
_VIRAMA = 9
_NAMELESS = "Unknown"


@lru_cache(maxsize=5000)
def clean_name(text: str, limit: int = 32) -> str:
    """Return a display name of at most `limit` characters on one line; “Unknown” if nothing visible is left.

    Control and direction-changing characters are removed, and invisible ones that shape no visible one. Letters and
    emoji stay, also those younger than this Python.
    """
    return clip(_visible(text), limit) or _NAMELESS


def clean_line(text: str) -> str:
    """Return the text on one line, without control and direction-changing characters or repeated blanks."""
    return " ".join(_legible(text).split())


def clean_block(text: str) -> str:
    """Return the text with its lines kept, without control and direction-changing characters or trailing blanks.

    Blank space at both ends of the text is removed.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_legible(line).rstrip() for line in lines).strip()


def is_blank(text: str) -> bool:
    """Return True if the text has no visible character."""
    return not _visible(text)


def _visible(text: str) -> str:
    """Return what can be seen of the text, on one line without repeated blanks."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    legible = "".join(" " if char in _BLANK_LETTERS else _printed(char) for char in text)
    shaped = _LONE.sub("", _TAGS.sub(_flag_or_nothing, _INVISIBLE.sub("", legible)))
    return " ".join(_LAST_JOINERS.sub(_joined_or_not, shaped).split())


def _flag_or_nothing(tags: re.Match[str]) -> str:
    return tags[1] or ""


def _joined_or_not(end: re.Match[str]) -> str:
    """Keep the joiner at the end of a word only after a virama, where it shapes the letter before."""
    return end[0] if unicodedata.combining(end[1]) == _VIRAMA else end[1]


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
