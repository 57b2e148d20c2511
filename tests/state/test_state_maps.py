"""The state's in-memory maps stay bounded and never lag behind the database."""

import asyncio
import random
from datetime import timedelta
from functools import partial

import pytest

from raidbot.db.database import Database
from raidbot.raids import details, lifecycle
from raidbot.raids.model import (
    CancelReason,
    CloseReason,
    GuildId,
    MemberId,
    MessageId,
    RaidCode,
    RaidId,
    Source,
    Status,
)
from raidbot.state import BOARD_RETENTION, Cause, State, UnknownRaid
from tests.raids.builders import ALICE, BOB, GUILD, HEALER, MANAGER, NOW, START, TANK, unposted_raid
from tests.state.state_helpers import (
    BY_MANAGER,
    BY_REACTION,
    add_open_raid,
    react_rule,
    record_statements,
    stored_raid,
    unreact_rule,
)


async def test_a_foreign_message_costs_no_database_call(state: State) -> None:
    raid_id = await add_open_raid(state, tank=1)
    statements: list[str] = []
    await record_statements(state.db, statements)

    assert state.boards.get(MessageId(123)) is None
    assert state.boards[MessageId(9_000 + raid_id)] == raid_id
    await state.raid(raid_id)

    assert statements == []


async def test_a_small_cache_forgets_and_stays_right(db: Database) -> None:
    state = State(db, lambda: NOW, capacity=3)
    raids = [await add_open_raid(state, tank=1, healer=1) for _ in range(8)]
    chance = random.Random(5)

    for _ in range(150):
        member, key = MemberId(chance.randrange(1, 5)), chance.choice([TANK, HEALER])
        rule = chance.choice([react_rule, unreact_rule])(member, key)
        await state.change(chance.choice(raids), rule, BY_REACTION)
        assert len(state._raids) <= 3

    for raid_id in raids:
        assert await state.raid(raid_id) == await stored_raid(state, raid_id)
        assert state.boards[MessageId(9_000 + raid_id)] == raid_id


async def test_no_reader_ever_sees_a_raid_going_back_in_time(db: Database) -> None:
    state = State(db, lambda: NOW, capacity=1)
    first, second = [await add_open_raid(state, tank=1) for _ in range(2)]
    seen: list[int] = []

    async def watch() -> None:
        for _ in range(40):
            seen.append((await state.raid(first)).version)
            await state.raid(second)

    async def toggle() -> None:
        for number in range(20):
            await state.change(first, (unreact_rule if number % 2 else react_rule)(ALICE), BY_REACTION)

    await asyncio.gather(watch(), toggle())

    assert seen == sorted(seen)
    assert await state.raid(first) == await stored_raid(state, first)


async def test_boards_of_raids_long_over_are_forgotten_and_stay_so(db: Database) -> None:
    hours = [0.0]
    state = State(db, lambda: NOW + timedelta(hours=hours[0]))
    over, held = await add_open_raid(state, tank=1), await add_open_raid(state, tank=1)
    close = partial(lifecycle.close, reason=CloseReason.MANUAL, by=MANAGER, now=NOW)
    await state.change(over, close, BY_MANAGER)

    hours[0] = (START - NOW + BOARD_RETENTION) / timedelta(hours=1)
    assert await state.forget_boards() == []
    assert set(state.boards.values()) == {over, held}
    hours[0] += 1
    assert await state.forget_boards() == [over]
    assert set(state.boards.values()) == {held}

    await state.change(over, partial(details.lead, leader=ALICE), BY_MANAGER)
    await state.change(held, close, BY_MANAGER)
    assert state.boards == {}
    await state.change(over, partial(lifecycle.reopen, by=MANAGER, now=NOW), BY_MANAGER)
    assert set(state.boards.values()) == {over}


async def test_a_cancelled_raid_s_board_is_none_of_ours_any_more(state: State) -> None:
    raid_id = await add_open_raid(state, tank=1)

    await state.change(
        raid_id, partial(lifecycle.cancel, reason=CancelReason.MESSAGE_DELETED, by=None, now=NOW), Cause(Source.DISCORD)
    )

    assert state.boards == {}
    assert await State(state.db, state.clock).load() == []
    assert (await state.raid(raid_id)).status is Status.CANCELLED


async def test_a_taken_code_is_drawn_again(db: Database) -> None:
    first = await State(db, lambda: NOW, codes=random.Random(7)).create(unposted_raid(), BY_MANAGER)

    second = await State(db, lambda: NOW, codes=random.Random(7)).create(unposted_raid(), BY_MANAGER)
    elsewhere = await State(db, lambda: NOW, codes=random.Random(7)).create(unposted_raid(guild=GuildId(8)), BY_MANAGER)

    assert second.code != first.code
    assert elsewhere.code == first.code
    assert await db.read(lambda connection: connection.execute("SELECT count(*) FROM audit").fetchone()) == (3,)


async def test_codes_are_found_however_they_are_typed_in_their_own_server(state: State) -> None:
    raid = await state.create(unposted_raid(), BY_MANAGER)

    assert await state.find(GUILD, f"  {raid.code.lower()} ") == raid
    with pytest.raises(UnknownRaid):
        await state.find(GuildId(8), raid.code)
    with pytest.raises(UnknownRaid, match=r"“\\\*\\\*bold\\\*\\\*”"):
        await state.find(GUILD, RaidCode("**bold**"))
    with pytest.raises(KeyError):
        await state.raid(RaidId(99))


async def test_names_are_learnt_once_and_outlive_a_restart(state: State) -> None:
    raid_id = await add_open_raid(state, tank=1)
    raid = (await state.change(raid_id, react_rule(ALICE), BY_REACTION, names={ALICE: "Alice"})).raid

    assert await state.learn_names(GUILD, {ALICE: "Alice"}) is False
    assert await state.learn_names(GUILD, {ALICE: "Alicia", BOB: "Bob"}) is True

    assert await state.names(raid) == {ALICE: "Alicia"}
    assert await State(state.db, state.clock).names(raid) == {ALICE: "Alicia"}
