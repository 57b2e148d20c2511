"""Faults with Discord's error codes, and responses that are not Discord's."""

import asyncio

import aiohttp
import discord
import pytest

from discord_sandbox import Sandbox
from discord_sandbox.faults import PROXY_PAGE
from tests import openapi_check
from tests.discord_sandbox.example_bot import ExampleBot
from tests.discord_sandbox.scene import Scene, refused

SEND = "POST /channels/{}/messages"
OPEN_DM = "POST /users/@me/channels"
REACT = "PUT /channels/{}/messages/{}/reactions/{}/@me"


@pytest.mark.parametrize(
    ("code", "status", "message"),
    [
        (50007, 403, "Cannot send messages to this user"),
        (10008, 404, "Unknown Message"),
        (30010, 400, "Maximum number of reactions reached (20)"),
        (160006, 400, "Maximum number of active threads reached"),
        (40003, 403, "You are opening direct messages too fast."),
    ],
)
async def test_a_route_answers_with_an_error_code(scene: Scene, code: int, status: int, message: str) -> None:
    fault = scene.sandbox.faults.refuse(code, route=SEND, calls=1)

    with pytest.raises(discord.HTTPException) as caught:
        await scene.here.send("hello")
    await scene.here.send("hello again")

    assert (caught.value.code, caught.value.status, caught.value.text) == (code, status, message)
    assert fault.met == 1
    assert [message.content for message in scene.channel.messages.values()] == ["hello again"]
    assert openapi_check.mismatches(scene.sandbox.calls) == []


async def test_an_unknown_code_needs_status_and_message(scene: Scene) -> None:
    with pytest.raises(KeyError):
        scene.sandbox.faults.refuse(20028)
    fault = scene.sandbox.faults.refuse(20028, status=400, message="Slow down", route=SEND)

    await refused(scene.here.send("hello"), 20028, 400)
    fault.lift()
    await scene.here.send("hello")

    assert len(scene.channel.messages) == 1


async def test_a_limit_with_a_code_of_its_own_is_waited_for(scene: Scene) -> None:
    sent = await scene.here.send("hello")
    scene.sandbox.faults.refuse(30046, route="PATCH /channels/{}/messages/{}", calls=1)

    await sent.edit(content="hello again")

    assert scene.sandbox.count("PATCH", "/channels/{channel_id}/messages/{message_id}", status=429) == 1
    assert openapi_check.mismatches(scene.sandbox.calls) == []


async def test_a_refusal_may_come_after_the_request_was_carried_out(scene: Scene) -> None:
    scene.sandbox.faults.refuse(10008, route=SEND, carried_out=True)

    await refused(scene.here.send("hello"), 10008, 404)

    assert len(scene.channel.messages) == 1


async def test_only_calls_about_one_person_are_refused(scene: Scene) -> None:
    bob = scene.guild.add_member("bob")
    alices, bobs = await scene.home.fetch_member(scene.alice.id), await scene.home.fetch_member(bob.id)
    opening = scene.sandbox.faults.refuse(20026, route=OPEN_DM, about=scene.alice)

    await bobs.send("hello")
    await refused(alices.send("hello"), 20026, 403)
    opening.lift()
    scene.sandbox.faults.refuse(50007, route=SEND, about=scene.alice)
    await refused(alices.send("hello"), 50007, 403)
    await bobs.send("hello again")

    assert [message.content for message in bob.dms] == ["hello", "hello again"]
    assert scene.alice.dms == []


async def test_only_calls_about_one_channel_or_guild_are_refused(scene: Scene) -> None:
    other = scene.guild.add_channel("other")
    elsewhere = scene.sandbox.add_guild("Day Owls").add_channel("elsewhere")
    await scene.sandbox.until(lambda: scene.client.get_channel(elsewhere.id))
    in_channel = scene.sandbox.faults.refuse(50013, route=SEND, about=scene.channel)

    await refused(scene.here.send("hello"), 50013, 403)
    await scene.client.get_partial_messageable(other.id).send("hello")
    in_channel.lift()
    scene.sandbox.faults.refuse(50001, route=SEND, about=scene.guild)
    await refused(scene.here.send("hello"), 50001, 403)
    await refused(scene.client.get_partial_messageable(other.id).send("hello"), 50001, 403)
    await scene.client.get_partial_messageable(elsewhere.id).send("hello")

    assert [len(channel.messages) for channel in (scene.channel, other, elsewhere)] == [0, 1, 1]


async def test_only_answers_to_one_person_are_refused(sandbox: Sandbox, example_bot: ExampleBot) -> None:
    guild = sandbox.add_guild("Night Owls")
    channel = guild.add_channel("raids")
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    fault = sandbox.faults.refuse(10062, route="POST /interactions/{}/{}/callback", about=alice)

    shown = await bob.slash(channel, "form")
    asked = asyncio.create_task(alice.slash(channel, "form"))
    await sandbox.until(lambda: fault.met)
    asked.cancel()

    assert shown.modal is not None
    assert sandbox.count("POST", "/interactions/{interaction_id}/{interaction_token}/callback", status=404) == 1


async def test_only_calls_about_one_emoji_of_one_message_are_refused(scene: Scene) -> None:
    board, other = await scene.here.send("board"), await scene.here.send("other")
    fact = scene.channel.messages[board.id]
    scene.sandbox.faults.refuse(30010, route=REACT, about=(fact, "✅"))

    await refused(board.add_reaction("✅"), 30010, 400)
    await board.add_reaction("❌")
    await other.add_reaction("✅")

    assert list(fact.reactions) == ["❌"]


@pytest.mark.parametrize("status", [403, 405, 413, 503])
async def test_a_proxy_answers_with_a_page_and_no_code(scene: Scene, status: int) -> None:
    scene.sandbox.faults.page(status, route=SEND, calls=1)

    with pytest.raises(discord.HTTPException) as caught:
        await scene.here.send("hello")

    assert (caught.value.status, caught.value.code, caught.value.text) == (status, 0, PROXY_PAGE)
    assert openapi_check.mismatches(scene.sandbox.calls) == []


async def test_a_bad_gateway_is_tried_again(scene: Scene) -> None:
    scene.sandbox.faults.page(502, route=SEND, calls=1)

    await scene.here.send("hello")

    assert len(scene.channel.messages) == 1


async def test_a_ban_by_cloudflare_is_no_rate_limit(scene: Scene) -> None:
    scene.sandbox.faults.page(429, "error code: 1015", route=SEND)

    await refused(scene.here.send("hello"), 0, 429)


async def test_a_body_may_be_missing(scene: Scene, http: aiohttp.ClientSession) -> None:
    scene.sandbox.faults.page(403, "", route=SEND)

    await refused(scene.here.send("hello"), 0, 403)
    address = f"{scene.sandbox.api_url}/channels/{scene.channel.id}/messages"
    async with http.post(address, json={"content": "hello"}) as answer:
        assert await answer.read() == b""
        assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("carried_out", [False, True])
async def test_a_held_call_goes_on_when_it_is_let_go(scene: Scene, carried_out: bool) -> None:
    held = scene.sandbox.faults.hold(route=SEND, calls=1, carried_out=carried_out)

    sending = asyncio.create_task(scene.here.send("held"))
    await scene.sandbox.until(lambda: held.met and len(scene.channel.messages) == carried_out)
    await scene.alice.say(scene.channel, "meanwhile")
    assert not sending.done()
    held.lift()
    await sending

    order = ["held", "meanwhile"] if carried_out else ["meanwhile", "held"]
    assert [message.content for message in scene.channel.messages.values()] == order
