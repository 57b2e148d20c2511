"""/templates: what a server's raids are made from.

Panels keep nothing: every press says by its `custom_id` which template it means, finds it among the server's own,
and asks anew who presses. A form says which of its fields were changed, so that two who edit at once both win.
"""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.templates import (
    details as templates_words,
)
from raidbot.commands.templates import (
    files as templates_files,
)
from raidbot.commands.templates import (
    manage as templates_life,
)
from raidbot.commands.templates import (
    roles as templates_roles,
)
from raidbot.commands.templates import (
    strategies as templates_strategies,
)
from raidbot.commands.templates.context import ANY, Action, Visit, take
from raidbot.commands.templates.views import NO_KEY
from raidbot.commands.ui import permissions as rights
from raidbot.commands.ui import responses as answers
from raidbot.commands.ui.autocomplete import matching
from raidbot.commands.ui.router import Press, UnknownPanel
from raidbot.raids.model import GuildId
from raidbot.raids.permissions import Permission
from raidbot.raids.templates.catalogue import Catalogue, Entry
from raidbot.raids.templates.model import LABEL_MOST
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, escape

ACTIONS: dict[str, Action] = {
    **templates_life.ACTIONS,
    **templates_words.ACTIONS,
    **templates_roles.ACTIONS,
    **templates_strategies.ACTIONS,
    **templates_files.ACTIONS,
}
"""Everything that can be pressed on a template's panel, its pages and its forms."""

_WHICH = "Which template; choose it from the list as you type"


class NotATemplateHere(Refusal):
    def __init__(self, text: str) -> None:
        super().__init__(
            f"This server has no template called “{escape(clip(text, 50))}”. Choose one from the list as you type."
        )


class Templates(
    commands.GroupCog, group_name="templates", group_description="What raids are made from: roles, looks, strategies"
):
    def __init__(self, state: State) -> None:
        self._state = state

    @app_commands.command(name="list", description="All templates of this server; enable, change or make some")
    async def list_(self, interaction: discord.Interaction[Any]) -> None:
        await rights.check_any(interaction, ANY)
        await answers.take(interaction)
        await (await self._visit(interaction)).list(0)

    @app_commands.command(description="Change a template, switch it on or off, copy, reset or delete it")
    @app_commands.describe(template=_WHICH)
    async def edit(self, interaction: discord.Interaction[Any], template: str) -> None:
        await rights.check_any(interaction, ANY)
        visit = await self._visit(interaction)
        entry = _named(visit.catalogue, template)
        await answers.take(interaction)
        await visit.of(entry.key).home()

    @app_commands.command(description="Make a template of this server’s own")
    async def create(self, interaction: discord.Interaction[Any]) -> None:
        await rights.check(interaction, Permission.TEMPLATES_CREATE)
        await templates_life.ask_new(await self._visit(interaction))

    @app_commands.command(description="Templates as a file, for another server or to keep")
    @app_commands.describe(template="Which template; all of them if left out")
    async def export(self, interaction: discord.Interaction[Any], template: str | None = None) -> None:
        await rights.check(interaction, Permission.TEMPLATES_EXPORT)
        catalogue = (await self._visit(interaction)).catalogue
        entry = None if template is None else _named(catalogue, template)
        await answers.take(interaction)
        if entry is None:
            await templates_files.hand_out(interaction, catalogue.entries, "templates.json")
        else:
            await templates_files.hand_out(interaction, (entry,), templates_files.file_name(entry))

    @app_commands.command(name="import", description="Take templates in from a file; nothing is saved if any is wrong")
    @app_commands.describe(file="What /templates export handed out, or a file written like it")
    async def import_(self, interaction: discord.Interaction[Any], file: discord.Attachment) -> None:
        await rights.check(interaction, Permission.TEMPLATES_IMPORT)
        await answers.take(interaction)
        told = await templates_files.take_file(self._state, interaction, file)
        await (await self._visit(interaction)).list(0, told)

    @edit.autocomplete("template")
    @export.autocomplete("template")
    async def _templates(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        catalogue = await self._state.templates(GuildId(rights.here(interaction).id))
        return matching(typed, ((one.key, _offered(one), one.template.name, one.key) for one in catalogue.entries))

    async def press(self, press: Press) -> None:
        """Somebody used a panel. What is refused is said above the template as it is now."""
        if len(press.parts) < 2 or press.parts[0] not in ACTIONS:
            raise UnknownPanel
        name, key, *rest = press.parts
        interaction, action = press.interaction, ACTIONS[name]
        await rights.check_any(interaction, action.permissions)
        catalogue = await self._state.templates(GuildId(rights.here(interaction).id))
        if interaction.message is None:  # a form that a command opened has no panel to change
            await answers.take(interaction)
        await take(Visit(self._state, press, catalogue, key, tuple(rest)), action)

    async def _visit(self, interaction: discord.Interaction[Any]) -> Visit:
        """A command's, which was pressed nowhere."""
        catalogue = await self._state.templates(GuildId(rights.here(interaction).id))
        return Visit(self._state, Press(interaction, (), (), {}), catalogue, NO_KEY, ())


def _named(catalogue: Catalogue, text: str) -> Entry:
    """The template with this key, label or name, also a disabled one. Raises NotATemplateHere."""
    wanted = " ".join(text.split()).casefold()
    by_key = (entry for entry in catalogue.entries if entry.key == wanted)
    by_name = (entry for entry in catalogue.entries if wanted in entry.names)
    found = next(by_key, None) or next(by_name, None)
    if found is None:
        raise NotATemplateHere(text)
    return found


def _offered(entry: Entry) -> str:
    disabled = "" if entry.enabled else " (disabled)"
    return clip(entry.template.offered_as, LABEL_MOST - len(disabled)) + disabled
