"""Forgetting members changes no figure: somebody without a name stands where they stood."""

import sqlite3
from contextlib import closing
from pathlib import Path

from raidbot.db.forgetting import erasing, registered
from raidbot.db.forgetting.erasing import Whom
from raidbot.db.timestamps import seconds
from raidbot.raids.model import MemberId
from tests.world import recompute
from tests.world.export import export
from tests.world.making.scenery import NOW, SERVERS
from tests.world.recompute import World

PER_SERVER = 1


def test_every_figure_stays(world_file: Path, plain: World) -> None:
    instead: dict[tuple[int, int], int] = {}
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as tx:
        tx.deserialize(world_file.read_bytes())
        tx.execute("BEGIN")
        for server in SERVERS:
            brought = sorted(member for member in plain.brought(server.guild) if member > 0)
            for number, member in enumerate([*server.members[:PER_SERVER], *brought[:PER_SERVER]]):
                instead[server.guild, member] = -(1_000 + number)
                _forget(tx, Whom(guild=server.guild, member=MemberId(member), stand_in=-(1_000 + number)))
        after = World(export(tx), seconds(NOW))

    for server in SERVERS:
        guild, today = server.guild, plain.today(server.guild)
        now = {member: instead.get((guild, member), member) for member in plain.everybody(guild)}
        assert after.everybody(guild) == set(now.values())
        assert {member: one.as_tuple() for member, one in after.all_numbers(guild).items()} == {
            now[member]: one.as_tuple() for member, one in plain.all_numbers(guild).items()
        }
        for days in (None, recompute.month_of(today), recompute.year_of(today)):
            assert after.total(guild, days).as_tuple() == plain.total(guild, days).as_tuple()
            assert _places(after, guild, days) == _places(plain, guild, days)
        assert after.templates(guild) == plain.templates(guild)
        for role in sorted(plain.role_names(guild))[::6]:
            right = [(place, number) for place, _, number in plain.role_ranking(guild, role)]
            assert [(place, number) for place, _, number in after.role_ranking(guild, role)] == right


def _places(world: World, guild: int, days: recompute.Days | None) -> list[tuple[int, int]]:
    return [(place, number) for place, _, number in world.ranking(guild, days)]


def _forget(tx: sqlite3.Connection, whom: Whom) -> None:
    for raid in registered.raids(tx, whom.guild, whom.member):
        erasing.from_raid(tx, whom, raid)
    for table in registered.of_no_raid():
        erasing.from_rows(tx, table, erasing.keys(tx, table, whom), whom)
