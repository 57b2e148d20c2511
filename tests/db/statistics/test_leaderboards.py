"""Leaderboards and achievements are made of the rows that count, and of opening balances where they belong."""

import sqlite3
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from raidbot.db import guilds, imported
from raidbot.db.imported import Balance
from raidbot.db.statistics import achievements, leaderboards
from raidbot.raids.model import GuildId, Kind, MemberId, Presence, RaidId
from raidbot.raids.statistics.achievements import Carried, Record, record_of
from raidbot.raids.statistics.leaderboards import board_of
from raidbot.raids.statistics.spans import Span, Stretch, stretch_of
from tests.db.statistics.evenings import DAY, came, evening
from tests.raids.builders import ALICE, BOB, CAROL, DAVE, GUILD, NOW

BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
ALL_TIME = stretch_of(Span.ALL, NOW, BERLIN)
PRESENT, LATE, NO_SHOW = Presence.PRESENT, Presence.LATE, Presence.NO_SHOW


def raids(
    tx: sqlite3.Connection, stretch: Stretch = ALL_TIME, *, role: str | None = None, guild: GuildId = GUILD
) -> dict[int, int]:
    return {one.member: one.raids for one in leaderboards.came(tx, guild, stretch, now=NOW, role=role)}


def record(tx: sqlite3.Connection, member: MemberId, zone: ZoneInfo = BERLIN) -> Record:
    nights, carried = achievements.nights(tx, GUILD, member, now=NOW), achievements.carried(tx, GUILD, member)
    return record_of(nights, carried, zone)


def mark(tx: sqlite3.Connection, raid: RaidId, member: MemberId, presence: Presence) -> None:
    tx.execute("UPDATE attendance SET presence = ? WHERE raid = ? AND member = ?", (presence, raid, member))


def test_only_who_came_to_a_raid_that_took_place_and_counts(tx: sqlite3.Connection) -> None:
    everybody = {ALICE: PRESENT, BOB: LATE, CAROL: NO_SHOW, DAVE: Presence.EXCUSED, 21: Presence.CALLED_OFF}
    evening(tx, everybody | {22: Presence.BENCHED})
    evening(tx, everybody, counts=False)
    evening(tx, everybody, cancelled=True)
    evening(tx, everybody, cancelled=True, not_held=True)
    evening(tx, everybody, at=NOW - timedelta(minutes=119))
    evening(tx, everybody, at=NOW + DAY)
    evening(tx, {ALICE: PRESENT}, guild=GUILD + 1)

    assert raids(tx) == {ALICE: 1, BOB: 1}
    assert raids(tx, role="Tank") == {ALICE: 1, BOB: 1}
    assert raids(tx, role="Healer") == {}
    assert raids(tx, guild=GuildId(GUILD + 1)) == {ALICE: 1}
    assert record(tx, ALICE) == Record(came=1, roles={"Tank": 1})
    assert record(tx, CAROL) == Record(no_shows=1)


def test_a_time_is_that_of_the_servers_zone_and_has_no_opening_balances(tx: sqlite3.Connection) -> None:
    imported.open_balance(tx, Balance(guild=GUILD, member=BOB, raids=40, roles={"Tank": 40}))
    evening(tx, {ALICE: PRESENT}, at=datetime(2026, 2, 28, 23, 30, tzinfo=UTC))

    for zone, month, last in ((BERLIN, {ALICE: 1}, {}), (ZoneInfo("UTC"), {}, {ALICE: 1})):
        assert raids(tx, stretch_of(Span.MONTH, NOW, zone)) == month
        assert raids(tx, stretch_of(Span.LAST_MONTH, NOW, zone), role="Tank") == last
    assert raids(tx) == {ALICE: 1, BOB: 40}


