"""Run the checks of `raidbot check` in order."""

import asyncio
from collections.abc import Iterator

from raidbot.check import application, backups, channels, clock, database, jobs, program, servers, storage
from raidbot.check.discord_client import Application, Command, DiscordClient, Gateway, NoAnswer, connected
from raidbot.check.findings import Finding, Part, ok, warning
from raidbot.config import Settings, WrongSettings, load
from raidbot.utils.clock import Clock

_ONLINE_SECONDS = 60.0


def findings(now: Clock, *, offline: bool) -> list[Finding]:
    """Run all checks that the settings allow, those that ask Discord last."""
    try:
        settings = load()
    except WrongSettings as error:
        return [*program.wrong_settings(error.sentences), *_without_token(now)]
    found = [*program.settings_given(settings), *offline_findings(settings, now)]
    if offline:
        return [*found, ok(Part.DISCORD, "offline", "Discord was not asked (--offline).")]
    return [*found, *asyncio.run(online_findings(settings, now))]


def _without_token(now: Clock) -> list[Finding]:
    """Check what needs no token, if that is all that is missing."""
    try:
        return list(offline_findings(load(connects=False), now))
    except WrongSettings:
        return [*program.libraries(None), clock.zones()]


def offline_findings(settings: Settings, now: Clock) -> Iterator[Finding]:
    path, moment = settings.database, now()
    yield from program.libraries(settings)
    yield clock.zones()
    yield from clock.against_database(path, moment)
    yield from database.database(path, moment)
    yield from storage.rights_of(path)
    yield from storage.place(path, storage.mounts())
    yield from storage.room(path)
    if database.version_of(path):
        yield from backups.backups(path, moment, makes_backups=settings.backups)
        yield from jobs.jobs(path, moment)


async def online_findings(settings: Settings, now: Clock) -> list[Finding]:
    found: list[Finding] = []
    try:
        async with asyncio.timeout(_ONLINE_SECONDS), connected(settings, now) as client:
            await _ask(client, settings, now, found)
    except TimeoutError:
        found.append(warning(Part.DISCORD, "reachable", f"Discord took longer than {_ONLINE_SECONDS:.0f} seconds."))
    return found


async def _ask(client: DiscordClient, settings: Settings, now: Clock, found: list[Finding]) -> None:
    accepted, bot = await application.token(client)
    found.append(accepted)
    if client.time is not None:
        found.append(clock.against_discord(client.time.theirs, client.time.ours))
    if bot is None:
        return
    try:
        mine = await client.get("/applications/@me", Application)
        found.append(application.intents(mine, settings.members_intent))
        before = application.noted(settings.database, mine.id)
        gateway = await client.get("/gateway/bot", Gateway)
        found += application.session_starts(gateway, before.starts, now())
        registered = await client.get(f"/applications/{mine.id}/commands", list[Command])
        found.append(application.commands(registered, before.commands))
        await _ask_about_servers(client, settings, bot.id, found)
        found.append(application.invitation(mine.id))
    except NoAnswer as error:
        found.append(warning(Part.DISCORD, "reachable", f"Discord stopped answering ({error}). Run the check again."))


async def _ask_about_servers(client: DiscordClient, settings: Settings, bot: int, found: list[Finding]) -> None:
    """Check the servers, and on each the channels that it chose, or else the bot's roles. Raises NoAnswer."""
    listed = await servers.listed(client)
    found += servers.servers(listed, settings)
    served = servers.serving(listed, settings)
    chosen = channels.chosen_channels(settings.database, served)
    lacking: list[Finding] = []
    for server in served:
        if server.id in chosen:
            lacking += await channels.channels(client, server, chosen[server.id], bot)
        else:
            lacking += servers.permissions(server)
    if served and not lacking:
        lacking.append(ok(Part.SERVERS, "permissions", "The bot has the permissions it needs."))
    found += lacking
