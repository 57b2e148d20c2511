"""Figures from the database are those that plain Python makes of the same raids."""

import sqlite3
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from raidbot.db import imported
from raidbot.db.imported import Balance
from raidbot.db.statistics.by_period import period_figures, trend
from raidbot.db.statistics.members import member_figures
from raidbot.db.statistics.servers import server_figures
from raidbot.raids.model import GuildId, Kind, MemberId, Presence, Status
from raidbot.raids.statistics.figures import MemberFigures
from raidbot.raids.statistics.periods import PeriodKind, latest, period_of
from tests.db.memory_database import memory_database
from tests.db.statistics.past_raids import past_raid
from tests.raids.builders import GUILD, NOW

ELSEWHERE = GuildId(GUILD + 1)
MEMBERS = tuple(MemberId(number) for number in (-9, 11, 12, 13, 14, 15, 16, 17))
"""One of them was forgotten and has a number below 0."""
ZONES = tuple(map(ZoneInfo, ("America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo", "Australia/Sydney")))
_TWO_HOURS = 120


@dataclass(frozen=True)
class Past:
    """A raid as this file computes with it."""

    guild: GuildId
    starts_at: datetime
    length: int | None
    title: str
    kind: Kind
    role: str
    status: Status
    counts: bool
    presences: dict[MemberId, Presence]

    @property
    def counted(self) -> bool:
        end = self.starts_at + timedelta(minutes=self.length or _TWO_HOURS)
        return self.status is Status.CLOSED and self.counts and end <= NOW

    def came(self) -> set[MemberId]:
        return {member for member, presence in self.presences.items() if presence.value in ("present", "late")}


_MINUTES = 60 * 24 * 75
pasts = st.builds(
    Past,
    guild=st.sampled_from((GUILD, GUILD, GUILD, ELSEWHERE)),
    starts_at=st.integers(-600, _MINUTES).map(lambda minutes: NOW - timedelta(minutes=minutes)),
    length=st.sampled_from((None, 30, 180, 600)),
    title=st.sampled_from(("Molten Core", "Black Temple")),
    kind=st.sampled_from((Kind.RAID, Kind.RAID, Kind.MUSEUM, Kind.KEY)),
    role=st.sampled_from(("tank", "healer")),
    status=st.sampled_from((Status.CLOSED, Status.CLOSED, Status.CLOSED, Status.CANCELLED, Status.OPEN)),
    counts=st.sampled_from((True, True, True, False)),
    presences=st.dictionaries(st.sampled_from(MEMBERS), st.sampled_from(Presence), max_size=6),
)
balances = st.builds(
    Balance,
    guild=st.sampled_from((GUILD, ELSEWHERE)),
    member=st.sampled_from(MEMBERS),
    raids=st.integers(0, 9),
    no_shows=st.integers(0, 9),
    roles=st.dictionaries(st.sampled_from(("Tank", "Bard", "Museum")), st.integers(1, 9)),
    templates=st.dictionaries(st.sampled_from(("Molten Core", "Old Keep")), st.integers(1, 9)),
    weekdays=st.dictionaries(st.sampled_from("0123456"), st.integers(1, 9)),
    last_raid_at=st.sampled_from((None, NOW - timedelta(days=30), NOW - timedelta(days=900))),
)
worlds = st.tuples(st.lists(pasts, max_size=12), st.lists(balances, max_size=4, unique_by=lambda one: one.member))
zones = st.sampled_from(ZONES)


def fill(tx: sqlite3.Connection, world: tuple[list[Past], list[Balance]]) -> None:
    for past in world[0]:
        past_raid(
            tx,
            past.starts_at,
            past.presences,
            role=past.role,
            guild=past.guild,
            length_minutes=past.length,
            template=past.title.lower(),
            title=past.title,
            kind=past.kind,
            status=past.status,
            counts=past.counts,
        )
    for balance in world[1]:
        imported.open_balance(tx, balance)


@given(worlds, zones)
def test_a_member(world: tuple[list[Past], list[Balance]], zone: ZoneInfo) -> None:
    with memory_database() as tx:
        fill(tx, world)
        for member in MEMBERS:
            found = member_figures(tx, GUILD, member, now=NOW, zone=zone)

            _check_member(found, member, world, zone)


