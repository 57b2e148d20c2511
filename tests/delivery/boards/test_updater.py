"""Posted boards follow the database at a bearable pace, whatever goes wrong."""

import asyncio
import sqlite3
from contextlib import closing
from functools import partial
from itertools import pairwise

from structlog.testing import capture_logs

from discord_sandbox import Sandbox
from discord_sandbox.people import Person
from raidbot.delivery.boards.snapshot import Shown
from raidbot.raids import lifecycle
from raidbot.raids.model import CancelReason, CloseReason, MemberId, Raid, RoleKey, Source, Status
from raidbot.raids.rosters import signups
from raidbot.state import Cause
from tests.delivery.harness import CLEAR, EDIT, PUT_REACTION, Life, Stage, seated, until


async def close(life: Life, raid: Raid) -> None:
    rule = partial(lifecycle.close, reason=CloseReason.MANUAL, by=raid.creator, now=life.state.now())
    await life.change(raid.id, rule)


async def reopen(life: Life, raid: Raid) -> None:
    await life.change(raid.id, partial(lifecycle.reopen, by=raid.creator, now=life.state.now()))


async def join(life: Life, raid: Raid, *members: Person, role: str = "tank") -> None:
    for member in members:
        await life.state.learn_names(raid.guild, {MemberId(member.id): member.name})
        await life.change(
            raid.id, partial(signups.react, member=MemberId(member.id), key=RoleKey(role), now=life.state.now())
        )


async def all_seated(life: Life, raid: Raid, number: int) -> bool:
    return len((await life.state.raid(raid.id)).seats) == number


async def status(life: Life, raid: Raid) -> Status:
    return (await life.state.raid(raid.id)).status


async def test_a_signup_shows_on_the_board(stage: Stage) -> None:
    life = await stage.life()
    raid, alice = await stage.raid(life), stage.member("alice")

    await join(life, raid, alice)

    await stage.sandbox.until(lambda: "alice" in stage.text(raid))


async def test_a_burst_costs_a_handful_of_edits_and_ends_with_the_last_state(stage: Stage) -> None:
    life = await stage.life(gap=0.2)
    raid = await stage.raid(life, tank=100)
    members = [stage.member(f"member{number}") for number in range(60)]
    slow = stage.sandbox.faults.slow(0.05, route=EDIT)
    before = stage.count(EDIT)

    await join(life, raid, *members)
    await life.boards.idle()

    assert "60/100" in stage.text(raid)
    assert stage.count(EDIT) - before <= 8
    slow.lift()


async def test_a_message_is_never_edited_twice_at_once(stage: Stage) -> None:
    life = await stage.life(gap=0.01, channel_gap=0.01)
    raid = await stage.raid(life, tank=10)
    slow = stage.sandbox.faults.slow(0.1, route=EDIT)
    members = [stage.member(f"member{number}") for number in range(6)]

    for member in members:
        await join(life, raid, member)
        await asyncio.sleep(0.02)
    await life.boards.idle()

    edits = [call for call in stage.sandbox.calls if call.method == "PATCH"]
    gaps = [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(edits)]
    assert all(gap >= 0.1 for gap in gaps)
    slow.lift()


async def test_an_unchanged_board_is_not_touched_after_a_restart(stage: Stage) -> None:
    life = await stage.life()
    raid = await stage.raid(life)
    await join(life, raid, stage.member("alice"))
    await life.boards.idle()
    await stage.crash(life)
    before = len(stage.sandbox.calls)

    life = await stage.life()
    await life.boards.idle()

    assert stage.sandbox.calls[before:] == []


async def test_what_a_crash_left_undrawn_is_drawn_after_the_restart(stage: Stage) -> None:
    life = await stage.life()
    raid, alice = await stage.raid(life), stage.member("alice")
    fault = stage.sandbox.faults.answer(503, route=EDIT)
    await join(life, raid, alice)
    await stage.sandbox.until(lambda: fault.met)
    await stage.crash(life)
    fault.lift()

    await stage.life()

    await stage.sandbox.until(lambda: "alice" in stage.text(raid))


