"""Measure every statistic, leaderboard, history and export, on a world of two years and on a much larger server."""

import asyncio
import sqlite3
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from raidbot.db import raid_listings
from raidbot.db.database import Database
from raidbot.db.statistics import achievements, activity, by_period, leaderboards, members, servers
from raidbot.delivery.exports.csv_table import Dialect
from raidbot.delivery.exports.statistics_files import StatisticsFiles
from raidbot.raids.model import MemberId
from raidbot.raids.statistics.day_spans import Span as DaySpan
from raidbot.raids.statistics.leaderboards import board_of
from raidbot.raids.statistics.periods import Period, PeriodKind, latest, period_of
from raidbot.raids.statistics.spans import Span, Stretch, stretch_of
from tests.suite.new_database import in_memory
from tests.world.making.build import build
from tests.world.making.enlarge import enlarge
from tests.world.making.scenery import NOW, SERVERS

Call = Callable[[sqlite3.Connection], object]

_SERVER = SERVERS[0]
_COPIES = 7
_ROUNDS = 3
_MEMBERS = 8
_ROLES = 4
_TREND = 12


async def two_years() -> dict[str, object]:
    """Return the median and the worst milliseconds of processor time of each kind of call, on both databases."""
    found: dict[str, object] = {}
    with TemporaryDirectory(prefix="raidbot-bench-") as folder:
        for name, copies in (("world", 0), ("large", _COPIES)):
            path = Path(folder) / f"{name}.db"
            found[name] = await asyncio.to_thread(_make, path, copies)
            found[f"{name}_ms"] = await asyncio.to_thread(_measure, path) | await _exports(path)
    return found


def _make(path: Path, copies: int) -> dict[str, int]:
    """Write the world to a file. Return how much the measured server has in it."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(in_memory())
        connection.execute("BEGIN")
        build(connection)
        enlarge(connection, _SERVER.guild, copies=copies)
        connection.execute("COMMIT")
        path.write_bytes(connection.serialize())
        queries = {
            "raids": "SELECT count(*) FROM raids WHERE guild = ?",
            "rows": "SELECT count(*) FROM attendance JOIN raids ON raids.id = raid WHERE guild = ?",
        }
        return {name: connection.execute(query, (_SERVER.guild,)).fetchone()[0] for name, query in queries.items()}


def _measure(path: Path) -> dict[str, dict[str, float]]:
    """Return the median and the worst of the calls of each name, once their pages have been read."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        times: dict[str, list[float]] = {}
        for name, call in _calls(connection):
            call(connection)
            times.setdefault(name, []).extend(_milliseconds(connection, call) for _ in range(_ROUNDS))
    return {name: _summed(found) for name, found in times.items()}


def _calls(connection: sqlite3.Connection) -> Iterator[tuple[str, Call]]:
    guild, zone = _SERVER.guild, _SERVER.tz
    everybody = _SERVER.members
    for member in (*everybody[:5], *everybody[:: len(everybody) // _MEMBERS]):
        yield from _of_member(member)
    yield "server", partial(servers.server_figures, guild=guild, now=NOW, zone=zone)
    for kind in PeriodKind:
        for period in latest(period_of(kind, NOW, zone), _TREND):
            yield f"{kind} with comparison", partial(_period, period=period)
        periods = latest(period_of(kind, NOW, zone), _TREND)
        yield f"trend of {_TREND} {kind}s", partial(by_period.trend, guild=guild, periods=periods, now=NOW)
    roles = leaderboards.role_names(connection, guild, now=NOW)
    for span in Span:
        stretch = stretch_of(span, NOW, zone)
        yield f"leaderboard, {span}", partial(_board, stretch=stretch, role=None)
        for role in roles[:_ROLES]:
            yield f"leaderboard in a role, {span}", partial(_board, stretch=stretch, role=role)
    yield "names of roles", partial(leaderboards.role_names, guild=guild, now=NOW)
    yield "inactive", _inactive


def _of_member(member: MemberId) -> Iterator[tuple[str, Call]]:
    guild, zone = _SERVER.guild, _SERVER.tz
    served = [server.guild for server in SERVERS]
    yield "user", partial(members.member_figures, guild=guild, member=member, now=NOW, zone=zone)
    yield "user everywhere", partial(members.member_figures_everywhere, member=member, now=NOW, served=served)
    yield "achievements", partial(achievements.nights, guild=guild, member=member, now=NOW)
    page = partial(raid_listings.history, guild=guild, member=member, now=NOW, size=10)
    yield "history, first page", partial(page, page=0)
    yield "history, last page", partial(page, page=10**6)
    yield "history, sums", partial(raid_listings.figures, guild=guild, member=member, now=NOW)


def _period(connection: sqlite3.Connection, *, period: Period) -> None:
    for one in (period, period.before):
        by_period.period_figures(connection, _SERVER.guild, one, now=NOW)


def _board(connection: sqlite3.Connection, *, stretch: Stretch, role: str | None) -> None:
    board_of(leaderboards.came(connection, _SERVER.guild, stretch, now=NOW, role=role))


def _inactive(connection: sqlite3.Connection) -> None:
    activity.last_activity(connection, _SERVER.guild, now=NOW)
    activity.coming(connection, _SERVER.guild, now=NOW)


async def _exports(path: Path) -> dict[str, dict[str, float]]:
    """Measure whole files, which are made a few raids at a time, so that nobody waits for them."""
    db = await Database.open(path)
    files = StatisticsFiles(db, _SERVER.guild, DaySpan(None, None, _SERVER.tz), now=NOW, limit=10**9, dialect=Dialect())
    made: dict[str, Callable[[], Awaitable[object]]] = {
        "export of members": files.members,
        "export of raids": partial(files.raids, {}),
        "export of everything": files.everything,
    }
    found = {}
    for name, make in made.items():
        times = []
        for _ in range(_ROUNDS):
            began = time.process_time()
            await make()
            times.append((time.process_time() - began) * 1000)
        found[name] = _summed(times)
    await db.close()
    return found


def _milliseconds(connection: sqlite3.Connection, call: Call) -> float:
    """Return the processor time, which is the same however much else runs; the pages are in memory."""
    began = time.thread_time()
    call(connection)
    return (time.thread_time() - began) * 1000


def _summed(times: Sequence[float]) -> dict[str, float]:
    return {"median": round(statistics.median(times), 2), "worst": round(max(times), 2)}
