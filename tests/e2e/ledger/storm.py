"""Troubles that meet the bot in the middle of a burst of reactions."""

import asyncio
import random
import resource
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.faults import Silence
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from raidbot.demo.harness import BotProcess
from tests.e2e import database_facts
from tests.e2e.crowd import Crowd, PlannedReaction
from tests.e2e.ledger.ledger import Ledger

EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
SEND = "POST /channels/{channel_id}/messages"
OPEN_DM = "POST /users/@me/channels"
READ = "GET /channels/{channel_id}/messages/{message_id}"
PUT_AWAY = "DELETE /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/{user_id}"
_KILOBYTE = 1024
ROUTES = (EDIT, SEND, OPEN_DM, READ, PUT_AWAY)


@dataclass
class Storm:
    """One board, a crowd, and the bot that troubles meet. `left` collects the members who left the server."""

    sandbox: Sandbox
    guild: SandboxGuild
    bot: BotProcess
    board: Message
    crowd: Crowd
    ledger: Ledger
    rng: random.Random
    left: set[int] = field(default_factory=set)

    @property
    def database(self) -> Path:
        return self.bot.database

    async def run(self, deeds: list[PlannedReaction], troubles: int) -> None:
        """Let the crowd act while `troubles` random troubles come one after the other."""
        kinds: tuple[Callable[[], Awaitable[None]], ...] = (
            self.kill,
            self.resume,
            self.start_over,
            self.slow_down,
            self.fail,
            self.lose_answers,
            self.somebody_leaves,
            self.disorder,
        )
        acting = asyncio.create_task(self.act(deeds))
        for _ in range(troubles):
            await asyncio.sleep(self.rng.uniform(0, 0.4))
            await self.rng.choice(kinds)()
        await acting
        self.sandbox.faults.lift_all()
        self.sandbox.gateway.calm()

    async def act(self, deeds: list[PlannedReaction]) -> None:
        for deed in deeds:
            if deed.member.id not in self.left:
                await self.crowd.act(deed)
            await asyncio.sleep(self.rng.choice((0, 0, 0.01, 0.05)))

    async def kill(self) -> None:
        self.ledger.is_dying = True
        await self.bot.kill()
        self.ledger.is_dying = False
        self.ledger.doubt_unwritten(database_facts.read(self.database))
        await asyncio.sleep(self.rng.uniform(0, 0.2))
        await self.bot.start()

    async def resume(self) -> None:
        await self.sandbox.gateway.drop()

    async def start_over(self) -> None:
        """End the session: the bot connects anew and compares its boards."""
        self.sandbox.gateway.invalidate(resumable=False)

    async def slow_down(self) -> None:
        fault = self.sandbox.faults.slow(self.rng.choice((0.05, 0.25)))
        asyncio.get_running_loop().call_later(self.rng.uniform(0.5, 2), fault.lift)

    async def fail(self) -> None:
        status = self.rng.choice((500, 502, 503, 429))
        self.sandbox.faults.answer(status, route=self.rng.choice(ROUTES), calls=self.rng.randint(1, 3), retry_after=0.2)

    async def lose_answers(self) -> None:
        route = self.rng.choice((EDIT, SEND, PUT_AWAY))
        self.sandbox.faults.silence(Silence.RESET, route=route, calls=self.rng.randint(1, 2), carried_out=True)

    async def somebody_leaves(self) -> None:
        stayed = [member for member in self.crowd.members if member.id not in self.left]
        leaver: Person = self.rng.choice(stayed)
        self.left.add(leaver.id)
        await leaver.leave(self.guild)

    async def disorder(self) -> None:
        self.sandbox.gateway.disturb(duplicates=0.1, rng=random.Random(self.rng.random()))
        asyncio.get_running_loop().call_later(self.rng.uniform(0.2, 1), self.sandbox.gateway.calm)


async def lock_database(database: Path, seconds: float) -> None:
    """Hold the database's write lock, as a backup or another program would."""
    with closing(sqlite3.connect(database, timeout=10, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(seconds)
        connection.execute("ROLLBACK")


async def fill_disk(bot: BotProcess, seconds: float) -> None:
    """Let no file of the bot grow: the database's log can take a few more pages, then writing fails."""
    log = bot.database.with_name(f"{bot.database.name}-wal")
    size = log.stat().st_size + 16 * _KILOBYTE
    _, hard = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (size, hard))
    await asyncio.sleep(seconds)
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (hard, hard))
