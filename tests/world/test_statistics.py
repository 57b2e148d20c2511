"""The figures of `/stats` about members, servers, weeks and months are those that plain Python makes of the rows."""

import sqlite3
from datetime import UTC, date, datetime

import pytest

from raidbot.db.statistics.by_period import period_figures, trend
from raidbot.db.statistics.members import member_figures, member_figures_everywhere
from raidbot.db.statistics.servers import server_figures
from raidbot.db.timestamps import seconds_or_none
from raidbot.raids.model import MemberId
from raidbot.raids.statistics import figures
from raidbot.raids.statistics.figures import NamedCount, Top, total
from raidbot.raids.statistics.periods import Period, PeriodKind, latest, period_of
from raidbot.raids.statistics.tally import Tally
from tests.world import recompute
from tests.world.making.scenery import FIRST, NOW, SERVERS, Server, member
from tests.world.recompute import World

EVERY_SERVER = pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)
_OF_KIND = {PeriodKind.WEEK: recompute.week_of, PeriodKind.MONTH: recompute.month_of}


@EVERY_SERVER
def test_figures_of_every_member(world: sqlite3.Connection, plain: World, server: Server) -> None:
    guild = server.guild
    everybody = {*server.members, *plain.everybody(guild)}

    wrong = {}
    for one in everybody:
        found = member_figures(world, guild, MemberId(one), now=NOW, zone=server.tz)
        numbers = plain.numbers(guild, one)
        for shown, right in (
            ((_tuple(found.tally), found.tally.rate), (numbers.as_tuple(), numbers.rate)),
            (_counts(found.roles), plain.roles(guild, one)),
            (_counts(found.templates), plain.templates(guild, one)),
            (list(found.weekdays), plain.weekdays(guild, one)),
            (list(found.hours), plain.hours(guild, one)),
            (seconds_or_none(found.last_raid_at), plain.last(guild, one)),
            (found.streak, plain.streak(guild, one)),
        ):
            if shown != right:
                wrong[one] = (shown, right)

    assert wrong == {}
    assert len(everybody) > len(server.members)


def test_figures_of_a_member_in_all_servers(world: sqlite3.Connection, plain: World) -> None:
    served = [server.guild for server in SERVERS]
    for number in range(0, 400, 7):
        one = member(number)
        shares = member_figures_everywhere(world, one, now=NOW, served=served)
        right = {guild: plain.numbers(guild, one) for guild in served}
        there = {guild: numbers for guild, numbers in right.items() if any(numbers.as_tuple())}

        assert {share.guild: _tuple(share.figures.tally) for share in shares if any(_tuple(share.figures.tally))} == {
            guild: numbers.as_tuple() for guild, numbers in there.items()
        }
        summed = [sum(column) for column in zip(*(numbers.as_tuple() for numbers in right.values()), strict=True)]
        assert list(_tuple(total(shares))) == summed
        assert {share.guild for share in member_figures_everywhere(world, one, now=NOW, served=served[:1])} <= {
            served[0]
        }


@EVERY_SERVER
def test_figures_of_servers(world: sqlite3.Connection, plain: World, server: Server) -> None:
    guild = server.guild
    found = server_figures(world, guild, now=NOW, zone=server.tz)
    counted = plain.counted(guild)

    assert found.raids == len(counted)
    assert found.seats == sum(raid.seats for raid in counted)
    assert _counts(found.uncounted) == recompute.named_by_title(plain.uncounted(guild))
    assert found.not_counted == len(plain.uncounted(guild))
    assert _tuple(found.tally) == plain.total(guild).as_tuple()
    assert found.tally.rate == plain.total(guild).rate
    of_seats = ("present", "late", "no-show", "excused")
    assert found.filled == sum(state in of_seats for raid in counted for _, state in raid.rows.values())
    assert found.participants == len(plain.participants(guild))
    _check_top(found.top, plain.ranking(guild))
    assert _counts(found.templates) == plain.templates(guild)
    assert (list(found.weekdays), list(found.hours)) == (plain.server_weekdays(guild), plain.server_hours(guild))
    assert seconds_or_none(found.first_raid_at) == counted[0].start
    assert seconds_or_none(found.last_raid_at) == counted[-1].start


@EVERY_SERVER
@pytest.mark.parametrize("kind", PeriodKind)
def test_figures_of_every_week_and_month(
    world: sqlite3.Connection, plain: World, server: Server, kind: PeriodKind
) -> None:
    """They are next to each other without a gap, and each is compared with the one before it."""
    guild, period, day = server.guild, period_of(kind, NOW, server.tz), plain.today(server.guild)
    listed = []
    while period.end > FIRST:
        days = _OF_KIND[kind](day)
        shown = period_figures(world, guild, period, now=NOW)
        numbers = plain.total(guild, days)
        assert (period.first, period.last) == days
        assert shown.raids == len(plain.counted(guild, days))
        assert (_tuple(shown.tally), shown.tally.rate) == (numbers.as_tuple(), numbers.rate)
        assert shown.participants == len(plain.participants(guild, days))
        assert shown.newcomers == len(plain.newcomers(guild, days))
        _check_top(shown.top, plain.ranking(guild, days))
        listed.append((period, shown))
        period, day = period.before, recompute.before(days, _OF_KIND[kind])[0]

    assert len(listed) >= {PeriodKind.WEEK: 104, PeriodKind.MONTH: 24}[kind]
    points = trend(world, guild, latest(listed[0][0], len(listed)), now=NOW)
    assert [(point.raids, point.came, point.no_shows) for point in reversed(points)] == [
        (shown.raids, shown.tally.came, shown.tally.no_shows) for _, shown in listed
    ]
    assert sum(point.raids for point in points) == len(plain.counted(guild))


@EVERY_SERVER
def test_raids_belong_to_the_period_of_their_day(plain: World, server: Server) -> None:
    """The range of instants of a week or a month has the raids whose day a calendar has in it."""
    for raid in plain.counted(server.guild):
        at = datetime.fromtimestamp(raid.start, UTC)
        for kind, of in _OF_KIND.items():
            period = period_of(kind, at, server.tz)
            assert (period.first, period.last) == of(raid.day)
            assert period.has(at)
            assert not period.before.has(at)
            assert not period.next.has(at)


def test_the_world_ends_in_two_years_at_once() -> None:
    assert [period_of(PeriodKind.MONTH, NOW, server.tz).first for server in SERVERS] == [
        date(2027, 1, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
    ]
    assert {Period(PeriodKind.WEEK, date(2026, 12, 28), server.tz).last for server in SERVERS} == {date(2027, 1, 3)}


def _tuple(tally: Tally) -> tuple[int, ...]:
    numbers = (tally.present, tally.late, tally.no_shows, tally.excused, tally.called_off, tally.benched)
    return (*numbers, tally.carried)


def _counts(named: tuple[NamedCount, ...]) -> dict[str, int]:
    assert list(named) == sorted(named, key=lambda one: -one.raids)
    assert len({one.name for one in named}) == len(named)
    return {one.name: one.raids for one in named}


def _check_top(top: Top, ranking: list[tuple[int, int, int]]) -> None:
    """Check the first five, who may be any of those that share a place, and how many more share the last one."""
    listed, rest = ranking[: figures.TOP], ranking[figures.TOP :]
    shown = [(one.place, int(one.member), one.came) for one in top.standings]
    assert set(shown) <= set(ranking)
    assert len(set(shown)) == len(listed)
    assert [place for place, _, _ in shown] == [place for place, _, _ in listed]
    assert top.tied == sum(place == listed[-1][0] for place, _, _ in rest)
