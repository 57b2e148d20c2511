"""Make a server of the world many times as large, by plain SQL: its raids again and again, minutes later."""

import sqlite3

from raidbot.raids.model import GuildId

RAIDS, ROWS = 10_000, 150_000
"""Raids, and rows of attendance, of a server that is large."""
_APART_SECONDS = 660
_STRANGERS = 10**15
"""Added to the ids of members who come besides those of the world."""


def enlarge(tx: sqlite3.Connection, guild: GuildId, *, copies: int) -> None:
    """Add so many copies of the server's raids, with its own people and as many others in each."""
    last = tx.execute("SELECT max(id) FROM raids").fetchone()[0]
    originals = f"guild = ? AND id <= {last} AND status <> 'open'"
    of_raids = " ".join(("WHERE raid IN (SELECT id FROM raids WHERE", originals, ")"))
    for number in range(1, copies + 1):
        shift = {"id": f"id + {last * number}", "code": f"code || '{number}'", "message": "NULL", "thread": "NULL"}
        shift |= {name: f"{name} + {_APART_SECONDS * number}" for name in ("starts_at", "created_at", "closed_at")}
        _copy(tx, "raids", shift, "WHERE " + originals, guild)
        into = {"raid": f"raid + {last * number}"}
        for table in ("raid_roles", "seats", "waits", "attendance"):
            _copy(tx, table, into, of_raids, guild)
        stranger = f"iif(member < 0, member * 2 - 1, member + {_STRANGERS})"
        _copy(tx, "attendance", into | {"member": stranger}, of_raids, guild)


def _copy(tx: sqlite3.Connection, table: str, changed: dict[str, str], where: str, guild: GuildId) -> None:
    names = [name for _, name, *_ in tx.execute(" ".join(("PRAGMA", f"table_info({table})")))]
    values = ", ".join(changed.get(name, name) for name in names)
    target = ("INSERT INTO", table, "(", ", ".join(names), ")")
    tx.execute(" ".join((*target, "SELECT", values, "FROM", table, where)), (guild,))