async def test_an_outage_of_edits_heals_by_itself(stage: Stage) -> None:
    life = await stage.life()
    raid, alice, bob = await stage.raid(life), stage.member("alice"), stage.member("bob")
    fault = stage.sandbox.faults.answer(503, route=EDIT)

    await join(life, raid, alice)
    await stage.sandbox.until(lambda: fault.met >= 3)
    await join(life, raid, bob, role="healer")
    fault.lift()

    await stage.sandbox.until(lambda: "alice" in stage.text(raid) and "bob" in stage.text(raid))


async def test_a_deleted_message_cancels_the_raid(stage: Stage) -> None:
    life = await stage.life()
    raid = await stage.raid(life)
    await stage.sandbox.delete_message(stage.sees(raid))

    await join(life, raid, stage.member("alice"))

    await until(lambda: _cancelled(life, raid, CancelReason.MESSAGE_DELETED))
    await life.boards.idle()


async def test_a_deleted_channel_cancels_the_raid(stage: Stage) -> None:
    life = await stage.life()
    raid = await stage.raid(life)
    await stage.sandbox.delete_channel(stage.channel)

    await join(life, raid, stage.member("alice"))

    await until(lambda: _cancelled(life, raid, CancelReason.CHANNEL_DELETED))


async def _cancelled(life: Life, raid: Raid, reason: CancelReason) -> bool:
    return (await life.state.raid(raid.id)).cancelled_reason is reason


async def test_a_withdrawn_permission_is_reported_once_and_tried_again_slowly(stage: Stage) -> None:
    life = await stage.life(slow_retry=0.2)
    raid, alice = await stage.raid(life), stage.member("alice")
    stage.guild.deny(stage.channel, "view_channel")
    before = stage.count(EDIT)

    with capture_logs() as logs:
        await join(life, raid, alice)
        await stage.sandbox.until(lambda: stage.count(EDIT) >= before + 3)

    assert sum(entry["log_level"] == "warning" for entry in logs) == 1
    assert await status(life, raid) is Status.OPEN
    stage.guild.allow(stage.channel, "view_channel")
    await stage.sandbox.until(lambda: "alice" in stage.text(raid))


async def test_the_boards_reactions_stand_in_the_order_of_the_roles(stage: Stage) -> None:
    life = await stage.life()

    raid = await stage.raid(life, tank=1, healer=2, damage=5)

    assert list(stage.sees(raid).reactions) == ["1\u20e3", "2\u20e3", "3\u20e3"]


async def test_reactions_interrupted_by_a_crash_are_completed(stage: Stage) -> None:
    life = await stage.life()
    fault = stage.sandbox.faults.slow(0.2, route=PUT_REACTION)
    raid = await life.state.create(stage.plan(tank=1, healer=2, damage=5), _cause())
    await stage.sandbox.until(lambda: stage.board(raid) and len(stage.sees(raid).reactions) == 1)
    await stage.crash(life)
    fault.lift()

    await stage.life()

    await stage.sandbox.until(lambda: len(stage.sees(raid).reactions) == 3)


async def test_signups_show_while_reactions_are_still_being_put(stage: Stage) -> None:
    life = await stage.life()
    stage.sandbox.faults.slow(0.2, route=PUT_REACTION)
    raid = await life.state.create(stage.plan(tank=1, healer=2, damage=5, scout=1, bard=1, chef=1), _cause())
    await stage.sandbox.until(lambda: stage.board(raid) and stage.sees(raid).reactions)

    await join(life, raid, stage.member("alice"))
    await stage.sandbox.until(lambda: "alice" in stage.text(raid))

    assert len(stage.sees(raid).reactions) < 6
    await stage.sandbox.until(lambda: len(stage.sees(raid).reactions) == 6)


