"""Posted boards follow the database at a limited rate, despite failures and crashes."""

import asyncio
import sqlite3
from contextlib import closing
from functools import partial
from itertools import pairwise

from structlog.testing import capture_logs

from discord_sandbox import Sandbox
from discord_sandbox.people import Person
from raidbot.delivery.boards.raid_key import raid_key
from raidbot.delivery.boards.snapshot import Snapshot
from raidbot.raids import lifecycle
from raidbot.raids.model import CancelReason, CloseReason, MemberId, Raid, RoleKey, Source, Status
from raidbot.raids.rosters import signups
from raidbot.state import Cause
from tests.delivery.harness import CLEAR, EDIT, PUT_REACTION, BotHarness, DeliveryWorld, seated, until


async def close(harness: BotHarness, raid: Raid) -> None:
    """Close signups at the start; before it the reactions stay."""
    rule = partial(lifecycle.close, reason=CloseReason.AT_START, by=None, now=raid.starts_at)
    await harness.change(raid.id, rule)


async def reopen(harness: BotHarness, raid: Raid) -> None:
    await harness.change(raid.id, partial(lifecycle.reopen, by=raid.creator, now=harness.state.now()))


async def join(harness: BotHarness, raid: Raid, *members: Person, role: str = "tank") -> None:
    for member in members:
        await harness.state.learn_names(raid.guild, {MemberId(member.id): member.name})
        await harness.change(
            raid.id, partial(signups.react, member=MemberId(member.id), key=RoleKey(role), now=harness.state.now())
        )


async def all_seated(harness: BotHarness, raid: Raid, number: int) -> bool:
    return len((await harness.state.raid(raid.id)).seats) == number


async def status(harness: BotHarness, raid: Raid) -> Status:
    return (await harness.state.raid(raid.id)).status


