"""Audit entries for changes: the action, the member concerned, and the values before and after."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any, assert_never

from raidbot.raids import events as ev
from raidbot.raids.model import CancelReason, CloseReason, GuildId, Kind, MemberId, Raid, RoleKey
from raidbot.raids.notifications import why_cancelled, why_closed
from raidbot.raids.permissions import Grants, targets
from raidbot.raids.settings import GuildSettings, spoken_minutes
from raidbot.raids.templates.model import spoken_length


@dataclass(frozen=True, slots=True)
class Entry:
    action: str
    member: MemberId | None = None
    before: str | None = None
    after: str | None = None


def entries(before: Raid | None, change: ev.Change) -> tuple[Entry, ...]:
    """Return one entry per event; events that nobody will look up later have none."""
    raid = change.raid
    found = (_entry(before or raid, raid, event) for event in change.events)
    return tuple(entry for entry in found if entry is not None)


def _entry(before: Raid, raid: Raid, event: ev.Event) -> Entry | None:
    if isinstance(event, ev.Signup):
        return _signup(before, raid, event)
    if isinstance(event, ev.RosterEdit):
        return _roster_edit(before, raid, event)
    if isinstance(event, ev.Substitution):
        return _substitution(raid, event)
    if isinstance(event, ev.Lifecycle):
        return _lifecycle(before, raid, event)
    if isinstance(event, ev.Edit):
        return _edit(event)
    return _bookkeeping(event)


def _signup(before: Raid, raid: Raid, event: ev.Signup) -> Entry:
    match event:
        case ev.Joined(member, role):
            return Entry("joined", member, None, _role(raid, role))
        case ev.Moved(member, origin, role):
            return Entry("moved", member, _role(raid, origin), _role(raid, role))
        case ev.Waitlisted(member, role, position, keeps):
            return Entry("waitlisted", member, _role(raid, keeps), f"{_role(raid, role)} #{position}")
        case ev.Promoted(member, role, origin):
            return Entry("promoted", member, _role(raid, origin), _role(raid, role))
        case ev.Left(member, role):
            return Entry("left", member, _role(before, role), None)
        case ev.StoppedWaiting(member, role):
            return Entry("stopped waiting", member, _role(before, role), None)
        case _:
            assert_never(event)


def _roster_edit(before: Raid, raid: Raid, event: ev.RosterEdit) -> Entry:
    match event:
        case ev.Assigned(member, role, origin, forced):
            action = "assigned over capacity" if forced else "assigned"
            return Entry(action, member, _role(raid, origin), _role(raid, role))
        case ev.Removed(member, seat):
            return Entry("removed", member, _role(before, seat.role) if seat else "waiting", None)
        case ev.SentToWait(member, role, position, origin):
            return Entry("sent to wait", member, _role(raid, origin), f"{_role(raid, role)} #{position}")
        case ev.SideTaken(member, was, becomes):
            return Entry("side", member, was, becomes)
        case ev.PlaceRestored(member, seat, waits):
            places = [_role(raid, seat), *(f"waits for {_role(raid, key)}" for key in waits)]
            return Entry("place restored", member, None, ", ".join(filter(None, places)) or "no place")
        case _:
            assert_never(event)


def _substitution(raid: Raid, event: ev.Substitution) -> Entry | None:
    match event:
        case ev.SubstituteAsked(member, role):
            return Entry("asked to substitute", member, None, _role(raid, role))
        case ev.SubstituteCame(member, role, origin, _):
            return Entry("substitutes", member, _role(raid, origin), _role(raid, role))
        case ev.AskDeclined(member, role, _):
            return Entry("does not substitute", member, _role(raid, role), None)
        case ev.AskEnded():
            return None
        case _:
            assert_never(event)


def _lifecycle(before: Raid, raid: Raid, event: ev.Lifecycle) -> Entry:
    match event:
        case ev.Created():
            return Entry("created", None, None, raid.name)
        case ev.Posted():
            return Entry("posted", None, None, raid.link)
        case ev.Filled():
            return Entry("full")
        case ev.Closed(reason, _):
            why = "" if reason is CloseReason.MANUAL else f": {why_closed(reason)}"
            return Entry("closed", None, before.status, f"closed{why}")
        case ev.Reopened():
            return Entry("reopened", None, before.status, raid.status)
        case ev.Cancelled(reason, _):
            why = "" if reason is CancelReason.MANUAL else why_cancelled(reason)
            return Entry("cancelled", None, before.status, f"cancelled{why}")
        case ev.Revived():
            return Entry("takes place after all")
        case _:
            assert_never(event)


def _edit(event: ev.Edit) -> Entry:
    match event:
        case ev.TimeChanged(was, becomes):
            return Entry("time changed", None, was.isoformat(), becomes.isoformat())
        case ev.Reworded(what, was, becomes):
            return Entry(f"{what} changed", None, was or None, becomes or None)
        case ev.LengthChanged(was, becomes):
            return Entry("length changed", None, spoken_length(was) if was else None, spoken_length(becomes))
        case ev.LeaderChanged(was, becomes):
            return Entry("leader changed", None, _mention(was), _mention(becomes))
        case ev.Duplicated(code):
            return Entry("duplicated", None, None, code)
        case ev.Undone(action, _):
            return Entry("undone", None, action, None)
        case _:
            assert_never(event)


def _bookkeeping(event: ev.Bookkeeping) -> Entry | None:
    match event:
        case ev.PresenceMarked(member, was, becomes):
            return Entry("attendance marked", member, was, becomes)
        case ev.Reminded(which, members):
            return Entry("reminded", None, None, f"{which}: {len(members)}")
        case ev.ThreadOpened():
            return Entry("thread opened")
        case ev.ThreadLost():
            return Entry("thread lost")
        case ev.MarksChanged():
            return None
        case _:
            assert_never(event)


def _mention(member: MemberId | None) -> str:
    return f"<@{member}>" if member else "nobody"


def _role(raid: Raid, key: RoleKey | None) -> str | None:
    return None if key is None else raid.role(key).name


def settings_entries(before: GuildSettings, after: GuildSettings) -> tuple[Entry, ...]:
    """Return one entry per setting that differs, with channels and roles as Discord mentions."""
    said = dict(_settings_in_words(before))
    return tuple(
        Entry(f"{name} changed", None, said.get(name), value)
        for name, value in _settings_in_words(after)
        if said.get(name) != value
    )


_NAMES = {
    "zone": "time zone",
    "signup_style": "signing up",
    "thread_members": "members in threads",
    "refusal_notices_in_thread": "refusals in threads",
    "audit_channel": "audit log",
    "debug_channel": "live log",
}


def _settings_in_words(settings: GuildSettings) -> Iterator[tuple[str, str | None]]:
    """Yield every setting as (name, value), named as in `/settings`; the value is None where nothing is chosen."""
    for entry in fields(settings):
        name, value = entry.name.replace("_", " "), getattr(settings, entry.name)
        match entry.name:
            case "guild" | "creator_reminders" | "participant_reminders" | "threads":
                continue  # reported with the minutes settings below
            case "creator_reminder_minutes":
                yield "reminder to the creator", _lead_in_words(value) if settings.creator_reminders else "off"
            case "participant_reminder_minutes":
                yield "reminder to participants", _lead_in_words(value) if settings.participant_reminders else "off"
            case "full_close_minutes":
                yield "closing of full raids", _lead_in_words(value) if value else "at their start"
            case "thread_archive_minutes":
                yield "discussion threads", f"archived after {spoken_minutes(value)}" if settings.threads else "off"
            case "audit_days":
                yield "keeping of the audit", f"for {value} days"
            case "channels":
                yield from ((f"{kind} channel", _channel(value.get(kind))) for kind in Kind)
            case "audit_channel" | "debug_channel":
                yield _NAMES[entry.name], _channel(value)
            case "leader_role":
                yield name, _mentions(() if value is None else (value,), settings.guild)
            case "signup_roles":
                for kind in Kind:
                    yield f"{kind} signup roles", _mentions(value.get(kind, ()), settings.guild)
            case "grants":
                yield from _said_grants(value, settings.guild)
            case _:
                yield _NAMES.get(entry.name, name), _scalar(value)


def _lead_in_words(minutes: int) -> str:
    return f"{spoken_minutes(minutes)} before"


def _said_grants(grants: Grants, guild: GuildId) -> Iterator[tuple[str, str | None]]:
    yield "admin roles", _mentions(grants.admins, guild)
    for target in targets():
        yield f"roles for {target}", _mentions(grants.of(target), guild)


def _channel(channel: int | None) -> str | None:
    return f"<#{channel}>" if channel else None


def _mentions(roles: Iterable[int], guild: GuildId) -> str | None:
    """Return role mentions; the role with the guild's id becomes “@everyone”, because its mention reads badly."""
    return ", ".join("@everyone" if role == guild else f"<@&{role}>" for role in sorted(roles)) or None


def _scalar(value: Any) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "on" if value else "off"
        case _:
            return str(value)
