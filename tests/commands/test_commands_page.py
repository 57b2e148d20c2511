"""docs/commands.md is made from the command tree; `make docs` writes it again."""

import os
from collections.abc import Iterator
from pathlib import Path

from discord import app_commands
from discord.ext import commands

from raidbot.raids.permissions import Permission
from tests.commands.permission_tables import COMMANDS
from tests.conftest import Start

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
IN_CODE_ONLY = {"testalert": "whoever runs the bot (`RAIDBOT_OWNER_ID`)"}
"""Commands that no permission of a server opens."""
HEAD = """# Commands

Made from the bot itself by `make docs`; [for members](members.md) and [for raid leaders](leaders.md) say how to use
them.

*Manager*: owns the server, has *Manage Server* there, or has a role to which `/permissions` gives everything, that
command, or that single action of it. *Leader*: also whoever created or leads that raid. Options in brackets may be
left out.
"""

IN_THE_MENU = """## In the menu of a board

Right-click a board (on a phone: hold it) and choose *Apps*. Who may is checked as by `/raid` and `/mysignups`.
"""
Leaf = app_commands.Command[commands.Cog, ..., object]
Command = Leaf | app_commands.Group | app_commands.ContextMenu


async def test_the_page_lists_every_command_as_it_is(start: Start) -> None:
    async with start() as bot:
        found = bot.tree.get_commands()
    menus = [f"- *{one.name}*" for one in found if isinstance(one, app_commands.ContextMenu)]
    page = "\n".join((HEAD, *_sections(found), IN_THE_MENU, *sorted(menus), ""))
    if "RAIDBOT_WRITE_DOCS" in os.environ:
        PAGE.write_text(page, encoding="utf-8")

    assert PAGE.read_text(encoding="utf-8") == page, "run `make docs`"


def _sections(found: list[Command]) -> Iterator[str]:
    for command in sorted(found, key=lambda one: one.name):
        if isinstance(command, app_commands.ContextMenu):
            continue
        yield f"## /{command.name}\n"
        if isinstance(command, app_commands.Group):
            yield f"{command.description}\n"
        for leaf in command.commands if isinstance(command, app_commands.Group) else (command,):
            if isinstance(leaf, app_commands.Command):
                yield from _leaf(leaf)


def _leaf(command: Leaf) -> Iterator[str]:
    options = " ".join(one.name if one.required else f"[{one.name}]" for one in command.parameters)
    yield f"**`{f'/{command.qualified_name} {options}'.strip()}`** · {_who(command.qualified_name)}  "
    yield f"{command.description}\n"
    for one in command.parameters:
        choices = ", ".join(f"`{choice.name}`" for choice in one.choices)
        yield f"- `{one.name}`: {one.description}{f' ({choices})' if choices else ''}"
    if command.parameters:
        yield ""


def _who(name: str) -> str:
    if name in IN_CODE_ONLY:
        return IN_CODE_ONLY[name]
    asks: tuple[Permission, ...] = COMMANDS[name][0]
    if not asks:
        return "everyone"
    return "manager, leader" if any(permission.is_about_a_raid for permission in asks) else "manager"
