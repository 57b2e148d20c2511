"""The growth of the database that docs/operating.md states, measured with raids of twenty members from end to end."""

import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from tests.conftest import Start
from tests.deploy.dockerfile import ROOT
from tests.raid_boards import board_text, dm_text, post_raid

MEMBERS, RAIDS = 20, 3
HISTORY = ("audit",)
PASSING = ("outbox", "sqlite_autoindex_outbox", "marks", "drafts")
"""Beginnings of the tables and indexes whose rows go after 30 days at most."""


async def test_a_raid_of_twenty_costs_what_the_manual_says(
    sandbox: Sandbox, guild: SandboxGuild, database: Path, start: Start
) -> None:
    people = [guild.add_member(f"member{number}") for number in range(MEMBERS)]
    async with start(reaction_limit=100):
        for number in range(RAIDS + 1):
            await hold_a_raid(sandbox, guild, people, after=number)
            await guild.until(lambda: still_open(database) == 0)
            if number == 0:
                first = used(database)
    last = used(database)

    grown = {name: (last[name] - first.get(name, 0)) / RAIDS / 1000 for name in last}
    history = sum(size for name, size in grown.items() if name.startswith(HISTORY))
    passing = sum(size for name, size in grown.items() if name.startswith(PASSING))
    everything = sum(grown.values())
    assert stated() == pytest.approx([everything - history - passing, history, passing, everything], rel=0.25), grown


async def hold_a_raid(sandbox: Sandbox, guild: SandboxGuild, people: list[Person], *, after: int) -> None:
    """All sign up and are reminded, as of the `after` raids before, and it begins."""
    board = await post_raid(guild, seats=MEMBERS, when="in 3 hours")
    for person in people:
        await person.react(board, "✅")
    await guild.until(lambda: f"{MEMBERS}/{MEMBERS}" in board_text(board))
    sandbox.advance(timedelta(hours=2, minutes=55))
    await guild.until(lambda: all(dm_text(person).count("starts <t:") == after + 1 for person in people))
    sandbox.advance(timedelta(minutes=10))


def stated() -> list[float]:
    """The kilobytes in the table of the manual: what stays, history, messages, together."""
    manual = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    table = manual.split("\n| a raid of 20 members |")[1].split("\n\n")[0]
    return [float(number) for number in re.findall(r"^\| [^|]+ \| ([\d.]+) \|", table, re.MULTILINE)]


def still_open(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM raids WHERE status = 'open'").fetchone()
    return int(count)


def used(database: Path) -> dict[str, int]:
    """Bytes of payload and overhead by table and index, the rest of half-filled pages left out."""
    with closing(sqlite3.connect(database)) as connection:
        try:
            return dict(connection.execute("SELECT name, sum(pgsize - unused) FROM dbstat GROUP BY name").fetchall())
        except sqlite3.OperationalError:
            pytest.skip("this SQLite has no dbstat")
