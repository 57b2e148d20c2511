"""Steps of tests in which Discord or the database fails: a crowd reacts, time passes, and the bot recovers."""

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.faults import Fault
from discord_sandbox.store import Message
from tests.e2e import database_facts
from tests.e2e.crowd import Crowd
from tests.e2e.database_facts import AuditReplay, DatabaseFacts
from tests.e2e.fast_loop import sped_up
from tests.raid_boards import post_raid

EMOJIS = ["1️⃣", "2️⃣", "3️⃣"]
MINUTE_SECONDS = 60.0
SPEEDUP = 30.0
"""Seconds of the sped-up loop per real second."""
HURRIED_HEARTBEAT_SECONDS = 3.0
"""Seconds of the sped-up loop: ten heartbeats per real second."""
Log = MutableMapping[str, Any]


async def three_teams(guild: SandboxGuild, *, size: int = 30, seed: int = 1) -> tuple[Message, Crowd]:
    board = await post_raid(guild, activity="key", teams=3, team_size=5)
    await guild.until(lambda: len(board.reactions) == 3)
    return board, Crowd(guild, board, size=size, rng=random.Random(seed))


async def burst(crowd: Crowd, *, between: Callable[[int], Any] = lambda _: None) -> None:
    for number, deed in enumerate(crowd.deeds(EMOJIS)):
        await crowd.act(deed)
        await asyncio.sleep(0)
        if (work := between(number)) is not None:
            await work


@contextmanager
def failing(fault: Fault) -> Iterator[Fault]:
    yield fault
    assert fault.met, "nothing met the trouble"
    fault.lift()


async def pass_time(sandbox: Sandbox, seconds: float) -> None:
    """Advance the loop's time, sped up, and the sandbox's clock by `seconds`."""
    with sped_up(SPEEDUP):
        await asyncio.sleep(seconds)
    sandbox.advance(timedelta(seconds=seconds))


async def until_recovered(sandbox: Sandbox, database: Path, board: Message, *, pace: float = SPEEDUP) -> DatabaseFacts:
    """Wait until everything agrees and return the database's facts. No retry waits longer than five minutes."""
    sandbox.advance(timedelta(minutes=6))
    with sped_up(pace):
        return await database_facts.until_settled(database, board)


def assert_consistent(crowd: Crowd, board: Message, end: DatabaseFacts) -> None:
    """Assert that the roster matches the reactions and that every message was sent exactly once."""
    assert database_facts.places(end.raid) == database_facts.member_reactions(end.raid, board)
    assert crowd.unexplained() == []
    database_facts.check_rules(end.raid)
    AuditReplay(end.raid).hear(end.audit).check()
    assert {row.state for row in end.outbox if not row.was_overtaken} <= {"sent"}
    for person in crowd.members:
        assert end.message_differences(person) == (Counter(), Counter())


def reports(logs: list[Log]) -> Counter[str]:
    """Count the log events of level warning and above; those about one family of endpoints name it."""
    serious = (entry for entry in logs if entry["log_level"] in ("warning", "error", "critical"))
    return Counter(f"{entry['event']}: {entry['calls']}" if "calls" in entry else entry["event"] for entry in serious)


def sql(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database, timeout=10)) as connection, connection:
        connection.execute(statement)