async def test_closing_clears_the_reactions_and_reopening_puts_them_back(stage: Stage) -> None:
    life = await stage.life()
    raid, alice = await stage.raid(life), stage.member("alice")
    await alice.react(stage.sees(raid), "1️⃣")
    await stage.sandbox.until(lambda: "Alice" in stage.text(raid) or "Member" in stage.text(raid))

    await close(life, raid)
    await stage.sandbox.until(lambda: not stage.sees(raid).reactions)
    await life.boards.idle()

    assert stage.count(CLEAR) == 1
    assert (await life.state.raid(raid.id)).marks == ()
    assert await seated(life, raid, "tank") == [alice.id]
    await reopen(life, raid)
    await stage.sandbox.until(lambda: len(stage.sees(raid).reactions) == 2)
    assert await seated(life, raid, "tank") == [alice.id]


async def test_reactions_put_back_by_halves_before_a_crash_are_cleared_on_closing(stage: Stage) -> None:
    life = await stage.life()
    raid = await stage.raid(life)
    await close(life, raid)
    await stage.sandbox.until(lambda: not stage.sees(raid).reactions)
    await life.boards.idle()
    slow = stage.sandbox.faults.slow(0.3, route=PUT_REACTION)
    await reopen(life, raid)
    await stage.sandbox.until(lambda: stage.sees(raid).reactions)
    await stage.crash(life)
    slow.lift()
    stage.sandbox.faults.answer(503, route=PUT_REACTION)

    life = await stage.life()
    await close(life, raid)

    await stage.sandbox.until(lambda: not stage.sees(raid).reactions)


async def test_a_limit_on_edits_of_old_messages_holds_up_that_board_only(stage: Stage) -> None:
    life = await stage.life()
    raid, other, alice = await stage.raid(life), await stage.raid(life), stage.member("alice")
    stage.client.http.max_ratelimit_timeout = 30.0
    stage.sandbox.faults.answer(429, route=EDIT, calls=1, retry_after=40.0)
    before = stage.count(EDIT)

    await join(life, raid, alice)
    await stage.sandbox.until(lambda: stage.count(EDIT) > before)
    await life.boards.idle()
    await join(life, raid, stage.member("bob"), role="healer")
    await join(life, other, alice)
    await life.owe(alice, "hello")
    await stage.sandbox.until(lambda: alice.dms)

    assert life.line.down_for == 0
    assert "alice" not in stage.text(raid)


async def test_without_the_right_to_clear_the_board_still_closes(stage: Stage) -> None:
    life = await stage.life()
    raid = await stage.raid(life)
    stage.guild.deny(stage.channel, "manage_messages")

    with capture_logs() as logs:
        await close(life, raid)
        await life.boards.idle()

    assert "🔒" in stage.text(raid)
    assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == ["reactions cannot be cleared"]


async def test_without_the_right_to_react_the_board_is_still_redrawn(stage: Stage) -> None:
    life = await stage.life(slow_retry=0.5)
    stage.guild.deny(stage.channel, "add_reactions")
    raid = await life.state.create(stage.plan(), _cause())
    await stage.sandbox.until(lambda: stage.count(PUT_REACTION))

    await join(life, raid, stage.member("alice"))
    await stage.sandbox.until(lambda: "alice" in stage.text(raid))

    stage.guild.allow(stage.channel, "add_reactions")
    await stage.sandbox.until(lambda: len(stage.sees(raid).reactions) == 2)


async def test_swept_reactions_come_back(stage: Stage) -> None:
    life = await stage.life()
    raid = await stage.raid(life)
    await stage.sandbox.clear_reactions(stage.sees(raid))

    life.boards.reactions_gone(raid.id)

    await stage.sandbox.until(lambda: len(stage.sees(raid).reactions) == 2)


async def test_a_raid_cancelled_by_a_person_says_so_also_after_a_crash(stage: Stage) -> None:
    life = await stage.life()
    raid = await stage.raid(life)
    fault = stage.sandbox.faults.answer(503, route=EDIT)
    await life.change(raid.id, partial(lifecycle.cancel, reason=CancelReason.MANUAL, by=raid.creator))
    await stage.sandbox.until(lambda: fault.met)
    await stage.crash(life)
    fault.lift()

    life = await stage.life()
    await stage.sandbox.until(lambda: "cancelled" in stage.text(raid) and not stage.sees(raid).reactions)
    await life.boards.idle()
    await stage.crash(life)
    before = len(stage.sandbox.calls)
    life = await stage.life()
    await life.boards.idle()

    assert len(stage.sandbox.calls) == before


