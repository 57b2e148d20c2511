"""One line of the audit: the code of an action and its arguments, without words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from raidbot.raids.model import MemberId

Argument: TypeAlias = "str | int | Sequence[Argument] | Mapping[str, Argument] | None"
"""A value that JSON can hold: an id, a code, a number, an instant in ISO format, or a name as it was at the time."""
Arguments: TypeAlias = Mapping[str, Argument]
FILE = "file"
"""Stands for an uploaded picture, beside addresses of others."""


class AuditAction(StrEnum):
    """The code of what was done. Rows hold it, so a code that was written never changes its meaning."""

    CREATED = "raid.created"
    POSTED = "raid.posted"
    FILLED = "raid.filled"
    CLOSED = "raid.closed"
    REOPENED = "raid.reopened"
    BEGAN = "raid.began"
    NOT_BEGUN = "raid.not_begun"
    CANCELLED = "raid.cancelled"
    NOT_HELD = "raid.not_held"
    REVIVED = "raid.revived"
    TIME_CHANGED = "raid.time_changed"
    DEADLINE_CHANGED = "raid.deadline_changed"
    TITLE_CHANGED = "raid.title_changed"
    SUBJECT_CHANGED = "raid.subject_changed"
    DESCRIPTION_CHANGED = "raid.description_changed"
    SIGNUP_TEXT_CHANGED = "raid.signup_text_changed"
    LENGTH_CHANGED = "raid.length_changed"
    PICTURE_CHANGED = "raid.picture_changed"
    PICTURE_LOST = "raid.picture_lost"
    SEATS_CHANGED = "raid.seats_changed"
    LEADER_CHANGED = "raid.leader_changed"
    DUPLICATED = "raid.duplicated"
    UNDONE = "raid.undone"
    REMINDED = "raid.reminded"
    REMINDER_MISSED = "raid.reminder_missed"
    BOARD_FOREIGN = "raid.board_foreign"
    REACTION_LACKING = "raid.reaction_lacking"
    REACTION_RESTORED = "raid.reaction_restored"
    REACTIONS_UNPROVEN = "raid.reactions_unproven"

    ANNOUNCEMENT_ADDED = "announcement.added"
    ANNOUNCEMENT_CHANGED = "announcement.changed"
    ANNOUNCEMENT_REMOVED = "announcement.removed"
    ANNOUNCED = "announcement.posted"
    ANNOUNCEMENTS_MISSED = "announcement.missed"
    ANNOUNCEMENT_FAILED = "announcement.failed"
    MENTION_UNHEARD = "mention.unheard"

    THREAD_OPENED = "thread.opened"
    THREAD_LOST = "thread.lost"
    THREAD_MEMBERS_REFUSED = "thread.members_refused"

    JOINED = "signup.joined"
    MOVED = "signup.moved"
    WAITLISTED = "signup.waitlisted"
    RETURNED = "signup.returned"
    PROMOTED = "signup.promoted"
    LEFT = "signup.left"
    CALLED_OFF = "signup.called_off"
    STOPPED_WAITING = "signup.stopped_waiting"
    WAIT_ENDED = "signup.wait_ended"
    SPEC_CHOSEN = "signup.spec_chosen"

    ASSIGNED = "roster.assigned"
    ASSIGNED_OVER_CAPACITY = "roster.assigned_over_capacity"
    REMOVED = "roster.removed"
    SENT_TO_WAIT = "roster.sent_to_wait"
    SIDE_CHANGED = "roster.side_changed"
    PLACE_RESTORED = "roster.place_restored"
    PRESENCE_MARKED = "roster.presence_marked"

    SUBSTITUTE_ASKED = "substitute.asked"
    SUBSTITUTE_CAME = "substitute.came"
    SUBSTITUTE_DECLINED = "substitute.declined"
    SUBSTITUTE_NOT_REACHED = "substitute.not-reached"

    SETTING_CHANGED = "setting.changed"
    GRANT_REFUSED = "grant.refused"
    COMMANDS_HIDDEN = "commands.hidden"
    SET_ASIDE = "row.set_aside"

    TEMPLATE_ADDED = "template.added"
    TEMPLATE_DELETED = "template.deleted"
    TEMPLATE_ENABLED = "template.enabled"
    TEMPLATE_DISABLED = "template.disabled"
    TEMPLATE_RENAMED = "template.renamed"
    TEMPLATE_CHANGED = "template.changed"

    SERIES_CREATED = "series.created"
    SERIES_DELETED = "series.deleted"
    SERIES_CHANGED = "series.changed"
    SERIES_DATE_CHANGED = "series.date_changed"
    SERIES_DATES_OFF = "series.dates_off"
    SERIES_MISSED = "series.missed"
    SERIES_FAILED = "series.failed"
    SERIES_STOPPED = "series.stopped"
    SERIES_BROUGHT = "series.brought"
    SERIES_NOT_BROUGHT = "series.not_brought"
    STANDING_BEGUN = "standing.begun"
    STANDING_ENDED = "standing.ended"
    STANDING_RESTS = "standing.rests"
    STANDING_ROLE_GONE = "standing.role_gone"


_BY_CODE: dict[str | None, AuditAction] = {action.value: action for action in AuditAction}


def known_action(code: str | None) -> AuditAction | None:
    """Return the action with this code; None for old texts, and for codes of a newer RaidBot that was there before."""
    return _BY_CODE.get(code)


@dataclass(frozen=True, slots=True)
class Entry:
    """An action, the member concerned, and the action's arguments. `audit.words` says what it means."""

    action: AuditAction
    member: MemberId | None = None
    arguments: Arguments = field(default_factory=dict)
