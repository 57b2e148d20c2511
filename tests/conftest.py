"""Fixtures for tests of the whole bot: a local Discord sandbox and a database in a temporary folder."""

import asyncio
import gc
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Literal

import hypothesis
import pytest
import structlog

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.world import Intent
from raidbot.bot import Options, RaidBot
from raidbot.db.database import Database
from raidbot.raids.permissions import HIDDEN_COMMANDS
from tests import chaos, openapi_check
from tests.suite.new_database import put_new

Limits = Literal["strict", "scaled", "off"]
Start = Callable[..., AbstractAsyncContextManager[RaidBot]]


# No deadlines: a slow machine is no failure.
hypothesis.settings.register_profile("raidbot", deadline=None, derandomize=True, max_examples=chaos.EXAMPLES)
hypothesis.settings.register_profile("chaos", deadline=None, max_examples=20 * chaos.EXAMPLES)
hypothesis.settings.load_profile("chaos" if chaos.IS_LONG else "raidbot")

LONGEST = (
    "tests/browser/test_raid_lifecycle.py",
    "tests/e2e/random_play/",
    "tests/e2e/test_kill.py",
    "tests/e2e/restarts/",
    "tests/demo/test_browser.py",
    "tests/browser/test_status_bar.py",
    "tests/browser/test_speed.py",
    "tests/commands/test_large_servers.py",
    "tests/commands/test_permission_checks.py",
    "tests/test_bench.py",
    "tests/test_demo.py",
    "tests/delivery/boards/test_template_boards.py",
    "tests/e2e/",
    "tests/browser/",
    "tests/test_process.py",
    "tests/process/",
    "tests/test_wheel.py",
    "tests/ops/importer/test_round_trip.py",
)
"""Tests that take seconds run first, so that no worker is left with one at the end."""


def pytest_xdist_auto_num_workers() -> int:
    """More workers than cores, because much of what the tests do is to wait."""
    cores = os.cpu_count() or 1
    return min(3 * cores, cores + 4)


def pytest_collection_finish() -> None:
    """Leave what collecting made out of every later garbage collection: it lasts as long as the process."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        return next((place for place, path in enumerate(LONGEST) if item.nodeid.startswith(path)), len(LONGEST))

    items.sort(key=place)


@pytest.fixture(scope="session", autouse=True)
def hidden_chaos() -> None:
    """Hide `RAIDBOT_CHAOS` from the bot, which refuses settings that it does not know."""
    os.environ.pop("RAIDBOT_CHAOS", None)


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    """Take back what a test configured: its handlers would write to streams that are gone."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in [handler for handler in root.handlers if handler not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.fixture
def limits() -> Limits:
    """The sandbox's rate limits; a test chooses others by parametrizing this fixture."""
    return "off"


@pytest.fixture
def members_intent() -> bool:
    """True if the application has the members intent; tests run without it, too, by `EITHER_INTENT`."""
    return True


EITHER_INTENT = pytest.mark.parametrize("members_intent", [True, False], ids=["", "without the members intent"])


@asynccontextmanager
async def checked_sandbox(limits: Limits) -> AsyncIterator[Sandbox]:
    """At the end, all that crossed the wire has to fit Discord's description, and nothing may have been missing."""
    async with Sandbox(limits=limits) as running:
        yield running
        assert running.unsupported == []
        assert running.ignored == []
        misfits = openapi_check.mismatches(running.calls)
        assert not misfits, "\n".join(misfits)


@pytest.fixture
async def sandbox(limits: Limits, members_intent: bool) -> AsyncIterator[Sandbox]:
    async with checked_sandbox(limits) as running:
        if not members_intent:
            running.switch_off(Intent.GUILD_MEMBERS)
        yield running


@pytest.fixture
def guild(sandbox: Sandbox) -> SandboxGuild:
    """A guild with its owner, the bot, and a channel the bot finds by its conventional name.

    It shows every command to everybody, so that it is the bot which refuses.
    """
    guild = sandbox.add_guild("Ravenwood")
    guild.add_channel("raid-signups")
    for command in HIDDEN_COMMANDS:
        guild.allow_command(command)
    return guild


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "raidbot.db"


@pytest.fixture
def start(sandbox: Sandbox, database: Path, members_intent: bool) -> Start:
    """Run the bot on the test's database for the length of a block. It is ready inside and shut down in order after.

    `prepare` gets the bot before it logs in.
    """

    @asynccontextmanager
    async def starting(
        *,
        wait_for_commands: bool = True,
        prepare: Callable[[RaidBot], Awaitable[None]] | None = None,
        **chosen: object,
    ) -> AsyncIterator[RaidBot]:
        options = {
            "second_look_seconds": 0.1,
            "heartbeat_seconds": 0.2,
            "dm_pause_seconds": 0.05,
            "dm_opening_seconds": 0.05,
            "guild_ready_seconds": 0.1,
            "members_intent": members_intent,
        } | chosen
        if "BOT_IS_OF_AN_EARLIER_COMMIT" in os.environ:  # set by tests/repository/found_rows.py
            options = {name: value for name, value in options.items() if name in Options.__dataclass_fields__}
        put_new(database)
        db = await Database.open(database)
        bot = RaidBot(db, sandbox.clock.now, Options(api_url=sandbox.api_url, **options))  # type: ignore[arg-type]
        connection = None
        try:
            if prepare is not None:
                await prepare(bot)
            await bot.login(sandbox.token)
            connection = asyncio.create_task(bot.connect())
            await bot.wait_until_ready()
            if wait_for_commands:
                await sandbox.until(lambda: sandbox.store.commands)
            yield bot
        finally:
            await bot.close()
            if connection is not None:
                await connection
            await db.close()

    return starting


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not openapi_check.has_description():
        terminalreporter.write_line("not checked: calls, because Discord's API description is not beside this project")
