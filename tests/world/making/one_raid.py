"""The life of one raid of the world, from its draft to the leader's marks, played by the rules of the bot."""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial

from raidbot.raids import drafts, lifecycle
from raidbot.raids.drafts import Draft
from raidbot.raids.events import Change
from raidbot.raids.model import (
    Attendance,
    CancelReason,
    CloseReason,
    Kind,
    MemberId,
    MessageId,
    Presence,
    Raid,
    RaidCode,
    RoleKey,
    Source,
)
from raidbot.raids.rosters import attendance, manager_edits, signups
from raidbot.raids.schedules.model import Lead
from raidbot.raids.templates.catalogue import Catalogue, Entry
from raidbot.utils.errors import Refusal
from tests.world.making.scenery import NOW, SERVERS, Server, templates

FULL_LEAD = timedelta(minutes=30)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_FIRST_MESSAGE = 300_000_000_000_000_000
_KINDS = (Kind.RAID,) * 12 + (Kind.MUSEUM, Kind.MUSEUM, Kind.KEY, Kind.KEY, Kind.CHALLENGE, Kind.CHALLENGE)

Act = Callable[[Raid, datetime], Change]


@dataclass(frozen=True, slots=True)
class Step:
    """An act at an instant. Steps are taken in order of time, and those of one instant in the order of the list."""

    at: datetime
    act: Act


def play(server: Server, starts_at: datetime, number: int, rng: random.Random) -> Raid:
    """Return the raid as it stands at `NOW`. What a rule refuses changes nothing, as in life."""
    created = starts_at - timedelta(minutes=rng.randrange(600, 6 * 1440))
    planned = starts_at
    if rng.random() < 0.06 and starts_at < NOW:  # moved to this start later
        planned = created + timedelta(minutes=rng.randrange(300, 9 * 1440))
    raid = _planned(server, planned, min(created, NOW - timedelta(days=2)), number, rng)
    steps = [
        *_before(raid, starts_at, server, rng),
        *_clock(raid, starts_at),
        *_afterwards(raid, starts_at, server, rng),
    ]
    for step in sorted(steps, key=lambda step: step.at):
        if step.at > NOW:
            break
        try:
            raid = step.act(raid, step.at).raid
        except Refusal:
            continue
    return raid


@cache
def _catalogue() -> Catalogue:
    return Catalogue(tuple(Entry(template=template) for template in templates()))


@cache
def _blank(draft: Draft) -> Raid:
    """Return the raid of a draft, which is planned as by `/create`, with nothing of when and where yet."""
    created = NOW - timedelta(hours=1)
    guild, channel = SERVERS[0].guild, SERVERS[0].channel
    return drafts.plan(draft, _catalogue(), guild=guild, creator=MemberId(1), channel=channel, now=created)


def _planned(server: Server, starts_at: datetime, created: datetime, number: int, rng: random.Random) -> Raid:
    kind = rng.choice(_KINDS)
    if kind is Kind.RAID:
        template = rng.choice(_catalogue().offered())
        length = rng.choice(template.lengths) if template.lengths else None
        strategy = rng.choice(template.strategies).name if template.strategies else None
        draft = Draft(activity=template.key, length_minutes=length, strategy=strategy)
    elif kind is Kind.MUSEUM:
        draft = Draft(activity=kind, seats=rng.choice((6, 12)))
    else:
        subject = rng.choice((None, "Old Keep", "Old Keep", "=1+1"))
        counts = rng.random() < 0.7
        draft = Draft(activity=kind, teams=rng.randrange(1, 4), team_size=4, subject=subject, counts=counts)
    blank = _blank(replace(draft, starts_at=NOW, zone=server.zone))
    code = "".join(_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(6))
    leaders = server.members[:10]
    posted = replace(
        blank,
        guild=server.guild,
        channel=server.channel,
        code=RaidCode(code),
        creator=rng.choice(leaders),
        leader=rng.choice((None, *leaders)),
        starts_at=starts_at,
        zone=rng.choice((server.zone, server.zone, "Asia/Tokyo")),
        created_at=created,
        signup_lead=Lead(minutes=60) if rng.random() < 0.1 else None,
    )
    return lifecycle.posted(posted, MessageId(_FIRST_MESSAGE + number)).raid


