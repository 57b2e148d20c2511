"""Direct messages: who gets them, and a bot that Discord took for a spammer."""

import aiohttp
import discord
import pytest

from discord_sandbox.people import Person
from discord_sandbox.world import Quarantine
from tests import openapi_check
from tests.discord_sandbox.scene import Scene, refused


async def send(scene: Scene, person: Person) -> None:
    await (await scene.client.fetch_user(person.id)).send("x")


async def test_direct_messages_reach_only_who_takes_them(scene: Scene) -> None:
    stranger, closed = scene.sandbox.add_user("stranger"), scene.guild.add_member("closed")
    closed.close_dms()

    await refused(send(scene, closed), 50007, 403)
    await refused(send(scene, stranger), 50278, 403)
    user = await scene.client.fetch_user(scene.alice.id)
    message = await user.send("x")
    await message.edit(content="y")

    assert [fact.content for fact in scene.alice.dms] == ["y"]
    await refused(scene.client.fetch_user(42), 10013, 404)
    assert openapi_check.mismatches(scene.sandbox.calls) == []


async def test_the_last_common_guild_decides(scene: Scene) -> None:
    other = scene.sandbox.add_guild("Day Owls")
    other.add_member(scene.alice)
    await send(scene, scene.alice)

    await scene.alice.leave(scene.guild)
    await send(scene, scene.alice)
    await scene.alice.leave(other)
    await refused(send(scene, scene.alice), 50278, 403)

    assert len(scene.alice.dms) == 2


async def test_closed_dms_may_have_another_code(scene: Scene) -> None:
    scene.sandbox.assumptions.closed_dms_code = 50278
    scene.alice.close_dms()

    await refused(send(scene, scene.alice), 50278, 403)


async def test_a_quarantined_bot_writes_only_to_people_it_wrote_to_before(
    scene: Scene, http: aiohttp.ClientSession
) -> None:
    bob, opened = scene.guild.add_member("bob"), scene.guild.add_member("opened")
    await send(scene, scene.alice)
    waiting = await (await scene.client.fetch_user(opened.id)).create_dm()

    scene.sandbox.quarantine()
    await refused(send(scene, bob), 20026, 403)
    await refused(waiting.send("x"), 20026, 403)
    await send(scene, scene.alice)
    address = f"{scene.sandbox.api_url}/users/@me/channels"
    async with http.post(address, json={"recipient_id": str(scene.alice.id)}) as again:
        assert again.status == 200
    await scene.here.send("x")
    scene.sandbox.quarantine(Quarantine.OFF)
    await send(scene, bob)
    await waiting.send("x")

    assert [len(person.dms) for person in (scene.alice, bob, opened)] == [2, 1, 1]
    assert openapi_check.mismatches(scene.sandbox.calls) == []


async def test_a_quarantine_may_concern_everybody(scene: Scene, http: aiohttp.ClientSession) -> None:
    await send(scene, scene.alice)

    scene.sandbox.quarantine(Quarantine.EVERYBODY)

    with pytest.raises(discord.Forbidden, match="anti-spam"):
        await send(scene, scene.alice)
    address = f"{scene.sandbox.api_url}/users/@me/channels"
    async with http.post(address, json={"recipient_id": str(scene.alice.id)}) as again:
        assert (again.status, (await again.json())["code"]) == (403, 20026)
