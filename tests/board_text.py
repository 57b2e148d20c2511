"""A board as plain text, for a terminal or a page without Markdown."""

import re
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raidbot.delivery.drawing.board import Board

_MARKUP = re.compile(
    r"\\(?P<escaped>[^a-zA-Z0-9\s])"
    r"| · <t:\d+:R>"
    r"|<t:(?P<seconds>\d+)(?::\w)?>"
    r"|<a?:(?P<emoji>\w+):\d+>"
    r"|\*\*|\u200b",
    re.MULTILINE,
)


def board_as_text(board: "Board", zone: tzinfo = UTC) -> str:
    """Return the board as people see it, with its times in `zone`."""
    parts = [f"{_plain(board.title, zone)}\n{_plain(board.description, zone)}"]
    for field in board.fields:
        heading, value = _plain(field.name, zone), _plain(field.value, zone)
        body = "\n".join(f"  {line}" for line in value.splitlines())
        parts.append(f"{heading}\n{body}" if heading else body)
    reactions = f" · reactions: {' '.join(_plain(emoji, zone) for emoji in board.reactions)}" if board.reactions else ""
    parts.append(f"{board.footer}{reactions}")
    return "\n\n".join(parts)


def _plain(text: str, zone: tzinfo) -> str:
    return _MARKUP.sub(lambda match: _said(match, zone), text)


def _said(match: re.Match[str], zone: tzinfo) -> str:
    match match.lastgroup:
        case "escaped" | "emoji":
            said = match[match.lastgroup]
            return said if match.lastgroup == "escaped" else f":{said}:"
        case "seconds":
            return f"{datetime.fromtimestamp(int(match['seconds']), zone):%A, %d %B %Y %H:%M %Z}"
        case _:
            return ""
