"""Format an audit entry: as an embed for the audit channel, as a line for the live log."""

import re
from datetime import datetime
from typing import Any

from raidbot.db.audit import Record
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.audit.old_entries import action_of
from raidbot.raids.audit.words import words
from raidbot.raids.labels import linked
from raidbot.raids.model import Source
from raidbot.utils.text import clip, escape, mention, stamp

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
    AuditAction.CLOSED: 0xED4245,
    AuditAction.REOPENED: 0x57F287,
    AuditAction.CANCELLED: 0x99AAB5,
    AuditAction.JOINED: 0x57F287,
    AuditAction.ASSIGNED: 0x57F287,
    AuditAction.ASSIGNED_OVER_CAPACITY: 0x57F287,
    AuditAction.PROMOTED: 0x57F287,
    AuditAction.LEFT: 0xFEE75C,
    AuditAction.STOPPED_WAITING: 0xFEE75C,
    AuditAction.WAIT_ENDED: 0xFEE75C,
    AuditAction.REMOVED: 0xFEE75C,
    AuditAction.WAITLISTED: 0xFFA500,
    AuditAction.SENT_TO_WAIT: 0xFFA500,
}
_SIGNS = {
    AuditAction.CREATED: "🆕",
    AuditAction.POSTED: "📌",
    AuditAction.JOINED: "📝",
    AuditAction.MOVED: "🔀",
    AuditAction.WAITLISTED: "⏳",
    AuditAction.SENT_TO_WAIT: "⏳",
    AuditAction.PROMOTED: "⬆️",
    AuditAction.LEFT: "❌",
    AuditAction.STOPPED_WAITING: "❌",
    AuditAction.WAIT_ENDED: "❌",
    AuditAction.REMOVED: "❌",
    AuditAction.ASSIGNED: "🎯",
    AuditAction.ASSIGNED_OVER_CAPACITY: "🎯",
    AuditAction.CLOSED: "🔒",
    AuditAction.REOPENED: "🔓",
    AuditAction.CANCELLED: "🗑️",
    AuditAction.TIME_CHANGED: "⏰",
    AuditAction.REMINDED: "📬",
    AuditAction.REMINDER_MISSED: "⚠️",
    AuditAction.THREAD_OPENED: "💬",
    AuditAction.THREAD_LOST: "💬",
    AuditAction.SET_ASIDE: "⚠️",
    AuditAction.PICTURE_LOST: "⚠️",
}
_OTHER_SIGN = "⚙️"
_VALUE_CHANGES = {
    AuditAction.TIME_CHANGED,
    AuditAction.TITLE_CHANGED,
    AuditAction.SUBJECT_CHANGED,
    AuditAction.DESCRIPTION_CHANGED,
    AuditAction.LENGTH_CHANGED,
    AuditAction.PICTURE_CHANGED,
    AuditAction.LEADER_CHANGED,
    AuditAction.SETTING_CHANGED,
    AuditAction.TEMPLATE_RENAMED,
    AuditAction.TEMPLATE_CHANGED,
}
"""Actions with a value before and after, of which an empty one is shown as “none”."""
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
    entry, action = record.entry, action_of(record.entry)
    before, after = _change(record)
    facts = {
        "By": mention(record.actor) if record.actor else "",
        "Raid": _raid(record),
        "Member": mention(entry.member) if entry.member else "",
        "Before": before,
        "After": after,
        "From": _FROM[record.source],
    }
    return {
        "title": _title(record),
        "description": "\n".join(f"**{name}:** {value}" for name, value in facts.items() if value),
        "color": _COLOUR if action is None else _COLOURS.get(action, _COLOUR),
        "timestamp": record.at.isoformat(),
    }


def line(record: Record) -> str:
    """Return the entry on one line of at most `MAX_LINES_LENGTH` characters."""
    entry, action = record.entry, action_of(record.entry)
    sign = _OTHER_SIGN if action is None else _SIGNS.get(action, _OTHER_SIGN)
    change = " → ".join(filter(None, _change(record)))
    who = mention(entry.member) if entry.member else ""
    by = (
        f"by {mention(record.actor)}" if record.actor and record.actor != entry.member else f"by {_FROM[record.source]}"
    )
    said = (sign, f"**{_title(record)}**", stamp(record.at, "T"), who, change, by)
    return clip(" ".join(filter(None, (*said, _raid(record)))), MAX_LINES_LENGTH)


def size(shown: dict[str, Any]) -> int:
    """Return the characters of an embed that count towards Discord's limit over all embeds of a message."""
    return len(shown["title"]) + len(shown["description"])


def _title(record: Record) -> str:
    title = words(record.entry).title
    return escape(title[:1].upper() + clip(title[1:], 100))


def _raid(record: Record) -> str:
    if record.raid is None:
        return ""
    name = clip(escape(record.raid.name), _MAX_NAME_LENGTH)
    return f"{linked(name, record.raid.link)} `{record.raid.code}`"


def _change(record: Record) -> tuple[str, str]:
    """Return the values before and after; “none” for an empty side of a changed value."""
    said = words(record.entry)
    nothing = "none" if action_of(record.entry) in _VALUE_CHANGES and (said.before or said.after) else ""
    return shown(said.before) or nothing, shown(said.after) or nothing


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
