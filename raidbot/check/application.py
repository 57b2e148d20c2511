"""Check the application at Discord: token, intents, session starts, commands, and the invite link."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import discord

from raidbot.check.database import version_of
from raidbot.check.discord_client import Application, Command, DiscordClient, Gateway, NoAnswer, User
from raidbot.check.findings import Finding, Part, ago, ok, warning, wrong
from raidbot.commands.ui.permissions import TO_DISCUSS, TO_POST, TO_REACT
from raidbot.db import guilds
from raidbot.db.database import look_into
from raidbot.db.errors import UnusableDatabase
from raidbot.delivery.channel_permissions import TO_UPLOAD
from raidbot.delivery.token_sharing.registered_commands import commands_fact, were_replaced
from raidbot.delivery.token_sharing.session_starts import FEW_LEFT, SESSIONS_FACT, NotedStarts, SessionStarts
from raidbot.process import BadToken

NEEDED = TO_POST | TO_REACT | TO_DISCUSS | TO_UPLOAD | {"use_external_emojis": "Use External Emojis"}
"""Permissions that the features use, by Discord's flag with the name that people see."""
_RECENT = timedelta(days=1)
_UNAUTHORIZED = 401
_ONE_PROCESS = "Stop one of the two, or members get everything twice; or give each an application of its own."
_WITHOUT_MEMBERS = (
    "Discord does not give this application the Server Members Intent, by which the bot hears who leaves and who "
    "changes their name or roles."
)
_SWITCH_ON = "Switch it on in Discord's developer portal, under Bot, and restart the bot."


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Facts that the bot noted in its database: session starts, and the commands that it registered."""

    starts: NotedStarts | None = None
    commands: str | None = None


def noted(database: Path, application: int) -> Noted:
    """Return what the database knows; nothing if there is none, or it cannot be read."""
    if not version_of(database):
        return Noted()
    try:
        starts = look_into(database, lambda connection: guilds.fact(connection, SESSIONS_FACT))
        commands = look_into(database, lambda connection: guilds.fact(connection, commands_fact(application)))
    except UnusableDatabase:
        return Noted()
    return Noted(starts=None if starts is None else NotedStarts.from_json(starts), commands=commands)


def invite_link(application: int) -> str:
    permissions = discord.Permissions(**dict.fromkeys(NEEDED, True))
    scopes = ("bot", "applications.commands")
    return discord.utils.oauth_url(application, permissions=permissions, scopes=scopes)


async def token(client: DiscordClient) -> tuple[Finding, User | None]:
    """Check that Discord can be reached and takes the token; return the bot's user with the finding."""
    try:
        user = await client.get("/users/@me", User)
    except NoAnswer as error:
        if error.status == _UNAUTHORIZED:
            return wrong(Part.DISCORD, "token", str(BadToken())), None
        sentence = f"Discord does not answer at {client.url}: {error}. Check the network and RAIDBOT_DISCORD_API_URL."
        return wrong(Part.DISCORD, "reachable", f"{sentence} `raidbot check --offline` leaves Discord out."), None
    return ok(Part.DISCORD, "token", f"Discord accepts the token. The bot is {user.username} (id {user.id})."), user


def intents(application: Application, wish: str) -> Finding:
    """Check the Server Members Intent; `wish` is RAIDBOT_MEMBERS_INTENT: on, auto or off."""
    flags = discord.ApplicationFlags()
    flags.value = application.flags
    if flags.gateway_guild_members or flags.gateway_guild_members_limited:
        return ok(Part.DISCORD, "intents", "The Server Members Intent is switched on.")
    if wish == "on":
        return wrong(Part.DISCORD, "intents", f"{_WITHOUT_MEMBERS} {_SWITCH_ON}")
    instead = (
        "Without it the bot learns names and roles with each act, and asks who left before reminders and at closing."
    )
    grade = warning if wish == "auto" else ok
    return grade(Part.DISCORD, "intents", f"{_WITHOUT_MEMBERS} {instead} {_SWITCH_ON}")


def session_starts(gateway: Gateway, before: NotedStarts | None, now: datetime) -> Iterator[Finding]:
    """Check how many sessions may be started, and whether another process started some."""
    limit = gateway.session_start_limit
    seen = SessionStarts.of(limit.model_dump(), now)
    left = f"{limit.remaining} of {limit.total} session starts are left"
    if limit.remaining < max(FEW_LEFT, 2 * gateway.shards):
        sentence = (
            f"Only {left} until {seen.resets_at:%Y-%m-%d %H:%M} UTC. Discord resets the token of a bot that starts "
            "more. Look in the log for restarts in a loop, and for another process with this token."
        )
        yield warning(Part.DISCORD, "session starts", sentence)
    else:
        yield ok(Part.DISCORD, "session starts", f"{left}.")
    if before is None:
        return
    if others := before.of_others(seen):
        sessions = "a session" if others == 1 else f"{others} sessions"
        yield warning(
            Part.DISCORD,
            "second process",
            f"Another process has started {sessions} with this token, not a bot on this database. {_ONE_PROCESS}",
        )
    elif before.others_at is not None and now - before.others_at < _RECENT:
        seen_at = ago(before.others_at, now)
        yield warning(
            Part.DISCORD, "second process", f"Another process used this token: seen {seen_at}. {_ONE_PROCESS}"
        )


def commands(registered: list[Command], before: str | None) -> Finding:
    """Check that the commands are those that this bot registered."""
    count = f"{len(registered)} {'command' if len(registered) == 1 else 'commands'}"
    versions = sorted(f"{command.id}.{command.version}" for command in registered)
    if before is not None and were_replaced(before, versions):
        return warning(
            Part.DISCORD,
            "commands",
            f"Another program with this token has replaced the commands ({count} now). The next start registers "
            f"RaidBot's own again. {_ONE_PROCESS}",
        )
    if before is None and registered:
        names = ", ".join(f"/{command.name}" for command in registered[:5])
        more = ", …" if len(registered) > 5 else ""
        return warning(
            Part.DISCORD,
            "commands",
            f"{count} of another program or another database are registered ({names}{more}). The first start replaces "
            "them. Make sure that the other one has stopped for good.",
        )
    if not registered:
        return ok(Part.DISCORD, "commands", "No commands are registered yet; the first start does it.")
    return ok(Part.DISCORD, "commands", f"{count} are registered, by this bot.")


def invitation(application: int) -> Finding:
    return ok(
        Part.SERVERS, "invite", f"Invite the bot to a server, or give it its permissions: {invite_link(application)}"
    )
