"""Register the commands with Discord, if others or none are registered."""

import hashlib
import json
from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog
from discord import app_commands

from raidbot.db import guilds
from raidbot.db.database import Database
from raidbot.delivery.discord_api import DiscordApi

log = structlog.get_logger(__name__)


async def register_commands(tree: app_commands.CommandTree[Any], db: Database, api: DiscordApi) -> None:
    """Register the commands with Discord, unless exactly these are registered.

    Discord's list is checked too, because another program may have used the token since.
    """
    payload = [command.to_dict(tree) for command in tree.get_commands()]
    fingerprint = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    fact = f"commands of {tree.client.application_id}"
    noted = await db.read(partial(guilds.fact, name=fact)) or ""
    if noted.startswith(fingerprint) and noted == _with_ids(fingerprint, await api.call(tree.fetch_commands)):
        return
    known = _with_ids(fingerprint, await api.call(tree.sync))
    await db.write(partial(guilds.note_fact, name=fact, value=known))
    log.info("commands registered", commands=len(payload))


def _with_ids(fingerprint: str, known: Sequence[app_commands.AppCommand]) -> str:
    """Return the fingerprint followed by the command ids.

    The ids show that another program replaced the commands: Discord gives re-registered commands new ids.
    """
    return " ".join((fingerprint, *sorted(str(command.id) for command in known)))
