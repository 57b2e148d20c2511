"""Another process with the same token and another database: noticed as far as Discord shows it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.bot import Options, RaidBot
from raidbot.db.database import Database
from raidbot.delivery.token_sharing.registered_commands import were_replaced
from raidbot.delivery.token_sharing.session_starts import NotedStarts, SessionStarts
from raidbot.delivery.token_sharing.watch import EVERY
from tests.conftest import Start
from tests.raids.builders import NOW

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SHARED = "another process uses this token: stop one of the two, or give each an application of its own"
REPLACED = "another program with this token has replaced the commands; a restart registers them again"


def seen(used: int, *, resets_in: timedelta = DAY) -> SessionStarts:
    return SessionStarts(total=1000, remaining=1000 - used, resets_at=NOW + resets_in)


def noted(used: int, *, own: int = 0) -> NotedStarts:
    return NotedStarts(used=used, resets_at=NOW + DAY, own=own)


@pytest.mark.parametrize(
    ("before", "now", "others"),
    [
        (noted(5), seen(5), 0),
        (noted(5), seen(7), 2),
        (noted(5, own=2), seen(7), 0),
        (noted(5, own=1), seen(7, resets_in=DAY + timedelta(seconds=30)), 1),
        (noted(5, own=1), seen(1, resets_in=2 * DAY), 0),
        (noted(5, own=1), seen(3, resets_in=2 * DAY), 2),
        (noted(5), seen(4), 0),
        (noted(5, own=1), seen(6, resets_in=DAY + HOUR), 0),  # the clock was set
        (noted(5, own=1), seen(7, resets_in=-9 * DAY), 1),
        (noted(5), seen(0, resets_in=DAY + HOUR), 0),
    ],
)
def test_what_its_own_starts_do_not_explain_is_of_others(before: NotedStarts, now: SessionStarts, others: int) -> None:
    assert before.of_others(now) == others


def test_a_start_that_discord_counts_late_is_not_of_others() -> None:
    after = noted(5, own=1).then(seen(5), NOW)

    assert after.of_others(seen(6)) == 0
    assert after.of_others(seen(7)) == 1


def test_a_window_that_begins_before_a_start_explains_none() -> None:
    after = noted(5).then(seen(0, resets_in=DAY + HOUR), NOW)

    assert after.of_others(seen(1, resets_in=2 * DAY + HOUR)) == 1


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6))
def test_no_start_is_overlooked_or_invented_within_a_day(steps: list[tuple[int, int]]) -> None:
    used, before, found = 0, noted(0), 0
    for own, others in steps:
        used += own + others
        before = NotedStarts(used=before.used, resets_at=before.resets_at, own=before.own + own)
        found += before.of_others(seen(used))
        before = before.then(seen(used), NOW)

    assert found == sum(others for _, others in steps)


def test_the_note_survives_being_stored_and_a_damaged_one_is_ignored() -> None:
    note = NotedStarts(used=3, resets_at=NOW, own=1, others_at=NOW)

    assert NotedStarts.from_json(note.to_json()) == note
    for damaged in ("", "[]", "{}", '{"used": "x"}', "null"):
        assert NotedStarts.from_json(damaged) is None


@pytest.mark.parametrize(
    ("note", "registered", "replaced"),
    [
        ("abc 1.1 2.1", ["1.1", "2.1"], False),
        ("abc 1.1 2.1", ["1.1", "2.2"], True),
        ("abc 1.1 2.1", ["1.1"], True),
        ("abc 1 2", ["1.1", "2.1"], False),  # of a version that noted ids only
        ("", ["1.1"], False),
    ],
)
def test_commands_with_other_versions_are_of_another_program(note: str, registered: list[str], replaced: bool) -> None:
    assert were_replaced(note, registered) is replaced


async def test_a_bot_alone_notices_nothing_through_restarts_and_new_sessions(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    with capture_logs() as logs:
        async with start():
            pass
        async with start() as bot:
            await look(sandbox, bot)
            sandbox.gateway.invalidate(resumable=False)
            await sandbox.until(lambda: sandbox.gateway.identified == 3)
            await look(sandbox, bot)

    assert not [entry for entry in logs if entry["event"] in (SHARED, REPLACED)]


@pytest.mark.parametrize("by", [9 * DAY, -9 * DAY, HOUR])
async def test_a_clock_that_is_set_makes_no_other_process(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, by: timedelta
) -> None:
    """Discord's clock goes on, so its window ends at another time of ours."""
    with capture_logs() as logs:
        async with start() as bot:
            sharing, now = bot.delivery.token_sharing, sandbox.clock.now()
            await sharing.connecting(limit(1), now)
            await sharing.connecting(limit(1), now + by)
            assert sharing.sessions_of_others == 0
            await sharing.connecting(limit(2), now + by)
            assert sharing.sessions_of_others == 1

    assert [entry["event"] for entry in logs].count(SHARED) == 1


