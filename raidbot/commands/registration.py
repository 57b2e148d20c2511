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
from raidbot.delivery.discord_api import DiscordApi, Family
from raidbot.delivery.discord_internals import command_payloads

log = structlog.get_logger(__name__)


async def register_commands(
    tree: app_commands.CommandTree[Any], db: Database, api: DiscordApi, *, application_id: int | None
) -> None:
    """Register the commands with Discord, unless exactly these are registered.

    Discord's list is checked too, because another program may have used the token since.
    """
    payloads = command_payloads(tree)
    fingerprint = hashlib.sha256(json.dumps(payloads, sort_keys=True).encode()).hexdigest()
    fact = f"commands of {application_id}"
    noted = await db.read(partial(guilds.fact, name=fact)) or ""
    unchanged = payloads is not None and noted.startswith(fingerprint)
    if unchanged and noted == _with_ids(fingerprint, await api.call(tree.fetch_commands, Family.COMMANDS)):
        return
    known = _with_ids(fingerprint, await api.call(tree.sync, Family.COMMANDS))
    await db.write(partial(guilds.note_fact, name=fact, value=known))
    log.info("commands registered", commands=len(tree.get_commands()))


def _with_ids(fingerprint: str, known: Sequence[app_commands.AppCommand]) -> str:
    """Return the fingerprint followed by the command ids.

    The ids show that another program replaced the commands: Discord gives re-registered commands new ids.
    """
    return " ".join((fingerprint, *sorted(str(command.id) for command in known)))
