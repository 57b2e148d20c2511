"""Leaderboards and achievements are what plain Python makes of the rows."""

import sqlite3
from datetime import timedelta

import pytest

from raidbot.db.statistics import achievements, leaderboards
from raidbot.raids.model import MemberId
from raidbot.raids.statistics.achievements import ACHIEVEMENTS, progress_of, record_of
from raidbot.raids.statistics.leaderboards import Board, board_of
from raidbot.raids.statistics.spans import Span, stretch_of
from tests.world import recompute
from tests.world.making.scenery import NOW, SERVERS, Server
from tests.world.recompute import Days, World

EVERY_SERVER = pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)


@EVERY_SERVER
@pytest.mark.parametrize("span", Span)
def test_places_and_numbers_of_everybody(world: sqlite3.Connection, plain: World, server: Server, span: Span) -> None:
    found = leaderboards.came(world, server.guild, stretch_of(span, NOW, server.tz), now=NOW)
    board = board_of(found)

    assert _placed(board) == set(plain.ranking(server.guild, _days(plain, server, span)))
    assert len(board.standings) == len(_placed(board))
    assert board.is_carried is (span is Span.ALL)
    for one in board.standings:
        assert one.count.name == plain.names.get((server.guild, one.count.member))
        assert one.count.carried == _brought(plain, server, one.count.member, span)


@EVERY_SERVER
@pytest.mark.parametrize("span", [Span.ALL, Span.WEEKS, Span.LAST_YEAR])
def test_places_in_every_role(world: sqlite3.Connection, plain: World, server: Server, span: Span) -> None:
    """Roles go by their names, also those that repeat within a raid, and those that only a balance knows."""
    names = leaderboards.role_names(world, server.guild, now=NOW)
    stretch, days = stretch_of(span, NOW, server.tz), _days(plain, server, span)

    assert set(names) == plain.role_names(server.guild)
    assert len(set(names)) == len(names) > 30
    for name in names:
        board = board_of(leaderboards.came(world, server.guild, stretch, now=NOW, role=name))
        assert _placed(board) == set(plain.role_ranking(server.guild, name, days)), name


@EVERY_SERVER
def test_achievements_of_everybody(world: sqlite3.Connection, plain: World, server: Server) -> None:
    unlocked = set()
    for one in plain.everybody(server.guild):
        member = MemberId(one)
        nights = achievements.nights(world, server.guild, member, now=NOW)
        record = record_of(nights, achievements.carried(world, server.guild, member), server.tz)
        found = {progress.achievement.key for progress in progress_of(record) if progress.is_unlocked}
        numbers = plain.numbers(server.guild, one)
        assert (record.came, record.no_shows) == (numbers.came, numbers.states["no-show"])
        assert found == plain.achievements(server.guild, one), one
        unlocked |= found

    assert len(ACHIEVEMENTS) == 11
    assert len(unlocked) >= 9


def _placed(board: Board) -> set[tuple[int, int, int]]:
    return {(one.place, int(one.count.member), one.count.raids) for one in board.standings}


def _brought(plain: World, server: Server, member: int, span: Span) -> int:
    balance = plain.balances.get((server.guild, member))
    return balance.came if balance is not None and span is Span.ALL else 0


def _days(plain: World, server: Server, span: Span) -> Days | None:
    today = plain.today(server.guild)
    match span:
        case Span.ALL:
            return None
        case Span.MONTH:
            return recompute.month_of(today)
        case Span.LAST_MONTH:
            return recompute.before(recompute.month_of(today), recompute.month_of)
        case Span.WEEKS:
            return recompute.week_of(today)[0] - timedelta(weeks=11), recompute.week_of(today)[1]
        case Span.YEAR:
            return recompute.year_of(today)
        case Span.LAST_YEAR:
            return recompute.before(recompute.year_of(today), recompute.year_of)
