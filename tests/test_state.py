import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import structlog

from raidbot.db import drafts, outbox
from raidbot.db import raids as rows
from raidbot.db.database import Database
from raidbot.raids import editing, lifecycle, signups
from raidbot.raids.events import Change, Filled, Joined
from raidbot.raids.model import (
    CancelReason,
    ChannelId,
    CloseReason,
    GuildId,
    Kind,
    MemberId,
    MessageId,
    Raid,
    RaidCode,
    RaidId,
    RoleKey,
    Source,
    Status,
)
from raidbot.raids.permissions import Grants
from raidbot.raids.settings import GuildSettings
from raidbot.state import BOARDS_KEPT, BusyRaid, Cause, Rule, State, UnknownRaid
from raidbot.utils.errors import Refusal
from tests.raids.builders import (
    ALICE,
    BOB,
    CAROL,
    CREATOR,
    GUILD,
    HEALER,
    MANAGER,
    NOW,
    START,
    TANK,
    posting,
    roles,
    seated,
    waiting,
)

BY_REACTION = Cause(Source.REACTION, ALICE)
BY_MANAGER = Cause(Source.COMMAND, MANAGER)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "raids.db")
    yield opened
    await opened.close()


@pytest.fixture
def state(db: Database) -> State:
    return State(db, lambda: NOW)


async def add(state: State, **seats: int) -> RaidId:
    """An open raid with these roles."""
    raid = await state.create(posting(Kind.RAID, roles(**seats)), BY_MANAGER)
    await state.change(raid.id, partial(lifecycle.posted, message=MessageId(9_000 + raid.id)), BY_MANAGER)
    return raid.id


def reacts(member: MemberId, key: str = TANK) -> Rule:
    return lambda raid: signups.react(raid, member, RoleKey(key), now=NOW)


def unreacts(member: MemberId, key: str = TANK) -> Rule:
    return lambda raid: signups.unreact(raid, member, RoleKey(key), now=NOW)


async def stored(state: State, raid_id: RaidId) -> Raid:
    raid = await state.db.read(partial(rows.load, raid=raid_id))
    assert raid is not None
    return raid


async def ask(state: State, query: str) -> list[Any]:
    return await state.db.read(lambda connection: connection.execute(query).fetchall())


def meddle(db: Database, statement: str) -> None:
    """Another program writes to the file."""
    with closing(sqlite3.connect(db.path)) as other:
        other.execute(statement)
        other.commit()


