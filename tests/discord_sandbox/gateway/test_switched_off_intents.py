"""An application without a privileged intent: what it is refused, and what it can still ask for."""

import asyncio

import pytest

from discord_sandbox import Sandbox
from discord_sandbox.world import Intent
from tests.discord_sandbox.raw_gateway import ALL_INTENTS, raw_gateway
from tests.discord_sandbox.scene import Scene

WITHOUT_MEMBERS = ALL_INTENTS & ~Intent.GUILD_MEMBERS


async def test_identifying_with_an_intent_that_is_switched_off_is_refused(sandbox: Sandbox) -> None:
    sandbox.switch_off(Intent.GUILD_MEMBERS)
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox)
        assert await gateway.closed() == 4014

    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox, intents=WITHOUT_MEMBERS)
        ready = await gateway.expect("READY")

    assert (sandbox.gateway.refused, sandbox.gateway.identified) == (1, 1)
    assert not ready["application"]["flags"] & (1 << 14 | 1 << 15)
    assert ready["application"]["flags"] & 1 << 19


async def test_members_who_change_or_leave_are_not_told_of(sandbox: Sandbox) -> None:
    guild = sandbox.add_guild("Home")
    channel = guild.add_channel("general")
    alice = guild.add_member("alice")
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox, intents=WITHOUT_MEMBERS)
        await gateway.expect("GUILD_CREATE")
        await guild.rename_member(alice, "Alyssa")
        await sandbox.remove_member(guild, alice)
        guild.add_member("bob")
        await guild.owner.say(channel, "hello")
        heard = await gateway.receive()

    assert heard is not None
    assert heard["t"] == "MESSAGE_CREATE"


@pytest.mark.parametrize("answers", [True, False])
async def test_members_can_be_asked_for_by_their_ids_as_far_as_known(sandbox: Sandbox, answers: bool) -> None:
    sandbox.assumptions.members_by_id_without_intent = answers
    guild = sandbox.add_guild("Home")
    alice = guild.add_member("alice")
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox, intents=WITHOUT_MEMBERS)
        await gateway.expect("GUILD_CREATE")
        await gateway.send(8, {"guild_id": str(guild.id), "user_ids": [str(alice.id)], "limit": 0})
        if not answers:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await gateway.expect("GUILD_MEMBERS_CHUNK")
            return
        chunk = await gateway.expect("GUILD_MEMBERS_CHUNK")

    assert [member["user"]["id"] for member in chunk["members"]] == [str(alice.id)]


async def test_the_list_of_members_is_refused_and_one_member_is_not(scene: Scene) -> None:
    scene.sandbox.switch_off(Intent.GUILD_MEMBERS)

    with pytest.raises(Exception, match="50001"):
        [member async for member in scene.home.fetch_members(limit=None)]

    assert (await scene.home.fetch_member(scene.alice.id)).id == scene.alice.id
