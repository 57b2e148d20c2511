"""/setup: a guild's first steps on one panel, with what is still missing."""

from datetime import datetime
from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.posting.channels import USE_NAMES, Use, channel_status, chosen_for, set_channel, signup_channel
from raidbot.commands.posting.mentions import unheard_mentions
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.components import BLUE, GREY, ChannelSelect, Controls, options, panel_embed
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.router import Press, UnknownPanel, address
from raidbot.commands.ui.time_forms import zone_form
from raidbot.db import announcements
from raidbot.raids.model import GuildId, Kind
from raidbot.raids.permissions import Permission
from raidbot.raids.settings import GuildSettings
from raidbot.raids.templates.catalogue import Catalogue, enable_games
from raidbot.raids.times import zones
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, escape, fit_lines

PANEL = "setup"
_CONTROLS = Controls(partial(address, PANEL))
_PAGES = {
    "boards": (Use.RAID, Use.MUSEUM, Use.KEY, Use.CHALLENGE),
    "logs": (Use.AUDIT, Use.DEBUG),
}
_PAGE_LABELS = {"boards": "Signup channels", "logs": "Log channels", "games": "Your games"}
_MAX_LINE_LENGTH = 250
_MAX_FIELD_LENGTH = 1024  # https://discord.com/developers/docs/resources/message#embed-object-embed-limits
_NEXT = (
    "`/settings` holds reminders, closing and threads. `/permissions` lets roles help you."
    " `/templates` changes what raids are made from. `/create` puts up a raid."
)


class Setup(commands.Cog):
    def __init__(self, state: State) -> None:
        self._state = state

    @app_commands.command(description="First steps: channels, time zone, your games, and what I lack on this server")
    async def setup(self, interaction: Interaction) -> None:
        await permissions.check(interaction, Permission.SETUP)
        await responses.defer(interaction)
        await self._show(interaction, "boards")

    async def press(self, press: Press) -> None:
        """Save a channel, the time zone or the games, or turn the page.

        What is saved asks for the permission of its own command, too.
        """
        interaction = press.interaction
        await permissions.check(interaction, Permission.SETUP)
        for needed in _needed(press):
            await permissions.check(interaction, needed)
        match press.parts:
            case ("channel", use) if use in Use.__members__.values():
                page = "logs" if Use(use) in _PAGES["logs"] else "boards"
                await self._choose(press, Use(use))
            case ("ask-zone",):
                zone = (await self._state.settings(permissions.guild_id(interaction))).zone
                await responses.open_modal(interaction, zone_form(PANEL, zone))
                return
            case ("zone",):
                page, zone = "boards", zones.zone_named(press.fields["zone"]).key
                guild = permissions.guild_id(interaction)
                await self._state.change_settings(
                    guild, lambda before: before.with_fields({"zone": zone}), permissions.cause_of(interaction)
                )
            case ("games",):
                page, guild = "games", permissions.guild_id(interaction)
                games = frozenset(press.values)
                if not games <= (await self._state.templates(guild)).games().keys():
                    raise UnknownPanel
                await self._state.change_templates(
                    guild, partial(enable_games, games=games), permissions.cause_of(interaction)
                )
            case ("page", page) | ("page", page, "again") if page in _PAGE_LABELS:
                pass
            case _:
                raise UnknownPanel
        await self._show(interaction, page)

    async def _choose(self, press: Press, use: Use) -> None:
        guild, chosen = permissions.guild_of(press.interaction), press.chosen
        channel = int(chosen) if chosen.isdecimal() else None
        await set_channel(self._state, guild, use, channel, permissions.cause_of(press.interaction))

    async def _show(self, interaction: Interaction, page: str) -> None:
        guild = permissions.guild_of(interaction)
        settings = await self._state.settings(GuildId(guild.id))
        catalogue = await self._state.templates(GuildId(guild.id))
        embed = _summary(guild, settings, catalogue, self._state.now())
        pinged = await self._state.db.read(partial(announcements.pinged_roles, guild=settings.guild))
        if unheard := unheard_mentions(guild, pinged):
            embed.add_field(name="Mentions", value=fit_lines(unheard, _MAX_FIELD_LENGTH), inline=False)
        choices = _games(catalogue) if page == "games" else _channels(guild, settings, page)
        await responses.edit_response(interaction, embeds=(embed,), rows=(*choices, _buttons(page)))


def _needed(press: Press) -> tuple[Permission, ...]:
    match press.parts:
        case ("channel", _):
            return (Permission.SETCHANNEL_SET,)
        case ("ask-zone" | "zone",):
            return (Permission.SETTINGS,)
        case ("games",):
            return (Permission.TEMPLATES_ENABLE,)
        case _:
            return ()


def _summary(guild: discord.Guild, settings: GuildSettings, catalogue: Catalogue, now: datetime) -> discord.Embed:
    """Summarize the choices made and name exactly what is still missing."""
    embed = panel_embed("First steps", "\n".join(_where(guild, settings, kind) for kind in Kind))
    logs = [f"{USE_NAMES[use]}: {channel_status(guild, settings, use)}" for use in _PAGES["logs"]]
    embed.add_field(name="Logs", value="\n".join(logs), inline=False)
    clock = now.astimezone(settings.tzinfo).strftime("%H:%M")
    embed.add_field(name="Time zone", value=f"{settings.zone}: it is {clock} there now.", inline=False)
    embed.add_field(name="Templates", value=_templates(catalogue), inline=False)
    embed.add_field(name="Then", value=_NEXT, inline=False)
    return embed


def _where(guild: discord.Guild, settings: GuildSettings, kind: Kind) -> str:
    """Name the channel for boards of this kind, or the reason why none can be used."""
    name = USE_NAMES[Use(kind.value)]
    try:
        return f"✅ {name}: {signup_channel(guild, settings, kind).mention}"
    except Refusal as why:
        return f"⚠️ {name}: {why}"


def _templates(catalogue: Catalogue) -> str:
    """List the enabled templates by game."""
    games: dict[str, list[str]] = {}
    for entry in catalogue.entries:
        if entry.enabled:
            heading = "This server’s own" if entry.is_own else entry.template.game
            games.setdefault(heading, []).append(escape(entry.template.offered_as))
    lines = [f"**{game}:** {clip(', '.join(names), _MAX_LINE_LENGTH)}" for game, names in games.items()]
    return fit_lines(lines, _MAX_FIELD_LENGTH) or "None is enabled."


def _channels(guild: discord.Guild, settings: GuildSettings, page: str) -> tuple[responses.Row, ...]:
    return tuple((_channel_select(guild, settings, use),) for use in _PAGES[page])


def _games(catalogue: Catalogue) -> tuple[responses.Row, ...]:
    games = catalogue.games()
    enabled = [game for game, is_on in games.items() if is_on]
    offered = options([(game, game) for game in games], *enabled)
    select = _CONTROLS.select("Which games do you play?", "games", offered, min_values=0, max_values=len(games))
    return ((select,),)


def _buttons(page: str) -> responses.Row:
    button = _CONTROLS.button
    return (
        button("Time zone", "ask-zone", BLUE),
        *(button(label, "page", GREY, name) for name, label in _PAGE_LABELS.items() if name != page),
        button("Check again", "page", GREY, page, "again"),
    )


def _channel_select(guild: discord.Guild, settings: GuildSettings, use: Use) -> ChannelSelect:
    chosen = chosen_for(settings, use)
    known = chosen if chosen and guild.get_channel(chosen) else None
    return _CONTROLS.channel_select(f"{USE_NAMES[use]}: choose a channel", "channel", use, chosen=known)
