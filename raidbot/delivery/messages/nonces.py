"""Nonces, which keep Discord from posting a message twice when it is sent again after a crash."""

import re
import secrets
import sqlite3

from raidbot.db import guilds
from raidbot.db.database import Database

_PREFIX = re.compile("[0-9a-f]{8}")


async def nonce_prefix(db: Database) -> str:
    """Return eight characters unique to this database, so that nonces of two databases differ.

    Discord allows 25 characters per nonce. Raises Unwritable.
    """

    def work(tx: sqlite3.Connection) -> str:
        prefix = guilds.fact(tx, "nonce_prefix")
        if prefix is None or not _PREFIX.fullmatch(prefix):
            prefix = secrets.token_hex(4)
            guilds.note_fact(tx, "nonce_prefix", prefix)
        return prefix

    return await db.write(work)