async def test_a_signup_shows_on_the_board(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, alice = await world.raid(harness), world.member("alice")

    await join(harness, raid, alice)

    await world.sandbox.until(lambda: "alice" in world.text(raid))


async def test_a_burst_costs_a_handful_of_edits_and_ends_with_the_last_state(world: DeliveryWorld) -> None:
    harness = await world.start_bot(speed=1)
    raid = await world.raid(harness, tank=100)
    members = [world.member(f"member{number}") for number in range(60)]
    slow = world.sandbox.faults.slow(0.05, route=EDIT)
    before = world.count(EDIT)

    await join(harness, raid, *members)
    await harness.boards.idle()

    assert "60/100" in world.text(raid)
    assert world.count(EDIT) - before <= 8
    slow.lift()


async def test_a_message_is_never_edited_twice_at_once(world: DeliveryWorld) -> None:
    harness = await world.start_bot(speed=100)
    raid = await world.raid(harness, tank=10)
    slow = world.sandbox.faults.slow(0.1, route=EDIT)
    members = [world.member(f"member{number}") for number in range(6)]

    for member in members:
        await join(harness, raid, member)
        await asyncio.sleep(0.02)
    await harness.boards.idle()

    edits = [call for call in world.sandbox.calls if call.method == "PATCH"]
    gaps = [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(edits)]
    assert all(gap >= 0.1 for gap in gaps)
    slow.lift()


async def test_an_unchanged_board_is_not_touched_after_a_restart(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness)
    await join(harness, raid, world.member("alice"))
    await harness.boards.idle()
    await world.crash(harness)
    before = len(world.sandbox.calls)

    harness = await world.start_bot()
    await harness.boards.idle()

    assert world.sandbox.calls[before:] == []


async def test_what_a_crash_left_undrawn_is_drawn_after_the_restart(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, alice = await world.raid(harness), world.member("alice")
    fault = world.sandbox.faults.answer(503, route=EDIT)
    await join(harness, raid, alice)
    await world.sandbox.until(lambda: fault.met)
    await world.crash(harness)
    fault.lift()

    await world.start_bot()

    await world.sandbox.until(lambda: "alice" in world.text(raid))


async def test_an_outage_of_edits_heals_by_itself(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, alice, bob = await world.raid(harness), world.member("alice"), world.member("bob")
    fault = world.sandbox.faults.answer(503, route=EDIT)

    await join(harness, raid, alice)
    await world.sandbox.until(lambda: fault.met >= 3)
    await join(harness, raid, bob, role="healer")
    fault.lift()

    await world.sandbox.until(lambda: "alice" in world.text(raid) and "bob" in world.text(raid))


async def test_a_deleted_message_cancels_the_raid(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness)
    await world.sandbox.delete_message(world.require_board(raid))

    await join(harness, raid, world.member("alice"))

    await until(lambda: _cancelled(harness, raid, CancelReason.MESSAGE_DELETED))
    await harness.boards.idle()


async def test_a_deleted_channel_cancels_the_raid(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness)
    await world.sandbox.delete_channel(world.channel)

    await join(harness, raid, world.member("alice"))

    await until(lambda: _cancelled(harness, raid, CancelReason.CHANNEL_DELETED))


async def _cancelled(harness: BotHarness, raid: Raid, reason: CancelReason) -> bool:
    return (await harness.state.raid(raid.id)).cancelled_reason is reason


async def test_a_withdrawn_permission_is_reported_once_and_tried_again_slowly(world: DeliveryWorld) -> None:
    harness = await world.start_bot(slow_retry=0.2)
    raid, alice = await world.raid(harness), world.member("alice")
    world.guild.deny(world.channel, "view_channel")
    before = world.count(EDIT)

    with capture_logs() as logs:
        await join(harness, raid, alice)
        await world.sandbox.until(lambda: world.count(EDIT) >= before + 3)

    assert sum(entry["log_level"] == "warning" for entry in logs) == 1
    assert await status(harness, raid) is Status.OPEN
    world.guild.allow(world.channel, "view_channel")
    await world.sandbox.until(lambda: "alice" in world.text(raid))


async def test_the_boards_reactions_stand_in_the_order_of_the_roles(world: DeliveryWorld) -> None:
    harness = await world.start_bot()

    raid = await world.raid(harness, tank=1, healer=2, damage=5)

    assert list(world.require_board(raid).reactions) == ["1\u20e3", "2\u20e3", "3\u20e3"]


async def test_reactions_interrupted_by_a_crash_are_completed(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    fault = world.sandbox.faults.slow(0.2, route=PUT_REACTION)
    raid = await harness.state.create(world.plan(tank=1, healer=2, damage=5), _cause())
    await world.sandbox.until(lambda: world.board(raid) and len(world.require_board(raid).reactions) == 1)
    await world.crash(harness)
    fault.lift()

    await world.start_bot()

    await world.sandbox.until(lambda: len(world.require_board(raid).reactions) == 3)


async def test_signups_show_while_reactions_are_still_being_put(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    world.sandbox.faults.slow(0.2, route=PUT_REACTION)
    raid = await harness.state.create(world.plan(tank=1, healer=2, damage=5, scout=1, bard=1, chef=1), _cause())
    await world.sandbox.until(lambda: world.board(raid) and world.require_board(raid).reactions)

    await join(harness, raid, world.member("alice"))
    await world.sandbox.until(lambda: "alice" in world.text(raid))

    assert len(world.require_board(raid).reactions) < 6
    await world.sandbox.until(lambda: len(world.require_board(raid).reactions) == 6)


async def test_closing_clears_the_reactions_and_reopening_puts_them_back(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, alice = await world.raid(harness), world.member("alice")
    await alice.react(world.require_board(raid), "1️⃣")
    await world.sandbox.until(lambda: "Alice" in world.text(raid) or "Member" in world.text(raid))

    await close(harness, raid)
    await world.sandbox.until(lambda: not world.require_board(raid).reactions)
    await harness.boards.idle()

    assert world.count(CLEAR) == 1
    assert (await harness.state.raid(raid.id)).marks == ()
    assert await seated(harness, raid, "tank") == [alice.id]
    await reopen(harness, raid)
    await world.sandbox.until(lambda: len(world.require_board(raid).reactions) == 2)
    assert await seated(harness, raid, "tank") == [alice.id]


async def test_reactions_put_back_by_halves_before_a_crash_are_cleared_on_closing(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness)
    await close(harness, raid)
    await world.sandbox.until(lambda: not world.require_board(raid).reactions)
    await harness.boards.idle()
    slow = world.sandbox.faults.slow(0.3, route=PUT_REACTION)
    await reopen(harness, raid)
    await world.sandbox.until(lambda: world.require_board(raid).reactions)
    await world.crash(harness)
    slow.lift()
    world.sandbox.faults.answer(503, route=PUT_REACTION)

    harness = await world.start_bot()
    await close(harness, raid)

    await world.sandbox.until(lambda: not world.require_board(raid).reactions)


async def test_a_limit_on_edits_of_old_messages_holds_up_that_board_only(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, other, alice = await world.raid(harness), await world.raid(harness), world.member("alice")
    world.client.http.max_ratelimit_timeout = 30.0
    world.sandbox.faults.answer(429, route=EDIT, calls=1, retry_after=40.0)
    before = world.count(EDIT)

    await join(harness, raid, alice)
    await world.sandbox.until(lambda: world.count(EDIT) > before)
    await harness.boards.idle()
    await join(harness, raid, world.member("bob"), role="healer")
    await join(harness, other, alice)
    await harness.enqueue_dm(alice, "hello")
    await world.sandbox.until(lambda: alice.dms)

    assert not harness.api.is_down
    assert "alice" not in world.text(raid)


async def test_without_the_right_to_clear_the_board_still_closes(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness)
    world.guild.deny(world.channel, "manage_messages")

    with capture_logs() as logs:
        await close(harness, raid)
        await harness.boards.idle()

    assert "🔒" in world.text(raid)
    assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == ["reactions cannot be cleared"]


async def test_without_the_right_to_react_the_board_is_still_redrawn(world: DeliveryWorld) -> None:
    harness = await world.start_bot(slow_retry=0.5)
    world.guild.deny(world.channel, "add_reactions")
    raid = await harness.state.create(world.plan(), _cause())
    await world.sandbox.until(lambda: world.count(PUT_REACTION))

    await join(harness, raid, world.member("alice"))
    await world.sandbox.until(lambda: "alice" in world.text(raid))

    world.guild.allow(world.channel, "add_reactions")
    await world.sandbox.until(lambda: len(world.require_board(raid).reactions) == 2)


async def test_swept_reactions_come_back(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness)
    await world.sandbox.clear_reactions(world.require_board(raid))

    harness.boards.reactions_gone(raid_key(raid.id))

    await world.sandbox.until(lambda: len(world.require_board(raid).reactions) == 2)


async def test_a_raid_cancelled_by_a_person_says_so_also_after_a_crash(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness)
    fault = world.sandbox.faults.answer(503, route=EDIT)
    await harness.change(
        raid.id, partial(lifecycle.cancel, reason=CancelReason.MANUAL, by=raid.creator, now=harness.state.now())
    )
    await world.sandbox.until(lambda: fault.met)
    await world.crash(harness)
    fault.lift()

    harness = await world.start_bot()
    await world.sandbox.until(lambda: "Cancelled" in world.text(raid) and not world.require_board(raid).reactions)
    await harness.boards.idle()
    await world.crash(harness)
    before = len(world.sandbox.calls)
    harness = await world.start_bot()
    await harness.boards.idle()

    assert len(world.sandbox.calls) == before


async def test_two_boards_of_a_channel_share_its_pace_fairly(world: DeliveryWorld) -> None:
    harness = await world.start_bot(speed=10)
    one, other = await world.raid(harness, tank=50), await world.raid(harness, tank=50)
    before = world.count(EDIT)

    for number in range(20):
        await join(harness, one, world.member(f"one{number}"))
        await join(harness, other, world.member(f"other{number}"))
        await asyncio.sleep(0.05)
    await harness.boards.idle()

    edits = [call.ids for call in world.sandbox.calls if call.method == "PATCH"][before:]
    per_board = [sum(world.require_board(raid).id in map(int, ids.values()) for ids in edits) for raid in (one, other)]
    assert abs(per_board[0] - per_board[1]) <= 2
    assert "20/50" in world.text(one)
    assert "20/50" in world.text(other)


async def test_with_discords_limits_the_last_state_shows_within_two_seconds(
    world: DeliveryWorld, sandbox: Sandbox
) -> None:
    harness = await world.start_bot(speed=1)
    raid = await world.raid(harness, tank=300)
    sandbox.limits.mode = type(sandbox.limits.mode)("strict")
    members = [world.member(f"member{number}") for number in range(60)]
    before = world.count(EDIT)

    for member in members:
        await join(harness, raid, member)
        await asyncio.sleep(0.02)
    await sandbox.until(lambda: "60/300" in world.text(raid), timeout=2)
    await harness.boards.idle()

    assert world.count(EDIT) - before <= 6
    assert sandbox.limits.refused.total() == 0


def _cause() -> Cause:
    return Cause(Source.COMMAND)


async def test_a_board_whose_looks_cannot_be_noted_is_right_again_soon(world: DeliveryWorld) -> None:
    harness = await world.start_bot(slow_retry=60)
    raid = await world.raid(harness, tank=3)
    alice, bob = world.member("alice"), world.member("bob")
    full = "CREATE TRIGGER full BEFORE UPDATE OF board_hash ON raids BEGIN SELECT raise(ABORT, 'disk full'); END"

    with capture_logs() as logs:
        await harness.db.write(lambda tx: tx.execute(full).fetchall())
        await join(harness, raid, alice)
        await harness.boards.idle()
        await harness.db.write(lambda tx: tx.execute("DROP TRIGGER full").fetchall())
        await join(harness, raid, bob)
        await world.sandbox.until(lambda: "bob" in world.text(raid))

    assert [entry["event"] for entry in logs] == ["board not updated while the database fails"]


async def test_a_board_never_drawn_is_drawn_once_with_all_its_names(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness, tank=3)
    members = [world.member(name) for name in ("alice", "bob", "cem")]
    for member in members:
        await member.react(world.require_board(raid), raid.roles[0].emoji)
    await until(partial(all_seated, harness, raid, len(members)))
    await world.crash(harness)
    with closing(sqlite3.connect(world.database_path)) as connection, connection:
        shown = Snapshot("", (raid.roles[0].emoji,)).written()
        connection.execute("DELETE FROM members")
        connection.execute("UPDATE raids SET board_hash = ?", (shown,))
    before = world.count(EDIT), world.count(PUT_REACTION)

    harness = await world.start_bot()
    await harness.reconcile.all()
    await world.sandbox.until(lambda: world.count(EDIT) > before[0])
    await harness.boards.idle()

    assert (world.count(EDIT), world.count(PUT_REACTION)) == (before[0] + 1, before[1])
    assert all(name in world.text(raid) for name in ("Alice", "Bob", "Cem", "Owner"))
