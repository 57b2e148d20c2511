"""The context and the actions of a press on a panel of /templates, and the panel shown in response."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import aiohttp
import discord

from raidbot.commands.templates import views
from raidbot.commands.templates.views import NO_KEY
from raidbot.commands.ui import form_retry, permissions, responses
from raidbot.commands.ui.components import BLUE, Button, Controls
from raidbot.commands.ui.forms import Field, changed
from raidbot.commands.ui.router import Press, UnknownPanel
from raidbot.raids.emoji.model import Emoji
from raidbot.raids.emoji.server import ServerEmoji, needs_server
from raidbot.raids.model import GuildId
from raidbot.raids.permissions import Permission
from raidbot.raids.templates import catalogue as rules
from raidbot.raids.templates import edits
from raidbot.raids.templates.catalogue import Catalogue, Entry, NoSuchTemplate
from raidbot.raids.templates.model import Template
from raidbot.state import State
from raidbot.utils.errors import Refusal

ANY = tuple(permission for permission in Permission if permission.command == "templates")
LABELS = {
    "name": "Name",
    "label": "What lists offer it as",
    "emoji": "Emoji",
    "colour": "Colour",
    "description": "Description",
    "lengths": "Lengths in hours",
    "sides": "Sides, one a line",
    "roles": "Roles, one a line",
    "group": "Group",
    "seats": "Seats",
    "icon": "Icon before the name",
}


class EmojiUnknown(Refusal):
    def __init__(self) -> None:
        super().__init__("Discord does not tell me the emoji of this server right now. Try again later.")


@dataclass(frozen=True, slots=True)
class PanelContext:
    """`catalogue` is as it was when the press arrived; `rest` holds the parts of the `custom_id` after the key."""

    state: State
    press: Press
    catalogue: Catalogue
    key: str
    rest: tuple[str, ...]

    @property
    def interaction(self) -> discord.Interaction[Any]:
        return self.press.interaction

    @property
    def guild(self) -> GuildId:
        return GuildId(permissions.guild_of(self.interaction).id)

    @property
    def entry(self) -> Entry:
        """The template's catalogue entry. Raises NoSuchTemplate."""
        return self.catalogue.entry(self.key)

    @property
    def template(self) -> Template:
        """The template as it was when the press arrived. Raises NoSuchTemplate."""
        return self.entry.template

    @property
    def controls(self) -> Controls:
        return views.controls(self.key)

    @property
    def back(self) -> Button:
        return self.controls.button("Back", "panel")

    @property
    def chosen(self) -> str:
        """The chosen option. Raises UnknownPanel if there is none."""
        if not self.press.chosen:
            raise UnknownPanel
        return self.press.chosen

    def part(self, number: int) -> str:
        """Return part `number` of `rest`, counted from 0. Raises UnknownPanel if there is none."""
        if number >= len(self.rest):
            raise UnknownPanel
        return self.rest[number]

    @property
    def marks(self) -> str:
        """The marks (`marks_of`) of the form's fields as it was opened. Raises UnknownPanel."""
        if not self.rest:
            raise UnknownPanel
        return self.rest[-1]

    def changed_fields(self, *keys: str) -> dict[str, str]:
        """Return the form fields that the member changed; `keys` in the form's order. Raises UnknownPanel."""
        return changed(self.press.fields, self.marks, *keys)

    async def ask(self, action: str, title: str, *fields: Field, about: tuple[str, ...] = ()) -> None:
        """Open a form that submits to `action`. After a refusal it is filled in with what was typed."""
        custom_id = self.controls.custom_id(action, *about)
        marks = self.rest[-1] if self.rest else None
        await form_retry.open_form(self.interaction, custom_id, title, *fields, marks=marks)

    async def change(self, change: Callable[[Template], Template]) -> Entry:
        """Apply the change to the template as it is now. Raises NoSuchTemplate or what the change raises."""
        after = await self.change_catalogue(partial(rules.edit, key=self.key, change=change))
        return after.entry(self.key)

    async def change_catalogue(self, rule: Callable[[Catalogue], Catalogue]) -> Catalogue:
        return await self.state.change_templates(self.guild, rule, permissions.cause_of(self.interaction))

    async def emoji(self, *spelled: str) -> ServerEmoji:
        """Return the emoji allowed in the typed texts; those of the template and its original stay allowed.

        Discord is asked only if a text has a custom emoji. Raises EmojiUnknown.
        """
        known = await server_emoji(self.interaction) if any(map(needs_server, spelled)) else ServerEmoji()
        if self.key == NO_KEY:
            return known
        original = rules.emoji_of(self.entry.original) if self.entry.original else ()
        return known.keeping((*rules.emoji_of(self.template), *original))

    async def saved(self, entry: Entry) -> None:
        """Show the panel after a change, and name the strategy changes that were lost with it."""
        if entry.template == self.template:
            await self.home("Nothing was different.")
            return
        await self.home("\n".join(("Saved. Raids that are posted stay as they are.", *self.lost(entry))))

    def lost(self, entry: Entry) -> tuple[str, ...]:
        return edits.lost_role_changes(self.template, entry.template)

    async def home(self, text: str = "") -> None:
        """Show the template as it is now, or the list if it does not exist."""
        catalogue = await self.state.templates(self.guild)
        if not catalogue.has(self.key):
            await self.list(0, text)
            return
        entry = catalogue.entry(self.key)
        await responses.edit_response(
            self.interaction, text, embeds=(views.template_embed(entry),), rows=views.template_rows(entry)
        )

    async def list(self, page: int, text: str = "") -> None:
        catalogue = await self.state.templates(self.guild)
        shown = views.list_embed(permissions.guild_of(self.interaction).name, catalogue, page)
        await responses.edit_response(self.interaction, text, embeds=(shown,), rows=views.list_rows(catalogue, page))

    async def page(self, text: str, *rows: responses.Row, embeds: tuple[discord.Embed, ...] = ()) -> None:
        """Replace the panel with a page."""
        await responses.edit_response(self.interaction, text, embeds=embeds, rows=rows)

    def for_template(self, key: str) -> "PanelContext":
        """Return this context for another template."""
        return replace(self, key=key, rest=())


