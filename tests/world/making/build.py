"""Make the world: play all its raids, and write them and what else there is to a migrated database."""

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from raidbot.db import guilds, imported, raids
from raidbot.db.imported import Balance
from raidbot.raids.model import MemberId, Raid
from raidbot.raids.settings import GuildSettings
from tests.world.making.one_raid import play
from tests.world.making.scenery import DELETED_TEMPLATE, FIRST, SERVERS, Server, starts

SEED = 20270101
_ROLES = ("Tank", "Healer", "Storm 1", "Museum", "Team 1", "Old role", "=SUM(1,2)")
_TEMPLATES = ("dungeon-5", "polaris", "museum", DELETED_TEMPLATE, "dragon")
_NAMES = ("Ana", "Bo", "=cmd|' /C calc'!A0", "@everyone", "](x)", "\u202eevil", "Zoë 🧙", "a\u200bb", "Ngũgĩ", "李雷")


def build(tx: sqlite3.Connection) -> None:
    """Fill a migrated database with the world; the same each time."""
    rng = random.Random(SEED)
    played = [raid for server in SERVERS for raid in _raids(server, rng)]
    for raid in sorted(played, key=lambda raid: raid.created_at):
        raids.insert(tx, raid)
    for server in SERVERS:
        _write_server(tx, server, rng)
        _forget(tx, server, rng)


def _raids(server: Server, rng: random.Random) -> Iterator[Raid]:
    for number, starts_at in enumerate(starts(server, rng)):
        yield play(server, starts_at, 10_000 * SERVERS.index(server) + number, rng)


def _write_server(tx: sqlite3.Connection, server: Server, rng: random.Random) -> None:
    settings = GuildSettings(guild=server.guild)
    guilds.save_settings(tx, settings, replace(settings, zone=server.zone, leaderboards=True, stats_for_everyone=True))
    known = [member for member in server.members if rng.random() < 0.97]
    guilds.save_names(tx, server.guild, [(member, f"{rng.choice(_NAMES)} {member % 1000}") for member in known])
    for member in rng.sample(server.members, 40):
        imported.open_balance(tx, _balance(server, member, rng))


def _balance(server: Server, member: MemberId, rng: random.Random) -> Balance:
    """Return what a member did before; one in a hundred has more no-shows than raids, as old databases do."""
    number = rng.choice((0, 1, 3, 4, 5, 9, 24, 49, 99, 300))
    missed = rng.randrange(number // 4 + 1) if rng.random() < 0.95 else number + 2
    last = FIRST - timedelta(minutes=rng.randrange(1, 600_000))
    return Balance(
        guild=server.guild,
        member=member,
        raids=number,
        no_shows=missed,
        roles={name: rng.randrange(1, 30) for name in rng.sample(_ROLES, rng.randrange(4))},
        templates={name: rng.randrange(1, 30) for name in rng.sample(_TEMPLATES, rng.randrange(4))},
        weekdays={str(day): rng.randrange(1, 9) for day in rng.sample(range(7), rng.randrange(4))},
        last_raid_at=last if rng.random() < 0.9 else None,
    )


def _forget(tx: sqlite3.Connection, server: Server, rng: random.Random) -> None:
    """Forget some members: their rows keep a random id below zero, one per server, and no name."""
    for member in rng.sample(server.members[:60], 4):
        stranger = -rng.randrange(1, 2**62)
        for table in ("seats", "waits", "attendance"):
            where = "WHERE member = ? AND raid IN (SELECT id FROM raids WHERE guild = ?)"
            tx.execute(" ".join(("UPDATE", table, "SET member = ?", where)), (stranger, member, server.guild))
        tx.execute(
            "UPDATE opening_balances SET member = ? WHERE member = ? AND guild = ?", (stranger, member, server.guild)
        )
        tx.execute("DELETE FROM members WHERE member = ? AND guild = ?", (member, server.guild))
