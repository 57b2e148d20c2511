"""/raid: everything a leader or manager does with a posted raid, on one panel.

The panel is stateless: the `custom_id` of each press holds the raid's code. The raid is loaded from the press's guild,
and the member's permissions are checked on each press.
"""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.posting.post_waiter import PostWaiter
from raidbot.commands.raid import (
    attendance,
    details,
    duplicate,
    lifecycle,
    roster,
    substitutes,
)
from raidbot.commands.raid.context import Action, PanelContext, refuse, show_panel, show_typed
from raidbot.commands.ui import form_retry, log_context, permissions, raid_autocomplete, responses
from raidbot.commands.ui.router import Press, UnknownPanel
from raidbot.raids.model import GuildId, Status
from raidbot.raids.permissions import NotAllowed, Permission
from raidbot.raids.rosters.signups import RaidOver
from raidbot.state import State
from raidbot.utils.errors import Refusal

ANY = tuple(permission for permission in Permission if permission.is_about_a_raid)


async def _panel(context: PanelContext) -> None:
    await context.home()


ACTIONS: dict[str, Action] = {
    "panel": Action(ANY, _panel),
    **lifecycle.ACTIONS,
    **details.ACTIONS,
    **roster.ACTIONS,
    **attendance.ACTIONS,
    **duplicate.ACTIONS,
    **substitutes.ACTIONS,
}
"""The actions of a raid's panel, its pages and its forms, by their name in the `custom_id`."""
_EVEN_CANCELLED = {"panel", "undo", "cancel", *duplicate.ACTIONS}


class RaidPanel(commands.Cog):
    def __init__(self, state: State, post_waiter: PostWaiter) -> None:
        self._state = state
        self._post_waiter = post_waiter

    @app_commands.command(description="Close, reopen, cancel or change a raid")
    @app_commands.describe(code="Which raid; choose it from the list as you type")
    async def raid(self, interaction: discord.Interaction[Any], code: str) -> None:
        raid = await self._state.find(GuildId(permissions.guild_of(interaction).id), code)
        log_context.note_raid(raid.id)
        await permissions.check_any(interaction, ANY, raid)
        await responses.defer(interaction)
        await show_panel(self._state, interaction, raid)

    @raid.autocomplete("code")
    async def _codes(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        return await raid_autocomplete.raid_choices(self._state, interaction, typed)

    async def press(self, press: Press) -> None:
        """Run the pressed action; `refuse` shows a rule's refusal. Raises UnknownPanel, UnknownRaid or NotAllowed."""
        if len(press.parts) < 2 or press.parts[1] not in ACTIONS:
            raise UnknownPanel
        code, name, *rest = press.parts
        raid = await self._state.find(GuildId(permissions.guild_of(press.interaction).id), code)
        log_context.note_raid(raid.id)
        action = ACTIONS[name]
        context = PanelContext(self._state, press, raid, tuple(rest), self._post_waiter)
        try:
            await permissions.check_any(press.interaction, action.permissions, raid)
        except NotAllowed as refusal:
            if action.again is None or not press.fields:
                raise
            await show_typed(context, action.again, refusal)
            return
        try:
            if raid.status is Status.CANCELLED and name not in _EVEN_CANCELLED:
                raise RaidOver(raid)
            await action.do(context)
            await form_retry.forget(self._state, press)
        except Refusal as refusal:
            await refuse(context, action, refusal)
