"""/leaderboard: who came to most raids, overall or in one role, and a member's achievements."""

import sqlite3
from dataclasses import replace
from datetime import datetime
from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.leaderboard import achievement_views, views
from raidbot.commands.leaderboard.views import Shown, View, view_of
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.autocomplete import MAX_CHOICE_LENGTH, matching
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.router import Press, UnknownPanel
from raidbot.db.statistics import achievements as achievement_rows
from raidbot.db.statistics import leaderboards
from raidbot.raids.model import GuildId, MemberId
from raidbot.raids.permissions import Permission, allowed
from raidbot.raids.settings import GuildSettings
from raidbot.raids.statistics.achievements import Carried, Night, progress_of, record_of
from raidbot.raids.statistics.leaderboards import Board, board_of, role_named, role_tag
from raidbot.raids.statistics.spans import SPAN_NAMES, Span, Stretch, stretch_of
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.words import say

_PERIODS = [app_commands.Choice(name=str(name), value=span.value) for span, name in SPAN_NAMES.items()]
_WHICH_TIME = "Which time; all time if left out"
_ON_PUBLIC_MESSAGES = {"open", "open-my"}
"""Actions of a message that everybody sees. They answer the person who presses, in a message of their own."""
_TO_OWN = {"my", "open-my"}
_ACTIONS = {"first", "previous", "next", "last", "span"} | _ON_PUBLIC_MESSAGES | _TO_OWN
_PUBLIC = "Show it to everybody here; otherwise only you see it"


class NobodyLeft(Refusal):
    def __init__(self) -> None:
        super().__init__(say("Nobody is left on this leaderboard. Use `/leaderboard role` again."))


