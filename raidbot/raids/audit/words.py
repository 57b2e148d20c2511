"""Audit entries in words, for the log channels, panels and everybody else who reads them."""

from collections.abc import Callable
from dataclasses import dataclass

from raidbot.raids.audit import announcement_words, series_words
from raidbot.raids.audit.arguments import elements, number, part, parts, text
from raidbot.raids.audit.entry import FILE, Arguments, AuditAction, Entry, known_action
from raidbot.raids.audit.leads import lead_words
from raidbot.raids.audit.old_entries import AnyEntry, OldEntry, action_of
from raidbot.raids.audit.role_lists import mentions
from raidbot.raids.audit.settings_words import setting_name, setting_value
from raidbot.raids.audit.template_words import template_field
from raidbot.raids.emoji.missing import Lack, why
from raidbot.raids.model import CancelReason, CloseReason, PictureLoss
from raidbot.raids.notifications import why_cancelled, why_closed
from raidbot.raids.permissions import who_may
from raidbot.raids.pictures.losses import why_lost
from raidbot.raids.templates.model import spoken_length
from raidbot.utils.text import mention

Values = tuple[str | None, str | None]
"""The values before and after; None for a side that does not apply."""

_FOREIGN_BOARD = (
    "Only the bot that sent the message can change it. Run me with that bot’s token, or put the raid up again."
)

_UNPROVEN = "Discord lists other members than it counts. I take nobody off by that, and look again."


@dataclass(frozen=True, slots=True)
class Words:
    """An entry in words: a title in small letters, and the values before and after."""

    title: str
    before: str | None = None
    after: str | None = None


def words(entry: AnyEntry) -> Words:
    """Return the entry in words; an old entry has the words it was written with."""
    if isinstance(entry, OldEntry):
        if action_of(entry) is AuditAction.PRESENCE_MARKED:
            return Words(entry.action, _presence_now(entry.before), _presence_now(entry.after))
        return Words(entry.action, entry.before, entry.after)
    match entry.action:
        case AuditAction.SETTING_CHANGED:
            return _setting(entry)
        case AuditAction.TEMPLATE_CHANGED:
            return _template(entry)
        case AuditAction.SERIES_CHANGED:
            values = series_words.VALUES[entry.action](entry.arguments)
            return Words(series_words.changed_title(entry.arguments), *values)
        case _:
            return Words(title(entry.action), *_VALUES.get(entry.action, _nothing)(entry.arguments))


def title(action: AuditAction) -> str:
    """Return the title of the action; settings and fields of templates have their name in it only in `words`."""
    return _TITLES[action]


_TITLES = {
    AuditAction.CREATED: "created",
    AuditAction.POSTED: "posted",
    AuditAction.FILLED: "full",
    AuditAction.CLOSED: "closed",
    AuditAction.REOPENED: "reopened",
    AuditAction.BEGAN: "started",
    AuditAction.NOT_BEGUN: "not started after all",
    AuditAction.CANCELLED: "cancelled",
    AuditAction.NOT_HELD: "did not take place",
    AuditAction.REVIVED: "takes place after all",
    AuditAction.TIME_CHANGED: "time changed",
    AuditAction.DEADLINE_CHANGED: "signup deadline changed",
    AuditAction.TITLE_CHANGED: "title changed",
    AuditAction.SUBJECT_CHANGED: "subject changed",
    AuditAction.DESCRIPTION_CHANGED: "description changed",
    AuditAction.SIGNUP_TEXT_CHANGED: "sign-up text changed",
    AuditAction.LENGTH_CHANGED: "length changed",
    AuditAction.PICTURE_CHANGED: "picture changed",
    AuditAction.PICTURE_LOST: "picture left out",
    AuditAction.SEATS_CHANGED: "seats changed",
    AuditAction.LEADER_CHANGED: "leader changed",
    AuditAction.DUPLICATED: "duplicated",
    AuditAction.UNDONE: "undone",
    AuditAction.REMINDED: "reminded",
    AuditAction.REMINDER_MISSED: "reminder missed while the bot was away",
    AuditAction.BOARD_FOREIGN: "board is another bot’s",
    AuditAction.REACTION_LACKING: "role without a reaction",
    AuditAction.REACTION_RESTORED: "role has its reaction again",
    AuditAction.REACTIONS_UNPROVEN: "reactions cannot be read in full",
    AuditAction.THREAD_OPENED: "thread opened",
    AuditAction.THREAD_LOST: "thread lost",
    AuditAction.THREAD_MEMBERS_REFUSED: "members cannot be added to the thread",
    AuditAction.JOINED: "joined",
    AuditAction.MOVED: "moved",
    AuditAction.WAITLISTED: "waitlisted",
    AuditAction.RETURNED: "came back, first in line",
    AuditAction.PROMOTED: "promoted",
    AuditAction.LEFT: "left",
    AuditAction.CALLED_OFF: "called off",
    AuditAction.STOPPED_WAITING: "stopped waiting",
    AuditAction.WAIT_ENDED: "no longer waits",
    AuditAction.SPEC_CHOSEN: "plays",
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
    AuditAction.SUBSTITUTE_NOT_REACHED: "could not be asked to substitute",
    AuditAction.SETTING_CHANGED: "setting changed",
    AuditAction.GRANT_REFUSED: "grant refused",
    AuditAction.COMMANDS_HIDDEN: "commands hidden from roles that may use them",
    AuditAction.SET_ASIDE: "left alone, because it fails or cannot be read",
    AuditAction.TEMPLATE_ADDED: "template added",
    AuditAction.TEMPLATE_DELETED: "template deleted",
    AuditAction.TEMPLATE_ENABLED: "template enabled",
    AuditAction.TEMPLATE_DISABLED: "template disabled",
    AuditAction.TEMPLATE_RENAMED: "template name changed",
    AuditAction.TEMPLATE_CHANGED: "template changed",
    **series_words.TITLES,
    **announcement_words.TITLES,
}


