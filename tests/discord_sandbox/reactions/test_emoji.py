"""The emoji people and bots may react with: external ones, deleted ones, and at most twenty."""

import discord
import pytest

from discord_sandbox.assumptions import DeadEmoji
from discord_sandbox.command_input import NotPossible
from discord_sandbox.store import Emoji, Message
from tests.discord_sandbox.scene import Scene, refused


def partial(emoji: Emoji) -> discord.PartialEmoji:
    return discord.PartialEmoji(name=emoji.name, id=emoji.id)


def key(emoji: Emoji) -> str:
    return f"{emoji.name}:{emoji.id}"


async def test_an_external_emoji_needs_its_permission(scene: Scene) -> None:
    board = await scene.here.send("board")
    own, external = scene.guild.add_emoji("tank"), scene.sandbox.add_guild("Day Owls").add_emoji("healer")

    scene.guild.deny(scene.channel, "use_external_emojis")
    await board.add_reaction(partial(own))
    await refused(board.add_reaction(partial(external)), 10014, 400)
    scene.guild.allow(scene.channel, "use_external_emojis")
    await board.add_reaction(partial(external))

    assert list(scene.channel.messages[board.id].reactions) == [str(own.id), str(external.id)]


async def test_an_external_emoji_that_stands_on_the_message_can_be_used(scene: Scene) -> None:
    board = await scene.here.send("board")
    fact = scene.channel.messages[board.id]
    elsewhere = scene.sandbox.add_guild("Day Owls")
    external = elsewhere.add_emoji("healer")
    elsewhere.add_member(scene.alice)
    bob = scene.guild.add_member("bob")

    with pytest.raises(NotPossible):
        await bob.react(fact, key(external))
    await scene.alice.react(fact, key(external))
    scene.guild.deny(scene.channel, "use_external_emojis")
    await bob.react(fact, key(external))
    await board.add_reaction(partial(external))

    assert len(fact.reactors(key(external))) == 3


async def board_with_a_dead_emoji(scene: Scene) -> tuple[discord.Message, Message, Emoji]:
    emoji = scene.guild.add_emoji("tank")
    board = await scene.here.send("board")
    fact = scene.channel.messages[board.id]
    await board.add_reaction(partial(emoji))
    await scene.alice.react(fact, key(emoji))
    await scene.guild.delete_emoji(emoji)
    return board, fact, emoji


async def listed(board: discord.Message) -> list[int]:
    again = await board.channel.fetch_message(board.id)
    assert again.reactions[0].count == 2
    return sorted([user.id async for user in again.reactions[0].users()])


async def test_a_deleted_emoji_may_be_unknown(scene: Scene) -> None:
    board, fact, emoji = await board_with_a_dead_emoji(scene)
    bob = scene.guild.add_member("bob")

    await refused(listed(board), 10014, 400)
    await refused(board.remove_reaction(partial(emoji), discord.Object(scene.alice.id)), 10014, 400)
    with pytest.raises(NotPossible):
        await bob.react(fact, key(emoji))
    await scene.alice.unreact(fact, key(emoji))

    assert fact.reactors(key(emoji)) == [scene.sandbox.bot.id]


async def test_a_deleted_emoji_may_still_be_listed(scene: Scene) -> None:
    scene.sandbox.assumptions.dead_emoji = DeadEmoji.LISTED
    board, fact, emoji = await board_with_a_dead_emoji(scene)
    bob = scene.guild.add_member("bob")

    assert await listed(board) == [scene.sandbox.bot.id, scene.alice.id]
    with pytest.raises(NotPossible):
        await bob.react(fact, key(emoji))
    await refused(board.add_reaction(partial(emoji)), 10014, 400)
    await board.remove_reaction(partial(emoji), discord.Object(scene.alice.id))

    assert fact.reactors(key(emoji)) == [scene.sandbox.bot.id]


async def test_a_deleted_emoji_may_still_be_taken_while_it_stands(scene: Scene) -> None:
    scene.sandbox.assumptions.dead_emoji = DeadEmoji.USABLE
    board, fact, emoji = await board_with_a_dead_emoji(scene)
    bob = scene.guild.add_member("bob")

    await bob.react(fact, key(emoji))
    assert fact.reactors(key(emoji)) == [scene.sandbox.bot.id, scene.alice.id, bob.id]
    await board.clear_reaction(partial(emoji))

    assert fact.reactions == {}
    await refused(board.add_reaction(partial(emoji)), 10014, 400)


async def test_the_twenty_first_emoji_is_refused_until_one_is_gone(scene: Scene) -> None:
    board = await scene.here.send("board")
    fact = scene.channel.messages[board.id]
    signs = [chr(0x1F300 + number) for number in range(19)]
    for sign in signs:
        await scene.alice.react(fact, sign)
    elsewhere = scene.sandbox.add_guild("Day Owls")
    foreign = elsewhere.add_emoji("healer")
    elsewhere.add_member(scene.alice)
    await scene.alice.react(fact, key(foreign))

    await refused(board.add_reaction("✅"), 30010, 400)
    await board.add_reaction(signs[0])
    with pytest.raises(NotPossible):
        await scene.alice.react(fact, "✅", burst=True)
    await board.remove_reaction(partial(foreign), discord.Object(scene.alice.id))
    await board.add_reaction("✅")

    assert len(fact.reactions) == 20
