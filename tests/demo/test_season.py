"""The past season of the demo's server."""

import sqlite3
from contextlib import closing
from pathlib import Path

from discord_sandbox import Sandbox, scenario
from raidbot.db import guilds, raids
from raidbot.demo.browser import NIGHT_OWLS
from raidbot.demo.cast import LEADERS
from raidbot.demo.season import WEEKS, write_past_season
from raidbot.raids.model import GuildId, MemberId, Presence


async def test_a_raid_of_each_week_was_played_by_people_of_the_server(tmp_path: Path) -> None:
    sandbox, database = Sandbox(), tmp_path / "raidbot.db"
    scenario.build(sandbox, scenario.read(NIGHT_OWLS))
    (guild,) = sandbox.store.guilds.values()

    await write_past_season(sandbox, database, zone="Europe/Berlin")

    with closing(sqlite3.connect(database)) as connection:
        played, damaged = raids.load_readable(connection, raids.all_ids(connection))
        counted = [guilds.settings(connection, GuildId(guild.id)).leaderboards]
        people = {MemberId(member) for member in guild.members}
        known = guilds.names(connection, GuildId(guild.id), people)
        grants = guilds.settings(connection, GuildId(guild.id)).grants
    assert (len(played), damaged, counted) == (WEEKS, [], [True])
    assert (
        grants.of("create") == grants.of("raid") == {role.id for role in guild.roles.values() if role.name == LEADERS}
    )
    assert all(raid.took_place(sandbox.clock.now()) for raid in played)
    marks = {row.presence for raid in played for row in raid.attendance}
    assert marks >= {Presence.PRESENT, Presence.LATE, Presence.NO_SHOW, Presence.EXCUSED, Presence.BENCHED}
    assert {row.member for raid in played for row in raid.attendance} <= people & known.keys()
