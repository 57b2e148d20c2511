"""/mysignups: the member's seats and waitlist places in this guild, to change or leave."""

from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.signups import mysignups_views
from raidbot.commands.signups.gate import SignupGate
from raidbot.commands.signups.mysignups_views import PAGE_SIZE
from raidbot.commands.signups.service import SignupService
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.raid_autocomplete import find_raid, raid_of_board
from raidbot.commands.ui.role_select import role_numbered
from raidbot.commands.ui.router import Press, UnknownPanel, page_number
from raidbot.db import raid_listings
from raidbot.delivery.event_queue import EventQueue
from raidbot.raids.model import MessageId, Raid, Source
from raidbot.raids.rosters import specs
from raidbot.state import Cause, State
from raidbot.utils.errors import Refusal


class MySignups(commands.Cog):
    def __init__(self, state: State, gate: SignupGate, events: EventQueue) -> None:
        self._state = state
        self._signing_up = SignupService(state, gate, events, Source.COMMAND)
        self.menu = app_commands.ContextMenu(name="My place", callback=self._my_place)

    @app_commands.command(description="Where you sit and wait on this server; leave or change it from here")
    async def mysignups(self, interaction: Interaction) -> None:
        permissions.guild_of(interaction)
        await responses.defer(interaction)
        await self._show_list(interaction)

    async def _my_place(self, interaction: Interaction, message: discord.Message) -> None:
        raid = await raid_of_board(self._state, interaction, MessageId(message.id))
        await responses.defer(interaction)
        await self._show_raid(interaction, raid)

    async def press(self, press: Press) -> None:
        """Turn the page, open a raid, or change a signup. A rule's refusal is shown above the raid as it is now."""
        match press.parts:
            case ("page", number):
                await self._show_list(press.interaction, page_number(number))
            case ("open",):
                await self._show_raid(press.interaction, await find_raid(self._state, press.interaction, press.chosen))
            case ("spec", code, number):
                await self._choose_spec(press, await find_raid(self._state, press.interaction, code), number)
            case (action, code, *_) if action in ("take", "stop", "leave"):
                await self._act(press, action, await find_raid(self._state, press.interaction, code))
            case _:
                raise UnknownPanel

    async def _act(self, press: Press, action: str, raid: Raid) -> None:
        chosen = press.chosen
        try:
            match action:
                case "take":
                    said = await self._signing_up.join(press.interaction, raid.id, chosen)
                case "stop":
                    said = await self._signing_up.leave_role(press.interaction, raid.id, chosen)
                case _:
                    said = await self._signing_up.leave(press.interaction, raid.id)
        except Refusal as refusal:
            said = str(refusal)
        await self._show_raid(press.interaction, raid, said)

    async def _choose_spec(self, press: Press, raid: Raid, number: str) -> None:
        member, said = permissions.member_id(press.interaction), ""
        role, spec, now = role_numbered(raid, number), press.chosen or None, self._state.now()
        rule = partial(specs.choose_spec, member=member, key=role.key, spec=spec, now=now)
        try:
            await self._state.change(raid.id, rule, Cause(Source.COMMAND, member))
        except Refusal as refusal:
            said = str(refusal)
        await self._show_raid(press.interaction, raid, said)

    async def _show_raid(self, interaction: Interaction, raid: Raid, said: str = "") -> None:
        now, member = await self._state.raid(raid.id), permissions.member_id(interaction)
        at = self._state.now()
        too_late = not now.is_live or now.is_frozen(at)
        await responses.edit_response(
            interaction,
            said,
            embeds=(mysignups_views.raid_embed(now, member, too_late=too_late),),
            rows=mysignups_views.raid_rows(now, member, now=at),
        )

    async def _show_list(self, interaction: Interaction, number: int = 0) -> None:
        member = permissions.member_id(interaction)
        page = await self._state.db.read(
            partial(
                raid_listings.coming,
                guild=permissions.guild_id(interaction),
                now=self._state.now(),
                member=member,
                page=number,
                size=PAGE_SIZE,
            )
        )
        raids = [raid async for raid in self._state.raids(entry.id for entry in page.entries)]
        await responses.edit_response(
            interaction,
            embeds=(mysignups_views.list_embed(page, raids, member),),
            rows=mysignups_views.list_rows(page, raids, member),
        )
