"""Duplicate a raid at another time."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from raidbot.raids.deadlines.deadline import with_signup_lead
from raidbot.raids.emoji.model import key_of
from raidbot.raids.events import Change, Duplicated
from raidbot.raids.lifecycle import check_start
from raidbot.raids.model import ChannelId, MemberId, Raid, RaidCode, RaidId, RoleKey, Seat, Source
from raidbot.raids.templates.catalogue import Catalogue


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

    Members in `keeping` keep their seats, in the same order, marked as forced beyond the number of seats; waitlists
    start empty. A signup deadline that has passed is left out. Raises Refusal for a start that has passed or is too far
    ahead.
    """
    check_start(starts_at, now=now)
    left = {role.key: role.seats for role in raid.roles}
    seats: list[Seat] = []
    for seat in raid.seats:
        if seat.member in keeping:
            left[seat.role] -= 1
            forced = left[seat.role] < 0
            place = len(seats) + 1
            seats.append(replace(seat, place=place, since=now, source=Source.COPY, forced=forced))
    copy = Raid(
        id=RaidId(0),
        guild=raid.guild,
        code=RaidCode(""),
        kind=raid.kind,
        template=raid.template,
        title=raid.title,
        emoji=raid.emoji,
        description=raid.description,
        signup_text=raid.signup_text,
        colour=raid.colour,
        roles=raid.roles,
        sides=raid.sides,
        strategy=raid.strategy,
        length_minutes=raid.length_minutes,
        lengths=raid.lengths,
        subject=raid.subject,
        counts=raid.counts,
        picture=raid.picture,
        creator=by,
        channel=channel,
        starts_at=starts_at,
        zone=zone,
        created_at=now,
        signup_lead=raid.signup_lead,
        seats=tuple(seats),
        next_place=len(seats) + 1,
    )
    return replace(with_signup_lead(copy, None, now=now), filled_once=copy.is_full)


def with_emoji_of_template(raid: Raid, catalogue: Catalogue, keys: Collection[RoleKey]) -> Raid:
    """Return the raid, in which these roles have the emoji that its template has for them now.

    A role keeps its emoji if the template does not have it any more, or if another role of the raid has that emoji.
    """
    template = next((entry.template for entry in catalogue.entries if entry.key == raid.template), None)
    if template is None:
        return raid
    played = template.played_as(template.strategy(raid.strategy) if raid.strategy else None)
    now = {role.key: role.emoji for role in played.roles}
    kept = {key_of(role.emoji) for role in raid.roles if role.key not in keys}
    roles = tuple(
        replace(role, emoji=now[role.key])
        if role.key in keys and role.key in now and key_of(now[role.key]) not in kept
        else role
        for role in raid.roles
    )
    return replace(raid, roles=roles)


def duplicated(raid: Raid, code: RaidCode) -> Change:
    """Record on the original raid that it was duplicated under `code`."""
    return Change(raid, (Duplicated(code),))