def _setting(entry: Entry) -> Words:
    given = entry.arguments
    setting = text(given, "setting") or ""
    values = (setting_value(setting, given.get(side)) for side in ("before", "after"))
    return Words(f"{setting_name(setting)} changed", *values)


def _template(entry: Entry) -> Words:
    field = text(entry.arguments, "field")
    values = (template_field(field, part(entry.arguments, side)) for side in ("before", "after"))
    return Words(f"template {(field or '').replace('_', ' ')} changed", *values)


def _nothing(_: Arguments) -> Values:
    return None, None


def _texts(given: Arguments) -> Values:
    return text(given, "before"), text(given, "after")


def _presence(given: Arguments) -> Values:
    """Return the attendance before and after; “present” was once called “signed”."""
    before, after = (_presence_now(value) for value in _texts(given))
    return before, after


def _presence_now(value: str | None) -> str | None:
    return "present" if value == "signed" else value


def _before(name: str) -> Callable[[Arguments], Values]:
    return lambda given: (text(given, name), None)


def _after(name: str) -> Callable[[Arguments], Values]:
    return lambda given: (None, text(given, name))


def _seat(given: Arguments) -> Values:
    return text(given, "origin"), text(given, "role")


def _spec(given: Arguments) -> Values:
    role = text(given, "role")
    was, becomes = (f"{role} · {spec}" if spec else role for spec in _texts(given))
    return was, becomes


def _line(given: Arguments) -> Values:
    return text(given, "origin"), f"{text(given, 'role')} #{number(given, 'position')}"


def _removed(given: Arguments) -> Values:
    return text(given, "role") or "waiting", text(given, "reason")


def _place(given: Arguments) -> Values:
    places = [text(given, "role"), *(f"waits for {role}" for role in parts(given, "waits"))]
    return None, ", ".join(filter(None, places)) or "no place"


def _closed(given: Arguments) -> Values:
    reason = CloseReason(text(given, "reason") or CloseReason.MANUAL)
    return text(given, "before"), "closed" if reason is CloseReason.MANUAL else f"closed: {why_closed(reason)}"


def _cancelled(given: Arguments) -> Values:
    reason = CancelReason(text(given, "reason") or CancelReason.MANUAL)
    lacking = ", ".join(str(name) for name in parts(given, "lacking"))
    why = "" if reason is CancelReason.MANUAL else why_cancelled(reason)
    if note := text(given, "note"):
        why = f": “{note}”"
    return text(given, "before"), f"cancelled{why}" + (f" (I lack {lacking})" if lacking else "")


def _length(given: Arguments) -> Values:
    was, becomes = number(given, "before"), number(given, "after")
    return spoken_length(was) if was else None, None if becomes is None else spoken_length(becomes)


def _picture(given: Arguments) -> Values:
    before, after = ("an uploaded file" if value == FILE else value for value in _texts(given))
    return before, after


def _lost_picture(given: Arguments) -> Values:
    return None, why_lost(PictureLoss(text(given, "why") or PictureLoss.REFUSED))


def _seats(given: Arguments) -> Values:
    was, becomes = number(given, "before"), number(given, "after")
    return f"{text(given, 'role')} {was}", f"{text(given, 'role')} {becomes}"


def _deadline(given: Arguments) -> Values:
    return lead_words(given.get("before")), lead_words(given.get("after"))


def _leader(given: Arguments) -> Values:
    was, becomes = (number(given, side) for side in ("before", "after"))
    return mention(was) if was else "nobody", mention(becomes) if becomes else "nobody"