def test_opening_balances_add_to_all_time_with_what_was_come_to(tx: sqlite3.Connection) -> None:
    came(tx, {ALICE: 2})
    evening(tx, {ALICE: PRESENT, BOB: NO_SHOW}, role="healer")
    for member, total, missed, roles in (
        (ALICE, 10, 3, {"Healer": 4, "Bard": 6}),
        (BOB, 5, 5, {"Bard": 5}),
        (CAROL, 2, 9, {}),
        (MemberId(-77), 3, 0, {'Say "hi"': 3}),
    ):
        imported.open_balance(tx, Balance(guild=GUILD, member=member, raids=total, no_shows=missed, roles=roles))
    imported.open_balance(tx, Balance(guild=GuildId(GUILD + 1), member=ALICE, raids=100, roles={"Monk": 100}))

    board = board_of(leaderboards.came(tx, GUILD, ALL_TIME, now=NOW))

    assert raids(tx) == {ALICE: 3 + 7, -77: 3}
    assert board.is_carried
    assert raids(tx, role="Healer") == {ALICE: 1 + 4}
    assert raids(tx, role="Bard") == {ALICE: 6, BOB: 5}
    assert raids(tx, role='Say "hi"') == {-77: 3}
    assert leaderboards.role_names(tx, GUILD, now=NOW) == ["Bard", "Healer", 'Say "hi"', "Tank"]
    assert record(tx, ALICE).came == raids(tx)[ALICE]


def test_a_damaged_opening_balance_takes_no_other_with_it(tx: sqlite3.Connection) -> None:
    imported.open_balance(tx, Balance(guild=GUILD, member=ALICE, raids=4, roles={"Bard": 4}))
    imported.open_balance(tx, Balance(guild=GUILD, member=BOB, raids=4))
    imported.open_balance(tx, Balance(guild=GUILD, member=CAROL, raids=4))
    tx.execute("PRAGMA ignore_check_constraints = ON")
    tx.execute("UPDATE opening_balances SET roles = '{', weekdays = '[1]' WHERE member = ?", (BOB,))
    odd = '{"Bard": "x", "": 3, "Monk": -1, "Druid": true, "Thief": [2]}'
    tx.execute("UPDATE opening_balances SET roles = ?, weekdays = ? WHERE member = ?", (odd, odd, CAROL))

    assert raids(tx, role="Bard") == {ALICE: 4}
    assert leaderboards.role_names(tx, GUILD, now=NOW) == ["Bard"]
    assert achievements.carried(tx, GUILD, BOB) == Carried(raids=4)
    assert record(tx, CAROL).came == 4


def test_museums_are_one_role_and_roles_nobody_came_in_are_none(tx: sqlite3.Connection) -> None:
    evening(tx, {ALICE: PRESENT}, kind=Kind.MUSEUM)
    evening(tx, {ALICE: PRESENT}, kind=Kind.MUSEUM, role="healer")
    evening(tx, {BOB: NO_SHOW}, role="healer")

    assert raids(tx, role="Museum") == {ALICE: 2}
    assert leaderboards.role_names(tx, GUILD, now=NOW) == ["Museum"]


def test_members_who_left_or_were_forgotten_stay(tx: sqlite3.Connection) -> None:
    came(tx, {ALICE: 3, -9: 2, BOB: 1, DAVE: 1})
    guilds.save_names(tx, GUILD, [(ALICE, "Alice"), (BOB, "Bob")])
    guilds.save_names(tx, GuildId(GUILD + 1), [(DAVE, "Dave elsewhere")])

    board = board_of(leaderboards.came(tx, GUILD, ALL_TIME, now=NOW))

    assert [(one.place, one.count.member, one.count.name) for one in board.standings] == [
        (1, ALICE, "Alice"),
        (2, -9, None),
        (3, BOB, "Bob"),
        (3, DAVE, None),
    ]
    assert not board.is_carried


def test_a_correction_of_a_raid_of_last_year_counts_at_the_next_look(tx: sqlite3.Connection) -> None:
    last_year = stretch_of(Span.LAST_YEAR, NOW, BERLIN)
    came(tx, {ALICE: 19, BOB: 20}, at=NOW - 300 * DAY)
    old = evening(tx, {ALICE: NO_SHOW}, at=NOW - 300 * DAY)

    before = raids(tx, last_year), record(tx, ALICE).no_shows
    mark(tx, old, ALICE, PRESENT)
    corrected = raids(tx, last_year), record(tx, ALICE).no_shows
    mark(tx, old, ALICE, NO_SHOW)

    assert before == ({ALICE: 19, BOB: 20}, 1)
    assert corrected == ({ALICE: 20, BOB: 20}, 0)
    assert [one.place for one in board_of(leaderboards.came(tx, GUILD, last_year, now=NOW)).standings] == [1, 2]
