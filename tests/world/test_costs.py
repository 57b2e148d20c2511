"""Figures of one server, or of one member, cost no more when there is more of others: counted in steps of SQLite."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from raidbot.db import raid_listings
from raidbot.db.statistics import achievements, activity, by_period, exported, leaderboards, members, servers
from raidbot.raids.statistics.periods import latest, month_of
from raidbot.raids.statistics.spans import Span, stretch_of
from tests.db.queries.steps import steps_of
from tests.world.making.enlarge import enlarge
from tests.world.making.scenery import NOW, SERVERS

Call = Callable[[sqlite3.Connection], object]

LARGE, SMALL = SERVERS[0], SERVERS[2]
"""The second one has members who are in the first, too, and members who are not."""
GROWTH = 1.05
"""Most by which a call may cost more: who is new in a server may have come often in another one."""


def test_a_server_costs_the_same_beside_a_large_one(world_file: Path) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as tx:
        tx.deserialize(world_file.read_bytes())
        before = _steps(tx, _of_server())
        enlarge(tx, LARGE.guild, copies=2)
        after = _steps(tx, _of_server())

    assert {name: (before[name], after[name]) for name in before if after[name] > GROWTH * before[name]} == {}


def test_a_member_costs_the_same_in_a_server_that_grew_without_them(world_file: Path) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as tx:
        tx.deserialize(world_file.read_bytes())
        before = _steps(tx, _of_member())
        for server in SERVERS:
            enlarge(tx, server.guild, copies=2)
        mine = "DELETE FROM {} WHERE member = ? AND raid IN (SELECT id FROM raids WHERE message IS NULL)"
        for table in ("attendance", "seats", "waits"):
            tx.execute(mine.format(table), (_MEMBER,))
        after = _steps(tx, _of_member())

    assert {name: (before[name], after[name]) for name in before if after[name] > GROWTH * before[name] + 20} == {}


_MEMBER = LARGE.members[8]


def _steps(tx: sqlite3.Connection, calls: Iterator[tuple[str, Call]]) -> dict[str, int]:
    return {name: steps_of(tx, call) for name, call in calls}


def _of_server() -> Iterator[tuple[str, Call]]:
    guild, zone = SMALL.guild, SMALL.tz
    month = month_of(NOW, zone).before
    yield "server", partial(servers.server_figures, guild=guild, now=NOW, zone=zone)
    yield "month", partial(by_period.period_figures, guild=guild, period=month, now=NOW)
    yield "trend", partial(by_period.trend, guild=guild, periods=latest(month, 12), now=NOW)
    for span in (Span.ALL, Span.LAST_MONTH):
        stretch = stretch_of(span, NOW, zone)
        yield f"leaderboard, {span}", partial(leaderboards.came, guild=guild, stretch=stretch, now=NOW)
        yield f"in a role, {span}", partial(leaderboards.came, guild=guild, stretch=stretch, now=NOW, role="Tank")
    yield "names of roles", partial(leaderboards.role_names, guild=guild, now=NOW)
    yield "last activity", partial(activity.last_activity, guild=guild, now=NOW)
    yield "coming", partial(activity.coming, guild=guild, now=NOW)
    yield "exported", partial(exported.raid_ids, guild=guild)
    yield "balances", partial(exported.balances, guild=guild)


def _of_member() -> Iterator[tuple[str, Call]]:
    guild, zone = LARGE.guild, LARGE.tz
    served = [server.guild for server in SERVERS]
    yield "user", partial(members.member_figures, guild=guild, member=_MEMBER, now=NOW, zone=zone)
    yield "everywhere", partial(members.member_figures_everywhere, member=_MEMBER, now=NOW, served=served)
    yield "achievements", partial(achievements.nights, guild=guild, member=_MEMBER, now=NOW)
    yield "history", partial(raid_listings.history, guild=guild, member=_MEMBER, now=NOW, page=0, size=10)
    yield "sums of a history", partial(raid_listings.figures, guild=guild, member=_MEMBER, now=NOW)