@dataclass(frozen=True, slots=True)
class Action:
    """The coroutine `do` for a press. Members without any of `permissions` are refused before it runs.

    If a submitted form is refused, the action `again` opens the form again, filled in with what was typed.
    """

    permissions: tuple[Permission, ...]
    do: Callable[[PanelContext], Awaitable[None]]
    again: str | None = None


async def run_action(context: PanelContext, action: Action) -> None:
    """Run the action; show a refusal above the panel, or above what was typed."""
    try:
        await action.do(context)
    except UnknownPanel as refusal:
        await context.home(str(refusal))
    except Refusal as refusal:
        if action.again is None:
            await context.home(str(refusal))
            return
        is_gone = isinstance(refusal, NoSuchTemplate | edits.RoleGone | edits.StrategyGone)
        await _show_typed(context, str(refusal), again=None if is_gone else action.again)


async def server_emoji(interaction: discord.Interaction[Any]) -> ServerEmoji:
    """Fetch the guild's custom emoji that the bot can use. Raises EmojiUnknown if the call fails."""
    try:
        found = await permissions.guild_of(interaction).fetch_emojis()
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise EmojiUnknown from error
    return ServerEmoji(tuple(Emoji(one.name, one.id, one.animated) for one in found if one.is_usable()))


async def _show_typed(context: PanelContext, why: str, *, again: str | None) -> None:
    """Show the refusal above what was typed, with a button to try again if `again` is an action."""
    buttons = [context.controls.button("Try again", again, BLUE, *context.rest)] if again else []
    buttons.append(context.controls.button("Give up", "panel"))
    shown = form_retry.embeds(context.press.fields, LABELS)
    await context.page(form_retry.refusal_text(why), tuple(buttons), embeds=shown)
