"""README.md matches the code."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import discord
from discord import app_commands

from raidbot import process
from raidbot.commands.ui import permissions
from raidbot.config import Settings, variable
from raidbot.delivery.channel_permissions import TO_UPLOAD
from raidbot.delivery.drawing.render import board
from raidbot.raids.drafts import Draft, plan
from raidbot.raids.model import ChannelId, GuildId, MemberId, RaidCode, Status
from raidbot.raids.rosters import signups
from raidbot.raids.templates.catalogue import untouched
from tests.board_text import board_as_text
from tests.commands.permission_tables import COMMANDS, EVERYBODY
from tests.conftest import Start

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
OF_WHOEVER_RUNS_IT = {"testalert"}
"""Commands that no permission of a server opens."""
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 18, 18, tzinfo=UTC)


def test_the_board_it_shows_is_a_board() -> None:
    draft = Draft(activity="dungeon-5", starts_at=datetime(2026, 3, 20, 19, tzinfo=UTC), zone=BERLIN.key)
    planned = plan(draft, untouched(), guild=GuildId(1), creator=MemberId(1), channel=ChannelId(1), now=NOW)
    raid = replace(planned, code=RaidCode("K7QX2M"), status=Status.OPEN)
    names = {MemberId(number): name for number, name in enumerate(("Alice", "Bob", "Carla", "Dan"), start=1)}
    tank, healer = raid.roles[:2]
    for member, role in zip(names, (tank, healer, tank, raid.roles[-1]), strict=True):
        raid = signups.react(raid, member, role.key, now=NOW).raid

    assert board_as_text(board(raid, names), BERLIN) in README


def test_it_lists_every_setting_with_its_default() -> None:
    for name, field in Settings.model_fields.items():
        row = re.search(rf"^\| `{variable(name)}`[^|]*\| ([^|]*) \|", README, re.MULTILINE)
        assert row, f"{name} is missing"
        if field.is_required() or field.default in (None, ()):
            assert row[1].startswith("–")
        else:
            default = field.default.as_posix() if isinstance(field.default, Path) else field.default
            assert row[1] == f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def test_it_names_every_exit_code() -> None:
    for code in (
        process.ENDED,
        process.FATAL,
        process.WRONG_SETTINGS,
        process.UNUSABLE_DATABASE,
        process.REFUSED_BY_DISCORD,
        process.UNUSABLE_LIBRARY,
    ):
        assert f"\n| {code} |" in README


def test_the_invitation_asks_for_what_the_bot_needs() -> None:
    wanted = permissions.TO_POST | permissions.TO_REACT | permissions.TO_DISCUSS | TO_UPLOAD
    needed = discord.Permissions(use_external_emojis=True, **dict.fromkeys(wanted, True))

    assert f"&permissions={needed.value}" in README
    assert [name for name in wanted.values() if name not in README] == []


async def test_it_lists_every_command_with_its_subcommands_and_who_may(start: Start) -> None:
    rows = {name: (rest.strip(), who) for name, rest, who in _command_rows()}
    async with start() as bot:
        every = {command.name: command for command in bot.tree.get_commands()}
    menus = {name for name, command in every.items() if isinstance(command, app_commands.ContextMenu)}
    commands = {name: command for name, command in every.items() if name not in menus}

    assert rows.keys() == commands.keys()
    assert all(f"*{menu}*" in README for menu in menus)
    for name, command in commands.items():
        written, who = rows[name]
        if isinstance(command, app_commands.Group):
            assert set(written.split(" · ")) == {one.name for one in command.commands}
        else:
            assert isinstance(command, app_commands.Command)
            options = {one.name if one.required else f"[{one.name}]" for one in command.parameters}
            assert set(written.removesuffix("…").split()) <= options, name
            assert {one for one in options if not one.startswith("[")} <= set(written.split()), name
        asked = {asks for line, (asks, _) in COMMANDS.items() if line.split()[0] == name}
        assert who.startswith("everyone") == (asked == {EVERYBODY} and name not in OF_WHOEVER_RUNS_IT), name


def _command_rows() -> list[tuple[str, str, str]]:
    """Return (name, subcommands or options, who may use it) for each row of the command table."""
    table = README.split("## Commands")[1].split("\n## ")[0]
    return re.findall(r"^\| `/(\w+)([^`]*)` \| .+ \| ([^|]+) \|$", table, re.MULTILINE)
