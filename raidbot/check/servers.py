"""Check the servers that the bot is on, and its permissions there."""

from collections.abc import Iterator

import discord

from raidbot.check.application import NEEDED
from raidbot.check.discord_client import DiscordClient, Server
from raidbot.check.findings import Finding, Part, ok, warning
from raidbot.config import Settings
from raidbot.utils.text import joined

PAGE = 200
"""Servers in one answer: https://discord.com/developers/docs/resources/user#get-current-user-guilds"""


async def listed(client: DiscordClient) -> list[Server]:
    """Return all servers of the bot. Raises NoAnswer."""
    found: list[Server] = []
    while True:
        page = await client.get("/users/@me/guilds", list[Server], limit=PAGE, after=found[-1].id if found else 0)
        found += page
        if len(page) < PAGE:
            return found


def serving(found: list[Server], settings: Settings) -> list[Server]:
    """Return the servers where the bot works."""
    return [server for server in found if not settings.allowed_guilds or server.id in settings.allowed_guilds]


def servers(found: list[Server], settings: Settings) -> Iterator[Finding]:
    """Check which servers there are."""
    yield _count(found, len(serving(found, settings)), is_limited=bool(settings.allowed_guilds))
    known = {server.id for server in found}
    if absent := [str(one) for one in settings.allowed_guilds if one not in known]:
        sentence = (
            f"RAIDBOT_ALLOWED_GUILDS names {joined(absent)}, but the bot is not there. Invite it, or correct the id."
        )
        yield warning(Part.SERVERS, "allowed servers", sentence)


def permissions(server: Server) -> Iterator[Finding]:
    """Check what the bot's roles lack on a server that has chosen no channels."""
    if missing := _missing(server):
        sentence = f"On {server.name} (id {server.id}) the bot's roles lack {joined(missing)}."
        yield warning(Part.SERVERS, "permissions", f"{sentence} Give its role these, or do so in the channels it uses.")


def _count(found: list[Server], served: int, *, is_limited: bool) -> Finding:
    if not found:
        return warning(Part.SERVERS, "servers", "The bot is on no server yet. Invite it with the address below.")
    number = f"{len(found)} {'server' if len(found) == 1 else 'servers'}"
    works = f" It works on {served} of them, as RAIDBOT_ALLOWED_GUILDS says." if is_limited else ""
    return ok(Part.SERVERS, "servers", f"The bot is on {number}: {_names(found)}.{works}")


def _names(found: list[Server], shown: int = 10) -> str:
    names = ", ".join(server.name for server in found[:shown])
    return names if len(found) <= shown else f"{names} and {len(found) - shown} more"


def _missing(server: Server) -> list[str]:
    """Return the names of permissions that neither the bot's roles nor @everyone give; channels may differ."""
    granted = discord.Permissions(server.permissions)
    return [name for flag, name in NEEDED.items() if not granted.administrator and not getattr(granted, flag)]
