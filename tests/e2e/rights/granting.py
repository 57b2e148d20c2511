"""Give rights to roles in tests."""

from dataclasses import replace

from discord_sandbox import SandboxGuild
from discord_sandbox.store import Role
from raidbot.bot import RaidBot
from raidbot.raids.model import GuildId, Source
from raidbot.raids.permissions import Grants
from raidbot.state import Cause


async def grant(bot: RaidBot, guild: SandboxGuild, **targets: Role) -> None:
    """Let roles hold just these targets, written with “_” for “.”: `raid_close=role`."""
    grants = Grants(roles={target.replace("_", "."): frozenset({role.id}) for target, role in targets.items()})
    cause = Cause(Source.COMMAND)
    await bot.state.change_settings(GuildId(guild.id), lambda before: replace(before, grants=grants), cause)
