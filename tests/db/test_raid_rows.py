import sqlite3
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from raidbot.db import audit, guilds, raid_queries
from raidbot.db import raids as rows
from raidbot.raids import lifecycle
from raidbot.raids.audit.entry import AuditAction, Entry
from raidbot.raids.model import (
    Ask,
    CancelReason,
    ChannelId,
    CloseReason,
    GivenUp,
    GuildId,
    Kind,
    Mark,
    MemberId,
    MessageId,
    Picture,
    Raid,
    RaidCode,
    RaidId,
    Role,
    RoleKey,
    Seat,
    Source,
    Status,
    Wait,
)
from raidbot.raids.rosters import signups
from raidbot.raids.schedules.model import Lead
from tests.chaos import rounds
from tests.db.memory_database import memory_database
from tests.raids.builders import (
    ALICE,
    BOB,
    CAROL,
    CHANNEL,
    GUILD,
    MANAGER,
    NOW,
    START,
    TANK,
    closed,
    joined,
    raid,
    roles,
    unposted_raid,
)

AN_HOUR_LATER = int(NOW.timestamp()) + 3600
SNOWFLAKES = st.integers(1, 2**63 - 1)
MEMBERS = st.integers(1, 8).map(MemberId)
TEXTS = st.text(max_size=12)
INSTANTS = st.integers(0, 2**33).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
KEYS = [RoleKey(name) for name in ("a", "ä", "b", "Z", "😀")]
SOURCES = st.sampled_from(Source)


@st.composite
def some_roles(draw: st.DrawFn) -> tuple[Role, ...]:
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, unique=True))
    return tuple(
        Role(
            key=key,
            name=draw(TEXTS),
            emoji=draw(st.sampled_from(("✅", "⚔️", "<:ok:123456789012345678>"))),
            seats=draw(st.integers(1, 50)),
            group=draw(TEXTS),
            icon=draw(TEXTS),
        )
        for key in keys
    )


@st.composite
def some_raids(draw: st.DrawFn) -> Raid:
    """Draw any raid that the table accepts, even one the rules cannot produce."""
    of = draw(some_roles())
    keys = st.sampled_from([role.key for role in of])
    seated = draw(st.lists(MEMBERS, unique=True))
    waiting = draw(st.lists(st.tuples(MEMBERS, keys), unique=True, max_size=8))
    marked = draw(st.lists(st.tuples(MEMBERS, keys), unique=True, max_size=8))
    status = draw(st.sampled_from(Status))
    closed = status is Status.CLOSED or (status is Status.CANCELLED and draw(st.booleans()))
    return Raid(
        id=RaidId(1),
        guild=GuildId(draw(SNOWFLAKES)),
        code=RaidCode(draw(TEXTS)),
        kind=draw(st.sampled_from(Kind)),
        template=draw(TEXTS),
        title=draw(TEXTS),
        emoji=draw(TEXTS),
        description=draw(TEXTS),
        colour=draw(st.integers(0, 0xFFFFFF)),
        roles=of,
        sides=tuple(draw(st.lists(TEXTS, max_size=2))),
        strategy=draw(st.none() | TEXTS),
        length_minutes=draw(st.none() | st.integers(1, 999)),
        subject=draw(st.none() | TEXTS),
        counts=draw(st.booleans()),
        creator=MemberId(draw(SNOWFLAKES)),
        leader=draw(st.none() | SNOWFLAKES.map(MemberId)),
        series=draw(st.none() | SNOWFLAKES),
        mention_role=draw(st.none() | SNOWFLAKES),
        channel=ChannelId(draw(SNOWFLAKES)),
        message=draw(st.none() | SNOWFLAKES.map(MessageId)),
        thread=draw(st.none() | SNOWFLAKES.map(ChannelId)),
        starts_at=draw(INSTANTS),
        zone=draw(st.sampled_from(("UTC", "Europe/Berlin", "America/New_York"))),
        time_revision=draw(st.integers(0, 9)),
        created_at=draw(INSTANTS),
        status=status,
        closed_at=draw(INSTANTS) if closed else None,
        closed_by=draw(st.none() | MEMBERS),
        closed_reason=draw(st.none() | st.sampled_from(CloseReason)),
        cancelled_reason=draw(st.none() | st.sampled_from(CancelReason)),
        hold=draw(st.booleans()),
        timed_at=draw(st.none() | INSTANTS),
        reminded_until=draw(st.none() | INSTANTS),
        filled_once=draw(st.booleans()),
        seats=tuple(
            Seat(member, draw(keys), place, draw(INSTANTS), draw(SOURCES), draw(st.booleans()), draw(st.none() | TEXTS))
            for place, member in enumerate(seated)
        ),
        waits=tuple(
            Wait(member, key, place, draw(INSTANTS), draw(SOURCES)) for place, (member, key) in enumerate(waiting)
        ),
        marks=tuple(Mark(member, key, draw(st.booleans())) for member, key in sorted(marked)),
        next_place=draw(st.integers(1, 99)),
        version=draw(st.integers(1, 99)),
    )


