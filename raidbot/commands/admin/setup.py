"""/setup: a guild's first steps on one panel, with what is still missing beside the control that mends it."""

from collections.abc import Collection
from dataclasses import replace
from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.admin.setup_views import (
    MAX_SEARCH_LENGTH,
    PAGES,
    PANEL,
    SetupPage,
    embed,
    enabled_games,
    rows,
    shown_games,
)
from raidbot.commands.posting.channels import LOGS, Use, set_channel, shown_kinds
from raidbot.commands.posting.mentions import unheard_mentions
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.autocomplete import MAX_CHOICES
from raidbot.commands.ui.forms import Field, form
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.router import Press, UnknownPanel, address, page_number
from raidbot.commands.ui.time_forms import zone_form
from raidbot.db import announcements
from raidbot.raids.model import GuildId
from raidbot.raids.permissions import Permission
from raidbot.raids.templates.catalogue import Catalogue, enable_games
from raidbot.raids.templates.search import find_games
from raidbot.raids.times import zones
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Name, say


class NoSuchGame(Refusal):
    def __init__(self, text: str) -> None:
        super().__init__(
            say(
                "No game “{text}” here. Try another word, or make a template of your own with `/templates create`.",
                text=Name(text[:MAX_SEARCH_LENGTH]),
            )
        )


