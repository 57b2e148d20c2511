"""Events that come late, twice, or unreadable."""

import json

import pytest

from discord_sandbox.store import Message
from tests.discord_sandbox.raw_gateway import raw_gateway
from tests.discord_sandbox.scene import RecordingClient, Scene


def heard(client: RecordingClient) -> list[tuple[str, int]]:
    """Return the reaction events in the order in which they arrived."""
    found = [(event.removeprefix("raw_reaction_"), args[0]) for event, args in client.events if "raw_reaction" in event]
    return [(event, reaction.user_id) for event, reaction in found]


async def board(scene: Scene) -> Message:
    return scene.channel.messages[(await scene.here.send("board")).id]


async def test_an_event_may_come_after_one_that_undoes_it(scene: Scene) -> None:
    fact, bob = await board(scene), scene.guild.add_member("bob")

    late = scene.sandbox.gateway.withhold("MESSAGE_REACTION_ADD", user=scene.alice)
    await scene.alice.react(fact, "✅")
    await scene.alice.unreact(fact, "✅")
    await bob.react(fact, "✅")
    await scene.sandbox.until(lambda: len(heard(scene.client)) == 2)
    late.release()
    await scene.alice.react(fact, "✅")

    await scene.sandbox.until(lambda: len(heard(scene.client)) == 4)
    assert heard(scene.client) == [
        ("remove", scene.alice.id),
        ("add", bob.id),
        ("add", scene.alice.id),
        ("add", scene.alice.id),
    ]
    assert len(late.events) == 1


async def test_an_event_may_come_again(scene: Scene) -> None:
    fact, bob = await board(scene), scene.guild.add_member("bob")
    await scene.alice.react(fact, "✅")
    await bob.react(fact, "✅")
    await scene.alice.unreact(fact, "✅")

    scene.sandbox.gateway.replay("MESSAGE_REACTION_ADD", user=scene.alice)

    await scene.sandbox.until(lambda: len(heard(scene.client)) == 4)
    assert heard(scene.client)[-2:] == [("remove", scene.alice.id), ("add", scene.alice.id)]
    assert fact.reactors("✅") == [bob.id]
    with pytest.raises(LookupError):
        scene.sandbox.gateway.replay("MESSAGE_REACTION_REMOVE", user=bob)


async def test_a_resume_may_tell_again_what_was_told(scene: Scene) -> None:
    fact = await board(scene)
    await scene.alice.react(fact, "✅")
    await scene.alice.unreact(fact, "✅")
    await scene.sandbox.until(lambda: len(heard(scene.client)) == 2)
    scene.sandbox.gateway.repeat_on_resume = 2

    await scene.sandbox.gateway.drop(4000)
    await scene.sandbox.until(lambda: scene.client.heard("resumed"))

    await scene.sandbox.until(lambda: len(heard(scene.client)) == 4)
    assert [event for event, _ in heard(scene.client)] == ["add", "remove", "add", "remove"]
    assert len(scene.client.heard("guild_available")) == 1
    assert scene.sandbox.gateway.identified == 1


async def test_a_lone_surrogate_is_sent_as_an_escape(scene: Scene) -> None:
    async with raw_gateway(scene.sandbox) as gateway:
        await gateway.identify(scene.sandbox)
        await gateway.expect("GUILD_CREATE")

        scene.sandbox.gateway.send_raw("TYPING_START", '{"channel_id":"\\ud800"}')

        assert await gateway.expect("TYPING_START") == {"channel_id": "\ud800"}


async def test_a_lone_surrogate_is_sent_as_bytes_that_are_no_utf_8(scene: Scene) -> None:
    async with raw_gateway(scene.sandbox, compressed=True) as gateway:
        await gateway.identify(scene.sandbox)
        await gateway.expect("GUILD_CREATE")

        scene.sandbox.gateway.send_raw("TYPING_START", json.dumps({"channel_id": "\ud800"}, ensure_ascii=False))

        frame = await gateway.receive_frame()
    assert frame is not None
    with pytest.raises(UnicodeDecodeError):
        frame.decode()