def seat_rows(tx: sqlite3.Connection) -> dict[MemberId, tuple[Any, ...]]:
    return {row[1]: row for row in tx.execute("SELECT * FROM seats").fetchall()}


@settings(max_examples=rounds(20, 1000))
@given(before=some_raids(), after=some_raids())
def test_every_field_survives_inserting_and_saving(before: Raid, after: Raid) -> None:
    with memory_database() as tx:
        raid_id = rows.insert(tx, before)
        assert rows.load(tx, raid_id) == before

        after = replace(after, version=before.version + 1)
        rows.save(tx, before, after)
        assert rows.load(tx, raid_id) == after


def test_each_field_alone_is_written(tx: sqlite3.Connection) -> None:
    before = lifecycle.close(joined(raid(tank=1), TANK, ALICE, BOB), reason=CloseReason.FULL, by=None, now=NOW).raid
    rows.insert(tx, before)
    later = START + timedelta(hours=1)
    values: dict[str, Any] = {
        "guild": 5, "code": "ZZZZZZ", "kind": Kind.KEY, "template": "t", "title": "x", "emoji": "x", "description": "x",
        "colour": 7, "roles": roles(tank=3, healer=1), "sides": ("red", "blue"), "strategy": "s", "length_minutes": 90,
        "lengths": (90, 180), "attendance": (),
        "asks": (Ask(BOB, TANK, ALICE, NOW),),
        "subject": "s", "counts": False, "creator": 99, "leader": 98, "channel": 97, "message": 96, "thread": 95,
        "starts_at": later, "zone": "Asia/Tokyo", "time_revision": 4, "created_at": later, "status": Status.CANCELLED,
        "closed_at": later, "closed_by": 94, "closed_reason": CloseReason.AT_START,
        "cancelled_reason": CancelReason.GUILD_LEFT, "hold": True, "timed_at": later,
        "reminded_until": later, "filled_once": False, "begun": True,
        "not_held": True, "series": 93, "planned_as": "SER234-2026-03-19", "mention_role": 92,
        "signup_lead": Lead(1, 30), "deadline_lifted": True, "signup_text": "Bring flasks.",
        "given_up": (GivenUp(BOB, TANK, NOW),), "picture": Picture(url="https://example.org/map.png", text="A map"),
        "cancelled_by": 91, "cancel_note": "Servers are down.", "seats": (), "waits": (), "marks": (), "next_place": 77,
    }  # fmt: skip
    assert {field.name for field in fields(Raid)} - set(values) == {"id", "version"}

    for name, value in values.items():
        assert getattr(before, name) != value
        after = replace(before, version=before.version + 1, **{name: value})
        rows.save(tx, before, after)
        assert rows.load(tx, before.id) == after, name
        before = after


def test_only_rows_that_differ_are_touched(tx: sqlite3.Connection) -> None:
    before = joined(raid(tank=2, healer=1), TANK, ALICE, BOB, CAROL)
    rows.insert(tx, before)
    before_rows = seat_rows(tx)
    statements: list[str] = []
    tx.set_trace_callback(statements.append)

    change = signups.unreact(before, ALICE, TANK, now=NOW + timedelta(hours=1))
    rows.save(tx, before, replace(change.raid, version=2))

    tx.set_trace_callback(None)
    assert seat_rows(tx) == {
        BOB: before_rows[BOB],
        CAROL: (1, CAROL, TANK, 4, AN_HOUR_LATER, "reaction", 0, None, None),
    }
    assert [statement.split(" WHERE ")[0].split(" (")[0] for statement in statements if "seats" in statement] == [
        "DELETE FROM seats",
        "INSERT OR REPLACE INTO seats",
    ]
    assert not any(f" {BOB}," in statement for statement in statements)


