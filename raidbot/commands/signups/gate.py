"""The signup gate: members need one of the roles that the guild requires."""

from functools import partial

import discord

from raidbot.delivery.discord_api import DiscordApi, Family
from raidbot.delivery.discord_internals import member_roles
from raidbot.delivery.messages.refusal_notices import ConcernsLeader
from raidbot.raids import labels
from raidbot.raids.model import GuildId, MemberId, Raid, RoleKey
from raidbot.raids.settings import GuildSettings
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Listed, say


class RoleNeeded(Refusal):
    """`roles` are the names of the required roles, any one of which is enough."""

    def __init__(self, raid: Raid, roles: list[str]) -> None:
        super().__init__(
            say(
                "To sign up for {raid} you need the role {roles}.",
                raid=labels.coded(raid),
                roles=Listed(tuple(labels.bold(role) for role in roles), "or"),
            )
        )


class RoleGone(ConcernsLeader):
    def __init__(self, raid: Raid) -> None:
        super().__init__(
            say(
                "Nobody can sign up for {raid} right now: the role needed for it was deleted."
                " A manager can choose another one with `/permissions`.",
                raid=labels.coded(raid),
            )
        )


class SignupGate:
    def __init__(self, client: discord.Client, state: State, api: DiscordApi) -> None:
        self._client = client
        self._state = state
        self._api = api

    def check(self, raid: Raid, settings: GuildSettings, member: MemberId, key: RoleKey, roles: frozenset[int]) -> None:
        """Raise RoleNeeded if a member with these roles may not take the role, RoleGone if all required ones are gone.

        Whoever has the place already passes: a raid leader gave it to them, or they had the roles then.
        """
        needed = settings.signup_roles_for(raid.kind)
        if (
            needed and not raid.has_place(member, key) and not needed & (roles | {raid.guild})
        ):  # everybody has @everyone, whose id is the guild's
            names = self._names(raid.guild, needed)
            raise RoleNeeded(raid, names) if names else RoleGone(raid)

    async def may_sign_up(self, guild: GuildId, member: MemberId, raid: Raid, key: RoleKey) -> bool:
        """Return True if the member, known by id only, may take the role; False if they left the guild.

        Raises RoleNeeded, RoleGone, NoResponse or discord.HTTPException.
        """
        settings = await self._state.settings(guild)
        if not settings.signup_roles_for(raid.kind) or raid.has_place(member, key):
            return True
        try:
            roles = await self._api.call(partial(member_roles, self._client, guild, member), Family.READS, guild)
        except discord.NotFound:
            return False
        self.check(raid, settings, member, key, roles)
        return True

    def _names(self, guild_id: GuildId, roles: frozenset[int]) -> list[str]:
        guild = self._client.get_guild(guild_id)
        found = [guild.get_role(role) for role in sorted(roles)] if guild else []
        return [role.name for role in found if role is not None]
