"""`State.change` commits a change with its audit and outbox rows or not at all, in the order of the calls."""

import asyncio
import random
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import structlog

from raidbot.db import drafts, outbox
from raidbot.db.database import Database
from raidbot.raids import lifecycle
from raidbot.raids.events import Change, Filled, Joined
from raidbot.raids.model import CloseReason, MemberId, Raid, Source, Status
from raidbot.raids.rosters import manager_edits, signups
from raidbot.state import BusyRaid, Cause, Rule, State
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
    TANK,
    seated,
    unposted_raid,
    waiting,
)
from tests.state.state_helpers import (
    BY_MANAGER,
    BY_REACTION,
    add_open_raid,
    query,
    react_rule,
    record_statements,
    stored_raid,
    unreact_rule,
    write_from_outside,
)


async def test_a_change_its_audit_and_what_it_owes_become_durable_together(state: State) -> None:
    raid_id = await add_open_raid(state, tank=1)

    await state.change(raid_id, react_rule(ALICE), BY_REACTION, names={ALICE: "Alice"})
    change = await state.change(raid_id, react_rule(BOB), Cause(Source.REACTION, BOB))

    assert seated(change.raid, TANK) == [ALICE]
    assert await stored_raid(state, raid_id) == change.raid == await state.raid(raid_id)
    assert await query(state, "SELECT action, actor, source FROM audit WHERE id > 2") == [
        ("signup.joined", ALICE, "reaction"),
        ("raid.filled", ALICE, "reaction"),
        ("signup.waitlisted", BOB, "reaction"),
    ]
    assert await query(state, "SELECT kind, target, guild, state FROM outbox") == [
        ("dm", CREATOR, GUILD, "pending"),
        ("dm", BOB, GUILD, "pending"),
    ]
    assert await query(state, "SELECT member, name FROM members") == [(ALICE, "Alice")]


async def test_a_refused_rule_changes_nothing(state: State) -> None:
    raid_id = await add_open_raid(state, tank=1)
    before = await stored_raid(state, raid_id)
    heard: list[Change] = []
    state.listen(lambda _, change: heard.append(change))

    with pytest.raises(signups.NotSignedUp):
        await state.change(raid_id, partial(manager_edits.remove, member=ALICE, now=NOW), BY_MANAGER)

    assert await stored_raid(state, raid_id) == before == await state.raid(raid_id)
    assert heard == []


async def test_a_rule_without_events_writes_nothing(state: State) -> None:
    raid_id = await add_open_raid(state, tank=1)
    await state.change(raid_id, react_rule(ALICE), BY_REACTION)
    statements: list[str] = []
    await record_statements(state.db, statements)

    change = await state.change(raid_id, react_rule(ALICE), BY_REACTION)

    assert change == Change(await state.raid(raid_id))
    assert statements == []
    await state.change(raid_id, unreact_rule(ALICE), BY_REACTION)
    assert "BEGIN IMMEDIATE" in statements


async def test_a_hundred_at_once_are_served_in_the_order_they_came(state: State) -> None:
    raid_id = await add_open_raid(state, tank=10)
    members = [MemberId(1_000 - number) for number in range(100)]

    await asyncio.gather(*(state.change(raid_id, react_rule(member), BY_REACTION) for member in members))

    raid = await state.raid(raid_id)
    assert seated(raid, TANK) == members[:10]
    assert waiting(raid, TANK) == members[10:]
    assert raid == await stored_raid(state, raid_id)
    assert len(state._raids._locks) == 0


@pytest.mark.parametrize("damage", ["value", "disk"])
async def test_a_failing_transaction_leaves_cache_and_database_as_they_were(state: State, damage: str) -> None:
    raid_id = await add_open_raid(state, tank=1)
    before = await state.raid(raid_id)
    heard: list[Change] = []
    state.listen(lambda _, change: heard.append(change))
    pages = (await query(state, "PRAGMA page_count"))[0][0]
    spoiled = {"colour": -1} if damage == "value" else {"description": "x" * 500_000}
    await state.db._writer.execute(f"PRAGMA max_page_count = {pages + 5}")

    def spoil(raid: Raid) -> Change:
        change = react_rule(ALICE)(raid)
        return replace(change, raid=replace(change.raid, **spoiled))

    with pytest.raises(sqlite3.Error, match=r"CHECK|full"):
        await state.change(raid_id, spoil, BY_REACTION, names={ALICE: "Alice"})

    assert await state.raid(raid_id) == before == await stored_raid(state, raid_id)
    assert await query(state, "SELECT count(*) FROM outbox") == [(0,)]
    assert await query(state, "SELECT count(*) FROM members") == [(0,)]
    assert heard == []
    await state.change(raid_id, react_rule(ALICE), BY_REACTION, names={ALICE: "Alice"})
    assert await query(state, "SELECT name FROM members") == [("Alice",)]


async def call_and_cancel(steps: int, call: Callable[[], Any]) -> None:
    """Start the call and cancel its caller after `steps` turns of the event loop."""
    calling = asyncio.create_task(call())
    for _ in range(steps):
        await asyncio.sleep(0)
    calling.cancel()
    await asyncio.gather(calling, return_exceptions=True)


