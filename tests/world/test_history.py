"""`/raidinfo history` and `/stats inactive` show what plain Python makes of the rows."""

import sqlite3
from datetime import datetime, timedelta
from functools import partial

import pytest

from raidbot.db import raid_listings
from raidbot.db.statistics import activity
from raidbot.db.timestamps import seconds
from raidbot.raids.model import MemberId
from raidbot.raids.statistics.inactive import ListedMember, Question, inactive
from tests.world.making.scenery import NOW, SERVERS, Server
from tests.world.recompute import World

EVERY_SERVER = pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)
SIZE = 10


@EVERY_SERVER
def test_every_page_of_a_history(world: sqlite3.Connection, plain: World, server: Server) -> None:
    for member in sorted(plain.everybody(server.guild))[::12]:
        right = plain.history(server.guild, member)
        shown = _history(world, server, MemberId(member))

        assert set(shown) == set(right)
        assert len(shown) == len(right)
        starts = {raid.id: raid.start for raid in plain.raids}
        assert [starts[raid] for raid in shown] == [starts[raid] for raid in right]


@EVERY_SERVER
def test_the_sums_above_a_history(world: sqlite3.Connection, plain: World, server: Server) -> None:
    for member in plain.everybody(server.guild):
        found = raid_listings.figures(world, server.guild, MemberId(member), now=NOW)
        states = (found.present, found.late, found.no_shows, found.excused, found.called_off, found.benched)
        assert (*states, found.carried) == plain.numbers(server.guild, member).as_tuple()


@EVERY_SERVER
@pytest.mark.parametrize("weeks", [0, 1, 4, 26])
def test_who_is_inactive(world: sqlite3.Connection, plain: World, server: Server, weeks: int) -> None:
    guild = server.guild
    last = activity.last_activity(world, guild, now=NOW)
    coming = activity.coming(world, guild, now=NOW)
    old = datetime(2020, 1, 1, tzinfo=NOW.tzinfo)
    listed = [ListedMember(member, "", (number % 3,), old) for number, member in enumerate(server.members)]
    listed.append(ListedMember(MemberId(5), "new", (0,), NOW - timedelta(hours=1)))

    shown = inactive(listed, last, coming, Question(weeks=weeks, role=0), now=NOW)

    since = seconds(NOW - timedelta(weeks=weeks))
    away = {
        one.id: plain.last_seen(guild, one.id)
        for one in listed
        if 0 in one.roles and _is_away(plain.last_seen(guild, one.id), since if weeks else None)
    }
    if weeks:
        del away[MemberId(5)]
    assert {one.member: None if one.last is None else seconds(one.last) for one in shown.absentees} == away
    assert [away[one.member] or 0 for one in shown.absentees] == sorted(when or 0 for when in away.values())
    assert shown.newcomers == (1 if weeks else 0)
    ahead = [raid for raid in plain.raids if raid.guild == guild and raid.start > plain.now]
    assert {member for raid in ahead if raid.status != "cancelled" for member in raid.seated} <= coming


def _history(world: sqlite3.Connection, server: Server, member: MemberId) -> list[int]:
    """Return the raids of all pages."""
    page = partial(raid_listings.history, world, server.guild, member, now=NOW, size=SIZE)
    first = page(page=0)
    listed = [*first.entries, *(entry for number in range(1, first.pages) for entry in page(page=number).entries)]
    assert len(listed) == first.total
    return [int(entry.id) for entry in listed]


def _is_away(last: int | None, since: int | None) -> bool:
    return last is None or (since is not None and last < since)