def _check_member(
    found: MemberFigures, member: MemberId, world: tuple[list[Past], list[Balance]], zone: ZoneInfo
) -> None:
    rows = [one for one in world[0] if one.guild == GUILD and one.counted and member in one.presences]
    came = [one for one in rows if member in one.came()]
    old = next(
        (one for one in world[1] if one.guild == GUILD and one.member == member), Balance(guild=GUILD, member=member)
    )
    missed = min(old.raids, old.no_shows)
    by_presence = Counter(one.presences[member].value for one in rows)

    tally = found.tally
    assert tally.came == len(came) + old.raids - missed
    assert tally.no_shows == by_presence["no-show"] + missed
    assert (tally.late, tally.excused) == (by_presence["late"], by_presence["excused"])
    assert (tally.called_off, tally.benched) == (by_presence["called off"], by_presence["benched"])
    assert tally.carried == old.raids
    roles = Counter("Museum" if one.kind is Kind.MUSEUM else one.role.title() for one in came) + Counter(old.roles)
    assert {role.name: role.raids for role in found.roles} == roles
    assert [role.raids for role in found.roles] == sorted(roles.values(), reverse=True)
    titles = Counter(one.title for one in came) + Counter(old.templates)
    assert {template.name: template.raids for template in found.templates} == titles
    local = [one.starts_at.astimezone(zone) for one in came]
    assert found.hours == tuple(sum(at.hour == hour for at in local) for hour in range(24))
    assert found.weekdays == tuple(
        sum(at.weekday() == day for at in local) + old.weekdays.get(str((day + 1) % 7), 0) for day in range(7)
    )
    assert found.last_raid_at == max(
        [one.starts_at for one in came] + ([old.last_raid_at] if old.last_raid_at else []), default=None
    )


@given(worlds, zones)
def test_a_server(world: tuple[list[Past], list[Balance]], zone: ZoneInfo) -> None:
    with memory_database() as tx:
        fill(tx, world)

        found = server_figures(tx, GUILD, now=NOW, zone=zone)

    here = [one for one in world[0] if one.guild == GUILD]
    counted = [one for one in here if one.counted]
    old = [one for one in world[1] if one.guild == GUILD]
    came = Counter(member for one in counted for member in one.came())
    came.update({one.member: one.raids - min(one.raids, one.no_shows) for one in old})
    came = +came
    presences = Counter(presence.value for one in counted for presence in one.presences.values())
    assert found.raids == len(counted)
    uncounted = [one for one in here if not one.counts and replace(one, counts=True).counted]
    assert {one.name: one.raids for one in found.uncounted} == Counter(one.title for one in uncounted)
    assert found.seats == 10 * len(counted)
    assert found.filled == sum(presences[name] for name in ("present", "late", "no-show", "excused"))
    assert found.tally.came == came.total()
    assert found.tally.no_shows == presences["no-show"] + sum(min(one.raids, one.no_shows) for one in old)
    assert found.tally.carried == sum(one.raids for one in old)
    assert found.participants == len(came)
    assert {one.name: one.raids for one in found.templates} == Counter(one.title for one in counted)
    local = [one.starts_at.astimezone(zone) for one in counted]
    assert found.hours == tuple(sum(at.hour == hour for at in local) for hour in range(24))
    assert found.weekdays == tuple(sum(at.weekday() == day for at in local) for day in range(7))
    assert found.first_raid_at == min((one.starts_at for one in counted), default=None)
    assert found.last_raid_at == max((one.starts_at for one in counted), default=None)
    standings = found.top.standings
    assert [one.came for one in standings] == sorted(came.values(), reverse=True)[:5]
    for one in standings:
        assert one.came == came[one.member]
        assert one.place == 1 + sum(number > one.came for number in came.values())
    assert found.top.tied == (
        sum(number == standings[-1].came for number in came.values())
        - sum(one.came == standings[-1].came for one in standings)
        if standings
        else 0
    )


@given(worlds, zones, st.sampled_from(PeriodKind), st.integers(0, 70))
def test_a_week_or_a_month(
    world: tuple[list[Past], list[Balance]], zone: ZoneInfo, kind: PeriodKind, days: int
) -> None:
    period = period_of(kind, NOW - timedelta(days=days), zone)
    with memory_database() as tx:
        fill(tx, world)

        found = period_figures(tx, GUILD, period, now=NOW)
        points = trend(tx, GUILD, latest(period, 12), now=NOW)

    counted = [one for one in world[0] if one.guild == GUILD and one.counted]
    inside = [one for one in counted if period.first <= one.starts_at.astimezone(zone).date() <= period.last]
    came = Counter(member for one in inside for member in one.came())
    earlier = {member for one in counted if one.starts_at < period.start for member in one.came()}
    moved = {one.member for one in world[1] if one.guild == GUILD and one.raids > one.no_shows}
    presences = Counter(presence.value for one in inside for presence in one.presences.values())
    assert found.raids == len(inside)
    assert found.participants == len(came)
    assert found.not_counted == sum(
        one.guild == GUILD
        and not one.counts
        and replace(one, counts=True).counted
        and period.first <= one.starts_at.astimezone(zone).date() <= period.last
        for one in world[0]
    )
    assert (found.tally.came, found.tally.no_shows) == (came.total(), presences["no-show"])
    assert found.tally.carried == 0
    assert found.newcomers == len(set(came) - earlier - moved)
    assert [one.came for one in found.top.standings] == sorted(came.values(), reverse=True)[:5]
    assert (points[-1].raids, points[-1].participants) == (len(inside), len(came))
    assert (points[-1].came, points[-1].no_shows) == (came.total(), presences["no-show"])
    since = points[0].period.first
    assert sum(point.raids for point in points) == sum(
        since <= one.starts_at.astimezone(zone).date() <= period.last for one in counted
    )
