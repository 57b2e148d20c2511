"""Put members on a seat or a waitlist of the Raid value."""

from dataclasses import replace
from datetime import datetime

from raidbot.raids.model import MemberId, Raid, RoleKey, Seat, Source, Wait


def sit(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime, source: Source, forced: bool = False) -> Raid:
    """Seat the member in the role: their earlier seat and all waits end, and other marks become unwanted."""
    seat = Seat(member, key, raid.next_place, now, source, forced)
    moved = raid.without_seat(member).without_waits(member).seating(seat)
    return mark_unwanted(replace(moved, next_place=raid.next_place + 1), member, keep=key)


def queue(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime, source: Source) -> Raid:
    wait = Wait(member, key, raid.next_place, now, source)
    return replace(raid, waits=(*raid.waits, wait), next_place=raid.next_place + 1)


def mark_unwanted(raid: Raid, member: MemberId, *, keep: RoleKey | None = None) -> Raid:
    """Mark the member's reactions, except the one for `keep`, for removal by the bot."""
    marks = tuple(
        replace(mark, unwanted=True) if mark.member == member and mark.role != keep else mark for mark in raid.marks
    )
    return raid if marks == raid.marks else replace(raid, marks=marks)
