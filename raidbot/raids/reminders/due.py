"""Reminders that are due: to whom, at which instants, and in one message with other raids.

Every person's instants follow from the raid, the leads that count for them, and when they joined. What was sent needs
no record but `Raid.reminded_until`, up to which everything is done.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from raidbot.raids.events import Change, Joint, Reminded, Reminder, ReminderMissed
from raidbot.raids.model import MemberId, Raid
from raidbot.raids.reminders.leads import Leads
from raidbot.raids.settings import GuildSettings

TOGETHER = timedelta(minutes=15)
"""Raids of a member that start within this time of each other are in one message."""
MAX_JOINT = 4
"""Other raids in one message. A direct message has room for the buttons of five."""
_TIME_TO_REMIND = timedelta(minutes=1)
"""Several times the period of the heartbeat."""


@dataclass(frozen=True, slots=True)
class OwnLeads:
    """A member's own leads, which replace the server's for them, and since when (UTC)."""

    leads: Leads
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """The leads of a server, and of its members who have their own."""

    settings: GuildSettings
    own: Mapping[MemberId, OwnLeads] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pending:
    """A reminder that nobody was sent yet. `at` is the instant (UTC) from which it is due."""

    at: datetime
    member: MemberId
    which: Reminder


Named = Mapping[MemberId, datetime]
"""Members whom a message about another raid reminded of this one, and up to which instant that counts."""
NOBODY: Named = {}


def pending(raid: Raid, wishes: Wishes, named: Named = NOBODY) -> Iterator[Pending]:
    """Yield all reminders of the raid that are still to send, due or not.

    Whoever took a place after an instant gets nothing for it, and leads that were chosen after it do not count.
    """
    if not raid.is_live:
        return
    settings, times = wishes.settings, _Times(raid)
    for member, which, since in (*_heads(raid), *_people(raid, waiting=settings.remind_waiting)):
        own = wishes.own.get(member)
        leads = settings.leader_leads if which is Reminder.CREATOR else settings.member_leads
        chosen = settings.leads_since if own is None else own.since
        for at in times.of(leads if own is None else own.leads):
            is_new = at > max(raid.reminded_until or raid.time_known_since, named.get(member, raid.created_at))
            if is_new and since <= at + _TIME_TO_REMIND and (chosen is None or chosen < at + _TIME_TO_REMIND):
                yield Pending(at, member, which)


def due(raid: Raid, wishes: Wishes, *, now: datetime, named: Named = NOBODY) -> tuple[Pending, ...]:
    """Return the reminders to send now: those whose instant has come, before the start. Closed signups remind, too."""
    if now >= raid.starts_at:
        return ()
    return tuple(one for one in pending(raid, wishes, named) if one.at <= now)


def next_time(raid: Raid, wishes: Wishes, *, after: datetime) -> datetime | None:
    """Return the first instant after `after` at which a reminder is due, or None."""
    return min((one.at for one in pending(raid, wishes) if one.at > after), default=None)


def remind(raid: Raid, found: Sequence[Pending], *, now: datetime, joint: Iterable[Joint] = ()) -> Change:
    """Record the reminders as sent. Of several that are overdue everybody gets one: the message is about the start.

    `joint` are other raids in the same messages.
    """
    if not found:
        return Change(raid)
    others = tuple(joint)
    events = []
    for which in Reminder:
        members = tuple(dict.fromkeys(one.member for one in found if one.which is which))
        if members:
            theirs = tuple(one for one in others if one.member in members)
            events.append(Reminded(which, members, theirs))
    return Change(replace(raid, reminded_until=now), tuple(events))


def joint_with(raid: Raid, wishes: Wishes, member: MemberId, *, now: datetime, named: Named = NOBODY) -> Joint | None:
    """Return what a message now to the member about a raid close by says about this one, or None.

    It stands for the reminders of this raid that are due, or else for the next one within `TOGETHER`.
    """
    instants = sorted({one.at for one in pending(raid, wishes, named) if one.member == member})
    stands_for = [at for at in instants if at <= now] or [at for at in instants if at <= now + TOGETHER][:1]
    if not stands_for or now >= raid.starts_at:
        return None
    return Joint(member, raid.id, raid.time_revision, raid.starts_at, stands_for[-1])


def note_missed(before: Raid, change: Change, wishes: Wishes, named: Named = NOBODY) -> Change:
    """Add to the change with which a raid begins the reminders that nobody got, because the bot was away.

    What was due for less than a minute before the start is left out: the clock may have been too slow for it.
    """
    raid = change.raid
    if before.begun or not raid.begun:
        return change
    latest = raid.starts_at - _TIME_TO_REMIND
    missed = [one for one in pending(raid, wishes, named) if one.at <= latest]
    found = ((which, tuple(dict.fromkeys(one.member for one in missed if one.which is which))) for which in Reminder)
    events = tuple(ReminderMissed(which, members) for which, members in found if members)
    return replace(change, events=(*change.events, *events))


class _Times:
    """Instants of leads before a raid's start, each computed once."""

    def __init__(self, raid: Raid) -> None:
        self._raid = raid
        self._zone = ZoneInfo(raid.zone)
        self._found: dict[Leads, tuple[datetime, ...]] = {}

    def of(self, leads: Leads) -> tuple[datetime, ...]:
        """Return the instants, earliest first.

        The shortest lead is due at the earliest halfway from when the start was set, as members have just read it then.
        """
        if leads not in self._found:
            start, known = self._raid.starts_at, self._raid.time_known_since
            *longer, last = (lead.before(start, self._zone) for lead in leads) if leads else (start,)
            shortest = (max(last, known + (start - known) / 2),) if leads else ()
            self._found[leads] = (*longer, *shortest)
        return self._found[leads]


def _heads(raid: Raid) -> Iterator[tuple[MemberId, Reminder, datetime]]:
    for head in dict.fromkeys(head for head in (raid.creator, raid.leader) if head is not None and head > 0):
        yield head, Reminder.CREATOR, raid.created_at


def _people(raid: Raid, *, waiting: bool) -> Iterator[tuple[MemberId, Reminder, datetime]]:
    """Yield those with a seat, and since when; with `waiting` also those in a line."""
    since = {seat.member: seat.since for seat in raid.seats}
    for wait in raid.waits if waiting else ():
        if wait.member not in since or (raid.seat_of(wait.member) is None and wait.since < since[wait.member]):
            since[wait.member] = wait.since
    for member, joined in since.items():
        yield member, Reminder.PARTICIPANTS, joined
