"""Super reactions: a second type of reaction that counts with the normal ones and is listed apart."""

import aiohttp
import discord
import pytest

from discord_sandbox.assumptions import SuperDeletion
from discord_sandbox.command_input import NotPossible
from tests import openapi_check
from tests.discord_sandbox.raw_gateway import raw_gateway
from tests.discord_sandbox.scene import Scene, refused


async def reactors(message: discord.Message, kind: discord.ReactionType | None = None) -> list[int]:
    """Read the message again and list those who reacted with its first emoji."""
    again = await message.channel.fetch_message(message.id)
    return sorted([user.id async for user in again.reactions[0].users(type=kind)])


async def test_a_super_reaction_is_told_as_one(scene: Scene) -> None:
    board = await scene.here.send("board")
    fact = scene.channel.messages[board.id]

    await scene.alice.react(fact, "✅", burst=True)
    await scene.alice.unreact(fact, "✅")
    await scene.alice.react(fact, "✅")

    await scene.sandbox.until(lambda: len(scene.client.heard("raw_reaction_add")) == 2)
    added, again = scene.client.heard("raw_reaction_add")
    removed = scene.client.heard("raw_reaction_remove")[0]
    assert (added.burst, added.type) == (True, discord.ReactionType.burst)
    assert (removed.burst, removed.type, removed.user_id) == (True, discord.ReactionType.burst, scene.alice.id)
    assert (again.burst, again.type) == (False, discord.ReactionType.normal)


async def test_only_the_event_of_a_super_reaction_has_colours(scene: Scene) -> None:
    fact = await scene.alice.say(scene.channel, "board")
    async with raw_gateway(scene.sandbox) as gateway:
        await gateway.identify(scene.sandbox)
        await gateway.expect("GUILD_CREATE")

        await scene.alice.react(fact, "✅", burst=True)
        await scene.alice.react(fact, "✅")
        await scene.alice.unreact(fact, "✅", burst=True)

        burst = await gateway.expect("MESSAGE_REACTION_ADD")
        normal = await gateway.expect("MESSAGE_REACTION_ADD")
        removed = await gateway.expect("MESSAGE_REACTION_REMOVE")
    assert burst["burst_colors"]
    assert "burst_colors" not in normal
    assert (removed["burst"], removed["type"]) == (True, 1)


async def test_each_type_is_counted_and_listed_apart(scene: Scene) -> None:
    board = await scene.here.send("board")
    await board.add_reaction("✅")
    fact = scene.channel.messages[board.id]
    bob = scene.guild.add_member("bob")
    await scene.alice.react(fact, "✅", burst=True)
    await bob.react(fact, "✅")

    shown = (await scene.here.fetch_message(board.id)).reactions[0]
    default = await reactors(board)
    normal = await reactors(board, discord.ReactionType.normal)
    burst = await reactors(board, discord.ReactionType.burst)

    assert (shown.count, shown.normal_count, shown.burst_count) == (3, 2, 1)
    assert (shown.me, shown.me_burst) == (True, False)
    assert default == normal == sorted([scene.sandbox.bot.id, bob.id])
    assert burst == [scene.alice.id]
    assert fact.reactors("✅") == [scene.sandbox.bot.id, scene.alice.id, bob.id]
    assert openapi_check.mismatches(scene.sandbox.calls) == []


async def test_one_person_may_stand_with_both_types(scene: Scene) -> None:
    board = await scene.here.send("board")
    fact = scene.channel.messages[board.id]

    await scene.alice.react(fact, "✅", burst=True)
    await scene.alice.react(fact, "✅")
    shown = (await scene.here.fetch_message(board.id)).reactions[0]
    await scene.alice.unreact(fact, "✅", burst=False)

    assert (shown.count, shown.normal_count, shown.burst_count) == (2, 1, 1)
    assert await reactors(board) == []
    assert await reactors(board, discord.ReactionType.burst) == [scene.alice.id]
    await scene.alice.unreact(fact, "✅")
    assert fact.reactions == {}
    with pytest.raises(NotPossible):
        await scene.alice.unreact(fact, "✅")


async def test_another_type_does_not_exist(scene: Scene, http: aiohttp.ClientSession) -> None:
    fact = await scene.alice.say(scene.channel, "board")
    address = f"{scene.sandbox.api_url}/channels/{scene.channel.id}/messages/{fact.id}/reactions/✅"

    async with http.get(address, params={"type": "2"}) as answer:
        assert answer.status == 400
        assert (await answer.json())["code"] == 50035


@pytest.mark.parametrize(("assumed", "stays"), [(SuperDeletion.REMOVED, False), (SuperDeletion.IGNORED, True)])
async def test_deleting_a_users_reaction_may_or_may_not_take_a_super_reaction(
    scene: Scene, assumed: SuperDeletion, stays: bool
) -> None:
    scene.sandbox.assumptions.super_deletion = assumed
    board = await scene.here.send("board")
    fact = scene.channel.messages[board.id]
    await scene.alice.react(fact, "✅", burst=True)

    await board.remove_reaction("✅", discord.Object(scene.alice.id))

    assert (fact.reactors("✅") == [scene.alice.id]) is stays


async def test_deleting_a_super_reaction_may_be_refused(scene: Scene) -> None:
    scene.sandbox.assumptions.super_deletion = SuperDeletion.REFUSED
    board = await scene.here.send("board")
    fact = scene.channel.messages[board.id]
    await scene.alice.react(fact, "✅", burst=True)

    await refused(board.remove_reaction("✅", discord.Object(scene.alice.id)), 10014, 400)

    assert fact.reactors("✅") == [scene.alice.id]


async def test_clearing_an_emoji_takes_both_types(scene: Scene) -> None:
    board = await scene.here.send("board")
    fact = scene.channel.messages[board.id]
    await scene.alice.react(fact, "✅", burst=True)
    await scene.alice.react(fact, "✅")

    await board.clear_reaction("✅")

    assert fact.reactions == {}
