"""Twelve weeks of a guild: people come, wait, are late, do not come, call off, and read the figures at the end."""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.store import Message
from raidbot.db.timestamps import seconds
from raidbot.raids.model import GuildId
from raidbot.raids.series.model import Series, Turn
from raidbot.raids.settings import GuildSettings
from tests.conftest import Start
from tests.delivery.harness import until
from tests.e2e.series.scene import boards, by, coming, make
from tests.world.export import export
from tests.world.recompute import STATES, World

WEEKS = 12
SEATS = 3
HOURS = timedelta(hours=1)
NAMES = ("alice", "bob", "carol", "dave")


async def test_a_season(sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path) -> None:
    people = {name: guild.add_member(name) for name in NAMES}
    ledger: dict[str, Counter[str]] = {name: Counter() for name in NAMES}
    async with start(reaction_limit=1000) as bot:
        await bot.state.change_settings(GuildId(guild.id), _open_to_all, by(guild))
        await make(bot, guild, coming(sandbox, 25), _with_seats)
        sandbox.advance(2 * HOURS)
        for week in range(WEEKS):
            await sandbox.until(partial(_has_board, guild, week))
            board = boards(guild)[week]
            for name, state in (await _evening(sandbox, guild, database, people, board, week)).items():
                ledger[name][state] += 1
            sandbox.advance(timedelta(days=7) - 26 * HOURS)
        plain = _plain(sandbox, database)

        assert {name: plain.numbers(guild.id, person.id).states for name, person in people.items()} == ledger
        await _check_answers(guild, people, plain)
        asked = await _ask(guild, people["carol"], "privacy forget")
        await asked.click("Forget me on this server")
        await _until(lambda: people["carol"].id not in _plain(sandbox, database).everybody(guild.id))
        after = _plain(sandbox, database)

        assert after.total(guild.id).as_tuple() == plain.total(guild.id).as_tuple()
        assert [place for place, _, _ in after.ranking(guild.id)] == [place for place, _, _ in plain.ranking(guild.id)]
        shown = await _ask(guild, people["alice"], "leaderboard top")
        assert "former member" in shown.text()
        assert "Carol" not in shown.text()


async def _evening(
    sandbox: Sandbox, guild: SandboxGuild, database: Path, people: dict[str, Person], board: Message, week: int
) -> dict[str, str]:
    """Let four people sign up for three seats. Return what each was, in words of attendance."""
    states = dict.fromkeys(NAMES[:SEATS], "present") | {"dave": "benched"}
    for name in NAMES:
        await people[name].react(board, "✅")
    await _until(lambda: _places(database) == len(NAMES))
    panel = await _panel(guild, database)
    if week % 4 == 1:
        await panel.click("Close signups")
        await people["bob"].unreact(board, "✅")
        await _until(lambda: _places(database) == len(NAMES) - 1)
        states["bob"] = "called off"
    sandbox.advance(24 * HOURS)
    await _until(lambda: _begun(database) > week)
    panel = await _panel(guild, database)
    await panel.click("Attendance")
    if week % 3 == 0:
        await panel.select("Who did not come?", ["Carol"])
        states["carol"] = "no-show"
    if week % 3 == 1:
        await panel.select("Who came late?", ["Alice"])
        states["alice"] = "late"
    if week % 4 == 2:
        await panel.select("Who was excused?", ["Bob"])
        states["bob"] = "excused"
    if week == 3:  # a mistake, which is undone
        await panel.select("Who did not come?", ["Alice", "Carol"])
        await panel.click("Back")
        await panel.click("Undo: attendance marked")
    sandbox.advance(2 * HOURS)
    return states


async def _check_answers(guild: SandboxGuild, people: dict[str, Person], plain: World) -> None:
    """Check what people read about themselves, about each other, and take along."""
    for name, person in people.items():
        numbers = plain.numbers(guild.id, person.id)
        said = (await _ask(guild, person, "stats user")).text()
        for state in STATES:
            shown = re.search(rf"{state}s? (\d+)", said)
            assert (int(shown[1]) if shown else 0) == numbers.states[state], (name, state)
        history = await _ask(guild, person, "raidinfo history")
        assert f"({WEEKS})" in history.text()
    server = (await _ask(guild, guild.owner, "stats server")).text()
    assert f"{WEEKS} raids since" in server
    assert f"{len(plain.participants(guild.id))} people came at least once" in server
    top = (await _ask(guild, people["alice"], "leaderboard top")).text()
    assert re.findall(r"· (\d+) raids?", top) == [str(number) for _, _, number in plain.ranking(guild.id)]
    files = await _ask(guild, guild.owner, "stats export", what="everything")
    assert files.message is not None
    lines = [json.loads(line) for line in files.message.attachments[0].content.decode().splitlines()]
    assert Counter(line["presence"] for line in lines if line["type"] == "attendance") == plain.total(guild.id).states
    mine = await _ask(guild, people["carol"], "privacy export")
    assert mine.message is not None
    assert str(people["carol"].id) in mine.message.attachments[0].content.decode()
    assert str(people["bob"].id) not in mine.message.attachments[0].content.decode()


def _has_board(guild: SandboxGuild, week: int) -> bool:
    """Return True if the board of a week, counted from 0, can be reacted to."""
    found = boards(guild)
    return len(found) > week and bool(found[week].reactions)


def _places(database: Path) -> int:
    """Return how many seats and places in line the latest raid has."""
    query = (
        "SELECT (SELECT count(*) FROM seats WHERE raid = raids.id) + (SELECT count(*) FROM waits WHERE raid = raids.id)"
        " FROM raids ORDER BY starts_at DESC LIMIT 1"
    )
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(query).fetchone()[0])


async def _until(fact: Callable[[], bool]) -> None:
    """Wait for a fact of the database, which tells nobody of a change."""

    async def asked() -> bool:
        return fact()

    await until(asked)


def _open_to_all(settings: GuildSettings) -> GuildSettings:
    return settings.with_fields({"leaderboards": True, "stats_for_everyone": True})


def _with_seats(series: Series) -> Series:
    return replace(series, rotation=(Turn(template="museum", seats=SEATS),))


def _plain(sandbox: Sandbox, database: Path) -> World:
    with closing(sqlite3.connect(database)) as connection:
        return World(export(connection), seconds(sandbox.clock.now()))


def _begun(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT count(*) FROM raids WHERE status = 'closed' AND begun").fetchone()
    return int(found[0])


async def _panel(guild: SandboxGuild, database: Path) -> PersonResponse:
    with closing(sqlite3.connect(database)) as connection:
        (code,) = connection.execute("SELECT code FROM raids ORDER BY starts_at DESC LIMIT 1").fetchone()
    return await _ask(guild, guild.owner, "raid", code=code)


async def _ask(guild: SandboxGuild, whose: Person, command: str, **options: object) -> PersonResponse:
    return await whose.slash(guild.channel("raid-signups"), command, **options)