class Setup(commands.Cog):
    def __init__(self, state: State) -> None:
        self._state = state

    @app_commands.command(description="Set up RaidBot: time zone, games, channels, missing permissions")
    @app_commands.describe(game="A game you play; choose it from the list as you type")
    @app_commands.default_permissions(manage_guild=True)
    async def setup(self, interaction: Interaction, game: str | None = None) -> None:
        await permissions.check(interaction, Permission.SETUP)
        if game is None:
            await responses.defer(interaction)
            await self._show(interaction)
            return
        await permissions.check(interaction, Permission.TEMPLATES_ENABLE)
        _found(await self._state.templates(permissions.guild_id(interaction)), game)
        await responses.defer(interaction)
        await self._find(interaction, game)

    @setup.autocomplete("game")
    async def _games(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        found = find_games(typed, await self._state.templates(permissions.guild_id(interaction)))
        return [app_commands.Choice(name=game, value=game) for game in found[:MAX_CHOICES]]

    async def press(self, press: Press) -> None:
        """Save a channel, the time zone or the games, or show a page.

        What is saved asks for the permission of its own command, too.
        """
        interaction = press.interaction
        await permissions.check(interaction, Permission.SETUP)
        for needed in _needed(press):
            await permissions.check(interaction, needed)
        match press.parts:
            case ("channel", use) if use in Use.__members__.values():
                await self._choose(press, Use(use))
            case ("ask-zone",):
                zone = (await self._state.settings(permissions.guild_id(interaction))).zone
                await responses.open_modal(interaction, zone_form(PANEL, zone))
            case ("zone",):
                await self._set_zone(interaction, zones.zone_named(press.fields["zone"]).key)
            case ("pick-zone", picked) if (place := zones.place_named(picked)) is not None:
                await self._set_zone(interaction, place.key)
            case ("find",):
                field = Field("game", "Name of the game", hint="final fantasy, wow, …", max_length=MAX_SEARCH_LENGTH)
                await responses.open_modal(interaction, form(address(PANEL, "found"), "Find a game", field))
            case ("found",):
                await self._find(interaction, press.fields["game"])
            case ("games", *which):
                await self._choose_games(press, *which)
            case ("games-page", number):
                await self._show(interaction, "games", number=page_number(number))
            case ("told",):
                await self._change(interaction, told_of_hidden_commands=True)
                await self._show(interaction)
            case ("page", page) | ("page", page, "again") if page in PAGES:
                await self._show(interaction, page)
            case _:
                raise UnknownPanel

    async def _change(self, interaction: Interaction, **fields: object) -> None:
        guild, cause = permissions.guild_id(interaction), permissions.cause_of(interaction)
        await self._state.change_settings(guild, lambda before: before.with_fields(fields), cause)

    async def _set_zone(self, interaction: Interaction, zone: str) -> None:
        """Save the zone and go on; a zone that it had by default counts as chosen from now on."""
        await self._change(interaction, zone=zone)
        await self._show(interaction)

    async def _choose(self, press: Press, use: Use) -> None:
        """Save a channel; the first one for raids leads on to what is left."""
        guild, chosen = permissions.guild_of(press.interaction), press.chosen
        before = (await self._state.settings(GuildId(guild.id))).channels
        channel = int(chosen) if chosen.isdecimal() else None
        await set_channel(self._state, guild, use, channel, permissions.cause_of(press.interaction))
        is_first = use is Use.RAID and channel is not None and not before
        await self._show(press.interaction, None if is_first else "logs" if use in LOGS else "boards")

    async def _find(self, interaction: Interaction, text: str) -> None:
        """Add the one game that the text means, or show those that it may mean. Raises NoSuchGame."""
        catalogue = await self._state.templates(permissions.guild_id(interaction))
        found = _found(catalogue, text)
        if len(found) == 1:
            await self._enable(interaction, shown=found, chosen=found)
        is_step = not catalogue.games_chosen and len(found) == 1
        search = text[:MAX_SEARCH_LENGTH] if len(found) > 1 else ""
        await self._show(interaction, None if is_step else "games", search=search)

    async def _choose_games(self, press: Press, *which: str) -> None:
        """Save the games chosen in a menu; those that it does not show stay as they are."""
        catalogue = await self._state.templates(permissions.guild_id(press.interaction))
        number = 0
        match which:
            case ("page", place):
                number = page_number(place)
                shown = shown_games(catalogue, number, "")
            case ("found", *text):
                shown = shown_games(catalogue, 0, ":".join(text))
            case ():  # a panel of an earlier version, which showed all
                shown = tuple(catalogue.games())
            case _:
                raise UnknownPanel
        if not {*press.values} <= {*shown}:
            raise UnknownPanel
        await self._enable(press.interaction, shown=shown, chosen=press.values)
        is_step = not catalogue.games_chosen and (which[:1] == ("found",) or len(catalogue.games()) <= len(shown))
        await self._show(press.interaction, None if is_step else "games", number=number)

    async def _enable(self, interaction: Interaction, *, shown: Collection[str], chosen: Collection[str]) -> None:
        """Enable the chosen ones of the shown games only; all others stay as they are by then."""

        def rule(before: Catalogue) -> Catalogue:
            return enable_games(before, enabled_games(before) - {*shown} | {*chosen})

        await self._state.change_templates(permissions.guild_id(interaction), rule, permissions.cause_of(interaction))

    async def _show(
        self, interaction: Interaction, page: str | None = None, *, number: int = 0, search: str = ""
    ) -> None:
        """Show a page; None stands for the next step that is still to do."""
        guild = permissions.guild_of(interaction)
        shown = await self._page(guild, str(interaction.locale), page or "done", number, search)
        if page is None and shown.undone:
            shown = replace(shown, page=shown.undone[0])
        await responses.edit_response(interaction, embeds=(embed(shown),), rows=rows(shown))

    async def _page(self, guild: discord.Guild, locale: str, page: str, number: int, search: str) -> SetupPage:
        settings = await self._state.settings(GuildId(guild.id))
        pinged = await self._state.db.read(partial(announcements.pinged_roles, guild=settings.guild))
        return SetupPage(
            guild=guild,
            settings=settings,
            catalogue=await self._state.templates(settings.guild),
            kinds=await shown_kinds(self._state, settings.guild),
            now=self._state.now(),
            locale=locale,
            page=page,
            unheard=unheard_mentions(guild, pinged),
            number=number,
            search=search,
        )


def _found(catalogue: Catalogue, text: str) -> tuple[str, ...]:
    """Return the games that the text means: the one of this name, or all that fit. Raises NoSuchGame."""
    found = find_games(text[:MAX_SEARCH_LENGTH], catalogue)
    named = tuple(game for game in found if game.casefold() == text.strip().casefold())
    if not found:
        raise NoSuchGame(text)
    return named or found


def _needed(press: Press) -> tuple[Permission, ...]:
    match press.parts:
        case ("channel", _):
            return (Permission.SETCHANNEL_SET,)
        case ("ask-zone" | "zone",) | ("pick-zone", _):
            return (Permission.SETTINGS,)
        case ("games", *_) | ("find" | "found",):
            return (Permission.TEMPLATES_ENABLE,)
        case _:
            return ()