async def count_statements(db: Database, statements: list[str]) -> None:
    def trace(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(statements.append)

    await db.read(trace)
    await db.write(trace)
    statements.clear()


async def test_a_change_its_audit_and_what_it_owes_become_durable_together(state: State) -> None:
    raid_id = await add(state, tank=1)

    await state.change(raid_id, reacts(ALICE), BY_REACTION, names={ALICE: "Alice"})
    change = await state.change(raid_id, reacts(BOB), Cause(Source.REACTION, BOB))

    assert seated(change.raid, TANK) == [ALICE]
    assert await stored(state, raid_id) == change.raid == await state.raid(raid_id)
    assert await ask(state, "SELECT action, actor, source FROM audit WHERE id > 2") == [
        ("joined", ALICE, "reaction"),
        ("full", ALICE, "reaction"),
        ("waitlisted", BOB, "reaction"),
    ]
    assert await ask(state, "SELECT kind, target, guild, state FROM outbox") == [
        ("dm", CREATOR, GUILD, "pending"),
        ("dm", BOB, GUILD, "pending"),
    ]
    assert await ask(state, "SELECT member, name FROM members") == [(ALICE, "Alice")]


async def test_a_refused_rule_changes_nothing(state: State) -> None:
    raid_id = await add(state, tank=1)
    before = await stored(state, raid_id)
    heard: list[Change] = []
    state.listen(lambda _, change: heard.append(change))

    with pytest.raises(signups.NotSignedUp):
        await state.change(raid_id, partial(signups.remove, member=ALICE, now=NOW), BY_MANAGER)

    assert await stored(state, raid_id) == before == await state.raid(raid_id)
    assert heard == []


async def test_a_rule_without_events_writes_nothing(state: State) -> None:
    raid_id = await add(state, tank=1)
    await state.change(raid_id, reacts(ALICE), BY_REACTION)
    statements: list[str] = []
    await count_statements(state.db, statements)

    change = await state.change(raid_id, reacts(ALICE), BY_REACTION)

    assert change == Change(await state.raid(raid_id))
    assert statements == []
    await state.change(raid_id, unreacts(ALICE), BY_REACTION)
    assert "BEGIN IMMEDIATE" in statements


async def test_a_foreign_message_costs_no_database_call(state: State) -> None:
    raid_id = await add(state, tank=1)
    statements: list[str] = []
    await count_statements(state.db, statements)

    assert state.boards.get(MessageId(123)) is None
    assert state.boards[MessageId(9_000 + raid_id)] == raid_id
    await state.raid(raid_id)

    assert statements == []


async def test_a_hundred_at_once_are_served_in_the_order_they_came(state: State) -> None:
    raid_id = await add(state, tank=10)
    members = [MemberId(1_000 - number) for number in range(100)]

    await asyncio.gather(*(state.change(raid_id, reacts(member), BY_REACTION) for member in members))

    raid = await state.raid(raid_id)
    assert seated(raid, TANK) == members[:10]
    assert waiting(raid, TANK) == members[10:]
    assert raid == await stored(state, raid_id)
    assert len(state._locks) == 0


@pytest.mark.parametrize("damage", ["value", "disk"])
async def test_a_failing_transaction_leaves_cache_and_database_as_they_were(state: State, damage: str) -> None:
    raid_id = await add(state, tank=1)
    before = await state.raid(raid_id)
    heard: list[Change] = []
    state.listen(lambda _, change: heard.append(change))
    pages = (await ask(state, "PRAGMA page_count"))[0][0]
    spoiled = {"colour": -1} if damage == "value" else {"description": "x" * 500_000}
    await state.db._writer.execute(f"PRAGMA max_page_count = {pages + 5}")

    def spoil(raid: Raid) -> Change:
        change = reacts(ALICE)(raid)
        return replace(change, raid=replace(change.raid, **spoiled))

    with pytest.raises(sqlite3.Error, match=r"CHECK|full"):
        await state.change(raid_id, spoil, BY_REACTION, names={ALICE: "Alice"})

    assert await state.raid(raid_id) == before == await stored(state, raid_id)
    assert await ask(state, "SELECT count(*) FROM outbox") == [(0,)]
    assert await ask(state, "SELECT count(*) FROM members") == [(0,)]
    assert heard == []
    await state.change(raid_id, reacts(ALICE), BY_REACTION, names={ALICE: "Alice"})
    assert await ask(state, "SELECT name FROM members") == [("Alice",)]


async def cancelled_after(steps: int, call: Callable[[], Any]) -> None:
    """Start the call and cancel its caller after so many turns of the loop."""
    calling = asyncio.create_task(call())
    for _ in range(steps):
        await asyncio.sleep(0)
    calling.cancel()
    await asyncio.gather(calling, return_exceptions=True)


@pytest.mark.parametrize("steps", [*range(12), 30, 100])
async def test_a_cancelled_caller_never_parts_cache_from_database(state: State, steps: int) -> None:
    raid_id = await add(state, tank=1)
    heard: list[Change] = []
    state.listen(lambda _, change: heard.append(change))

    await cancelled_after(steps, lambda: state.change(raid_id, reacts(ALICE), BY_REACTION))
    await cancelled_after(steps, lambda: state.create(posting(), BY_MANAGER))
    await cancelled_after(
        steps, lambda: state.change_settings(GUILD, lambda settings: replace(settings, zone="Asia/Tokyo"), BY_MANAGER)
    )
    during = await state.settings(GUILD)
    await state.settle_down()

    assert await state.raid(raid_id) == await stored(state, raid_id)
    assert [change.events for change in heard if Joined(ALICE, TANK) in change.events] == (
        [(Joined(ALICE, TANK), Filled())] if steps else []
    )
    created = await ask(state, "SELECT id FROM raids WHERE status = 'posting'")
    assert [change.raid.id for change in heard if change.raid.status is Status.POSTING] == [row[0] for row in created]
    assert await state.settings(GUILD) == during == await State(state.db, state.clock).settings(GUILD)


async def test_a_caller_cancelled_in_line_still_gets_its_turn(state: State) -> None:
    raid_id = await add(state, tank=3)
    calls = [asyncio.create_task(state.change(raid_id, reacts(m), BY_REACTION)) for m in (ALICE, BOB, CAROL)]
    await asyncio.sleep(0)
    calls[1].cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    await state.settle_down()

    assert seated(await state.raid(raid_id), TANK) == [ALICE, BOB, CAROL]


async def test_a_listener_s_failure_is_its_own(state: State) -> None:
    raid_id = await add(state, tank=1)
    heard: list[Raid] = []

    def fail(_: Raid, __: Change) -> None:
        raise RuntimeError("broken listener")

    state.listen(fail)
    state.listen(lambda before, _: heard.append(before))

    with structlog.testing.capture_logs() as logs:
        change = await state.change(raid_id, reacts(ALICE), BY_REACTION)

    assert seated(change.raid, TANK) == [ALICE]
    assert [raid.version for raid in heard] == [change.raid.version - 1]
    assert [entry["event"] for entry in logs] == ["listener failed"]


async def test_a_second_writer_is_noticed_and_the_rule_applied_to_what_it_wrote(state: State) -> None:
    raid_id = await add(state, tank=1)
    await state.raid(raid_id)
    meddle(state.db, "UPDATE raids SET title = 'Elsewhere', version = version + 1")

    change = await state.change(raid_id, reacts(ALICE), BY_REACTION)

    assert change.raid.title == "Elsewhere"
    assert await stored(state, raid_id) == change.raid == await state.raid(raid_id)


async def test_a_raid_others_never_leave_alone_is_busy(state: State) -> None:
    raid_id = await add(state, tank=1)

    def overtaken(raid: Raid) -> Change:
        meddle(state.db, "UPDATE raids SET version = version + 1")
        return reacts(ALICE)(raid)

    with pytest.raises(BusyRaid):
        await state.change(raid_id, overtaken, BY_REACTION)

    assert await state.raid(raid_id) == await stored(state, raid_id)
    assert not (await state.raid(raid_id)).seats


async def test_a_small_cache_forgets_and_stays_right(db: Database) -> None:
    state = State(db, lambda: NOW, capacity=3)
    raids = [await add(state, tank=1, healer=1) for _ in range(8)]
    chance = random.Random(5)

    for _ in range(150):
        member, key = MemberId(chance.randrange(1, 5)), chance.choice([TANK, HEALER])
        rule = chance.choice([reacts, unreacts])(member, key)
        await state.change(chance.choice(raids), rule, BY_REACTION)
        assert len(state._raids) <= 3

    for raid_id in raids:
        assert await state.raid(raid_id) == await stored(state, raid_id)
        assert state.boards[MessageId(9_000 + raid_id)] == raid_id


async def test_no_reader_ever_sees_a_raid_going_back_in_time(db: Database) -> None:
    state = State(db, lambda: NOW, capacity=1)
    first, second = [await add(state, tank=1) for _ in range(2)]
    seen: list[int] = []

    async def watch() -> None:
        for _ in range(40):
            seen.append((await state.raid(first)).version)
            await state.raid(second)

    async def toggle() -> None:
        for number in range(20):
            await state.change(first, (unreacts if number % 2 else reacts)(ALICE), BY_REACTION)

    await asyncio.gather(watch(), toggle())

    assert seen == sorted(seen)
    assert await state.raid(first) == await stored(state, first)


@pytest.mark.parametrize("seed", range(3))
async def test_after_any_evening_a_fresh_start_finds_the_same_raids(db: Database, seed: int) -> None:
    chance = random.Random(seed)
    state = State(db, lambda: NOW)
    raids = [await add(state, tank=1, healer=2) for _ in range(3)]

    for _ in range(80):
        member, key = MemberId(chance.randrange(1, 7)), chance.choice([TANK, HEALER])
        rules: list[Rule] = [
            reacts(member, key),
            reacts(member, key),
            unreacts(member, key),
            partial(signups.assign, member=member, key=key, now=NOW, force=chance.random() < 0.5),
            partial(signups.remove, member=member, now=NOW),
            partial(signups.send_to_wait, member=member, key=key, now=NOW),
            partial(signups.depart, member=member, now=NOW),
            partial(lifecycle.close, reason=CloseReason.MANUAL, by=MANAGER, now=NOW),
            partial(lifecycle.reopen, by=MANAGER, now=NOW),
            signups.clear_marks,
        ]
        try:
            await state.change(chance.choice(raids), chance.choice(rules), BY_MANAGER)
        except Refusal:
            continue

    fresh = State(db, lambda: NOW)
    assert {raid.id: raid for raid in await fresh.load()} == {raid: await state.raid(raid) for raid in raids}
    assert fresh.boards == state.boards


async def test_boards_of_raids_long_over_are_forgotten_and_stay_so(db: Database) -> None:
    hours = [0.0]
    state = State(db, lambda: NOW + timedelta(hours=hours[0]))
    over, held = await add(state, tank=1), await add(state, tank=1)
    close = partial(lifecycle.close, reason=CloseReason.MANUAL, by=MANAGER, now=NOW)
    await state.change(over, close, BY_MANAGER)

    hours[0] = (START - NOW + BOARDS_KEPT) / timedelta(hours=1)
    await state.forget_boards()
    assert set(state.boards.values()) == {over, held}
    hours[0] += 1
    await state.forget_boards()
    assert set(state.boards.values()) == {held}

    await state.change(over, partial(editing.lead, leader=ALICE), BY_MANAGER)
    await state.change(held, close, BY_MANAGER)
    assert state.boards == {}
    await state.change(over, partial(lifecycle.reopen, by=MANAGER, now=NOW), BY_MANAGER)
    assert set(state.boards.values()) == {over}


async def test_a_cancelled_raid_s_board_is_none_of_ours_any_more(state: State) -> None:
    raid_id = await add(state, tank=1)

    await state.change(
        raid_id, partial(lifecycle.cancel, reason=CancelReason.MESSAGE_DELETED, by=None), Cause(Source.DISCORD)
    )

    assert state.boards == {}
    assert await State(state.db, state.clock).load() == []
    assert (await state.raid(raid_id)).status is Status.CANCELLED


async def test_a_new_raid_is_told_to_listeners_and_waits_for_its_board(state: State) -> None:
    heard: list[Raid] = []
    state.listen(lambda _, change: heard.append(change.raid))

    raid = await state.create(posting(), BY_MANAGER)

    assert heard == [raid]
    assert raid == await stored(state, raid.id)
    assert raid.status is Status.POSTING
    assert await ask(state, "SELECT action, actor, source FROM audit") == [("created", MANAGER, "command")]


async def test_a_taken_code_is_drawn_again(db: Database) -> None:
    first = await State(db, lambda: NOW, codes=random.Random(7)).create(posting(), BY_MANAGER)

    second = await State(db, lambda: NOW, codes=random.Random(7)).create(posting(), BY_MANAGER)
    elsewhere = await State(db, lambda: NOW, codes=random.Random(7)).create(posting(guild=GuildId(8)), BY_MANAGER)

    assert second.code != first.code
    assert elsewhere.code == first.code
    assert await db.read(lambda connection: connection.execute("SELECT count(*) FROM audit").fetchone()) == (3,)


async def test_a_draft_pressed_twice_is_one_raid(state: State) -> None:
    draft = await state.db.write(lambda tx: drafts.add(tx, GUILD, ALICE, {}, NOW))

    outcomes = await asyncio.gather(
        *(state.create(posting(), BY_MANAGER, draft=draft) for _ in range(3)), return_exceptions=True
    )

    assert [type(outcome) for outcome in outcomes] == [Raid, drafts.DraftUsed, drafts.DraftUsed]
    assert await ask(state, "SELECT count(*) FROM raids") == [(1,)]


async def test_codes_are_found_however_they_are_typed_in_their_own_server(state: State) -> None:
    raid = await state.create(posting(), BY_MANAGER)

    assert await state.find(GUILD, f"  {raid.code.lower()} ") == raid
    with pytest.raises(UnknownRaid):
        await state.find(GuildId(8), raid.code)
    with pytest.raises(UnknownRaid, match=r"“\\\*\\\*bold\\\*\\\*”"):
        await state.find(GUILD, RaidCode("**bold**"))
    with pytest.raises(KeyError):
        await state.raid(RaidId(99))


async def test_two_managers_changing_settings_at_once_both_win(state: State) -> None:
    await asyncio.gather(
        state.change_settings(GUILD, lambda settings: replace(settings, zone="Asia/Tokyo"), BY_MANAGER),
        state.change_settings(
            GUILD, lambda settings: replace(settings, channels={Kind.RAID: ChannelId(5)}), BY_MANAGER
        ),
        state.settings(GUILD),
    )

    expected = GuildSettings(guild=GUILD, zone="Asia/Tokyo", channels={Kind.RAID: ChannelId(5)})
    assert await state.settings(GUILD) == expected
    assert await State(state.db, state.clock).settings(GUILD) == expected


async def test_settings_are_audited_with_what_was_before(state: State) -> None:
    heard: list[tuple[str, str]] = []
    state.listen_to_settings(lambda before, after: heard.append((before.zone, after.zone)))
    grants = Grants(frozenset({8}), {"raid.close": frozenset({10, 9})})

    await state.change_settings(GUILD, lambda settings: replace(settings, zone="Asia/Tokyo"), BY_MANAGER)
    await state.change_settings(GUILD, lambda settings: replace(settings, zone="Asia/Tokyo"), BY_MANAGER)
    await state.change_settings(
        GUILD, lambda settings: replace(settings, channels={Kind.RAID: ChannelId(5)}, grants=grants), BY_MANAGER
    )

    assert await ask(state, "SELECT actor, source, action, before, after FROM audit") == [
        (MANAGER, "command", "zone changed", "America/New_York", "Asia/Tokyo"),
        (MANAGER, "command", "raid channel changed", None, "<#5>"),
        (MANAGER, "command", "admin roles changed", None, "<@&8>"),
        (MANAGER, "command", "roles for raid.close changed", None, "<@&9>, <@&10>"),
    ]
    assert heard == [("America/New_York", "Asia/Tokyo"), ("Asia/Tokyo", "Asia/Tokyo")]


async def test_a_refused_setting_stays_as_it_was(state: State) -> None:
    def refuse(_: GuildSettings) -> GuildSettings:
        raise Refusal("No.")

    with pytest.raises(Refusal, match="No"):
        await state.change_settings(GUILD, refuse, BY_MANAGER)
    with pytest.raises(sqlite3.IntegrityError):
        await state.change_settings(GUILD, lambda settings: replace(settings, thread_archive_minutes=7), BY_MANAGER)

    assert await state.settings(GUILD) == GuildSettings(guild=GUILD)


async def test_names_are_learnt_once_and_outlive_a_restart(state: State) -> None:
    raid_id = await add(state, tank=1)
    raid = (await state.change(raid_id, reacts(ALICE), BY_REACTION, names={ALICE: "Alice"})).raid

    assert await state.learn_names(GUILD, {ALICE: "Alice"}) is False
    assert await state.learn_names(GUILD, {ALICE: "Alicia", BOB: "Bob"}) is True

    assert await state.names(raid) == {ALICE: "Alicia"}
    assert await State(state.db, state.clock).names(raid) == {ALICE: "Alicia"}


async def test_messages_no_change_causes_are_owed_once(state: State) -> None:
    message = outbox.Owed(kind="post", target=5, payload={"content": "x"}, dedupe="x", due_at=NOW)

    assert await state.owe([message, message]) == 1
    assert await state.owe([message]) == 0
