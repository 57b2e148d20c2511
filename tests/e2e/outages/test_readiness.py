"""The bot says if it is alive and if it does its work, also while the disk is full or Discord is away."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.faults import Silence
from raidbot.bot import RaidBot
from raidbot.demo.harness import BotProcess
from tests.chaos import QUICK
from tests.conftest import Start
from tests.e2e import database_facts
from tests.e2e.alerts.alert_steps import SPED_UP, a_few_looks, add_owner, heard, options
from tests.e2e.fast_loop import sped_up
from tests.e2e.outages.outage_steps import burst, pass_time, three_teams, until_recovered
from tests.raid_boards import dm_text
from tests.suite.forked_bot import ForkedBot
from tests.web.serving import free_port, pages_at, pages_of, summed

GATEWAY = "GET /gateway/bot"


@pytest.mark.usefixtures("no_heartbeats")
async def test_a_full_disk_makes_it_unready_until_there_is_room_again(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    """G08: and whoever runs it is told once."""
    owner = add_owner(guild)
    async with start(**options(owner, pace=SPED_UP)) as bot, pages_of(bot) as pages:
        board, crowd = await three_teams(guild, size=40)
        await pages.until_ready_but()
        outages = summed(await pages.metrics(), "raidbot_database_outages_total")
        await limit_pages(bot, more=1)

        await burst(crowd)
        said = await pages.until_ready_but("database")

        assert said["database"] == "database or disk is full"
        assert (await pages.get("/healthz"))[0] == 200
        assert summed(await pages.metrics(), "raidbot_database_outage") == 1
        await guild.until(lambda: any("could not write down" in dm_text(member) for member in crowd.members))
        await guild.until(lambda: heard(owner, "**The database can't be written**"))

        await limit_pages(bot, more=None)
        end = await until_recovered(sandbox, database, board, pace=100.0)
        assert database_facts.places(end.raid) == database_facts.member_reactions(end.raid, board)
        await pages.until_ready_but()
        found = await pages.metrics()
        assert summed(found, "raidbot_database_outage") == 0
        assert summed(found, "raidbot_database_outages_total") == outages + 1
        await guild.until(lambda: heard(owner, "**The database can be written again**"))
        await a_few_looks()
        assert heard(owner, "**The database can't be written**") == len(owner.dms) - 1 == 1


async def limit_pages(bot: RaidBot, *, more: int | None) -> None:
    """Limit the database's growth to `more` pages; None lifts the limit."""

    def limit(connection: sqlite3.Connection) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {1_000_000 if more is None else pages + more}").fetchall()

    await bot.state.db.write(limit)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
async def bot(sandbox: Sandbox, tmp_path: Path, port: int) -> AsyncIterator[BotProcess]:
    process = ForkedBot(sandbox, tmp_path, settings=QUICK | {"RAIDBOT_WEB_PORT": str(port)})
    yield process
    await process.stop()


@pytest.mark.parametrize("route", [GATEWAY, "GET /users/@me"])
async def test_without_discord_it_is_alive_and_says_what_is_missing(
    sandbox: Sandbox, guild: SandboxGuild, bot: BotProcess, port: int, route: str
) -> None:
    refused = sandbox.faults.silence(Silence.RESET, route=route)
    starting = asyncio.create_task(bot.start())
    await sandbox.until(lambda: refused.met, timeout=60)

    async with pages_at(port) as pages:
        for _ in range(3):
            assert await pages.get("/healthz") == (200, "ok\n")
            assert "gateway" in await pages.reasons()

        refused.lift()

        await starting
        await pages.until_ready_but()


async def test_a_gateway_that_refuses_for_long_is_named_and_the_rest_goes_on(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    async with start() as bot, pages_of(bot) as pages:
        await pages.until_ready_but()
        sandbox.gateway.refuses = True
        await sandbox.gateway.drop()

        said = await pages.until_ready_but("gateway")
        assert said == {"gateway": "0 of 1 connections to Discord are up"}
        await pass_time(sandbox, 300)
        assert await pages.reasons() == said
        assert await pages.get("/healthz") == (200, "ok\n")

        sandbox.gateway.refuses = False
        with sped_up(100.0):  # it tries ever more rarely
            await sandbox.until(lambda: is_connected(sandbox), timeout=3000)
        await pages.until_ready_but()


def is_connected(sandbox: Sandbox) -> bool:
    return any(session.connection is not None for session in sandbox.gateway.sessions.values())