@pytest.mark.parametrize("steps", [*range(12), 30, 100])
async def test_a_cancelled_caller_never_parts_cache_from_database(state: State, steps: int) -> None:
    raid_id = await add_open_raid(state, tank=1)
    heard: list[Change] = []
    state.listen(lambda _, change: heard.append(change))

    await call_and_cancel(steps, lambda: state.change(raid_id, react_rule(ALICE), BY_REACTION))
    await call_and_cancel(steps, lambda: state.create(unposted_raid(), BY_MANAGER))
    await call_and_cancel(
        steps, lambda: state.change_settings(GUILD, lambda settings: replace(settings, zone="Asia/Tokyo"), BY_MANAGER)
    )
    await state.wait_for_writes()

    assert await state.raid(raid_id) == await stored_raid(state, raid_id)
    assert [change.events for change in heard if Joined(ALICE, TANK) in change.events] == (
        [(Joined(ALICE, TANK), Filled())] if steps else []
    )
    created = await query(state, "SELECT id FROM raids WHERE status = 'posting'")
    assert [change.raid.id for change in heard if change.raid.status is Status.POSTING] == [row[0] for row in created]
    assert await state.settings(GUILD) == await State(state.db, state.clock).settings(GUILD)


async def test_a_caller_cancelled_in_line_still_gets_its_turn(state: State) -> None:
    raid_id = await add_open_raid(state, tank=3)
    calls = [asyncio.create_task(state.change(raid_id, react_rule(m), BY_REACTION)) for m in (ALICE, BOB, CAROL)]
    await asyncio.sleep(0)
    calls[1].cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    await state.wait_for_writes()

    assert seated(await state.raid(raid_id), TANK) == [ALICE, BOB, CAROL]


async def test_a_listener_s_failure_is_its_own(state: State) -> None:
    raid_id = await add_open_raid(state, tank=1)
    heard: list[Raid] = []

    def fail(_: Raid, __: Change) -> None:
        raise RuntimeError("broken listener")

    state.listen(fail)
    state.listen(lambda before, _: heard.append(before))

    with structlog.testing.capture_logs() as logs:
        change = await state.change(raid_id, react_rule(ALICE), BY_REACTION)

    assert seated(change.raid, TANK) == [ALICE]
    assert [raid.version for raid in heard] == [change.raid.version - 1]
    assert [entry["event"] for entry in logs] == ["listener failed"]


async def test_a_second_writer_is_noticed_and_the_rule_applied_to_what_it_wrote(state: State) -> None:
    raid_id = await add_open_raid(state, tank=1)
    await state.raid(raid_id)
    write_from_outside(state.db, "UPDATE raids SET title = 'Elsewhere', version = version + 1")

    change = await state.change(raid_id, react_rule(ALICE), BY_REACTION)

    assert change.raid.title == "Elsewhere"
    assert await stored_raid(state, raid_id) == change.raid == await state.raid(raid_id)


async def test_a_raid_others_never_leave_alone_is_busy(state: State) -> None:
    raid_id = await add_open_raid(state, tank=1)

    def overtaken(raid: Raid) -> Change:
        write_from_outside(state.db, "UPDATE raids SET version = version + 1")
        return react_rule(ALICE)(raid)

    with pytest.raises(BusyRaid):
        await state.change(raid_id, overtaken, BY_REACTION)

    assert await state.raid(raid_id) == await stored_raid(state, raid_id)
    assert not (await state.raid(raid_id)).seats


@pytest.mark.parametrize("seed", range(3))
async def test_after_any_evening_a_fresh_start_finds_the_same_raids(db: Database, seed: int) -> None:
    chance = random.Random(seed)
    state = State(db, lambda: NOW)
    raids = [await add_open_raid(state, tank=1, healer=2) for _ in range(3)]

    for _ in range(80):
        member, key = MemberId(chance.randrange(1, 7)), chance.choice([TANK, HEALER])
        rules: list[Rule] = [
            react_rule(member, key),
            react_rule(member, key),
            unreact_rule(member, key),
            partial(manager_edits.assign, member=member, key=key, now=NOW, force=chance.random() < 0.5),
            partial(manager_edits.remove, member=member, now=NOW),
            partial(manager_edits.send_to_wait, member=member, key=key, now=NOW),
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


async def test_a_new_raid_is_told_to_listeners_and_waits_for_its_board(state: State) -> None:
    heard: list[Raid] = []
    state.listen(lambda _, change: heard.append(change.raid))

    raid = await state.create(unposted_raid(), BY_MANAGER)

    assert heard == [raid]
    assert raid == await stored_raid(state, raid.id)
    assert raid.status is Status.POSTING
    assert await query(state, "SELECT action, actor, source FROM audit") == [("raid.created", MANAGER, "command")]


async def test_a_draft_pressed_twice_is_one_raid(state: State) -> None:
    draft = await state.db.write(lambda tx: drafts.add(tx, GUILD, ALICE, {}, NOW))

    outcomes = await asyncio.gather(
        *(
            state.create(unposted_raid(), BY_MANAGER, within=lambda tx, raid: drafts.use(tx, draft, raid))
            for _ in range(3)
        ),
        return_exceptions=True,
    )

    assert [type(outcome) for outcome in outcomes] == [Raid, drafts.DraftUsed, drafts.DraftUsed]
    assert await query(state, "SELECT count(*) FROM raids") == [(1,)]


async def test_messages_no_change_causes_are_owed_once(state: State) -> None:
    message = outbox.OutboxMessage(kind="post", target=5, payload={"content": "x"}, dedupe="x", due_at=NOW)

    assert await state.enqueue([message, message]) == 1
    assert await state.enqueue([message]) == 0
