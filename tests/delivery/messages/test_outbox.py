"""Messages the bot owes arrive exactly once, at the pace Discord bears, whatever happens in between."""

import asyncio
from datetime import timedelta
from functools import partial
from itertools import pairwise

from structlog.testing import capture_logs

from discord_sandbox.faults import Silence
from discord_sandbox.people import Person
from raidbot.db import outbox as rows
from raidbot.db.outbox import Owed
from raidbot.raids.model import ChannelId
from tests.delivery.harness import SEND, Life, Stage, until

OPEN_DM = "POST /users/@me/channels"


def said(who: Person) -> list[str]:
    return [message.content for message in who.dms]


async def settled(life: Life, **expected: int) -> None:
    """Wait until the outbox's rows are in these states."""

    async def reached() -> bool:
        return await life.owed() == expected

    await until(reached)


async def test_what_is_owed_arrives_once_in_order(stage: Stage) -> None:
    life = await stage.life()
    alice, bob = stage.member("alice"), stage.member("bob")

    for number in range(8):
        await life.owe(alice, f"number {number}")
    await life.owe(bob, "hello")
    await settled(life, sent=9)

    assert said(alice) == [f"number {number}" for number in range(8)]
    assert said(bob) == ["hello"]
    assert stage.count(OPEN_DM) == 2


async def test_messages_go_five_at_a_time_with_a_pause_between(stage: Stage) -> None:
    life = await stage.life()
    life.outbox._pause = 0.4
    members = [stage.member(f"member{number}") for number in range(11)]

    await asyncio.gather(*(life.owe(member, "hello") for member in members))
    await settled(life, sent=11)

    sends = [call.at for call in stage.sandbox.calls if call.route.endswith("/messages")]
    batches = [at for previous, at in pairwise(sends) if (at - previous).total_seconds() > 0.3]
    assert len(batches) == 2
    for first, sixth in zip(sends, sends[5:], strict=False):
        assert (sixth - first).total_seconds() >= 0.3


async def test_the_same_cause_is_owed_once(stage: Stage) -> None:
    life = await stage.life()
    alice = stage.member("alice")

    for _ in range(3):
        await life.owe(alice, "once")
    await settled(life, sent=1)

    assert said(alice) == ["once"]


async def test_a_member_without_dms_is_remembered_and_changes_nothing_for_others(stage: Stage) -> None:
    life = await stage.life()
    alice, bob = stage.member("alice"), stage.member("bob")
    alice.close_dms()

    for number in range(6):
        await life.owe(alice, f"to alice {number}")
        await life.owe(bob, f"to bob {number}")
    await settled(life, sent=6, refused=6)

    assert len(said(bob)) == 6
    assert life.line.down_for == 0
    refusals = [call for call in stage.sandbox.calls if call.route.endswith("/messages") and call.status == 403]
    assert len(refusals) == 1


async def test_closed_dms_are_tried_again_after_a_week(stage: Stage) -> None:
    life = await stage.life()
    alice = stage.member("alice")
    alice.close_dms()
    await life.owe(alice, "first")
    await settled(life, refused=1)
    alice.open_dms()

    await life.owe(alice, "too early")
    await settled(life, refused=2)
    stage.clock.advance(timedelta(days=7, seconds=1))
    await life.owe(alice, "a week later")
    await settled(life, refused=2, sent=1)
    await life.owe(alice, "and on")
    await settled(life, refused=2, sent=2)

    assert said(alice) == ["a week later", "and on"]


async def test_an_unknown_member_is_a_final_answer(stage: Stage) -> None:
    life = await stage.life()
    stranger = stage.sandbox.add_user("stranger")
    del stage.sandbox.store.users[stranger.id]

    await life.owe(stranger, "hello")
    await settled(life, refused=1)


async def test_an_outage_delays_and_keeps_the_order(stage: Stage) -> None:
    life = await stage.life()
    alice, bob = stage.member("alice"), stage.member("bob")
    fault = stage.sandbox.faults.answer(503, route=SEND)

    for number in range(3):
        await life.owe(alice, f"number {number}")
    await life.owe(bob, "hello")
    await stage.sandbox.until(lambda: fault.met >= 3)
    await life.owe(alice, "number 3")
    fault.lift()
    await settled(life, sent=5)

    assert said(alice) == [f"number {number}" for number in range(4)]
    assert said(bob) == ["hello"]


async def test_an_answer_that_got_lost_is_found_again(stage: Stage) -> None:
    life = await stage.life(patience=0.3)
    alice = stage.member("alice")
    stage.sandbox.faults.silence(Silence.HANG, route=SEND, calls=1, carried_out=True)
    stage.sandbox.store.nonces.clear()

    await life.owe(alice, "hello")
    await stage.sandbox.until(lambda: said(alice))
    stage.sandbox.store.nonces.clear()  # Discord has forgotten the nonce: only the message itself can tell
    await settled(life, sent=1)

    assert said(alice) == ["hello"]


async def test_equal_messages_of_two_causes_both_arrive(stage: Stage) -> None:
    life = await stage.life(patience=0.3)
    alice = stage.member("alice")
    now = life.state.now()
    owed = [
        Owed(kind="dm", target=alice.id, payload={"content": "same"}, dedupe=f"cause {n}", due_at=now) for n in range(2)
    ]

    await life.state.owe(owed[:1])
    life.outbox.wake()
    await settled(life, sent=1)
    stage.sandbox.faults.answer(503, route=SEND, calls=1)
    await life.state.owe(owed[1:])
    life.outbox.wake()
    await settled(life, sent=2)

    assert said(alice) == ["same", "same"]