def test_three_empty_teams_stay_three(tx: sqlite3.Connection) -> None:
    raid_id = rows.insert(tx, unposted_raid(Kind.KEY, roles(one=4, two=4, three=4)))

    loaded = rows.load(tx, raid_id)

    assert loaded is not None
    assert [role.key for role in loaded.roles] == ["one", "two", "three"]


def test_roles_of_one_name_are_told_apart(tx: sqlite3.Connection) -> None:
    same = tuple(replace(role, name="Storm") for role in roles(myth=1, storm=1))
    board = joined(joined(replace(raid(myth=1, storm=1), roles=same), "myth", ALICE), "storm", BOB)

    assert rows.load(tx, rows.insert(tx, board)) == board


def test_a_second_writer_meets_a_conflict_and_writes_nothing(tx: sqlite3.Connection) -> None:
    before = raid(tank=1)
    rows.insert(tx, before)
    rows.save(tx, before, replace(joined(before, TANK, ALICE), version=2))

    with pytest.raises(rows.Conflict):
        rows.save(tx, before, replace(joined(before, TANK, BOB), version=2))

    assert rows.load(tx, before.id) == replace(joined(before, TANK, ALICE), version=2)


def test_a_code_is_taken_once_per_server(tx: sqlite3.Connection) -> None:
    rows.insert(tx, unposted_raid())

    with pytest.raises(rows.CodeTaken):
        rows.insert(tx, unposted_raid())

    rows.insert(tx, unposted_raid(guild=GuildId(8)))


