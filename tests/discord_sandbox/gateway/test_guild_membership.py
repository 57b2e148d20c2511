"""The bot leaves a guild, is kicked and invited again, or is only told so."""

import discord
import pytest

from discord_sandbox.command_input import NotPossible
from tests import openapi_check
from tests.discord_sandbox.raw_gateway import raw_gateway
from tests.discord_sandbox.scene import Connect, Scene, refused


async def test_a_removal_may_be_told_although_the_bot_is_still_there(scene: Scene) -> None:
    board = await scene.here.send("board")
    home = scene.home

    await scene.sandbox.claim_removal(scene.guild)
    await scene.sandbox.until(lambda: scene.client.heard("guild_remove"))

    assert scene.client.get_guild(scene.guild.id) is None
    assert (await scene.client.fetch_guild(scene.guild.id)).id == home.id
    await board.edit(content="still here")
    await scene.alice.react(scene.channel.messages[board.id], "✅")
    await scene.sandbox.until(lambda: scene.client.heard("raw_reaction_add"))
    await scene.sandbox.announce(scene.guild)
    await scene.sandbox.until(lambda: scene.client.get_guild(scene.guild.id))
    assert openapi_check.mismatches(scene.sandbox.calls) == []


async def test_a_told_removal_says_nothing_of_an_outage(scene: Scene) -> None:
    async with raw_gateway(scene.sandbox) as gateway:
        await gateway.identify(scene.sandbox)
        await gateway.expect("GUILD_CREATE")

        await scene.sandbox.claim_removal(scene.guild)

        assert await gateway.expect("GUILD_DELETE") == {"id": str(scene.guild.id)}


async def test_a_told_removal_may_be_followed_by_silence(scene: Scene) -> None:
    fact = await scene.alice.say(scene.channel, "board")

    await scene.sandbox.claim_removal(scene.guild, silent=True)
    await scene.alice.react(fact, "✅")
    await scene.sandbox.announce(scene.guild)
    await scene.alice.react(fact, "❌")

    await scene.sandbox.until(lambda: scene.client.heard("raw_reaction_add"))
    assert [str(event.emoji) for event in scene.client.heard("raw_reaction_add")] == ["❌"]


async def test_a_new_session_knows_that_the_bot_is_still_there(scene: Scene, connect: Connect) -> None:
    fact = await scene.alice.say(scene.channel, "board")
    await scene.sandbox.claim_removal(scene.guild, silent=True)

    again = await connect()
    await scene.alice.react(fact, "✅")

    assert again.get_guild(scene.guild.id) is not None
    await scene.sandbox.until(lambda: again.heard("raw_reaction_add"))


async def test_after_a_kick_nothing_is_told_or_allowed(scene: Scene) -> None:
    board = await scene.here.send("board")
    fact = scene.channel.messages[board.id]

    home = scene.home
    await scene.sandbox.remove_member(scene.guild, scene.sandbox.bot)
    await scene.alice.react(fact, "✅")
    await scene.sandbox.until(lambda: scene.client.heard("guild_remove"))

    await refused(board.edit(content="still here"), 50001, 403)
    await refused(scene.client.fetch_guild(scene.guild.id), 10004, 404)
    await refused(home.fetch_member(scene.alice.id), 50001, 403)
    await refused(home.fetch_channels(), 50001, 403)
    await refused((await scene.client.fetch_user(scene.alice.id)).send("hello"), 50278, 403)
    with pytest.raises(NotPossible):
        await scene.alice.slash(scene.channel, "create")
    assert scene.client.heard("raw_reaction_add") == []
    assert fact.reactors("✅") == [scene.alice.id]


async def test_between_a_kick_and_an_invitation_no_event_arrives(scene: Scene) -> None:
    async with raw_gateway(scene.sandbox) as gateway:
        await gateway.identify(scene.sandbox)
        await gateway.expect("GUILD_CREATE")

        await scene.sandbox.remove_member(scene.guild, scene.sandbox.bot)
        await scene.guild.rename("Day Owls")
        scene.guild.add_member("bob")
        await scene.sandbox.invite_bot(scene.guild)
        told = [await gateway.receive() for _ in range(2)]

    assert [frame["t"] for frame in told if frame is not None] == ["GUILD_DELETE", "GUILD_CREATE"]


async def test_an_invited_bot_finds_everything_but_its_roles(scene: Scene) -> None:
    board = await scene.here.send("board")
    raiders, officers = scene.guild.add_role("Raiders"), scene.guild.add_role("Officers")
    await scene.guild.give_role(scene.guild.bot, raiders)
    first_role = scene.guild.bot_role
    await scene.sandbox.remove_member(scene.guild, scene.sandbox.bot)
    await scene.sandbox.until(lambda: scene.client.heard("guild_remove"))
    await scene.alice.react(scene.channel.messages[board.id], "✅")

    await scene.sandbox.invite_bot(scene.guild, roles=[officers])
    await scene.sandbox.until(lambda: scene.client.heard("guild_join"))

    assert scene.guild.bot_role.id != first_role.id
    assert {role.name for role in scene.home.me.roles} == {"@everyone", "RaidBot", "Officers"}
    again = await scene.here.fetch_message(board.id)
    assert [user.id async for user in again.reactions[0].users()] == [scene.alice.id]
    await board.edit(content="back")
    await (await scene.client.fetch_user(scene.alice.id)).send("hello")


async def test_an_invited_bot_may_have_fewer_permissions(scene: Scene) -> None:
    await scene.sandbox.remove_member(scene.guild, scene.sandbox.bot)
    await scene.sandbox.invite_bot(scene.guild, bot_permissions=0)
    scene.guild.facts.roles[scene.guild.id].permissions = discord.Permissions(view_channel=True).value

    await refused(scene.client.get_partial_messageable(scene.channel.id).send("hello"), 50013, 403)
