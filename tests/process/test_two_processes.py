"""Two `raidbot run` beside each other: on one database, and with one token on two."""

import signal
from pathlib import Path

from discord_sandbox.sandbox import Sandbox
from raidbot import process
from raidbot.db.database import Database
from tests import test_process
from tests.process.running import online, running_bot, wait_until

sandbox = test_process.sandbox


async def test_a_new_process_waits_until_the_old_one_has_stopped(tmp_path: Path, sandbox: Sandbox) -> None:
    async with running_bot(tmp_path, sandbox) as old:
        await wait_until(old, lambda: online(sandbox))
        async with running_bot(tmp_path, sandbox) as new:
            await wait_until(new, lambda: "waiting for its end" in new.output)
            old.send_signal(signal.SIGSTOP)  # it takes as long as it likes
            old.send_signal(signal.SIGTERM)
            assert (sandbox.gateway.identified, online(sandbox)) == (1, True)

            old.send_signal(signal.SIGCONT)

            assert await old.exit_code(within=10) == process.ENDED
            await wait_until(new, lambda: sandbox.gateway.identified == 2)
            assert len([session for session in sandbox.gateway.sessions.values() if session.connection]) == 1
            new.send_signal(signal.SIGTERM)
            assert await new.exit_code(within=10) == process.ENDED


async def test_a_new_process_takes_over_from_one_that_was_killed(tmp_path: Path, sandbox: Sandbox) -> None:
    async with running_bot(tmp_path, sandbox) as old, running_bot(tmp_path, sandbox) as new:
        await wait_until(old, lambda: "waiting for its end" in old.output + new.output)
        first, second = (old, new) if "waiting for its end" in new.output else (new, old)
        await wait_until(first, lambda: online(sandbox))

        first.send_signal(signal.SIGKILL)

        await wait_until(second, lambda: sandbox.gateway.identified == 2)
        second.send_signal(signal.SIGTERM)
        assert await second.exit_code(within=10) == process.ENDED


async def test_a_stop_ends_the_wait_for_another_process(tmp_path: Path, sandbox: Sandbox) -> None:
    db = await Database.open(tmp_path / "data" / "raidbot.db")
    try:
        async with running_bot(tmp_path, sandbox) as bot:
            await wait_until(bot, lambda: "waiting for its end" in bot.output)

            bot.send_signal(signal.SIGTERM)

            assert await bot.exit_code(within=5) == process.ENDED
    finally:
        await db.close()
    assert not sandbox.calls


async def test_a_second_process_with_the_token_and_another_database_is_told_of(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    async with running_bot(tmp_path, sandbox, RAIDBOT_DATABASE="other.db") as other:
        await wait_until(other, lambda: online(sandbox))
        first = await _run_once(tmp_path, sandbox, identified=2)
        other.send_signal(signal.SIGTERM)
        await other.exit_code(within=10)
        async with running_bot(tmp_path, sandbox, RAIDBOT_DATABASE="other.db") as again:
            await wait_until(again, lambda: "another process uses this token" in again.output)
            assert "its_session_starts=1" in again.output
            again.send_signal(signal.SIGTERM)
            assert await again.exit_code(within=10) == process.ENDED

    assert "another process uses this token" not in other.output + first


async def test_a_process_that_was_killed_is_not_taken_for_another(tmp_path: Path, sandbox: Sandbox) -> None:
    async with running_bot(tmp_path, sandbox) as killed:
        await wait_until(killed, lambda: online(sandbox))
        killed.send_signal(signal.SIGKILL)
        await killed.exit_code(within=10)

    output = await _run_once(tmp_path, sandbox, identified=2)

    assert "another process uses this token" not in output


async def _run_once(folder: Path, sandbox: Sandbox, *, identified: int) -> str:
    """Run a bot until it has identified and registered its commands, and return its output."""
    async with running_bot(folder, sandbox) as bot:
        await wait_until(bot, lambda: sandbox.gateway.identified == identified and bool(sandbox.store.commands))
        await wait_until(bot, lambda: "event=connected" in bot.output or "connected  " in bot.output)
        bot.send_signal(signal.SIGTERM)
        assert await bot.exit_code(within=10) == process.ENDED
        return bot.output