def _before(raid: Raid, starts_at: datetime, server: Server, rng: random.Random) -> Iterator[Step]:
    """Yield what people do until the start: they join, wait, change roles and leave, and leaders open and close."""

    def some_time() -> datetime:
        return raid.created_at + (starts_at - raid.created_at) * rng.random()

    if raid.starts_at != starts_at:
        moved_at = raid.created_at + (min(starts_at, raid.starts_at) - raid.created_at) * (0.2 + 0.7 * rng.random())
        yield Step(moved_at, partial(_moved, to=starts_at, zone=raid.zone))
    eager = min(len(server.members), int(raid.capacity * rng.choice((0.3, 0.6, 0.9, 1.1, 1.4))) + 1)
    for one in _crowd(server, eager, rng):
        for _ in range(rng.choice((1, 1, 1, 2))):  # some choose another role, and the line of a full one
            yield Step(some_time(), partial(_joins, member=one, key=rng.choice(raid.roles).key))
        if rng.random() < 0.1:
            yield Step(some_time(), partial(_leaves, member=one))
        if rng.random() < 0.03:  # after signups closed, more often than not
            yield Step(starts_at - timedelta(minutes=rng.randrange(1, 50)), partial(_leaves, member=one))
        if rng.random() < 0.02:
            yield Step(some_time(), partial(_assigned, member=one, key=rng.choice(raid.roles).key))
    if rng.random() < 0.15:
        at = some_time()
        yield Step(at, partial(_closed, reason=CloseReason.MANUAL, by=raid.creator))
        if rng.random() < 0.5:
            yield Step(at + (starts_at - at) * rng.random(), partial(_reopened, by=raid.creator))
    if starts_at > NOW and rng.random() < 0.4:
        yield Step(NOW - timedelta(minutes=1), partial(_closed, reason=CloseReason.MANUAL, by=raid.creator))
    if rng.random() < 0.04:
        yield Step(some_time(), partial(_cancelled, reason=CancelReason.MANUAL))
    if rng.random() < 0.02:
        yield Step(some_time(), _board_deleted)


def _clock(raid: Raid, starts_at: datetime) -> Iterator[Step]:
    """Yield the looks of the clock."""
    end = starts_at + (raid.ends_at - raid.starts_at)
    for at in (starts_at - timedelta(minutes=60), starts_at - FULL_LEAD, starts_at, end):
        yield Step(at, _tick)


def _afterwards(raid: Raid, starts_at: datetime, server: Server, rng: random.Random) -> Iterator[Step]:
    """Yield what happens from the start on: latecomers, marks and their corrections, and raids that failed."""
    length = raid.ends_at - raid.starts_at
    if starts_at <= NOW < starts_at + length and rng.random() < 0.4:
        yield Step(NOW, partial(_reopened, by=raid.creator))
    if rng.random() < 0.06:
        yield Step(starts_at + timedelta(minutes=5), partial(_reopened, by=raid.creator))
        for one in _crowd(server, 3, rng):
            joins = partial(_joins, member=one, key=rng.choice(raid.roles).key)
            yield Step(starts_at + timedelta(minutes=rng.randrange(6, 9)), joins)
        yield Step(starts_at + timedelta(minutes=9), partial(_role_changed, rng=rng))
        if rng.random() < 0.5:
            reopened_until = starts_at + timedelta(minutes=20)
            yield Step(reopened_until, partial(_closed, reason=CloseReason.MANUAL, by=raid.creator))
    if rng.random() < 0.02:
        yield Step(starts_at + length * 0.9, partial(_cancelled, reason=CancelReason.MANUAL))
    for presence, share in ((Presence.NO_SHOW, 0.08), (Presence.LATE, 0.07), (Presence.EXCUSED, 0.03)):
        if rng.random() < 0.7:
            at = starts_at + timedelta(minutes=rng.randrange(1, 300))
            yield Step(at, partial(_marked, presence=presence, share=share, rng=rng))
            if rng.random() < 0.2:  # a correction, which takes some of them back
                yield Step(at + timedelta(minutes=60), partial(_marked, presence=presence, share=0.05, rng=rng))
    if rng.random() < 0.1:
        yield Step(starts_at + timedelta(minutes=301), partial(_played_instead, rng=rng))
    if rng.random() < 0.05:
        yield Step(starts_at + timedelta(minutes=302), partial(_all_but_some, rng=rng))
    if rng.random() < 0.03:
        yield Step(starts_at + length + timedelta(hours=1), _not_held)