def test_the_table_itself_refuses_what_must_not_be(tx: sqlite3.Connection) -> None:
    board = joined(raid(tank=1, healer=1), TANK, ALICE)
    rows.insert(tx, board)

    for impossible in (
        "INSERT INTO seats VALUES (1, :alice, 'healer', 9, 0, 'manager', 0, NULL, NULL)",
        "INSERT INTO seats VALUES (1, :bob, 'nowhere', 9, 0, 'manager', 0, NULL, NULL)",
        "INSERT INTO waits VALUES (1, :bob, 'nowhere', 9, 0, 'manager')",
        "UPDATE raids SET status = 'forgotten'",
        "UPDATE raids SET status = 'closed'",
        "DELETE FROM raids",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            tx.execute(impossible, {"alice": ALICE, "bob": BOB})


def test_raids_are_found_by_code_within_their_server(tx: sqlite3.Connection) -> None:
    raid_id = rows.insert(tx, unposted_raid())

    assert raid_queries.id_of(tx, GUILD, "ABC234") == raid_id
    assert raid_queries.id_of(tx, GuildId(8), "ABC234") is None
    assert rows.load(tx, RaidId(99)) is None


def test_live_raids_are_those_whose_board_still_matters(tx: sqlite3.Connection) -> None:
    fresh = lifecycle.close(raid(tank=1), reason=CloseReason.AT_START, by=None, now=NOW).raid
    stale = replace(fresh, starts_at=START - timedelta(days=30))
    gone = lifecycle.cancel(raid(tank=1), reason=CancelReason.MANUAL, by=MANAGER, now=NOW).raid
    held = replace(raid(tank=1), starts_at=START - timedelta(days=30))
    for number, board in enumerate([unposted_raid(), fresh, stale, gone, held]):
        rows.insert(tx, replace(board, code=RaidCode(str(number)), message=MessageId(number)))

    live, _ = rows.load_readable(tx, rows.with_live_boards(tx, since=START - timedelta(days=14)))
    assert {found.code for found in live} == {"0", "1", "4"}
    assert rows.in_posting(tx) == [1]


def test_raids_ahead_of_a_guild_are_those_to_come_and_those_open_beyond_their_start(tx: sqlite3.Connection) -> None:
    long_ago, elsewhere = START - timedelta(days=30), ChannelId(8)
    closed = lifecycle.close(joined(raid(tank=2), TANK, ALICE), reason=CloseReason.MANUAL, by=None, now=NOW).raid
    open_raid = joined(raid(tank=2), TANK, BOB)
    of_guild = {
        "posting": unposted_raid(starts_at=long_ago),
        "closed": closed,
        "past": replace(closed, starts_at=long_ago),
        "cancelled": lifecycle.cancel(closed, reason=CancelReason.MANUAL, by=MANAGER, now=NOW).raid,
        "held": replace(open_raid, starts_at=long_ago),
        "open": replace(open_raid, channel=elsewhere, starts_at=START + timedelta(hours=1)),
    }
    for number, (code, board) in enumerate(of_guild.items()):
        rows.insert(tx, replace(board, code=RaidCode(code), message=MessageId(number)))
    rows.insert(tx, replace(open_raid, guild=GuildId(8), message=MessageId(99)))
    codes = dict(tx.execute("SELECT id, code FROM raids").fetchall())

    def named(ids: list[RaidId]) -> list[str]:
        return sorted(codes[raid_id] for raid_id in ids)

    assert named(raid_queries.in_channel(tx, GUILD, CHANNEL, after=NOW)) == ["closed", "held", "posting"]
    assert named(raid_queries.in_channel(tx, GUILD, elsewhere, after=NOW)) == ["open"]
    assert raid_queries.open_count(tx, GUILD, now=NOW) == 2
    expected = raid_queries.expected(tx, GUILD, after=NOW)
    assert {member: named(ids) for member, ids in expected.items()} == {ALICE: ["closed"], BOB: ["held", "open"]}
    listed = [one.code for one in raid_queries.listed(tx, GUILD, now=NOW)]
    assert listed == ["closed", "open", "held", "past", "posting", "cancelled"]


def test_the_first_attempt_to_post_is_remembered(tx: sqlite3.Connection) -> None:
    raid_id = rows.insert(tx, unposted_raid())

    assert rows.claim_post(tx, raid_id, NOW) is None
    assert rows.claim_post(tx, raid_id, NOW + timedelta(minutes=5)) == NOW


def test_boards_keep_the_fingerprint_of_what_they_showed(tx: sqlite3.Connection) -> None:
    board = raid(tank=1)
    rows.insert(tx, board)

    rows.save_snapshot(tx, board.id, "abc")

    assert rows.board_snapshots(tx, since=NOW) == {board.id: "abc"}
    assert rows.board_snapshot(tx, board.id) == "abc"
    cancelled = lifecycle.cancel(board, reason=CancelReason.MANUAL, by=MANAGER, now=NOW).raid
    rows.save(tx, board, replace(cancelled, version=2))
    assert rows.board_snapshots(tx, since=NOW) == {}
    assert rows.cancelled_boards(tx, done="gone") == [board.id]
    assert rows.cancelled_boards(tx, done="abc") == []


def test_only_boards_that_are_followed_are_read_at_the_start(tx: sqlite3.Connection) -> None:
    recent = rows.insert(tx, replace(closed(raid(tank=1)), code=RaidCode("RECENT")))
    old = rows.insert(tx, replace(closed(raid(tank=1)), code=RaidCode("OLD"), message=MessageId(5), starts_at=NOW))
    for board in (recent, old):
        rows.save_snapshot(tx, board, "abc")

    assert rows.board_snapshots(tx, since=NOW + timedelta(seconds=1)) == {recent: "abc"}
    assert rows.board_snapshot(tx, old) == "abc"


def test_the_audit_keeps_who_what_when_and_from_where(tx: sqlite3.Connection) -> None:
    entry = Entry(AuditAction.MOVED, ALICE, {"origin": "Tank", "role": "Schütze"})
    arguments = '{"origin": "Tank", "role": "Schütze"}'

    audit.record(tx, [entry], guild=GUILD, raid=RaidId(1), at=NOW, actor=MANAGER, source=Source.COMMAND)

    assert tx.execute(
        "SELECT id, guild, raid, at, actor, source, action, member, before, after, arguments FROM audit"
    ).fetchall() == [
        (1, GUILD, 1, int(NOW.timestamp()), MANAGER, "command", "signup.moved", ALICE, None, None, arguments)
    ]
    assert audit.active_since(tx, since=NOW) == {1}
    assert audit.active_since(tx, since=NOW + timedelta(seconds=1)) == set()


def test_names_follow_their_members(tx: sqlite3.Connection) -> None:
    guilds.save_names(tx, GUILD, [(ALICE, "Alice"), (BOB, "Bob")])
    guilds.save_names(tx, GUILD, [(ALICE, "Alicia")])

    assert guilds.names(tx, GUILD, [ALICE, BOB, CAROL]) == {ALICE: "Alicia", BOB: "Bob"}
    assert guilds.names(tx, GuildId(8), [ALICE]) == {}