async def test_two_boards_of_a_channel_share_its_pace_fairly(stage: Stage) -> None:
    life = await stage.life(gap=0.1, channel_gap=0.2)
    one, other = await stage.raid(life, tank=50), await stage.raid(life, tank=50)
    before = stage.count(EDIT)

    for number in range(20):
        await join(life, one, stage.member(f"one{number}"))
        await join(life, other, stage.member(f"other{number}"))
        await asyncio.sleep(0.05)
    await life.boards.idle()

    edits = [call.ids for call in stage.sandbox.calls if call.method == "PATCH"][before:]
    per_board = [sum(stage.sees(raid).id in map(int, ids.values()) for ids in edits) for raid in (one, other)]
    assert abs(per_board[0] - per_board[1]) <= 2
    assert "20/50" in stage.text(one)
    assert "20/50" in stage.text(other)


async def test_with_discords_limits_the_last_state_shows_within_two_seconds(stage: Stage, sandbox: Sandbox) -> None:
    life = await stage.life(gap=1.0, channel_gap=1.25)
    raid = await stage.raid(life, tank=300)
    sandbox.limits.mode = type(sandbox.limits.mode)("strict")
    members = [stage.member(f"member{number}") for number in range(100)]
    before = stage.count(EDIT)

    for member in members:
        await join(life, raid, member)
        await asyncio.sleep(0.02)
    await sandbox.until(lambda: "100/300" in stage.text(raid), timeout=2)
    await life.boards.idle()

    assert stage.count(EDIT) - before <= 6
    assert sandbox.limits.refused.total() == 0


def _cause() -> Cause:
    return Cause(Source.COMMAND)


async def test_a_board_whose_looks_cannot_be_noted_is_right_again_soon(stage: Stage) -> None:
    life = await stage.life(slow_retry=60)
    raid = await stage.raid(life, tank=3)
    alice, bob = stage.member("alice"), stage.member("bob")
    full = "CREATE TRIGGER full BEFORE UPDATE OF board_hash ON raids BEGIN SELECT raise(ABORT, 'disk full'); END"

    with capture_logs() as logs:
        await life.db.write(lambda tx: tx.execute(full).fetchall())
        await join(life, raid, alice)
        await life.boards.idle()
        await life.db.write(lambda tx: tx.execute("DROP TRIGGER full").fetchall())
        await join(life, raid, bob)
        await stage.sandbox.until(lambda: "bob" in stage.text(raid))

    assert [entry["event"] for entry in logs] == ["board is not looked after while the database fails"]


async def test_a_board_never_drawn_is_drawn_once_with_all_its_names(stage: Stage) -> None:
    life = await stage.life()
    raid = await stage.raid(life, tank=3)
    members = [stage.member(name) for name in ("alice", "bob", "cem")]
    for member in members:
        await member.react(stage.sees(raid), raid.roles[0].emoji)
    await until(partial(all_seated, life, raid, len(members)))
    await stage.crash(life)
    with closing(sqlite3.connect(stage.path)) as connection, connection:
        shown = Shown("", (raid.roles[0].emoji,)).written()
        connection.execute("DELETE FROM members")
        connection.execute("UPDATE raids SET board_hash = ?", (shown,))
    before = stage.count(EDIT), stage.count(PUT_REACTION)

    life = await stage.life()
    await life.reconcile.all()
    await stage.sandbox.until(lambda: stage.count(EDIT) > before[0])
    await life.boards.idle()

    assert (stage.count(EDIT), stage.count(PUT_REACTION)) == (before[0] + 1, before[1])
    assert all(name in stage.text(raid) for name in ("Alice", "Bob", "Cem", "Owner"))
