"""One press on a panel of /templates: who pressed what, about which template, and what they are shown then."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import aiohttp
import discord

from raidbot.commands.templates import views
from raidbot.commands.templates.views import BLUE, GREY, NO_KEY
from raidbot.commands.ui import form_retry, permissions, responses
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
    """`catalogue` is as it was when the press arrived; `rest` follows the template's key in the `custom_id`."""

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
        """Raises NoSuchTemplate."""
        return self.catalogue.entry(self.key)

    @property
    def template(self) -> Template:
        """Raises NoSuchTemplate."""
        return self.entry.template

    @property
    def chosen(self) -> str:
        """The option that was chosen. Raises UnknownPanel."""
        if not self.press.values:
            raise UnknownPanel
        return self.press.values[0]

    def part(self, number: int) -> str:
        """What the `custom_id` says there. Raises UnknownPanel if it says nothing."""
        if number >= len(self.rest):
            raise UnknownPanel
        return self.rest[number]

    @property
    def marks(self) -> str:
        """What stands for the fields of the form as it was opened. Raises UnknownPanel."""
        if not self.rest:
            raise UnknownPanel
        return self.rest[-1]

    def said(self, *keys: str) -> dict[str, str]:
        """The fields of the form that the person changed; `keys` in the form's order."""
        return changed(self.press.fields, self.marks, *keys)

    async def ask(self, action: str, title: str, *fields: Field, about: tuple[str, ...] = ()) -> None:
        """Open a form that comes back to `action`, with what was typed before if it was refused."""
        custom_id = views.to(action, self.key, *about)
        marks = self.rest[-1] if self.rest else None
        await form_retry.open_form(self.interaction, custom_id, title, *fields, marks=marks)

    async def change(self, change: Callable[[Template], Template]) -> Entry:
        """Do it to the template as it is now. Raises what the change raises."""
        after = await self.change_catalogue(partial(rules.edit, key=self.key, change=change))
        return after.entry(self.key)

    async def change_catalogue(self, rule: Callable[[Catalogue], Catalogue]) -> Catalogue:
        return await self.state.change_templates(self.guild, rule, permissions.cause_of(self.interaction))

    async def emoji(self, *spelled: str) -> ServerEmoji:
        """Reads what was typed; what the template has, and what it came with, may stay."""
        known = await server_emoji(self.interaction) if any(map(needs_server, spelled)) else ServerEmoji()
        if self.key == NO_KEY:
            return known
        original = rules.emoji_of(self.entry.original) if self.entry.original else ()
        return known.keeping((*rules.emoji_of(self.template), *original))

    async def saved(self, entry: Entry) -> None:
        """Show the panel after a change, and say what went with it."""
        if entry.template == self.template:
            await self.home("Nothing was different.")
            return
        await self.home("\n".join(("Saved. Raids that are posted stay as they are.", *self.lost(entry))))

    def lost(self, entry: Entry) -> tuple[str, ...]:
        return edits.lost(self.template, entry.template)

    async def home(self, text: str = "") -> None:
        """Show the template as it is now, or the list if there is none."""
        catalogue = await self.state.templates(self.guild)
        if not catalogue.has(self.key):
            await self.list(0, text)
            return
        entry = catalogue.entry(self.key)
        await responses.edit_response(
            self.interaction, text, embeds=(views.panel_embed(entry),), rows=views.panel_rows(entry)
        )

    async def list(self, page: int, text: str = "") -> None:
        catalogue = await self.state.templates(self.guild)
        page = min(page, views.pages_of(catalogue) - 1)
        shown = views.list_embed(permissions.guild_of(self.interaction).name, catalogue, page)
        await responses.edit_response(self.interaction, text, embeds=(shown,), rows=views.list_rows(catalogue, page))

    async def page(self, text: str, *rows: responses.Row, embeds: tuple[discord.Embed, ...] = ()) -> None:
        """Show something else in the panel's place."""
        await responses.edit_response(self.interaction, text, embeds=embeds, rows=rows)

    def of(self, key: str) -> "PanelContext":
        """The same visit to another template."""
        return replace(self, key=key, rest=())


@dataclass(frozen=True, slots=True)
class Action:
    """What a press does. Whoever lacks all of `permissions` is refused before it begins.

    If the form it reads is refused, `again` is the action that opens it again, with everything that was typed.
    """

    permissions: tuple[Permission, ...]
    do: Callable[[PanelContext], Awaitable[None]]
    again: str | None = None


async def take(context: PanelContext, action: Action) -> None:
    """Do it; what is refused is said above the panel, or above what was typed."""
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
    """The custom emoji the bot can use here, asked of Discord. Raises EmojiUnknown."""
    try:
        found = await permissions.guild_of(interaction).fetch_emojis()
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise EmojiUnknown from error
    return ServerEmoji(tuple(Emoji(one.name, one.id, one.animated) for one in found if one.is_usable()))


async def _show_typed(context: PanelContext, why: str, *, again: str | None) -> None:
    """Nothing was saved; what was typed stands on the panel, from where the form takes it again."""
    buttons = [views.button("Try again", BLUE, again, context.key, *context.rest)] if again else []
    buttons.append(views.button("Give up", GREY, "panel", context.key))
    shown = form_retry.embeds(context.press.fields, LABELS)
    await context.page(form_retry.refusal_text(why), tuple(buttons), embeds=shown)
