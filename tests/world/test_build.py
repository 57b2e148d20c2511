"""The world has in it what figures get wrong."""

import sqlite3
from collections import Counter
from datetime import date, datetime, timedelta, tzinfo

from tests.world.making.scenery import MEMBERS, SERVERS
from tests.world.recompute import World


def test_its_size(world: sqlite3.Connection, plain: World) -> None:
    everybody = {member for server in SERVERS for member in server.members}
    in_several = Counter(member for server in SERVERS for member in server.members)

    assert len(plain.raids) == 3_000
    assert len(everybody) == MEMBERS
    assert sum(number > 1 for number in in_several.values()) > 100
    assert len(plain.balances) == 120


def test_every_state_of_raids_and_of_members(world: sqlite3.Connection) -> None:
    kinds = "SELECT count(DISTINCT kind || status || counts || not_held) FROM raids"
    states = dict(world.execute("SELECT presence, count(*) FROM attendance GROUP BY presence").fetchall())

    assert world.execute(kinds).fetchone()[0] >= 16
    assert {state for state, number in states.items() if number > 100} == {
        "present",
        "late",
        "no-show",
        "excused",
        "called off",
        "benched",
    }
    for what in (
        "status = 'closed' AND begun = 0",
        "status = 'open' AND begun",
        "status = 'closed' AND ends_at > 1798774200 AND starts_at <= 1798774200",
        "status = 'closed' AND ends_at = 1798774200",
        "time_revision > 0",
        "not_held",
        "cancelled_reason = 'message_deleted'",
        "closed_reason = 'deadline'",
        "closed_reason = 'full'",
        "template = 'custom-deleted-long-ago'",
    ):
        assert world.execute(" ".join(("SELECT count(*) FROM raids WHERE", what))).fetchone()[0], what


def test_rows_are_those_of_the_rules(world: sqlite3.Connection) -> None:
    """A closed raid has a row for each seat, and a cancelled one none unless it had begun."""
    lacking = (
        "SELECT count(*) FROM seats JOIN raids ON raids.id = seats.raid LEFT JOIN attendance"
        " ON attendance.raid = seats.raid AND attendance.member = seats.member AND attendance.role = seats.role"
        " WHERE status = 'closed' AND attendance.presence IS NULL"
    )
    too_many = (
        "SELECT count(*) FROM attendance JOIN raids ON raids.id = raid WHERE status = 'cancelled' AND NOT not_held"
    )

    assert world.execute(lacking).fetchone() == (0,)
    assert world.execute(too_many).fetchone() == (0,)


def test_nights_at_the_borders(plain: World) -> None:
    for server in SERVERS:
        counted = plain.counted(server.guild)
        first_minutes = {raid.day for raid in counted if _minute(raid.start, server.tz) == (0, 0)}
        last_minutes = {raid.day for raid in counted if _minute(raid.start, server.tz) == (23, 59)}

        assert {date(2026, 1, 1), date(2025, 3, 1)} & first_minutes
        assert {day + timedelta(days=1) for day in last_minutes} & first_minutes


def test_people_who_were_forgotten_and_people_without_a_name(world: sqlite3.Connection, plain: World) -> None:
    for server in SERVERS:
        everybody = plain.everybody(server.guild)
        assert sum(member < 0 for member in everybody) == 4
        assert sum((server.guild, member) not in plain.names for member in everybody) > 4


def _minute(start: int, zone: tzinfo) -> tuple[int, int]:
    local = datetime.fromtimestamp(start, zone)
    return local.hour, local.minute
