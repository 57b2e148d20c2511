"""Format an audit entry: as an embed for the audit channel, as a line for the live log."""

import re
from datetime import datetime
from typing import Any

from raidbot.db.audit import Record
from raidbot.raids.model import Source
from raidbot.utils.text import clip, escape, stamp

MAX_EMBEDS = 10
MAX_MESSAGE_LENGTH = 6000
MAX_LINES_LENGTH = 2000
"""Discord's limits of a message: embeds, characters in all embeds, characters of its content.

https://discord.com/developers/docs/resources/message#embed-object-embed-limits
"""

_MAX_VALUE_LENGTH = 1000
_MAX_NAME_LENGTH = 200
_COLOUR = 0x5865F2
_COLOURS = {
    "closed": 0xED4245,
    "reopened": 0x57F287,
    "cancelled": 0x99AAB5,
    "joined": 0x57F287,
    "assigned": 0x57F287,
    "assigned over capacity": 0x57F287,
    "promoted": 0x57F287,
    "left": 0xFEE75C,
    "stopped waiting": 0xFEE75C,
    "removed": 0xFEE75C,
    "waitlisted": 0xFFA500,
    "sent to wait": 0xFFA500,
}
_SIGNS = {
    "created": "🆕",
    "posted": "📌",
    "joined": "📝",
    "moved": "🔀",
    "waitlisted": "⏳",
    "sent to wait": "⏳",
    "promoted": "⬆️",
    "left": "❌",
    "stopped waiting": "❌",
    "removed": "❌",
    "assigned": "🎯",
    "assigned over capacity": "🎯",
    "closed": "🔒",
    "reopened": "🔓",
    "cancelled": "🗑️",
    "time changed": "⏰",
    "reminded": "📬",
    "thread opened": "💬",
    "thread lost": "💬",
}
_OTHER_SIGN = "⚙️"
_FROM = {
    Source.REACTION: "a reaction",
    Source.BUTTON: "a button",
    Source.COMMAND: "a command",
    Source.MANAGER: "a manager’s command",
    Source.CLOCK: "the clock",
    Source.RECONCILE: "comparing the board",
    Source.DISCORD: "Discord",
    Source.COPY: "a raid put up again",
}
_MENTION = re.compile(r"(<(?:#|@&|@)\d+>)")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")


def embed(record: Record) -> dict[str, Any]:
    """Return an embed with actor, raid, member, before, after, time and source, far below Discord's limits."""
    entry = record.entry
    before, after = _change(record)
    facts = {
        "By": f"<@{record.actor}>" if record.actor else "",
        "Raid": _raid(record),
        "Member": f"<@{entry.member}>" if entry.member else "",
        "Before": before,
        "After": after,
        "From": _FROM[record.source],
    }
    return {
        "title": _title(record),
        "description": "\n".join(f"**{name}:** {value}" for name, value in facts.items() if value),
        "color": _COLOURS.get(entry.action, _COLOUR),
        "timestamp": record.at.isoformat(),
    }


def line(record: Record) -> str:
    """Return the entry on one line of at most `MAX_LINES_LENGTH` characters."""
    entry = record.entry
    change = " → ".join(filter(None, _change(record)))
    who = f"<@{entry.member}>" if entry.member else ""
    by = f"by <@{record.actor}>" if record.actor and record.actor != entry.member else f"by {_FROM[record.source]}"
    said = (_SIGNS.get(entry.action, _OTHER_SIGN), f"**{_title(record)}**", stamp(record.at, "T"), who, change, by)
    return clip(" ".join(filter(None, (*said, _raid(record)))), MAX_LINES_LENGTH)


def size(shown: dict[str, Any]) -> int:
    """Return the characters of an embed that count towards Discord's limit over all embeds of a message."""
    return len(shown["title"]) + len(shown["description"])


def _title(record: Record) -> str:
    return escape(record.entry.action[:1].upper() + clip(record.entry.action[1:], 100))


def _raid(record: Record) -> str:
    if record.raid is None:
        return ""
    name = clip(escape(record.raid.name), _MAX_NAME_LENGTH)
    linked = f"[{name}]({record.raid.link})" if record.raid.link else name
    return f"{linked} `{record.raid.code}`"


def _change(record: Record) -> tuple[str, str]:
    """Return the values before and after; “none” for an empty side of a “… changed” entry."""
    entry = record.entry
    nothing = "none" if entry.action.endswith(" changed") and (entry.before or entry.after) else ""
    return shown(entry.before) or nothing, shown(entry.after) or nothing


def shown(value: str | None) -> str:
    """Escape a stored value, but keep mentions and show instants as timestamps; None becomes an empty string."""
    if value is None:
        return ""
    if _INSTANT.fullmatch(value):
        return stamp(datetime.fromisoformat(value))
    parts = _MENTION.split(value.replace("\n", " "))
    shown = [part if number % 2 else escape(part) for number, part in enumerate(parts)]
    return _clipped(shown)


def _clipped(parts: list[str]) -> str:
    """Join as many whole parts as fit into `_MAX_VALUE_LENGTH` characters, so that no mention is cut in two."""
    text = ""
    for part in parts:
        if len(text) + len(part) > _MAX_VALUE_LENGTH:
            return f"{text}{clip(part, 100) if part[:1] != '<' else ''}…"
        text += part
    return text
