"""`State.change_each` makes of several rules in one transaction what `State.change` makes of each."""

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from raidbot.db.database import Database
from raidbot.raids.changes import Asked
from raidbot.raids.events import Change
from raidbot.raids.model import MemberId, Raid, RaidId, Source
from raidbot.raids.rosters import manager_edits, signups
from raidbot.state import Cause, State
from tests.raids.builders import ALICE, BOB, CAROL, HEALER, NOW, TANK, seated
from tests.state.state_helpers import (
    BY_MANAGER,
    add_open_raid,
    query,
    react_rule,
    record_statements,
    stored_raid,
    unreact_rule,
    write_from_outside,
)


@pytest.fixture
async def other_state(tmp_path: Path) -> AsyncIterator[State]:
    async with AsyncExitStack() as stack:
        db = await Database.open(tmp_path / "other.db")
        stack.push_async_callback(db.close)
        yield State(db, lambda: NOW, codes=random.Random(1))


@pytest.fixture
def state(db: Database) -> State:
    return State(db, lambda: NOW, codes=random.Random(1))


def reacts(member: MemberId, key: str = TANK) -> Asked:
    return Asked(react_rule(member, key), Cause(Source.REACTION, member), {member: f"member {member}"})


def takes_back(member: MemberId, key: str = TANK) -> Asked:
    return Asked(unreact_rule(member, key), Cause(Source.REACTION, member))


@pytest.mark.parametrize("seed", range(5))
async def test_rows_and_listeners_cannot_tell_whether_changes_were_made_together(
    state: State, other_state: State, seed: int
) -> None:
    rng = random.Random(seed)
    heard: tuple[list[Change], list[Change]] = ([], [])
    members = [MemberId(number) for number in range(1, 9)]
    asked = [
        rng.choice((reacts, reacts, takes_back))(rng.choice(members), rng.choice((TANK, HEALER))) for _ in range(60)
    ]
    for one, changes in zip((state, other_state), heard, strict=True):
        await add_open_raid(one, tank=2, healer=1)
        one.listen(partial(note, changes))

    together = [
        change for first in range(0, 60, 20) for change in await state.change_each(RaidId(1), asked[first:][:20])
    ]
    alone = [await other_state.change(RaidId(1), one.rule, one.cause, names=one.names) for one in asked]

    assert together == alone
    assert heard[0] == heard[1]
    assert await rows(state) == await rows(other_state)
    assert await state.raid(RaidId(1)) == await stored_raid(state, RaidId(1)) == together[-1].raid


def note(changes: list[Change], before: Raid, change: Change) -> None:
    changes += [Change(before), change]


async def rows(state: State) -> list[object]:
    tables = (
        "SELECT * FROM raids",
        "SELECT * FROM seats ORDER BY place",
        "SELECT * FROM waits ORDER BY place",
        "SELECT * FROM marks ORDER BY member, role",
        "SELECT * FROM given_up ORDER BY member",
        "SELECT * FROM audit ORDER BY id",
        "SELECT * FROM outbox ORDER BY id",
        "SELECT * FROM members ORDER BY member",
    )
    return [await query(state, table) for table in tables]


async def test_changes_together_are_one_transaction(state: State) -> None:
    raid_id, statements = await add_open_raid(state, tank=5), list[str]()
    await record_statements(state.db, statements)

    await state.change_each(raid_id, [reacts(ALICE), reacts(BOB), reacts(CAROL)])

    assert [one for one in statements if one.startswith(("BEGIN", "COMMIT"))] == ["BEGIN IMMEDIATE", "COMMIT"]
    assert sum(one.startswith("UPDATE raids") for one in statements) == 1


async def test_a_rule_that_refuses_ends_what_is_made_together(state: State) -> None:
    raid_id = await add_open_raid(state, tank=5)
    refused = Asked(partial(manager_edits.remove, member=CAROL, now=NOW), BY_MANAGER)

    made = await state.change_each(raid_id, [reacts(ALICE), refused, reacts(BOB)])

    assert [seated(change.raid, TANK) for change in made] == [[ALICE]]
    assert seated(await stored_raid(state, raid_id), TANK) == [ALICE]
    with pytest.raises(signups.NotSignedUp):
        await state.change_each(raid_id, [refused, reacts(BOB)])
    assert seated(await stored_raid(state, raid_id), TANK) == [ALICE]


async def test_changes_together_are_made_again_on_what_another_program_wrote(state: State) -> None:
    raid_id, heard = await add_open_raid(state, tank=5), list[Change]()
    await state.raid(raid_id)
    state.listen(lambda _, change: heard.append(change))
    write_from_outside(state.db, "UPDATE raids SET title = 'Other', version = version + 1")

    made = await state.change_each(raid_id, [reacts(ALICE), reacts(BOB)])

    assert heard == made
    assert {change.raid.title for change in made} == {"Other"}
    assert await stored_raid(state, raid_id) == made[-1].raid
