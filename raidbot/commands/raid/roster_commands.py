"""/raidsignup: a manager's edits to a roster, one subcommand each."""

from dataclasses import replace
from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.raid.roster_messages import outcome
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.autocomplete import matching
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.member_picker import PickedMember, maybe_gone, picked_member
from raidbot.commands.ui.raid_autocomplete import WHICH_RAID, find_raid, raid_choices
from raidbot.raids.labels import role_choice
from raidbot.raids.model import Raid
from raidbot.raids.permissions import Permission
from raidbot.raids.rosters import manager_edits, role_lookup
from raidbot.state import Rule, State, UnknownRaid
from raidbot.utils.clean_text import clean_line

NO_SIDE = "none"
_Choice = app_commands.Choice[str]

MAX_REASON_LENGTH = 200
"""Characters of the reason that a member reads when they are taken off."""
_ROLE = "Which role; choose it from the list as you type"


class RaidSignup(commands.GroupCog, group_name="raidsignup", group_description="Edit who sits and who waits in a raid"):
    def __init__(self, state: State) -> None:
        self._state = state

    @app_commands.command(description="Give a member a seat, or move them to another role")
    @app_commands.describe(
        raid=WHICH_RAID,
        member="Who gets the seat",
        role=_ROLE,
        side="On which side they play, where the raid has sides",
        force="Give the seat though all are taken; the board says so",
    )
    async def assign(
        self,
        interaction: Interaction,
        raid: str,
        member: discord.User,
        role: str,
        side: str | None = None,
        force: bool = False,
    ) -> None:
        found = await self._checked(interaction, Permission.RAIDSIGNUP_ASSIGN, raid)
        who, key = await picked_member(self._state, member), role_lookup.role_named(found, role).key
        rule = partial(manager_edits.assign, member=who.id, key=key, now=self._state.now(), force=force)
        if side is not None and side != NO_SIDE:
            rule = partial(
                manager_edits.assign_with_side, member=who.id, key=key, side=side, now=self._state.now(), force=force
            )
        await self._edit(interaction, found, rule, who)

    @app_commands.command(description="Take a member off a raid: off their seat and out of every line")
    @app_commands.describe(raid=WHICH_RAID, member="Who is taken off", reason="Why; the member reads it")
    async def remove(
        self,
        interaction: Interaction,
        raid: str,
        member: discord.User,
        reason: app_commands.Range[str, 1, MAX_REASON_LENGTH] = "",
    ) -> None:
        found = await self._checked(interaction, Permission.RAIDSIGNUP_REMOVE, raid)
        gone = maybe_gone(member)
        rule = partial(manager_edits.remove, member=gone.id, now=self._state.now(), reason=clean_line(reason))
        await self._edit(interaction, found, rule, gone)

    @app_commands.command(description="Put a member at the end of the line for a role that is full")
    @app_commands.describe(raid=WHICH_RAID, member="Who has to wait", role=_ROLE)
    async def waitlist(self, interaction: Interaction, raid: str, member: discord.User, role: str) -> None:
        found = await self._checked(interaction, Permission.RAIDSIGNUP_WAITLIST, raid)
        who, key = await picked_member(self._state, member), role_lookup.role_named(found, role).key
        rule = partial(manager_edits.send_to_wait, member=who.id, key=key, now=self._state.now())
        await self._edit(interaction, found, rule, who)

    @app_commands.command(description="Say on which side a member with a seat plays")
    @app_commands.describe(raid=WHICH_RAID, member="Who plays there", side="Which side; “none” takes it back")
    async def side(self, interaction: Interaction, raid: str, member: discord.User, side: str) -> None:
        found = await self._checked(interaction, Permission.RAIDSIGNUP_SIDE, raid)
        who = await picked_member(self._state, member)
        rule = partial(
            manager_edits.take_side, member=who.id, side=None if side.strip().casefold() == NO_SIDE else side
        )
        await self._edit(interaction, found, rule, who)

    @assign.autocomplete("raid")
    @remove.autocomplete("raid")
    @waitlist.autocomplete("raid")
    @side.autocomplete("raid")
    async def _raids(self, interaction: Interaction, typed: str) -> list[_Choice]:
        return await raid_choices(self._state, interaction, typed)

    @assign.autocomplete("role")
    @waitlist.autocomplete("role")
    async def _roles(self, interaction: Interaction, typed: str) -> list[_Choice]:
        raid = await self._named(interaction)
        return matching(typed, ((role.key, role_choice(raid, role)) for role in raid.roles) if raid else ())

    @assign.autocomplete("side")
    @side.autocomplete("side")
    async def _sides(self, interaction: Interaction, typed: str) -> list[_Choice]:
        raid = await self._named(interaction)
        sides = (*raid.sides, NO_SIDE) if raid and raid.sides else ()
        return matching(typed, ((side, side) for side in sides))

    async def _checked(self, interaction: Interaction, permission: Permission, code: str) -> Raid:
        """Return the raid and defer the response. Raises UnknownRaid or NotAllowed."""
        raid = await find_raid(self._state, interaction, code)
        await permissions.check(interaction, permission, raid)
        await responses.defer(interaction)
        return raid

    async def _edit(self, interaction: Interaction, raid: Raid, rule: Rule, who: PickedMember) -> None:
        cause = replace(permissions.cause_of(interaction), can_be_undone=True)
        change = await self._state.change(raid.id, rule, cause, names={who.id: who.name})
        names = await self._state.names(change.raid) | {who.id: who.name}
        await responses.edit_response(interaction, outcome(change, names))

    async def _named(self, interaction: Interaction) -> Raid | None:
        """Return the raid named in the command's `raid` option, or None."""
        code = str(interaction.namespace.raid or "")
        try:
            return await find_raid(self._state, interaction, code)
        except UnknownRaid:
            return None
