"""The world that every client finds: two servers, rights of the bot, channels, roles and members."""

from discord_sandbox import Sandbox
from discord_sandbox.permissions import BOT, named

CROWD_SIZE = 1040
"""More members than GUILD_CREATE lists (250) and than fit into one chunk (1000)."""
BOT_RIGHTS = BOT | named(
    "manage_channels", "manage_roles", "manage_nicknames", "manage_webhooks", "manage_guild", "view_audit_log",
    "ban_members", "kick_members", "manage_guild_expressions", "moderate_members",
)  # fmt: skip


def build(sandbox: Sandbox) -> None:
    """Add the servers "Night Owls" and "Crowd"."""
    guild = sandbox.add_guild("Night Owls", owner="olivia", bot_permissions=BOT_RIGHTS)
    raider = guild.add_role("Raider", mentionable=True)
    leader = guild.add_role("Leader")
    leader.position = guild.bot_role.position + 1
    for name in ("general", "lounge", "history", "quiet", "hidden"):
        guild.add_channel(name)
    guild.deny(guild.channel("quiet"), "send_messages")
    guild.deny(guild.channel("hidden"), "view_channel")
    guild.add_emoji("owl")
    for name in ("alice", "bob", "carol", "frank"):
        guild.add_member(name, roles=[raider] if name == "bob" else [])
    guild.add_member("erin").close_dms()
    crowd = sandbox.add_guild("Crowd", owner=guild.owner, bot_permissions=BOT_RIGHTS)
    for number in range(CROWD_SIZE):
        crowd.add_member(f"member{number:04}")