async def test_a_message_past_its_use_is_not_sent(stage: Stage) -> None:
    life = await stage.life()
    alice = stage.member("alice")
    fault = stage.sandbox.faults.answer(503, route=SEND)

    await life.owe(alice, "begins soon", expires_at=life.state.now() + timedelta(seconds=2))
    await stage.sandbox.until(lambda: fault.met)
    stage.clock.advance(timedelta(seconds=10))
    fault.lift()
    await settled(life, expired=1)

    assert said(alice) == []


async def test_a_crash_in_the_middle_of_sending_neither_loses_nor_repeats(stage: Stage) -> None:
    life = await stage.life()
    alice, bob = stage.member("alice"), stage.member("bob")
    arrived = stage.sandbox.faults.silence(Silence.HANG, route=SEND, calls=1, carried_out=True)
    await life.owe(alice, "arrived, but the bot never heard")
    await stage.sandbox.until(lambda: arrived.met and said(alice))
    lost = stage.sandbox.faults.silence(Silence.HANG, route=SEND)
    await stage.crash(life)

    life = await stage.life()
    await life.owe(bob, "never left")
    await stage.sandbox.until(lambda: lost.met)
    await stage.crash(life)
    lost.lift()
    life = await stage.life()
    await settled(life, sent=2)

    assert said(alice) == ["arrived, but the bot never heard"]
    assert said(bob) == ["never left"]


async def test_after_a_long_death_the_fate_of_a_claimed_message_is_unknown_and_said(stage: Stage) -> None:
    life = await stage.life()
    alice = stage.member("alice")
    fault = stage.sandbox.faults.silence(Silence.HANG, route=SEND)
    await life.owe(alice, "perhaps")
    await stage.sandbox.until(lambda: fault.met)
    await stage.crash(life)
    fault.lift()
    stage.clock.advance(timedelta(minutes=3))

    with capture_logs() as logs:
        life = await stage.life()
    await settled(life, unknown=1)

    assert any(entry.get("fate_unknown") == 1 for entry in logs)
    assert said(alice) == []


async def test_a_stop_finishes_what_is_being_sent_and_leaves_the_rest_owed(stage: Stage) -> None:
    life = await stage.life()
    members = [stage.member(f"member{number}") for number in range(12)]
    slow = stage.sandbox.faults.slow(0.2, route=SEND)
    owed = [
        Owed(kind="dm", target=m.id, payload={"content": "hi"}, dedupe=str(m.id), due_at=life.state.now())
        for m in members
    ]
    await life.state.owe(owed)
    life.outbox.wake()
    await stage.sandbox.until(lambda: slow.met)

    await life.outbox.stop(5)

    assert await life.owed() == {"sent": 5, "pending": 7}


async def test_a_post_goes_to_its_channel(stage: Stage) -> None:
    life = await stage.life()
    post = Owed(
        kind="post",
        target=ChannelId(stage.channel.id),
        payload={"content": "news", "embeds": [{"description": "more"}]},
        dedupe="post",
        due_at=life.state.now(),
    )

    await life.state.owe([post])
    life.outbox.wake()
    await settled(life, sent=1)

    assert [(m.content, m.embeds[0]["description"]) for m in stage.boards()] == [("news", "more")]


async def test_one_embed_that_is_not_accepted_takes_no_other_with_it(stage: Stage) -> None:
    life = await stage.life()
    embeds = [{"description": "one"}, {"description": "x" * 4097}, {"description": "three"}]
    target = ChannelId(stage.channel.id)
    batch = Owed(kind="post", target=target, payload={"embeds": embeds}, dedupe="batch", due_at=life.state.now())

    await life.state.owe([batch])
    life.outbox.wake()
    await settled(life, sent=2, refused=2)

    assert [m.embeds[0]["description"] for m in stage.boards()] == ["one", "three"]


async def test_an_outcome_that_cannot_be_recorded_is_recorded_before_anything_else_is_sent(stage: Stage) -> None:
    life = await stage.life()
    alice = stage.member("alice")
    slow = stage.sandbox.faults.slow(0.3, route=SEND, calls=1)
    await life.owe(alice, "hello")
    await stage.sandbox.until(lambda: slow.met)

    await life.db.write(lambda tx: tx.execute("ALTER TABLE outbox RENAME TO away"))
    await stage.sandbox.until(lambda: said(alice))
    await life.db.write(lambda tx: tx.execute("ALTER TABLE away RENAME TO outbox"))
    await settled(life, sent=1)

    assert said(alice) == ["hello"]


async def test_a_row_that_breaks_the_sender_stops_nobody_else(stage: Stage) -> None:
    life = await stage.life()
    alice = stage.member("alice")
    broken = Owed(kind="dm", target=alice.id, payload={"embeds": 5}, dedupe="broken", due_at=life.state.now())
    bob = stage.member("bob")

    await life.state.owe([broken])
    await life.owe(bob, "hello")
    await settled(life, pending=1, sent=1)

    assert said(bob) == ["hello"]
    assert await life.db.read(partial(rows.stands_for, message=bob.dms[0].id))


async def test_a_change_that_owes_nothing_costs_no_look_at_the_rows(stage: Stage) -> None:
    life = await stage.life()
    raid = await stage.raid(life, tank=2)
    statements: list[str] = []
    await life.db._writer.set_trace_callback(statements.append)

    await stage.member("alice").react(stage.sees(raid), "1️⃣")
    await stage.sandbox.until(lambda: "1/2" in stage.text(raid))
    await life.boards.idle()

    assert any("INTO seats" in statement for statement in statements)
    assert not any("outbox" in statement for statement in statements)
