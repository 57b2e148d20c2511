"""/templates: manage the templates that a guild's raids are made from.

Panels are stateless: the `custom_id` of each press holds the template's key. The template is loaded from the guild's
catalogue, and the member's permissions are checked on each press. Only the fields changed in a form are saved, so
concurrent edits of different fields are both kept.
"""

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.templates import (
    details,
    files,
    manage,
    roles,
    strategies,
)
from raidbot.commands.templates.context import ANY, TemplateContext
from raidbot.commands.templates.views import NO_KEY
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.autocomplete import matching
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.panel_context import Action, run_action
from raidbot.commands.ui.router import Press, UnknownPanel
from raidbot.raids.permissions import Permission
from raidbot.raids.templates.catalogue import Catalogue, Entry
from raidbot.raids.templates.model import MAX_LABEL_LENGTH
from raidbot.raids.templates.search import names_of
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, escape

ACTIONS: dict[str, Action[TemplateContext]] = {
    **manage.ACTIONS,
    **details.ACTIONS,
    **roles.ACTIONS,
    **strategies.ACTIONS,
    **files.ACTIONS,
}
"""The actions of a template's panel, its pages and its forms, by their name in the `custom_id`."""

_WHICH = "Which template; choose it from the list as you type"


class NotATemplateHere(Refusal):
    def __init__(self, text: str) -> None:
        super().__init__(
            f"This server has no template called “{escape(clip(text, 50))}”. Choose one from the list as you type."
        )


@app_commands.default_permissions(manage_guild=True)
class Templates(
    commands.GroupCog, group_name="templates", group_description="What raids are made from: roles, looks, strategies"
):
    def __init__(self, state: State) -> None:
        self._state = state

    @app_commands.command(name="list", description="All templates of this server; enable, change or make some")
    async def list_(self, interaction: Interaction) -> None:
        await permissions.check_any(interaction, ANY)
        await responses.defer(interaction)
        await (await self._command_context(interaction)).list(0)

    @app_commands.command(description="Change a template, switch it on or off, copy, reset or delete it")
    @app_commands.describe(template=_WHICH)
    async def edit(self, interaction: Interaction, template: str) -> None:
        await permissions.check_any(interaction, ANY)
        context = await self._command_context(interaction)
        entry = _named(context.catalogue, template)
        await responses.defer(interaction)
        await context.for_template(entry.key).home()

    @app_commands.command(description="Make a template of this server’s own")
    async def create(self, interaction: Interaction) -> None:
        await permissions.check(interaction, Permission.TEMPLATES_CREATE)
        await manage.ask_new(await self._command_context(interaction))

    @app_commands.command(description="Templates as a file, for another server or to keep")
    @app_commands.describe(template="Which template; all of them if left out")
    async def export(self, interaction: Interaction, template: str | None = None) -> None:
        await permissions.check(interaction, Permission.TEMPLATES_EXPORT)
        catalogue = (await self._command_context(interaction)).catalogue
        entry = None if template is None else _named(catalogue, template)
        await responses.defer(interaction)
        if entry is None:
            await files.send_export(interaction, catalogue.entries, "templates.json")
        else:
            await files.send_export(interaction, (entry,), files.file_name(entry))

    @app_commands.command(name="import", description="Take templates in from a file; nothing is saved if any is wrong")
    @app_commands.describe(file="What /templates export handed out, or a file written like it")
    async def import_(self, interaction: Interaction, file: discord.Attachment) -> None:
        await permissions.check(interaction, Permission.TEMPLATES_IMPORT)
        await responses.defer(interaction)
        told = await files.import_file(self._state, interaction, file)
        await (await self._command_context(interaction)).list(0, told)

    @edit.autocomplete("template")
    @export.autocomplete("template")
    async def _templates(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        catalogue = await self._state.templates(permissions.guild_id(interaction))
        lines = ((one.key, _offered(one), *names_of(one.template)) for one in catalogue.enabled_first())
        return matching(typed, lines)

    async def press(self, press: Press) -> None:
        """Run the pressed action. Raises UnknownPanel or NotAllowed."""
        if len(press.parts) < 2 or press.parts[0] not in ACTIONS:
            raise UnknownPanel
        name, key, *rest = press.parts
        catalogue = await self._state.templates(permissions.guild_id(press.interaction))
        await run_action(TemplateContext(self._state, press, tuple(rest), catalogue, key), ACTIONS[name])

    async def _command_context(self, interaction: Interaction) -> TemplateContext:
        """Return the context of a command, with an empty press."""
        catalogue = await self._state.templates(permissions.guild_id(interaction))
        return TemplateContext(self._state, Press(interaction, (), (), {}), (), catalogue, NO_KEY)


def _named(catalogue: Catalogue, text: str) -> Entry:
    """Return the template with this key, label or name, enabled or not. Raises NotATemplateHere."""
    wanted = " ".join(text.split()).casefold()
    by_key = (entry for entry in catalogue.entries if entry.key == wanted)
    by_name = (entry for entry in catalogue.entries if wanted in entry.names)
    found = next(by_key, None) or next(by_name, None)
    if found is None:
        raise NotATemplateHere(text)
    return found


def _offered(entry: Entry) -> str:
    disabled = "" if entry.enabled else " (disabled)"
    return clip(entry.template.offered_as, MAX_LABEL_LENGTH - len(disabled)) + disabled
