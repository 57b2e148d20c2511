"""Refusals of direct messages: those about the recipient are final, and only these are remembered."""

from datetime import timedelta
from functools import partial

import pytest

from raidbot.db.closed_dms import dms_closed_since
from raidbot.db.outbox import OutboxMessage
from raidbot.raids.model import GuildId
from tests.delivery.harness import SEND, BotHarness, DeliveryWorld, until
from tests.delivery.messages.test_outbox import dms_of, until_outbox


async def test_a_member_without_dms_is_remembered_and_changes_nothing_for_others(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice, bob = world.member("alice"), world.member("bob")
    alice.close_dms()

    for number in range(6):
        await harness.enqueue_dm(alice, f"to alice {number}")
        await harness.enqueue_dm(bob, f"to bob {number}")
    await until_outbox(harness, sent=6, refused=6)

    assert len(dms_of(bob)) == 6
    assert not harness.api.is_down
    refusals = [call for call in world.sandbox.calls if call.route.endswith("/messages") and call.status == 403]
    assert len(refusals) == 1


async def test_closed_dms_are_tried_again_after_a_week(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    alice.close_dms()
    await harness.enqueue_dm(alice, "first")
    await until_outbox(harness, refused=1)
    alice.open_dms()

    await harness.enqueue_dm(alice, "too early")
    await until_outbox(harness, refused=2)
    world.clock.advance(timedelta(days=7, seconds=1))
    await harness.enqueue_dm(alice, "a week later")
    await until_outbox(harness, refused=2, sent=1)
    await harness.enqueue_dm(alice, "and on")
    await until_outbox(harness, refused=2, sent=2)

    assert dms_of(alice) == ["a week later", "and on"]


@pytest.mark.parametrize("code", [50007, 50278])
async def test_a_refusal_while_the_bot_is_on_no_server_says_nothing_about_direct_messages(
    world: DeliveryWorld, code: int
) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    refused = world.sandbox.faults.refuse(code, route=SEND, about=alice)
    await world.sandbox.remove_member(world.guild, world.sandbox.bot)
    await world.sandbox.until(lambda: world.client.get_guild(world.guild.id) is None)
    now = harness.state.now()
    owed = OutboxMessage(
        kind="dm", target=alice.id, payload={"content": "hi"}, dedupe="x", due_at=now, guild=GuildId(world.guild.id)
    )
    await harness.state.enqueue([owed])
    await world.sandbox.until(lambda: refused.met)
    await until(partial(_is_postponed, harness))
    refused.lift()

    assert await harness.db.read(partial(dms_closed_since, member=alice.id)) is None
    await world.sandbox.invite_bot(world.guild)
    world.clock.advance(timedelta(minutes=11))
    harness.outbox.wake()
    await until_outbox(harness, sent=1)
    assert dms_of(alice) == ["Guild · hi"]


async def _is_postponed(harness: BotHarness) -> bool:
    row = await harness.db.read(lambda tx: tx.execute("SELECT state, last_error FROM outbox").fetchone())
    return row[0] == "pending" and row[1] is not None


async def test_a_refusal_after_a_member_left_says_nothing_about_their_direct_messages(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    await world.sandbox.remove_member(world.guild, alice)
    world.sandbox.faults.refuse(50007, route=SEND, about=alice)
    owed = OutboxMessage(
        kind="dm",
        target=alice.id,
        payload={"content": "hi"},
        dedupe="x",
        due_at=harness.state.now(),
        guild=GuildId(world.guild.id),
    )

    await harness.state.enqueue([owed])
    await until_outbox(harness, refused=1)

    assert await harness.db.read(partial(dms_closed_since, member=alice.id)) is None


async def test_an_unknown_member_is_a_final_answer(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    stranger = world.sandbox.add_user("stranger")
    del world.sandbox.store.users[stranger.id]

    await harness.enqueue_dm(stranger, "hello")
    await until_outbox(harness, refused=1)