def _undone(given: Arguments) -> Values:
    done = text(given, "action")
    action = known_action(done)
    return title(action) if action else done, None


def _reminded(given: Arguments) -> Values:
    return None, f"{text(given, 'which')}: {number(given, 'members')}"


def _foreign_board(_: Arguments) -> Values:
    return None, _FOREIGN_BOARD


def _lacking(given: Arguments) -> Values:
    lack = Lack(text(given, "lack") or Lack.REFUSED)
    return None, f"{text(given, 'role')}: {why(lack)}"


def _unproven(given: Arguments) -> Values:
    return None, f"{', '.join(str(role) for role in parts(given, 'roles'))}: {_UNPROVEN}"


def _grant(given: Arguments) -> Values:
    return None, f"{who_may(text(given, 'target'))}: {mentions(given.get('roles')) or 'nobody'}"


def _hidden(given: Arguments) -> Values:
    commands = ", ".join(f"/{command}" for command in elements(given.get("commands")))
    return None, f"{commands}. Open them to these roles in Server Settings → Integrations → RaidBot."


def _set_aside(given: Arguments) -> Values:
    what = f"{text(given, 'table')} {text(given, 'row')}: {text(given, 'why')}"
    return None, f"{what}. Whoever runs the bot can mend it; everything else goes on."


_VALUES: dict[AuditAction, Callable[[Arguments], Values]] = {
    AuditAction.CREATED: _after("name"),
    AuditAction.POSTED: _after("link"),
    AuditAction.CLOSED: _closed,
    AuditAction.REOPENED: _texts,
    AuditAction.CANCELLED: _cancelled,
    AuditAction.TIME_CHANGED: _texts,
    AuditAction.DEADLINE_CHANGED: _deadline,
    AuditAction.TITLE_CHANGED: _texts,
    AuditAction.SUBJECT_CHANGED: _texts,
    AuditAction.DESCRIPTION_CHANGED: _texts,
    AuditAction.SIGNUP_TEXT_CHANGED: _texts,
    AuditAction.LENGTH_CHANGED: _length,
    AuditAction.PICTURE_CHANGED: _picture,
    AuditAction.PICTURE_LOST: _lost_picture,
    AuditAction.SEATS_CHANGED: _seats,
    AuditAction.LEADER_CHANGED: _leader,
    AuditAction.DUPLICATED: _after("code"),
    AuditAction.UNDONE: _undone,
    AuditAction.REMINDED: _reminded,
    AuditAction.REMINDER_MISSED: _reminded,
    AuditAction.BOARD_FOREIGN: _foreign_board,
    AuditAction.REACTION_LACKING: _lacking,
    AuditAction.REACTION_RESTORED: _after("role"),
    AuditAction.REACTIONS_UNPROVEN: _unproven,
    AuditAction.THREAD_MEMBERS_REFUSED: _after("error"),
    AuditAction.JOINED: _after("role"),
    AuditAction.MOVED: _seat,
    AuditAction.WAITLISTED: _line,
    AuditAction.RETURNED: _line,
    AuditAction.PROMOTED: _seat,
    AuditAction.LEFT: _before("role"),
    AuditAction.CALLED_OFF: _before("role"),
    AuditAction.STOPPED_WAITING: _before("role"),
    AuditAction.WAIT_ENDED: _before("role"),
    AuditAction.SPEC_CHOSEN: _spec,
    AuditAction.ASSIGNED: _seat,
    AuditAction.ASSIGNED_OVER_CAPACITY: _seat,
    AuditAction.REMOVED: _removed,
    AuditAction.SENT_TO_WAIT: _line,
    AuditAction.SIDE_CHANGED: _texts,
    AuditAction.PLACE_RESTORED: _place,
    AuditAction.PRESENCE_MARKED: _presence,
    AuditAction.SUBSTITUTE_ASKED: _after("role"),
    AuditAction.SUBSTITUTE_CAME: _seat,
    AuditAction.SUBSTITUTE_DECLINED: _before("role"),
    AuditAction.SUBSTITUTE_NOT_REACHED: _before("role"),
    AuditAction.GRANT_REFUSED: _grant,
    AuditAction.COMMANDS_HIDDEN: _hidden,
    AuditAction.SET_ASIDE: _set_aside,
    AuditAction.TEMPLATE_ADDED: _after("template"),
    AuditAction.TEMPLATE_DELETED: _before("template"),
    AuditAction.TEMPLATE_ENABLED: _after("template"),
    AuditAction.TEMPLATE_DISABLED: _after("template"),
    AuditAction.TEMPLATE_RENAMED: _texts,
    **series_words.VALUES,
    **announcement_words.VALUES,
}
