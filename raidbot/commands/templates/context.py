"""The context of a press on a panel of /templates, and the panel shown in response."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar, Self

import aiohttp
import discord

from raidbot.commands.posting import pictures
from raidbot.commands.templates import views
from raidbot.commands.templates.views import NO_KEY
from raidbot.commands.ui import permissions
from raidbot.commands.ui.components import Controls
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.panel_context import PanelContext
from raidbot.commands.ui.time_forms import DEADLINE_LABEL, SIGNUP_TEXT_LABEL
from raidbot.raids.emoji.model import Emoji
from raidbot.raids.emoji.server import ServerEmoji, needs_server
from raidbot.raids.permissions import Permission
from raidbot.raids.templates import catalogue as rules
from raidbot.raids.templates import edits
from raidbot.raids.templates.catalogue import Catalogue, Entry, NoSuchTemplate
from raidbot.raids.templates.model import Template
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
    "roles": "Roles, one a line: 🛡️ Tank 2",
    "group": "Group",
    "seats": "Seats",
    "icon": "Icon before the name",
    "closes": DEADLINE_LABEL,
    "signup_text": SIGNUP_TEXT_LABEL,
    **pictures.LABELS,
}


class EmojiUnknown(Refusal):
    def __init__(self) -> None:
        super().__init__("Discord does not tell me the emoji of this server right now. Try again later.")


@dataclass(frozen=True, slots=True)
class TemplateContext(PanelContext):
    """`catalogue` is as it was when the press arrived; `key` is a template's, or `NO_KEY` for the list."""

    catalogue: Catalogue
    key: str

    labels: ClassVar[Mapping[str, str]] = LABELS
    gone: ClassVar[tuple[type[Refusal], ...]] = (NoSuchTemplate, edits.RoleGone, edits.StrategyGone)

    @property
    def controls(self) -> Controls:
        return views.controls(self.key)

    async def reloaded(self) -> Self:
        return replace(self, catalogue=await self.state.templates(self.guild))

    @property
    def entry(self) -> Entry:
        """The template's catalogue entry. Raises NoSuchTemplate."""
        return self.catalogue.entry(self.key)

    @property
    def template(self) -> Template:
        """The template as it was when the press arrived. Raises NoSuchTemplate."""
        return self.entry.template

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
        now = await self.reloaded()
        if not now.catalogue.has(self.key):
            await self.list(0, text)
            return
        await self.page(text, *views.template_rows(now.entry), embeds=(views.template_embed(now.entry),))

    async def list(self, page: int, text: str = "") -> None:
        catalogue = (await self.reloaded()).catalogue
        shown = views.list_embed(permissions.guild_of(self.interaction).name, catalogue, page)
        await self.page(text, *views.list_rows(catalogue, page), embeds=(shown,))

    def for_template(self, key: str) -> Self:
        """Return this context for another template."""
        return replace(self, key=key, rest=())


async def server_emoji(interaction: Interaction) -> ServerEmoji:
    """Fetch the guild's custom emoji that the bot can use. Raises EmojiUnknown if the call fails."""
    try:
        found = await permissions.guild_of(interaction).fetch_emojis()
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise EmojiUnknown from error
    return ServerEmoji(tuple(Emoji(one.name, one.id, one.animated) for one in found if one.is_usable()))
