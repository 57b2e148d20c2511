"""Entries from before there were codes: English as it was written, which never changes."""

from dataclasses import dataclass

from raidbot.raids.audit.entry import AuditAction, Entry
from raidbot.raids.model import MemberId


@dataclass(frozen=True, slots=True)
class OldEntry:
    """An entry in the English of its time."""

    action: str
    member: MemberId | None = None
    before: str | None = None
    after: str | None = None


AnyEntry = Entry | OldEntry

OLD_TEXTS = {
    AuditAction.CREATED: "created",
    AuditAction.POSTED: "posted",
    AuditAction.FILLED: "full",
    AuditAction.CLOSED: "closed",
    AuditAction.REOPENED: "reopened",
    AuditAction.CANCELLED: "cancelled",
    AuditAction.REVIVED: "takes place after all",
    AuditAction.TIME_CHANGED: "time changed",
    AuditAction.TITLE_CHANGED: "title changed",
    AuditAction.SUBJECT_CHANGED: "subject changed",
    AuditAction.DESCRIPTION_CHANGED: "description changed",
    AuditAction.LENGTH_CHANGED: "length changed",
    AuditAction.LEADER_CHANGED: "leader changed",
    AuditAction.DUPLICATED: "duplicated",
    AuditAction.UNDONE: "undone",
    AuditAction.REMINDED: "reminded",
    AuditAction.BOARD_FOREIGN: "board is another bot’s",
    AuditAction.THREAD_OPENED: "thread opened",
    AuditAction.THREAD_LOST: "thread lost",
    AuditAction.THREAD_MEMBERS_REFUSED: "members cannot be added to the thread",
    AuditAction.JOINED: "joined",
    AuditAction.MOVED: "moved",
    AuditAction.WAITLISTED: "waitlisted",
    AuditAction.PROMOTED: "promoted",
    AuditAction.LEFT: "left",
    AuditAction.STOPPED_WAITING: "stopped waiting",
    AuditAction.ASSIGNED: "assigned",
    AuditAction.ASSIGNED_OVER_CAPACITY: "assigned over capacity",
    AuditAction.REMOVED: "removed",
    AuditAction.SENT_TO_WAIT: "sent to wait",
    AuditAction.SIDE_CHANGED: "side",
    AuditAction.PLACE_RESTORED: "place restored",
    AuditAction.PRESENCE_MARKED: "attendance marked",
    AuditAction.SUBSTITUTE_ASKED: "asked to substitute",
    AuditAction.SUBSTITUTE_CAME: "substitutes",
    AuditAction.SUBSTITUTE_DECLINED: "does not substitute",
    AuditAction.GRANT_REFUSED: "grant refused",
    AuditAction.TEMPLATE_ADDED: "template added",
    AuditAction.TEMPLATE_DELETED: "template deleted",
    AuditAction.TEMPLATE_ENABLED: "template enabled",
    AuditAction.TEMPLATE_DISABLED: "template disabled",
    AuditAction.TEMPLATE_RENAMED: "template name changed",
}
"""Old rows hold these texts. They are for comparing with such rows, not for showing."""
_CODES = {text: action for action, text in OLD_TEXTS.items()}


def action_of(entry: AnyEntry) -> AuditAction | None:
    """Return the code of what was done, or None for an old text that no code stands for."""
    return entry.action if isinstance(entry, Entry) else action_of_text(entry.action)


def action_of_text(text: str) -> AuditAction | None:
    """Return the code that an old text stands for; settings and fields of templates were named in the text."""
    if text in _CODES or not text.endswith(" changed"):
        return _CODES.get(text)
    return AuditAction.TEMPLATE_CHANGED if text.startswith("template ") else AuditAction.SETTING_CHANGED
