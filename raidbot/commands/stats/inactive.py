"""/stats inactive: the people who have not come for some weeks."""

from datetime import timedelta
from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.stats import inactive_views as views
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.router import Press, UnknownPanel
from raidbot.db.statistics import activity
from raidbot.delivery.members.listing import FRESH, KEPT, LEAFING, MemberLists
from raidbot.raids.permissions import Permission
from raidbot.raids.statistics.inactive import MOST_WEEKS, Question, inactive
from raidbot.state import State


class InactiveCommand(commands.Cog):
    """A part of the cog of /stats, which sets `_state` and `_member_lists`."""

    _state: State
    _member_lists: MemberLists

    @app_commands.command(name="inactive", description="The people who have not come to a raid for some weeks")
    @app_commands.describe(
        role="Only people with this role", weeks="For how many weeks, 4 if left out; 0 for those who never came"
    )
    async def inactive(
        self,
        interaction: Interaction,
        role: discord.Role | None = None,
        weeks: app_commands.Range[int, 0, MOST_WEEKS] = 4,
    ) -> None:
        await permissions.check(interaction, Permission.STATS_INACTIVE)
        await responses.defer(interaction)
        asked = None if role is None or role.is_default() else role.id  # everybody has @everyone
        await self._show_inactive(interaction, Question(weeks=weeks, role=asked), 0)

    async def press_inactive(self, press: Press, parts: tuple[str, ...]) -> None:
        """Turn a page, or read the list of members anew. Raises UnknownPanel, NotAllowed or NoMemberList."""
        action, *rest = parts or ("",)
        if action not in ("page", "refresh"):
            raise UnknownPanel
        question, page = views.read(tuple(rest))
        await permissions.check(press.interaction, Permission.STATS_INACTIVE)
        younger_than = FRESH if action == "refresh" else LEAFING
        await self._show_inactive(press.interaction, question, page, younger_than=younger_than)

    async def _show_inactive(
        self, interaction: Interaction, question: Question, page: int, *, younger_than: timedelta = KEPT
    ) -> None:
        guild, now = permissions.guild_id(interaction), self._state.now()
        members = await self._member_lists.of(guild, younger_than=younger_than)
        last = await self._state.db.read_long(partial(activity.last_activity, guild=guild, now=now))
        coming = await self._state.db.read_long(partial(activity.coming, guild=guild, now=now))
        found = inactive(members.members, last, coming, question, now=now)
        await responses.edit_response(
            interaction, embeds=(views.embed(found, members, question, page),), rows=views.rows(found, question, page)
        )
