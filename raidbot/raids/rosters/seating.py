"""Put members on a seat or a waitlist of the Raid value."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from raidbot.raids.events import WaitEnded
from raidbot.raids.model import GivenUp, MemberId, Presence, Raid, RoleKey, Seat, Source, Wait, changed

RETURN_PERIOD = timedelta(seconds=20)
"""Time in which whoever gave up a seat and wants it back stands first in line for it."""


def sit(
    raid: Raid,
    member: MemberId,
    key: RoleKey,
    *,
    now: datetime,
    source: Source,
    forced: bool = False,
    specs: Iterable[str | None] = (),
) -> Raid:
    """Seat the member in the role: their earlier seat and all waits end, and other marks become unwanted.

    Whoever called off before is back. They have the spec of their earlier seat, or the first of `specs`, that the role
    has.
    """
    seat = Seat(member, key, raid.next_place, now, source, forced, spec=_kept_spec(raid, member, key, specs))
    moved = _as_if_not_called_off(raid, member).without_seat(member).without_waits(member)
    seated = changed(moved, seats=(*moved.seats, seat), next_place=raid.next_place + 1)
    return mark_unwanted(seated, member, keep=key)


def _kept_spec(raid: Raid, member: MemberId, key: RoleKey, specs: Iterable[str | None]) -> str | None:
    offered = raid.role(key).specs
    if not offered:
        return None
    held = raid.seat_of(member)
    return next((spec for spec in (held.spec if held else None, *specs) if spec in offered), None)


def _as_if_not_called_off(raid: Raid, member: MemberId) -> Raid:
    rows = tuple(row for row in raid.attendance if row.member != member or row.presence is not Presence.CALLED_OFF)
    return raid if len(rows) == len(raid.attendance) else changed(raid, attendance=rows)


def ended_waits(before: Raid, member: MemberId, *, got: RoleKey | None = None) -> tuple[WaitEnded, ...]:
    """Return an event for each wait that the member had and loses with a place in `got`; not for that role itself."""
    return tuple(WaitEnded(member, wait.role) for wait in before.waits_of(member) if wait.role != got)


def queue(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime, source: Source) -> Raid:
    wait = Wait(member, key, raid.next_place, now, source)
    return changed(raid, waits=(*raid.waits, wait), next_place=raid.next_place + 1)


def queue_first(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime, source: Source) -> Raid:
    """Put the member before everybody who waits for the role."""
    place = min((wait.place for wait in raid.waits), default=1) - 1
    return changed(raid, waits=(Wait(member, key, place, now, source), *raid.waits))


def give_up(raid: Raid, seat: Seat, *, now: datetime) -> Raid:
    """Take the seat from its member, and remember it for `RETURN_PERIOD`."""
    kept = (one for one in raid.given_up if now - one.at <= RETURN_PERIOD and one.member != seat.member)
    given = (*kept, GivenUp(seat.member, seat.role, now, seat.spec))
    listed = tuple(sorted(given, key=lambda one: (one.member, one.role)))
    return changed(raid.without_seat(seat.member), given_up=listed)


def gave_up_lately(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime) -> GivenUp | None:
    """Return the seat in the role that the member gave up and may have back before others, if there is one."""
    theirs = (one for one in raid.given_up if (one.member, one.role) == (member, key))
    return next((one for one in theirs if now - one.at <= RETURN_PERIOD), None)


def mark_unwanted(raid: Raid, member: MemberId, *, keep: RoleKey | None = None) -> Raid:
    """Mark the member's reactions, except the one for `keep`, for removal by the bot."""
    others = [mark for mark in raid.marks if mark.member == member and mark.role != keep and not mark.unwanted]
    if not others:
        return raid
    return changed(raid, marks=tuple([replace(mark, unwanted=True) if mark in others else mark for mark in raid.marks]))
