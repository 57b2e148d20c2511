"""Text for Discord: escape, clean, clip and join what people wrote."""

import re
from collections.abc import Sequence
from datetime import datetime

_MARKS = re.compile(r"([\\*_~`|\[\]()<>@:])")
_LINE_STARTS = re.compile(r"^([ \t]*)([#+-])", re.MULTILINE)
_NUMBERED = re.compile(r"^([ \t]*\d+)(\.)", re.MULTILINE)


def escape(text: str) -> str:
    """Escape `text` so that Discord shows it literally: no Markdown, mentions, links or custom emoji."""
    escaped = _MARKS.sub(r"\\\1", text)
    return _NUMBERED.sub(r"\1\\\2", _LINE_STARTS.sub(r"\1\\\2", escaped))


def has_half_characters(text: str) -> bool:
    """Return True if the text holds lone surrogates, which cannot be stored or sent."""
    return text != whole(text)


def whole(text: str) -> str:
    """Return the text with “?” in place of lone surrogates."""
    return text.encode(errors="replace").decode()


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
