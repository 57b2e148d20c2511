"""REST routes of guilds, channels, threads, members and roles, called by discord.py."""

import discord
import pytest

from discord_sandbox.store import ChannelType
from tests import openapi_check
from tests.discord_sandbox.scene import Scene, refused


async def test_a_thread_from_start_to_end(scene: Scene) -> None:
    message = await scene.here.send("board")
    thread = await message.create_thread(name="Raid chat", auto_archive_duration=1440)
    await thread.send("hello")
    await thread.add_user(discord.Object(scene.alice.id))
    members = await thread.fetch_members()
    await refused(message.create_thread(name="again"), 160004, 400)

    await thread.edit(archived=True, locked=True)
    await refused(thread.edit(name="x"), 50083, 400)
    active = await scene.home.active_threads()
    archived = [found.id async for found in scene.here.archived_threads()]
    await thread.edit(archived=False, locked=False)
    await thread.edit(name="Chat")
    await thread.delete()

    assert thread.id == message.id
    assert {member.id for member in members} == {scene.sandbox.bot.id, scene.alice.id}
    assert (active, archived) == ([], [thread.id])
    assert scene.guild.facts.threads == {}
    await scene.sandbox.until(lambda: scene.client.heard("raw_thread_delete"))


async def test_a_guild_has_a_limit_of_active_threads(scene: Scene) -> None:
    scene.guild.limit_threads(1)
    first, second = await scene.here.send("first"), await scene.here.send("second")
    thread = await first.create_thread(name="first")

    await refused(second.create_thread(name="second"), 160006, 400)
    await refused(scene.here.create_thread(name="private"), 160006, 400)
    await thread.edit(archived=True)
    await second.create_thread(name="second")
    await refused(thread.edit(archived=False), 160006, 400)
    await refused(thread.send("hello"), 160006, 400)
    await scene.guild.archive(scene.guild.channel("second"))
    await thread.send("hello")

    assert [one.id for one in scene.guild.facts.active_threads] == [thread.id]
    await scene.sandbox.until(lambda: scene.client.heard("thread_update"))
    assert openapi_check.mismatches(scene.sandbox.calls) == []


async def test_a_private_thread_is_seen_by_its_members(scene: Scene) -> None:
    thread = await scene.here.create_thread(name="officers", type=discord.ChannelType.private_thread)
    fact = scene.guild.facts.threads[thread.id]
    may = scene.sandbox.world.may

    assert not may(scene.alice.id, fact)
    await thread.add_user(discord.Object(scene.alice.id))
    assert may(scene.alice.id, fact)
    await thread.leave()
    assert may(scene.sandbox.bot.id, fact), "who manages threads sees all"


async def test_channels_are_made_changed_and_deleted(scene: Scene) -> None:
    await refused(scene.home.create_text_channel("raids"), 50013, 403)
    scene.guild.bot_role.permissions |= 1 << 4 | 1 << 28

    category = await scene.home.create_category("Raids")
    channel = await scene.home.create_text_channel("raids", category=category, topic="signups")
    await channel.edit(name="raid-board", topic="")
    await channel.set_permissions(scene.home.default_role, send_messages=False)
    fact = scene.sandbox.store.channels[channel.id]

    assert (fact.name, fact.topic, fact.parent_id, fact.type) == ("raid-board", None, category.id, ChannelType.TEXT)
    assert fact.overwrites[scene.guild.id].deny == 1 << 11
    await channel.delete()
    assert channel.id not in scene.sandbox.store.channels
    await refused(channel.send("x"), 10003, 404)


async def test_channels_of_a_guild_the_bot_has_left_are_out_of_reach_not_gone(scene: Scene) -> None:
    await scene.sandbox.remove_member(scene.guild, scene.sandbox.bot)

    await refused(scene.client.get_partial_messageable(scene.channel.id).send("x"), 50001, 403)
    with pytest.raises(discord.NotFound) as unknown:
        await scene.client.fetch_guild(scene.guild.id)
    assert unknown.value.code == 10004


async def test_members_and_roles(scene: Scene) -> None:
    scene.guild.bot_role.permissions |= 1 << 28 | 1 << 27
    scene.guild.bot_role.position = 5
    high = scene.guild.add_role("Officers")
    high.position = 9
    raiders = scene.guild.add_role("Raiders")

    member = await scene.home.fetch_member(scene.alice.id)
    await member.add_roles(discord.Object(raiders.id))
    await member.edit(nick="Ali")
    await refused(member.add_roles(discord.Object(high.id)), 50013, 403)
    await refused(scene.home.fetch_member(42), 10013, 404)
    role = await scene.home.create_role(name="Bench", mentionable=True)
    await role.edit(name="Reserve")

    fact = scene.guild.member(scene.alice)
    assert (fact.nick, fact.roles) == ("Ali", [raiders.id])
    assert scene.guild.facts.roles[role.id].name == "Reserve"
    await role.delete()
    assert role.id not in scene.guild.facts.roles
    assert [found.id async for found in scene.home.fetch_members(limit=None)]


async def test_typing_and_leaving(scene: Scene) -> None:
    await scene.here.typing()
    await scene.home.leave()

    await scene.sandbox.until(lambda: scene.client.heard("guild_remove"))
    assert scene.sandbox.bot.id not in scene.guild.facts.members


async def test_members_are_counted_by_role(scene: Scene) -> None:
    raiders, nobodys = scene.guild.add_role("Raiders"), scene.guild.add_role("Nobody’s")
    await scene.guild.give_role(scene.alice, raiders)

    counts = {role.id: number for role, number in (await scene.home.role_member_counts()).items()}

    assert (counts[raiders.id], counts[nobodys.id]) == (1, 0)
    assert scene.guild.id not in counts
    assert openapi_check.mismatches(scene.sandbox.calls) == []
