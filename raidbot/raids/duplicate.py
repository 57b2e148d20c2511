"""Duplicate a raid at another time."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from raidbot.raids.events import Change, Duplicated
from raidbot.raids.lifecycle import check_start
from raidbot.raids.model import ChannelId, MemberId, Raid, RaidCode, RaidId, Seat, Source


def duplicate(
    raid: Raid,
    *,
    by: MemberId,
    channel: ChannelId,
    starts_at: datetime,
    zone: str,
    keeping: Collection[MemberId],
    now: datetime,
) -> Raid:
    """Return the copy to post, without id and code.

    Members in `keeping` keep their seats, in the same order; waitlists start empty. Raises Refusal for a start that
    has passed or is too far ahead.
    """
    check_start(starts_at, now=now)
    kept = [seat for seat in raid.seats if seat.member in keeping]
    seats = tuple(
        Seat(seat.member, seat.role, place, now, Source.COPY, seat.forced, seat.side)
        for place, seat in enumerate(kept, start=1)
    )
    copy = Raid(
        id=RaidId(0),
        guild=raid.guild,
        code=RaidCode(""),
        kind=raid.kind,
        template=raid.template,
        title=raid.title,
        emoji=raid.emoji,
        description=raid.description,
        colour=raid.colour,
        roles=raid.roles,
        sides=raid.sides,
        strategy=raid.strategy,
        length_minutes=raid.length_minutes,
        lengths=raid.lengths,
        subject=raid.subject,
        counts=raid.counts,
        creator=by,
        channel=channel,
        starts_at=starts_at,
        zone=zone,
        created_at=now,
        seats=seats,
        next_place=len(seats) + 1,
    )
    return replace(copy, filled_once=copy.is_full)


def duplicated(raid: Raid, code: RaidCode) -> Change:
    """Record on the original raid that it was duplicated under `code`."""
    return Change(raid, (Duplicated(code),))
