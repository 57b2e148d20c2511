"""The files of `/stats export`, for people and for programs, have the same figures in them as the rows."""

import csv
import io
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from raidbot.db.database import Database
from raidbot.db.timestamps import seconds
from raidbot.delivery.exports.csv_table import Dialect
from raidbot.delivery.exports.statistics_files import Exported, StatisticsFiles
from raidbot.raids.statistics.day_spans import Span
from tests.world.json_lines import world_lines
from tests.world.making.scenery import NOW, SERVERS, Server
from tests.world.recompute import STATES, Days, World

EVERY_SERVER = pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)
ALL_TIME, LAST_YEAR = (None, None), (date(2026, 1, 1), date(2026, 12, 31))
_PRESENCES = dict(zip(STATES, ("Present", "Late", "No-shows", "Excused", "Called off", "Benched"), strict=True))

Files = Callable[[Server, tuple[date | None, date | None], Dialect], StatisticsFiles]


@pytest.fixture
async def files(world_file: Path, tmp_path: Path) -> AsyncIterator[Files]:
    path = tmp_path / "raidbot.db"
    shutil.copyfile(world_file, path)
    db = await Database.open(path)

    def of(server: Server, days: tuple[date | None, date | None], dialect: Dialect) -> StatisticsFiles:
        return StatisticsFiles(db, server.guild, Span(*days, server.tz), now=NOW, limit=10**9, dialect=dialect)

    yield of
    await db.close()


async def test_programs_find_the_same_world_in_json_lines(files: Files, plain: World) -> None:
    for server in SERVERS:
        guild = server.guild
        file = await files(server, ALL_TIME, Dialect()).everything()
        assert file is not None
        found = World(world_lines(file.content.decode()), seconds(NOW))

        assert found.everybody(guild) == plain.everybody(guild)
        assert {member: one.as_tuple() for member, one in found.all_numbers(guild).items()} == {
            member: one.as_tuple() for member, one in plain.all_numbers(guild).items()
        }
        assert len(found.raids) == sum(raid.guild == guild for raid in plain.raids)
        assert found.templates(guild) == plain.templates(guild)
        assert found.ranking(guild, LAST_YEAR) == plain.ranking(guild, LAST_YEAR)
        for member in sorted(plain.everybody(guild))[::9]:
            assert found.roles(guild, member) == plain.roles(guild, member)
            assert found.weekdays(guild, member) == plain.weekdays(guild, member)
            assert found.last(guild, member) == plain.last(guild, member)
            assert found.states(guild, member) == plain.states(guild, member)
        for (_, whose), name in found.names.items():  # those who were forgotten are “former member”
            assert whose < 0 or name == plain.names[guild, whose]


@pytest.mark.parametrize("dialect", [Dialect(), Dialect(";", ",")], ids=["comma", "semicolon"])
async def test_a_line_for_each_member(files: Files, plain: World, dialect: Dialect) -> None:
    for server, days in ((SERVERS[1], ALL_TIME), (SERVERS[2], LAST_YEAR)):
        file = await files(server, days, dialect).members()
        span = _span(days)
        right = plain.all_numbers(server.guild, span)
        rows = {_member(row["Member ID"]): row for row in _rows(file, dialect)}

        assert rows.keys() == right.keys()
        for member, row in rows.items():
            assert _numbers(row) == right[member].as_tuple()
            assert int(row["Raids come to"]) == right[member].came
            assert _rate(row["Rate"], dialect) == _rounded(right[member].rate)
            roles = plain.roles(server.guild, member, span)
            best = {name for name, number in roles.items() if number == max(roles.values())}
            assert {name.removeprefix("'") for name in row["Favourite role"].split(" / ") if name} == best
            last = _last(plain, server, member, span)
            assert row["Last raid"] == ("" if last is None else _local(last, server))


async def test_a_line_for_each_raid(files: Files, plain: World, world: sqlite3.Connection) -> None:
    for server in SERVERS:
        rows = _rows(await files(server, LAST_YEAR, Dialect()).raids({}), Dialect())
        raids = [raid for raid in plain.raids if raid.guild == server.guild and raid.day.year == 2026]
        codes = dict(world.execute("SELECT code, id FROM raids WHERE guild = ?", (server.guild,)).fetchall())
        by_id = {codes[row["Raid"].removeprefix("#")]: row for row in rows}

        assert by_id.keys() == {raid.id for raid in raids}
        for raid in raids:
            row, states = by_id[raid.id], [state for _, state in raid.rows.values()]
            assert [int(row[title]) for title in _PRESENCES.values()] == [states.count(state) for state in STATES]
            assert int(row["Raiders who came"]) == len(raid.came())
            assert (row["Counted"] == "yes") is raid.is_counted
            assert (row["Status"] == "took place") is raid.took_place
            assert row["Starts (server time)"] == _local(raid.start, server)
            assert int(row["Seats"]) == raid.seats


def _rows(file: Exported | None, dialect: Dialect) -> list[dict[str, str]]:
    assert file is not None
    text = io.StringIO(file.content.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(text, delimiter=dialect.separator, strict=True))


def _member(cell: str) -> int:
    """Return the id; people who were forgotten have one below zero."""
    return int(cell.strip("<@>")) if cell.startswith("<@") else -int(cell.removeprefix("former member "))


def _numbers(row: dict[str, str]) -> tuple[int, ...]:
    return (*(int(row[title]) for title in _PRESENCES.values()), int(row["From opening balance: raids"]))


def _rate(cell: str, dialect: Dialect) -> float | None:
    return float(cell.replace(dialect.decimal, ".")) if cell else None


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 4)


def _span(days: tuple[date | None, date | None]) -> Days | None:
    first, last = days
    return None if first is None or last is None else (first, last)


def _last(plain: World, server: Server, member: int, span: Days | None) -> int | None:
    if span is None:
        return plain.last(server.guild, member)
    return max((raid.start for raid in plain.came(server.guild, member, span)), default=None)


def _local(start: int, server: Server) -> str:
    return f"{datetime.fromtimestamp(start, UTC).astimezone(server.tz):%Y-%m-%d %H:%M}"
