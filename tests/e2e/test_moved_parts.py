"""The bot on a discord.py or aiosqlite that has moved an undocumented part: it runs without it, or says what to do."""

import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import discord
import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from discord_sandbox import Sandbox, SandboxGuild
from raidbot import process
from raidbot.delivery.discord_internals import missing_parts
from tests.conftest import Start
from tests.process.running import ROOT, online, running_bot, wait_until
from tests.raid_boards import board_text, post_raid

COMMANDS = "/applications/{application_id}/commands"

HIDDEN = """
import sys

class Hidden:
    '''An attribute that only discord.py itself still finds under this name.'''

    def __init__(self, value):
        self.value = value

    def __get__(self, instance, owner):
        if not is_discord_py(sys._getframe(1)):
            raise AttributeError("moved")
        return self.value.__get__(instance, owner) if callable(self.value) else self.value

    def __set__(self, instance, value):
        if is_discord_py(sys._getframe(1)):
            self.value = value

def is_discord_py(caller):
    return caller.f_globals["__name__"].startswith("discord.")
"""
"""Source, because a bot in a process of its own needs it, too."""


def moved(logs: list[EventDict]) -> list[str]:
    """The parts of which the log says that they have moved."""
    return [entry["part"] for entry in logs if entry["event"] == "discord.py has moved a part"]


def sitecustomize(folder: Path, source: str) -> dict[str, str]:
    """Return the environment in which every Python runs the source at its start."""
    folder.joinpath("sitecustomize.py").write_text(HIDDEN + source, encoding="utf-8")
    return {"PYTHONPATH": f"{folder}:{ROOT}"}


def hide(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
    """Move the attribute to where only discord.py finds it."""
    made: dict[str, Callable[[object], object]] = {}
    exec(HIDDEN, made)  # noqa: S102
    monkeypatch.setattr(owner, name, made["Hidden"](vars(owner)[name]))


async def test_without_member_updates_a_new_name_is_seen_with_the_next_reaction(
    guild: SandboxGuild, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("discord.state.ConnectionState.parse_guild_member_update")
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    with capture_logs() as logs:
        async with start():
            board = await post_raid(guild, seats=2)
            await alice.react(board, "✅")
            await guild.until(lambda: "Alice" in board_text(board))
            await guild.rename_member(alice, "Alicia")
            await bob.react(board, "✅")
            await guild.until(lambda: "Bob" in board_text(board))
            assert "Alicia" not in board_text(board)

            await alice.unreact(board, "✅")
            await guild.until(lambda: "Alice" not in board_text(board))
            await alice.react(board, "✅")

            await guild.until(lambda: "Alicia" in board_text(board))
    assert moved(logs) == ["client._connection.parsers"]


async def test_without_options_of_requests_the_bot_works_with_the_time_limits_of_discord_py(
    guild: SandboxGuild, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    request: Callable[..., Awaitable[object]] = discord.http.HTTPClient.request

    async def strict(
        self: discord.http.HTTPClient,
        route: discord.http.Route,
        *,
        files: object = None,
        form: object = None,
        json: object = None,
        params: object = None,
        reason: object = None,
    ) -> object:
        given = {"files": files, "form": form, "json": json, "params": params, "reason": reason}
        return await request(self, route, **{name: value for name, value in given.items() if value is not None})

    monkeypatch.setattr(discord.http.HTTPClient, "request", strict)
    alice = guild.add_member("alice")
    with capture_logs() as logs:
        async with start():
            board = await post_raid(guild)
            await alice.react(board, "✅")

            await guild.until(lambda: "Alice" in board_text(board))
    assert moved(logs) == ["client.http.request"]


async def test_without_the_payload_of_commands_they_are_registered_at_every_start(
    sandbox: Sandbox, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide(monkeypatch, discord.app_commands.Command, "to_dict")
    with capture_logs() as logs:
        async with start():
            pass
        async with start():
            await sandbox.until(lambda: sandbox.count("PUT", COMMANDS) == 2)

    assert moved(logs) == ["discord.app_commands.Command.to_dict"] * 2


async def test_without_the_session_of_a_failed_login_the_next_login_works(tmp_path: Path) -> None:
    sandbox = Sandbox(limits="off")
    sandbox.add_guild("Home")
    await sandbox.start()
    port = int(sandbox.api_url.split(":")[2].split("/")[0])
    await sandbox.stop()
    source = "import discord\ndiscord.http.HTTPClient.connector = Hidden(discord.utils.MISSING)\n"
    async with running_bot(tmp_path, sandbox, **sitecustomize(tmp_path, source)) as bot:
        await wait_until(bot, lambda: "cannot be reached" in bot.output)

        await sandbox.start(port=port)

        await wait_until(bot, lambda: online(sandbox))
        bot.send_signal(signal.SIGTERM)
        assert await bot.exit_code(within=10) == process.ENDED
        assert "discord.py has moved a part" in bot.output
        assert "client.http.connector" in bot.output
        assert "Traceback" not in bot.output
    await sandbox.stop()


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("import discord\ndel discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY", "DiscordWebSocket.DEFAULT_GATEWAY"),
        ("import discord\ndiscord.http.Route.BASE = Hidden(discord.http.Route.BASE)", "Route.BASE"),
        ("import discord\ndiscord.http.Path = discord.http.Route\ndel discord.http.Route", "discord.http.Route"),
        ("import aiosqlite\ndel aiosqlite.Connection._execute", "Connection._execute"),
    ],
)
async def test_without_a_part_that_it_needs_it_refuses_and_says_what_to_install(
    tmp_path: Path, sandbox: Sandbox, source: str, part: str
) -> None:
    async with running_bot(tmp_path, sandbox, **sitecustomize(tmp_path, source)) as bot:
        assert await bot.exit_code() == process.UNUSABLE_LIBRARY

    assert part in bot.output
    assert "pip install --require-hashes -r requirements/run.txt" in bot.output
    assert "Traceback" not in bot.output
    assert sandbox.calls == []


def test_without_the_parts_for_other_addresses_it_runs_against_discord_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY")
    client = discord.Client(intents=discord.Intents.none())

    (optional,) = missing_parts(client, own_urls=False)
    (required,) = missing_parts(client, own_urls=True)

    assert "reconnects to the gateway address" in optional.without
    assert required.without == ""