def limit(used: int) -> dict[str, int]:
    return {"total": 1000, "remaining": 1000 - used, "reset_after": 80_000_000}


async def test_after_a_clock_was_set_back_it_looks_on(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await look(sandbox, bot)
        sandbox.advance(-9 * DAY)
        await look(sandbox, bot)


async def test_a_second_bot_on_another_database_is_told_by_the_first(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, tmp_path: Path
) -> None:
    with capture_logs() as logs:
        async with start() as first, start_beside(sandbox, tmp_path / "other.db"):
            await look(sandbox, first)

            assert first.delivery.token_sharing.sessions_of_others == 1

    assert [entry["its_session_starts"] for entry in logs if entry["event"] == SHARED] == [1]


async def test_commands_that_another_program_replaced_are_told_once(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    with capture_logs() as logs:
        async with start() as bot:
            next(iter(sandbox.store.commands.values())).version += 1
            await look(sandbox, bot)
            await look(sandbox, bot)

    assert [entry["event"] for entry in logs].count(REPLACED) == 1


async def test_at_the_start_replaced_commands_are_told_and_registered_again(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    async with start():
        pass
    sandbox.store.commands.pop(next(iter(sandbox.store.commands)))

    with capture_logs() as logs:
        async with start():
            await sandbox.until(lambda: sandbox.count("PUT", "/applications/{application_id}/commands") == 2)

    assert [entry for entry in logs if "had replaced the commands" in entry["event"]]


async def test_few_session_starts_are_told(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    sandbox.world.start_session()
    sandbox.world.sessions_left = 20

    with capture_logs() as logs:
        async with start():
            pass

    assert [entry["remaining"] for entry in logs if entry["event"].startswith("few session starts are left")] == [20]


async def test_looking_through_an_outage_disturbs_nothing(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        fault = sandbox.faults.answer(403, route="GET /gateway/bot")
        sandbox.advance(EVERY)
        bot.heartbeat.wake()
        await sandbox.until(lambda: fault.met)
        fault.lift()

        await look(sandbox, bot)


@asynccontextmanager
async def start_beside(sandbox: Sandbox, database: Path) -> AsyncIterator[None]:
    """Run a second bot with the same token for the length of a block."""
    db = await Database.open(database)
    bot = RaidBot(db, sandbox.clock.now, Options(api_url=sandbox.api_url, guild_ready_seconds=0.1))
    await bot.login(sandbox.token)
    connection = asyncio.create_task(bot.connect())
    try:
        await bot.wait_until_ready()
        yield
    finally:
        await bot.close()
        await connection
        await db.close()


async def look(sandbox: Sandbox, bot: RaidBot) -> None:
    """Let the time of the next look come, and wait until the bot has asked."""
    asked = sandbox.count("GET", "/applications/{application_id}/commands")
    sandbox.advance(EVERY + timedelta(minutes=1))
    bot.heartbeat.wake()
    await sandbox.until(lambda: sandbox.count("GET", "/applications/{application_id}/commands") > asked)
    await sandbox.until(lambda: not len(bot.delivery.token_sharing._looking))