def _crowd(server: Server, number: int, rng: random.Random) -> list[MemberId]:
    """Return that many members; those at the front of the server's list come far more often than those at its end."""
    found: dict[MemberId, None] = {}
    while len(found) < number:
        place = int(len(server.members) * rng.random() ** 2.5)
        found[server.members[place]] = None
    return list(found)


def _joins(raid: Raid, now: datetime, *, member: MemberId, key: RoleKey) -> Change:
    return signups.join(raid, member, key, now=now, source=Source.BUTTON)


def _leaves(raid: Raid, now: datetime, *, member: MemberId) -> Change:
    return signups.leave(raid, member, now=now)


def _assigned(raid: Raid, now: datetime, *, member: MemberId, key: RoleKey) -> Change:
    return manager_edits.assign(raid, member, key, now=now, force=True)


def _role_changed(raid: Raid, now: datetime, *, rng: random.Random) -> Change:
    """Let somebody play another role than the one they signed up for."""
    if not raid.seats:
        return Change(raid)
    seat = rng.choice(raid.seats)
    return manager_edits.assign(raid, seat.member, rng.choice(raid.roles).key, now=now, force=True)


def _moved(raid: Raid, now: datetime, *, to: datetime, zone: str) -> Change:
    return lifecycle.change_time(raid, to, zone, now=now, full_lead=FULL_LEAD)


def _closed(raid: Raid, now: datetime, *, reason: CloseReason, by: MemberId) -> Change:
    return lifecycle.close(raid, reason=reason, by=by, now=now)


def _reopened(raid: Raid, now: datetime, *, by: MemberId) -> Change:
    return lifecycle.reopen(raid, by=by, now=now)


def _cancelled(raid: Raid, now: datetime, *, reason: CancelReason) -> Change:
    return lifecycle.cancel(raid, reason=reason, by=raid.creator, now=now)


def _board_deleted(raid: Raid, now: datetime) -> Change:
    return lifecycle.lose_board(raid, reason=CancelReason.MESSAGE_DELETED, now=now)


def _not_held(raid: Raid, now: datetime) -> Change:
    return lifecycle.did_not_take_place(raid, by=raid.creator, now=now)


def _tick(raid: Raid, now: datetime) -> Change:
    """Close signups that are due, or note that the raid began, as the clock does."""
    reason = lifecycle.due_closing(raid, full_lead=FULL_LEAD, now=now)
    if reason is not None:
        return lifecycle.close(raid, reason=reason, by=None, now=now)
    return lifecycle.begin(raid, now=now, full_lead=FULL_LEAD)


def _marked(raid: Raid, now: datetime, *, presence: Presence, share: float, rng: random.Random) -> Change:
    """Mark a share of the roster, and take the mark from the others."""
    chosen, among = _share(attendance.of_seated(raid), share, rng)
    return attendance.mark(raid, presence, chosen, among=among, by=raid.creator, now=now)


def _played_instead(raid: Raid, now: datetime, *, rng: random.Random) -> Change:
    """Mark some of those who waited as present: they came for somebody who did not."""
    chosen, among = _share(attendance.of_benched(raid), 0.3, rng)
    return attendance.mark(raid, Presence.PRESENT, chosen, among=among, by=raid.creator, now=now)


def _all_but_some(raid: Raid, now: datetime, *, rng: random.Random) -> Change:
    came, among = _share(attendance.of_seated(raid), 0.9, rng)
    return attendance.only_came(raid, came, among=among, by=raid.creator, now=now)


def _share(rows: Iterable[Attendance], share: float, rng: random.Random) -> tuple[list[MemberId], list[MemberId]]:
    """Return some of the members, and all of them."""
    among = [row.member for row in rows]
    return [member for member in among if rng.random() < share], among
