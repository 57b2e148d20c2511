"""/raid: everything a leader or manager does with a posted raid, on one panel.

The panel is stateless: the `custom_id` of each press holds the raid's code. The raid is loaded from the press's guild,
and the member's permissions are checked on each press.
"""

from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.posting.post_waiter import PostWaiter
from raidbot.commands.raid import (
    attendance,
    details,
    duplicate,
    lifecycle,
    picture,
    raid_list,
    roster,
    seats,
    substitutes,
)
from raidbot.commands.raid.context import RaidContext, show_panel
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.panel_context import Action, run_action
from raidbot.commands.ui.raid_autocomplete import WHICH_RAID, find_raid, raid_choices, raid_of_board
from raidbot.commands.ui.router import Press, UnknownPanel, page_number
from raidbot.raids.model import MessageId, Raid, Status
from raidbot.raids.permissions import Permission
from raidbot.raids.rosters.signups import RaidOver
from raidbot.state import State

ANY = tuple(permission for permission in Permission if permission.is_about_a_raid)


async def _panel(context: RaidContext) -> None:
    await context.home()


async def _over(context: RaidContext) -> None:
    raise RaidOver(context.raid)


ACTIONS: dict[str, Action[RaidContext]] = {
    "panel": Action(ANY, _panel),
    **lifecycle.ACTIONS,
    **details.ACTIONS,
    **picture.ACTIONS,
    **roster.ACTIONS,
    **seats.ACTIONS,
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
        self.menu = app_commands.ContextMenu(name="Manage raid", callback=self._manage)

    @app_commands.command(description="Manage a raid: roster, time, text, signups, cancel")
    @app_commands.describe(code=WHICH_RAID)
    async def raid(self, interaction: Interaction, code: str | None = None) -> None:
        if code is not None:
            await self.open(interaction, await find_raid(self._state, interaction, code))
            return
        listed = await raid_list.manageable(self._state, interaction)
        if len(listed) == 1:
            await self.open(interaction, await find_raid(self._state, interaction, listed[0].code))
            return
        await responses.defer(interaction)
        await raid_list.show_list(self._state, interaction)

    async def open(self, interaction: Interaction, raid: Raid) -> None:
        """Answer with the raid's panel, which only the person sees. Raises NotAllowed."""
        await permissions.check_any(interaction, ANY, raid)
        await responses.defer(interaction)
        await show_panel(self._state, interaction, raid)

    async def _manage(self, interaction: Interaction, message: discord.Message) -> None:
        await self.open(interaction, await raid_of_board(self._state, interaction, MessageId(message.id)))

    @raid.autocomplete("code")
    async def _codes(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await raid_choices(self._state, interaction, typed)

    async def press_list(self, press: Press) -> None:
        """Turn the page of the raids that somebody may manage, or open one of them."""
        match press.parts:
            case ("page", number):
                await raid_list.show_list(self._state, press.interaction, page_number(number))
            case ("open",):
                raid = await find_raid(self._state, press.interaction, press.chosen)
                await permissions.check_any(press.interaction, ANY, raid)
                await show_panel(self._state, press.interaction, raid)
            case _:
                raise UnknownPanel

    async def press(self, press: Press) -> None:
        """Run the pressed action. Raises UnknownPanel, UnknownRaid or NotAllowed."""
        if len(press.parts) < 2 or press.parts[1] not in ACTIONS:
            raise UnknownPanel
        code, name, *rest = press.parts
        raid = await find_raid(self._state, press.interaction, code)
        action = ACTIONS[name]
        if raid.status is Status.CANCELLED and name not in _EVEN_CANCELLED:
            action = replace(action, do=_over)
        await run_action(RaidContext(self._state, press, tuple(rest), raid, self._post_waiter), action, raid)
