"""Register the commands with Discord, if others or none are registered."""

import hashlib
import json
from functools import partial

import discord
import structlog
from discord import app_commands

from raidbot.db import guilds
from raidbot.db.database import Database
from raidbot.delivery.discord_api import DiscordApi, Family
from raidbot.delivery.discord_internals import command_payloads, command_versions
from raidbot.delivery.token_sharing.registered_commands import commands_fact, were_replaced

log = structlog.get_logger(__name__)


async def register_commands(
    tree: app_commands.CommandTree[discord.Client], db: Database, api: DiscordApi, *, application_id: int | None
) -> None:
    """Register the commands with Discord, unless exactly these are registered.

    Discord's list is checked too, because another program may have used the token since.
    """
    payloads = command_payloads(tree)
    fingerprint = hashlib.sha256(json.dumps(payloads, sort_keys=True).encode()).hexdigest()
    name = commands_fact(application_id)
    noted = await db.read(partial(guilds.fact, name=name)) or ""
    registered = partial(api.call, partial(command_versions, tree.client), Family.COMMANDS)
    if noted:
        found = await registered()
        if were_replaced(noted, found):
            log.warning("another program with this token had replaced the commands: does it still run?")
        if payloads is not None and noted == " ".join((fingerprint, *found)):
            return
    await api.call(tree.sync, Family.COMMANDS)
    await db.write(partial(guilds.note_fact, name=name, value=" ".join((fingerprint, *await registered()))))
    log.info("commands registered", commands=len(tree.get_commands()))
