"""The whole way once: a bot logs in, sees its world, talks and is talked to."""

import discord

from raidbot.sandbox import Sandbox

from .conftest import Connect


async def test_a_bot_logs_in_and_finds_its_guild(sandbox: Sandbox, connect: Connect) -> None:
    guild = sandbox.add_guild("Night Owls")
    channel = guild.add_channel("raid-signups")

    client = await connect()

    assert [found.name for found in client.guilds] == ["Night Owls"]
    assert client.get_channel(channel.id) is not None
    assert client.guilds[0].me.id == sandbox.application_id


async def test_a_message_is_sent_edited_reacted_to_and_deleted(sandbox: Sandbox, connect: Connect) -> None:
    guild = sandbox.add_guild("Night Owls")
    channel = guild.add_channel("raid-signups")
    client = await connect()
    target = client.get_channel(channel.id)
    assert isinstance(target, discord.TextChannel)

    sent = await target.send("hello", embed=discord.Embed(title="Raid"))
    await sent.edit(content="hello again")
    await sent.add_reaction("✅")

    fact = channel.messages[sent.id]
    assert fact.content == "hello again"
    assert fact.embeds[0]["title"] == "Raid"
    assert fact.reactors("✅") == [sandbox.bot.id]
    await sandbox.until(lambda: client.heard("raw_reaction_add"))

    await sent.delete()

    await sandbox.until(lambda: client.heard("raw_message_delete"))
    assert channel.messages == {}


async def test_a_members_reaction_arrives_with_the_member(sandbox: Sandbox, connect: Connect) -> None:
    guild = sandbox.add_guild("Night Owls")
    channel = guild.add_channel("raid-signups")
    alice = guild.add_member("alice", nick="Ali")
    client = await connect()
    target = client.get_channel(channel.id)
    assert isinstance(target, discord.TextChannel)
    sent = await target.send("board")

    fact = channel.messages[sent.id]
    await alice.react(fact, "✅")
    await sandbox.until(lambda: client.heard("raw_reaction_add"))

    (event,) = client.heard("raw_reaction_add")
    assert event.member.display_name == "Ali"
    assert event.message_author_id == sandbox.bot.id


async def test_a_direct_message_reaches_its_member(sandbox: Sandbox, connect: Connect) -> None:
    guild = sandbox.add_guild("Night Owls")
    alice = guild.add_member("alice")
    client = await connect()

    user = await client.fetch_user(alice.id)
    await user.send("you are in")

    assert [message.content for message in sandbox.dms(alice)] == ["you are in"]