class Leaderboard(
    commands.GroupCog, group_name="leaderboard", group_description="Who came to most raids, and achievements"
):
    def __init__(self, state: State) -> None:
        self._state = state

    @app_commands.command(description="Everybody who came to raids, most raids first")
    @app_commands.describe(period=_WHICH_TIME, public=_PUBLIC)
    @app_commands.choices(period=_PERIODS)
    async def top(self, interaction: Interaction, period: str | None = None, public: bool = False) -> None:
        if await self._is_off(interaction):
            return
        await responses.defer(interaction, public=public)
        await self._show(interaction, View(_span(period)), public=public)

    @app_commands.command(name="role", description="Everybody who came in one role, most raids first")
    @app_commands.describe(role="Which role; choose it from the list as you type", period=_WHICH_TIME, public=_PUBLIC)
    @app_commands.choices(period=_PERIODS)
    async def role_(self, interaction: Interaction, role: str, period: str | None = None, public: bool = False) -> None:
        if await self._is_off(interaction):
            return
        if not public:
            await responses.defer(interaction)
        name = role_named(role, await self._role_names(interaction))
        if public:  # what is refused above, only who asks gets to see
            await responses.defer(interaction, public=True)
        await self._show(interaction, view_of(_span(period), name), public=public, role=name)

    @role_.autocomplete("role")
    async def _roles(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return matching(typed, ((name, name) for name in await self._role_names(interaction) if _is_choice(name)))

    @app_commands.command(description="Your achievements, and what is missing for the others")
    @app_commands.describe(member="Whose achievements; yours if left out")
    async def achievements(self, interaction: Interaction, member: discord.User | None = None) -> None:
        if await self._is_off(interaction):
            return
        whose = member or interaction.user
        is_own = whose.id == interaction.user.id
        if not is_own:
            await permissions.check(interaction, Permission.STATS_OTHERS)
        await responses.defer(interaction)
        guild, now = permissions.guild_id(interaction), self._state.now()
        nights, carried = await self._state.db.read(
            partial(_nights_and_balance, guild=guild, member=MemberId(whose.id), now=now)
        )
        zone = (await self._state.settings(guild)).tzinfo
        progress = progress_of(record_of(nights, carried, zone))
        embed = achievement_views.embed(progress, None if is_own else whose.display_name)
        await responses.edit_response(interaction, embeds=(embed,))

    async def press(self, press: Press) -> None:
        """Turn the page, change the time, open an own page, or switch leaderboards on. Raises UnknownPanel."""
        interaction = press.interaction
        action, *rest = press.parts or ("",)
        if action == "on" and not rest:
            await self._switch_on(interaction)
            return
        if action not in _ACTIONS:
            raise UnknownPanel
        view = View.read(tuple(rest))
        if action in _ON_PUBLIC_MESSAGES:
            await responses.defer(interaction)
        if await self._is_off(interaction):
            return
        if action == "span":
            view = View(_span(press.chosen), view.role)
        await self._show(interaction, view, own=action in _TO_OWN)

    async def _show(
        self,
        interaction: Interaction,
        view: View,
        *,
        public: bool = False,
        role: str | None = None,
        own: bool = False,
    ) -> None:
        """Show a page; `own` prefers the one with the reader on it. `role` is the name of the view's role, if known."""
        guild, now = permissions.guild_id(interaction), self._state.now()
        stretch = stretch_of(view.span, now, (await self._state.settings(guild)).tzinfo)
        name, board = await self._state.db.read_long(
            partial(_board, guild=guild, stretch=stretch, now=now, tag=view.role, role=role)
        )
        reader = None if public else permissions.member_id(interaction)
        shown = Shown(board=board, stretch=stretch, view=view, role=name, reader=reader)
        if own and shown.own_page is not None:
            shown = replace(shown, view=view.at(shown.own_page))
        rows = views.public_rows(shown) if public else views.rows(shown)
        await responses.edit_response(interaction, embeds=(views.embed(shown),), rows=rows)

    async def _role_names(self, interaction: Interaction) -> list[str]:
        guild, now = permissions.guild_id(interaction), self._state.now()
        return await self._state.db.read_long(partial(leaderboards.role_names, guild=guild, now=now))

    async def _is_off(self, interaction: Interaction) -> bool:
        """Return True if leaderboards are off here, and say who can switch them on and where."""
        guild = permissions.guild_of(interaction)
        settings = await self._state.settings(GuildId(guild.id))
        if settings.leaderboards:
            return False
        may_change = allowed(permissions.asker_of(interaction), Permission.SETTINGS, settings.grants)
        holders = permissions.role_names(guild, settings.grants.holders(Permission.SETTINGS))
        text = str(views.off_text(holders, may_change=may_change))
        if interaction.message is None:
            await responses.defer(interaction)
        await responses.edit_response(interaction, text, rows=views.switch_on_rows() if may_change else ())
        return True

    async def _switch_on(self, interaction: Interaction) -> None:
        """Raises NotAllowed."""
        await permissions.check(interaction, Permission.SETTINGS)
        cause = permissions.cause_of(interaction)
        await self._state.change_settings(permissions.guild_id(interaction), _switched_on, cause)
        await responses.edit_response(interaction, str(views.ON))


def _span(value: str | None) -> Span:
    """Raises UnknownPanel for a time that is not offered."""
    if value is None:
        return Span.ALL
    if value not in set(Span):
        raise UnknownPanel
    return Span(value)


def _is_choice(name: str) -> bool:
    return len(name) <= MAX_CHOICE_LENGTH


def _switched_on(before: GuildSettings) -> GuildSettings:
    return replace(before, leaderboards=True)


def _board(
    connection: sqlite3.Connection, guild: GuildId, stretch: Stretch, *, now: datetime, tag: str, role: str | None
) -> tuple[str | None, Board]:
    """Return the leaderboard of the role with this tag, and the role's name. Raises NobodyLeft."""
    if tag and role is None:
        known = leaderboards.role_names(connection, guild, now=now)
        role = next((name for name in known if role_tag(name) == tag), None)
        if role is None:
            raise NobodyLeft
    return role, board_of(leaderboards.came(connection, guild, stretch, now=now, role=role))


def _nights_and_balance(
    connection: sqlite3.Connection, guild: GuildId, member: MemberId, *, now: datetime
) -> tuple[list[Night], Carried]:
    nights = achievement_rows.nights(connection, guild, member, now=now)
    return nights, achievement_rows.carried(connection, guild, member)
