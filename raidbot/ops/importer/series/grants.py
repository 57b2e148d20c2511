"""Roles that held a command of the old bot which this bot did not have yet when their server moved in: `/recurring`."""

import json
import sqlite3
from dataclasses import replace
from datetime import datetime

from raidbot.db import audit, guilds, imported
from raidbot.ops.importer import columns
from raidbot.ops.importer.columns import Unusable
from raidbot.raids.audit.settings_entries import settings_entries
from raidbot.raids.model import GuildId, Source
from raidbot.raids.permissions import targets

TABLE = "command_permissions"
"""The old bot's table."""


def take(tx: sqlite3.Connection, key: str, now: datetime) -> None:
    """Give the role of a kept row its command if there is one of that name by now, with the audit; else leave it."""
    payload = imported.waiting_row(tx, TABLE, key)
    try:
        cells = columns.mapping(json.loads(columns.text(payload) or ""))
        guild, role = columns.snowflake(cells.get("guild_id")), columns.snowflake(cells.get("role_id"))
        name = columns.line(cells.get("command_name"), 100)
    except (Unusable, ValueError, RecursionError):
        return
    if guild is None or role is None or name not in targets():
        return
    before = guilds.settings(tx, GuildId(guild))
    grants = before.grants.with_roles(name, before.grants.of(name) | {role})
    after = replace(before, grants=grants)
    guilds.save_settings(tx, before, after)
    entries = settings_entries(before, after)
    audit.record(tx, entries, guild=after.guild, raid=None, at=now, actor=None, source=Source.COPY)
    imported.settle(tx, TABLE, key, fate="taken", used=True)
