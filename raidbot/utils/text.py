"""Text for Discord: escape, clean, clip and join what people wrote."""

import re
from collections.abc import Sequence
from datetime import datetime

_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\*_~`|[]()<>@:"})
_OVERRIDES = re.compile("[\u202a-\u202e]")
"""Embeddings, overrides and their end. Isolates do the same without turning what comes after."""
_ISOLATES = re.compile("[\u2066-\u2069]")
_LINE_STARTS = re.compile(r"^([ \t]*)([#+-])", re.MULTILINE)
_NUMBERED = re.compile(r"^([ \t]*\d+)(\.)", re.MULTILINE)
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
"""The blocks of right-to-left scripts: https://www.unicode.org/Public/UCD/latest/ucd/extracted/DerivedBidiClass.txt"""
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"
FORMER_MEMBER = "former member"
"""Shown for somebody who was forgotten. Their ids are below zero."""


def mention(member: int) -> str:
    """Return what Discord shows as the member's name; a forgotten one is not mentioned."""
    return f"<@{member}>" if member > 0 else FORMER_MEMBER


def escape(text: str) -> str:
    """Escape `text` so that Discord shows it literally: no Markdown, mentions, links or custom emoji.

    A single line is also isolated, as `isolated` does.
    """
    return _between_isolates(escape_markdown(text))


def escape_markdown(text: str) -> str:
    """Escape `text` as `escape` does, without isolating it: for text on lines of its own."""
    escaped = _unturned(text).translate(_MARKS)
    return _NUMBERED.sub(r"\1\\\2", _LINE_STARTS.sub(r"\1\\\2", escaped))


def isolated(text: str) -> str:
    """Return a line with right-to-left letters between isolates, so that it does not turn the words around it.

    It takes two more characters then. Other lines need no isolates. Characters that turn all words after them are
    left out.
    """
    return _between_isolates(_unturned(text))


def _between_isolates(text: str) -> str:
    if text.isascii() or "\n" in text or not _RIGHT_TO_LEFT.search(text):
        return text
    return f"{ISOLATE}{text}{END_OF_ISOLATE}"


def _unturned(text: str) -> str:
    """Return the text without overrides and, unless each has its end, without isolates."""
    if text.isascii():
        return text
    text = _OVERRIDES.sub("", text)
    return text if _is_balanced(_ISOLATES.findall(text)) else _ISOLATES.sub("", text)


def _is_balanced(isolates: Sequence[str]) -> bool:
    open_ones = 0
    for one in isolates:
        open_ones += -1 if one == END_OF_ISOLATE else 1
        if open_ones < 0:
            return False
    return open_ones == 0


def has_half_characters(text: str) -> bool:
    """Return True if the text holds lone surrogates, which cannot be stored or sent."""
    return text != whole(text)


def whole(text: str) -> str:
    """Return the text with “?” in place of lone surrogates."""
    return text.encode(errors="replace").decode()


def clip(text: str, limit: int) -> str:
    """Cut the text to at most `limit` characters, as `cut` does, if it is longer."""
    return text if len(text) <= limit else cut(text, limit)


def cut(text: str, limit: int) -> str:
    """Return the start of a text and “…”, at most `limit` characters in all.

    It never ends inside a backslash escape or a joined emoji, and closes the isolates that it cuts.
    """
    kept = _start(text, limit - 1)
    unclosed = _unclosed(kept)
    if unclosed:
        kept = _start(text, limit - 1 - unclosed)
    return (kept + "…" + END_OF_ISOLATE * _unclosed(kept))[: max(limit, 0)]


def _start(text: str, length: int) -> str:
    kept = text[: max(length, 0)].rstrip().rstrip("\u200d")
    backslashes = len(kept) - len(kept.rstrip("\\"))
    return kept[:-1] if backslashes % 2 else kept


def _unclosed(text: str) -> int:
    return max(text.count(ISOLATE) - text.count(END_OF_ISOLATE), 0)


def stamp(instant: datetime, style: str = "F") -> str:
    """Return a timestamp that Discord shows in each reader's time zone.

    Styles: https://discord.com/developers/docs/reference#message-formatting-timestamp-styles
    """
    return f"<t:{int(instant.timestamp())}:{style}>"


def stamps(instant: datetime) -> str:
    """Return the instant and, in parentheses, how far away it is; Discord shows both to each reader."""
    return f"{stamp(instant)} ({stamp(instant, 'R')})"


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
