"""Outbox messages arrive exactly once, at a limited rate, despite crashes and outages."""

import asyncio
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from discord_sandbox.faults import Silence
from discord_sandbox.people import Person
from raidbot.db import outbox as rows
from raidbot.db.outbox import OutboxMessage
from raidbot.delivery import discord_api
from raidbot.raids.model import ChannelId
from tests.delivery.harness import SEND, BotHarness, DeliveryWorld, until

OPEN_DM = "POST /users/@me/channels"
SEARCH = "GET /channels/{}/messages"


def dms_of(who: Person) -> list[str]:
    return [message.content for message in who.dms]


async def until_outbox(harness: BotHarness, **expected: int) -> None:
    """Wait until the outbox has exactly these numbers of rows per state."""

    async def reached() -> bool:
        return await harness.outbox_counts() == expected

    await until(reached)


async def greeted(world: DeliveryWorld, harness: BotHarness, number: int) -> list[Person]:
    """Return members with whom the bot has a conversation."""
    members = [world.member(f"member{place}") for place in range(number)]
    await asyncio.gather(*(harness.enqueue_dm(member, "hello") for member in members))
    await until_outbox(harness, sent=number)
    return members


async def test_what_is_owed_arrives_once_in_order(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice, bob = world.member("alice"), world.member("bob")

    for number in range(8):
        await harness.enqueue_dm(alice, f"number {number}")
    await harness.enqueue_dm(bob, "hello")
    await until_outbox(harness, sent=9)

    assert dms_of(alice) == [f"number {number}" for number in range(8)]
    assert dms_of(bob) == ["hello"]
    assert world.count(OPEN_DM) == 2


async def test_messages_go_five_at_a_time_with_a_pause_between(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    members = await greeted(world, harness, 11)
    harness.outbox._pause = 0.4

    await asyncio.gather(*(harness.enqueue_dm(member, "hello again") for member in members))
    await until_outbox(harness, sent=22)

    sends = [call.at for call in world.sandbox.calls if call.route.endswith("/messages")][11:]
    batches = [at for previous, at in pairwise(sends) if (at - previous).total_seconds() > 0.3]
    assert len(batches) == 2
    for first, sixth in zip(sends, sends[5:], strict=False):
        assert (sixth - first).total_seconds() >= 0.3


async def test_the_same_cause_is_owed_once(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")

    for _ in range(3):
        await harness.enqueue_dm(alice, "once")
    await until_outbox(harness, sent=1)

    assert dms_of(alice) == ["once"]


async def test_an_outage_delays_and_keeps_the_order(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice, bob = world.member("alice"), world.member("bob")
    fault = world.sandbox.faults.answer(503, route=SEND)

    for number in range(3):
        await harness.enqueue_dm(alice, f"number {number}")
    await harness.enqueue_dm(bob, "hello")
    await world.sandbox.until(lambda: fault.met >= 3)
    await harness.enqueue_dm(alice, "number 3")
    fault.lift()
    await until_outbox(harness, sent=5)

    assert dms_of(alice) == [f"number {number}" for number in range(4)]
    assert dms_of(bob) == ["hello"]


async def test_waiting_for_an_open_circuit_is_no_attempt(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    fault = world.sandbox.faults.answer(503, route=OPEN_DM)
    for number in range(12):
        await harness.enqueue_dm(world.member(f"member{number}"), "hello")
    await world.sandbox.until(lambda: harness.api.down_for(discord_api.Family.OPENING_DMS))

    async def is_counted() -> bool:
        (attempts,) = await harness.db.read(lambda tx: tx.execute("SELECT sum(attempts) FROM outbox").fetchone())
        return fault.met >= 9 and attempts == fault.met

    await until(is_counted)
    fault.lift()
    world.clock.advance(timedelta(minutes=1))
    harness.outbox.wake()
    await until_outbox(harness, sent=12)


async def test_an_answer_that_got_lost_is_found_again(world: DeliveryWorld) -> None:
    harness = await world.start_bot(patience=0.3)
    alice = world.member("alice")
    world.sandbox.faults.silence(Silence.HANG, route=SEND, calls=1, carried_out=True)
    world.sandbox.store.nonces.clear()

    await harness.enqueue_dm(alice, "hello")
    await world.sandbox.until(lambda: dms_of(alice))
    world.sandbox.store.nonces.clear()  # Discord has forgotten the nonce: only the message itself proves it
    await until_outbox(harness, sent=1)

    assert dms_of(alice) == ["hello"]


async def test_an_answer_that_got_lost_is_found_however_much_was_said_since(world: DeliveryWorld) -> None:
    harness = await world.start_bot(patience=0.3)
    world.sandbox.faults.silence(Silence.HANG, route=SEND, calls=1, carried_out=True)
    refused = world.sandbox.faults.answer(503, route=SEARCH)
    now = harness.state.now()
    post = OutboxMessage(kind="post", target=world.channel.id, payload={"content": "news"}, dedupe="x", due_at=now)
    await harness.state.enqueue([post])
    harness.outbox.wake()
    await world.sandbox.until(lambda: refused.met)
    for number in range(120):
        await world.guild.owner.say(world.channel, f"number {number}")
    world.sandbox.store.nonces.clear()

    refused.lift()
    await until_outbox(harness, sent=1)

    assert [message.content for message in world.boards()] == ["news"]


async def test_a_message_of_a_row_that_is_gone_is_not_taken_for_a_new_one(world: DeliveryWorld) -> None:
    harness = await world.start_bot(patience=0.3)
    alice = world.member("alice")
    await harness.enqueue_dm(alice, "same")
    await until_outbox(harness, sent=1)
    await harness.db.write(lambda tx: tx.execute("DELETE FROM outbox"))
    world.sandbox.advance(timedelta(days=31))
    world.clock.advance(timedelta(days=31))
    world.sandbox.faults.answer(503, route=SEND, calls=1)

    await harness.enqueue_dm(alice, "same")
    await until_outbox(harness, sent=1)

    assert dms_of(alice) == ["same", "same"]


async def test_equal_messages_of_two_causes_both_arrive(world: DeliveryWorld) -> None:
    harness = await world.start_bot(patience=0.3)
    alice = world.member("alice")
    now = harness.state.now()
    owed = [
        OutboxMessage(kind="dm", target=alice.id, payload={"content": "same"}, dedupe=f"cause {n}", due_at=now)
        for n in range(2)
    ]

    await harness.state.enqueue(owed[:1])
    harness.outbox.wake()
    await until_outbox(harness, sent=1)
    world.sandbox.faults.answer(503, route=SEND, calls=1)
    await harness.state.enqueue(owed[1:])
    harness.outbox.wake()
    await until_outbox(harness, sent=2)

    assert dms_of(alice) == ["same", "same"]


async def test_a_message_past_its_use_is_not_sent(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    fault = world.sandbox.faults.answer(503, route=SEND)

    await harness.enqueue_dm(alice, "begins soon", expires_at=harness.state.now() + timedelta(seconds=2))
    await world.sandbox.until(lambda: fault.met)
    world.clock.advance(timedelta(seconds=10))
    fault.lift()
    await until_outbox(harness, expired=1)

    assert dms_of(alice) == []


async def test_a_crash_in_the_middle_of_sending_neither_loses_nor_repeats(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice, bob = world.member("alice"), world.member("bob")
    arrived = world.sandbox.faults.silence(Silence.HANG, route=SEND, calls=1, carried_out=True)
    await harness.enqueue_dm(alice, "arrived, but the bot never heard")
    await world.sandbox.until(lambda: arrived.met and dms_of(alice))
    lost = world.sandbox.faults.silence(Silence.HANG, route=SEND)
    await world.crash(harness)

    harness = await world.start_bot()
    await harness.enqueue_dm(bob, "never left")
    await world.sandbox.until(lambda: lost.met)
    await world.crash(harness)
    lost.lift()
    harness = await world.start_bot()
    await until_outbox(harness, sent=2)

    assert dms_of(alice) == ["arrived, but the bot never heard"]
    assert dms_of(bob) == ["never left"]


@pytest.mark.parametrize("arrived", [True, False])
async def test_after_a_long_death_a_message_is_sent_unless_it_is_there(world: DeliveryWorld, arrived: bool) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    fault = world.sandbox.faults.silence(Silence.HANG, route=SEND, carried_out=arrived)
    await harness.enqueue_dm(alice, "perhaps")
    await world.sandbox.until(lambda: fault.met and bool(dms_of(alice)) is arrived)
    await world.crash(harness)
    fault.lift()
    world.clock.advance(timedelta(minutes=30))
    world.sandbox.advance(timedelta(minutes=30))
    world.sandbox.store.nonces.clear()

    harness = await world.start_bot()
    await until_outbox(harness, sent=1)

    assert dms_of(alice) == ["perhaps"]


async def test_only_where_nobody_can_look_the_fate_of_a_message_is_unknown_and_said(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    fault = world.sandbox.faults.silence(Silence.HANG, route=SEND)
    await harness.enqueue_dm(alice, "perhaps")
    await world.sandbox.until(lambda: fault.met)
    await world.crash(harness)
    fault.lift()
    world.sandbox.faults.refuse(50001, route=SEARCH)

    with capture_logs() as logs:
        harness = await world.start_bot()
        await until_outbox(harness, unknown=1)

    (said,) = [entry for entry in logs if entry["event"] == "nobody knows whether a message arrived"]
    assert (said["log_level"], said["member"]) == ("warning", alice.id)
    assert dms_of(alice) == []


async def test_a_message_that_was_deleted_at_once_is_not_sent_again(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    fault = world.sandbox.faults.silence(Silence.HANG, route=SEND, carried_out=True)
    await harness.enqueue_dm(alice, "hello")
    await world.sandbox.until(lambda: fault.met and dms_of(alice))
    await world.crash(harness)
    fault.lift()
    world.sandbox.faults.refuse(10008, route=SEND)
    (message,) = alice.dms
    world.sandbox.store.channels[message.channel_id].messages.clear()

    harness = await world.start_bot()

    await until_outbox(harness, sent=1)


async def test_a_stop_finishes_what_is_being_sent_and_leaves_the_rest_owed(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    members = await greeted(world, harness, 12)
    slow = world.sandbox.faults.slow(0.2, route=SEND)
    owed = [
        OutboxMessage(kind="dm", target=m.id, payload={"content": "hi"}, dedupe=str(m.id), due_at=harness.state.now())
        for m in members
    ]
    await harness.state.enqueue(owed)
    harness.outbox.wake()
    await world.sandbox.until(lambda: slow.met)

    await harness.outbox.stop(5)

    assert await harness.outbox_counts() == {"sent": 12 + 5, "pending": 7}


async def test_one_embed_that_is_not_accepted_takes_no_other_with_it(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    embeds = [{"description": "one"}, {"description": "x" * 4097}, {"description": "three"}]
    target = ChannelId(world.channel.id)
    batch = OutboxMessage(
        kind="post", target=target, payload={"embeds": embeds}, dedupe="batch", due_at=harness.state.now()
    )

    await harness.state.enqueue([batch])
    harness.outbox.wake()
    await until_outbox(harness, sent=2, refused=2)

    assert [m.embeds[0]["description"] for m in world.boards()] == ["one", "three"]


async def test_an_outcome_that_cannot_be_recorded_is_recorded_before_anything_else_is_sent(
    world: DeliveryWorld,
) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    slow = world.sandbox.faults.slow(0.3, route=SEND, calls=1)
    await harness.enqueue_dm(alice, "hello")
    await world.sandbox.until(lambda: slow.met)

    await harness.db.write(lambda tx: tx.execute("ALTER TABLE outbox RENAME TO away"))
    await world.sandbox.until(lambda: dms_of(alice))
    await harness.db.write(lambda tx: tx.execute("ALTER TABLE away RENAME TO outbox"))
    await until_outbox(harness, sent=1)

    assert dms_of(alice) == ["hello"]


@pytest.mark.parametrize(
    ("payload", "left"), [({"embeds": 5}, {"refused": 1}), ({"buttons": [{"label": "Yes"}]}, {"pending": 1})]
)
async def test_a_row_that_breaks_the_sender_stops_nobody_else(
    world: DeliveryWorld, payload: dict[str, object], left: dict[str, int]
) -> None:
    """A row that can never be sent is refused; what a bug keeps from being sent is tried again."""
    harness = await world.start_bot()
    alice = world.member("alice")
    broken = OutboxMessage(kind="dm", target=alice.id, payload=payload, dedupe="broken", due_at=harness.state.now())
    bob = world.member("bob")

    await harness.state.enqueue([broken])
    await harness.enqueue_dm(bob, "hello")
    await until_outbox(harness, sent=1, **left)

    assert dms_of(bob) == ["hello"]
    assert await harness.db.read(partial(rows.is_sent_message, message=bob.dms[0].id))


async def test_a_row_that_breaks_the_sender_is_given_up_and_holds_up_its_recipient_no_longer(
    world: DeliveryWorld,
) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    broken = OutboxMessage(
        kind="dm",
        target=alice.id,
        payload={"buttons": [{"style": "none"}]},
        dedupe="broken",
        due_at=harness.state.now(),
    )
    await harness.state.enqueue([broken])
    await harness.enqueue_dm(alice, "hello")

    with capture_logs() as logs:
        for attempts in (1, 2):
            await until(partial(_was_tried, harness, attempts))
            world.clock.advance(timedelta(minutes=1, seconds=5))
            harness.outbox.wake()
        await until_outbox(harness, refused=1, sent=1)

    assert dms_of(alice) == ["hello"]
    assert [entry["log_level"] for entry in logs if entry["event"] == "message cannot be sent"] == ["error"] * 3


async def _was_tried(harness: BotHarness, attempts: int) -> bool:
    found = await harness.db.read(lambda tx: tx.execute("SELECT state, attempts FROM outbox ORDER BY id").fetchone())
    return bool(found == ("pending", attempts))


async def test_a_change_that_owes_nothing_costs_no_look_at_the_rows(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness, tank=2)
    statements: list[str] = []
    await harness.db._writer.set_trace_callback(statements.append)

    await world.member("alice").react(world.require_board(raid), "1️⃣")
    await world.sandbox.until(lambda: "1/2" in world.text(raid))
    await harness.boards.idle()

    assert any("INTO seats" in statement for statement in statements)
    assert not any("outbox" in statement for statement in statements)
