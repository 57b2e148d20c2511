"""What REST routes answer, asked by discord.py and by hand."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import discord
import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Channel, ChannelType
from tests.discord_sandbox.conftest import Connect, Watcher

SEND = "/channels/{channel_id}/messages"


@dataclass
class Scene:
    """A guild with one channel and one member, and the client looking at it."""

    sandbox: Sandbox
    guild: SandboxGuild
    channel: Channel
    alice: Person
    client: Watcher

    @property
    def here(self) -> discord.TextChannel:
        found = self.client.get_channel(self.channel.id)
        assert isinstance(found, discord.TextChannel)
        return found

    @property
    def home(self) -> discord.Guild:
        found = self.client.get_guild(self.guild.id)
        assert found is not None
        return found


@pytest.fixture
async def scene(sandbox: Sandbox, connect: Connect) -> Scene:
    guild = sandbox.add_guild("Night Owls")
    channel = guild.add_channel("raid-signups")
    alice = guild.add_member("alice")
    return Scene(sandbox, guild, channel, alice, await connect())


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {sandbox.token}"}) as session:
        yield session


async def refused(action: Any, code: int, status: int) -> None:
    with pytest.raises(discord.HTTPException) as caught:
        await action
    assert (caught.value.code, caught.value.status) == (code, status)


async def test_a_wrong_token_is_refused(sandbox: Sandbox, pointed: None) -> None:
    client = discord.Client(intents=discord.Intents.none())

    with pytest.raises(discord.LoginFailure):
        await client.login("wrong")

    await client.close()
    assert sandbox.calls[0].response == {"message": "401: Unauthorized", "code": 0}


async def test_an_unknown_route_and_an_unknown_field_are_gaps(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    channel = sandbox.add_guild("Night Owls").add_channel("raid-signups")

    unknown = await http.post(f"{sandbox.api_url}/guilds/{channel.guild_id}/prune", json={})
    field = await http.post(f"{sandbox.api_url}/channels/{channel.id}/messages", json={"content": "x", "sparkle": 1})

    assert (unknown.status, field.status) == (501, 501)
    assert len(sandbox.unsupported) == 2
    assert sandbox.unsupported[0].startswith("POST /guilds/{id}/prune")
    assert "sparkle" in sandbox.unsupported[1]
    sandbox.unsupported.clear()


async def test_answers_say_exactly_application_json(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    answer = await http.get(f"{sandbox.api_url}/users/@me")

    assert answer.headers["Content-Type"] == "application/json"


async def test_a_body_that_is_no_json_is_refused(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    url = f"{sandbox.api_url}/users/@me/channels"

    answer = await http.post(url, data=b"{", headers={"Content-Type": "application/json"})

    assert (answer.status, (await answer.json())["code"]) == (400, 50109)


async def test_permissions_of_the_channel_decide(scene: Scene) -> None:
    mute, hidden = scene.guild.add_channel("mute"), scene.guild.add_channel("hidden")
    scene.guild.deny(mute, "send_messages", "embed_links")
    scene.guild.deny(hidden, "view_channel")
    partial = scene.client.get_partial_messageable

    await refused(partial(mute.id).send("x"), 50013, 403)
    await refused(partial(hidden.id).send("x"), 50001, 403)
    await refused(partial(42).send("x"), 10003, 404)

    scene.guild.allow(mute, "send_messages")

    await partial(mute.id).send("x")
    await refused(partial(mute.id).send(embed=discord.Embed(title="x")), 50013, 403)


async def test_reactions_need_permission_and_exist(scene: Scene) -> None:
    message = await scene.here.send("board")

    await refused(message.add_reaction("not an emoji"), 10014, 400)
    for number in range(20):
        await message.add_reaction(chr(0x1F600 + number))
    await refused(message.add_reaction("✅"), 30010, 400)
    await message.clear_reactions()
    scene.guild.deny(scene.channel, "add_reactions", "manage_messages")
    await refused(message.add_reaction("✅"), 50013, 403)
    await scene.alice.react(scene.channel.messages[message.id], "✅")
    await message.add_reaction("✅")
    await refused(message.remove_reaction("✅", discord.Object(scene.alice.id)), 50013, 403)
    await message.remove_reaction("✅", discord.Object(scene.sandbox.bot.id))

    assert scene.channel.messages[message.id].reactors("✅") == [scene.alice.id]


async def test_reactors_come_by_id_in_pages(scene: Scene) -> None:
    message = await scene.here.send("board")
    people = [scene.guild.add_member(f"member{number}") for number in range(250)]
    for person in reversed(people):
        await person.react(scene.channel.messages[message.id], "✅")

    fetched = await scene.here.fetch_message(message.id)
    found = [user.id async for user in fetched.reactions[0].users()]

    pages = [call.response for call in scene.sandbox.calls if call.route.endswith("/reactions/{emoji_name}")]
    assert fetched.reactions[0].count == len(found) == 250
    assert [int(user["id"]) for page in pages for user in page] == [person.id for person in people]
    assert [len(page) for page in pages] == [100, 100, 50]


async def test_a_custom_emoji_is_a_reaction(scene: Scene) -> None:
    emoji = scene.guild.add_emoji("tank")
    message = await scene.here.send("board")

    await message.add_reaction(discord.PartialEmoji(name="tank", id=emoji.id))
    await refused(message.add_reaction(discord.PartialEmoji(name="tank", id=42)), 10014, 400)
    fetched = await scene.here.fetch_message(message.id)

    assert str(fetched.reactions[0].emoji) == f"<:tank:{emoji.id}>"
    assert await scene.home.fetch_emojis()


async def test_history_is_paged_both_ways(scene: Scene) -> None:
    sent = [await scene.here.send(str(number)) for number in range(7)]

    newest = [message.content async for message in scene.here.history(limit=3)]
    oldest = [message.content async for message in scene.here.history(limit=3, oldest_first=True)]
    around = [message.content async for message in scene.here.history(limit=3, around=sent[3])]
    before = [message.content async for message in scene.here.history(before=sent[2])]

    assert newest == ["6", "5", "4"]
    assert oldest == ["0", "1", "2"]
    assert around == ["4", "3", "2"]
    assert before == ["1", "0"]
    await refused(scene.here.fetch_message(42), 10008, 404)


async def test_the_same_nonce_returns_the_first_message(scene: Scene) -> None:
    first = await scene.here.send("once", nonce="outbox-1")
    again = await scene.here.send("twice", nonce="outbox-1")

    scene.sandbox.advance(timedelta(minutes=6))
    later = await scene.here.send("later", nonce="outbox-1")

    assert (again.id, again.content) == (first.id, "once")
    assert later.id != first.id
    assert len(scene.channel.messages) == 2


async def test_allowed_mentions_decide_who_is_pinged(scene: Scene) -> None:
    role = scene.guild.add_role("Raiders", mentionable=True)
    text = f"<@{scene.alice.id}> <@&{role.id}> @everyone"

    loud = await scene.here.send(text)
    quiet = await scene.here.send(text, allowed_mentions=discord.AllowedMentions.none())
    chosen = await scene.here.send(text, allowed_mentions=discord.AllowedMentions(everyone=False, users=False))

    facts = scene.channel.messages
    assert (facts[loud.id].mentions, facts[loud.id].mention_roles) == ([scene.alice.id], [role.id])
    assert facts[loud.id].mention_everyone
    assert (facts[quiet.id].mentions, facts[quiet.id].mention_roles) == ([], [])
    assert not facts[quiet.id].mention_everyone
    assert (facts[chosen.id].mentions, facts[chosen.id].mention_roles) == ([], [role.id])


async def test_messages_of_others_are_not_edited(scene: Scene) -> None:
    theirs = await scene.alice.say(scene.channel, "mine")

    await refused(scene.here.get_partial_message(theirs.id).edit(content="x"), 50005, 403)
    await scene.here.get_partial_message(theirs.id).delete()
    await refused(scene.here.get_partial_message(theirs.id).delete(), 10008, 404)


async def test_an_edit_may_not_leave_nothing(scene: Scene) -> None:
    message = await scene.here.send("text")

    await refused(message.edit(content=""), 50006, 400)


async def test_files_are_kept_and_served(scene: Scene) -> None:
    message = await scene.here.send("log", file=discord.File(io.BytesIO(b"a,b"), "raid.csv", description="export"))

    fetched = await scene.here.fetch_message(message.id)
    (attachment,) = fetched.attachments

    assert (attachment.filename, attachment.description, attachment.size) == ("raid.csv", "export", 3)
    assert await attachment.read() == b"a,b"

    await message.edit(attachments=[])
    assert scene.channel.messages[message.id].attachments == []


async def test_bulk_delete_takes_many_but_no_old_ones(scene: Scene) -> None:
    old = [await scene.here.send("old") for _ in range(2)]
    scene.sandbox.advance(timedelta(days=15))
    new = [await scene.here.send(str(number)) for number in range(3)]

    await refused(scene.here.delete_messages(old), 50034, 400)
    await scene.here.delete_messages(new)

    await scene.sandbox.until(lambda: scene.client.heard("raw_bulk_message_delete"))
    assert list(scene.channel.messages) == [message.id for message in old]


async def test_direct_messages_reach_only_who_takes_them(scene: Scene) -> None:
    stranger, closed = scene.sandbox.add_user("stranger"), scene.guild.add_member("closed")
    closed.close_dms()

    for person in (stranger, closed):
        user = await scene.client.fetch_user(person.id)
        await refused(user.send("x"), 50007, 403)
    user = await scene.client.fetch_user(scene.alice.id)
    message = await user.send("x")
    await message.edit(content="y")

    assert [fact.content for fact in scene.alice.dms] == ["y"]
    await refused(scene.client.fetch_user(42), 10013, 404)


async def test_pins(scene: Scene) -> None:
    message = await scene.here.send("board")

    await message.pin()
    pinned = [found.id async for found in scene.here.pins()]
    await message.unpin()

    assert pinned == [message.id]
    assert [found.id async for found in scene.here.pins()] == []
    await refused(scene.here.get_partial_message(scene.channel.last_message_id or 0).edit(content="x"), 50021, 403)


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


async def test_commands_keep_their_ids_when_registered_again(scene: Scene) -> None:
    tree = discord.app_commands.CommandTree(scene.client)

    @tree.command(description="Create a raid")
    async def create(interaction: discord.Interaction, name: str) -> None:
        raise AssertionError

    first = await tree.sync()
    again = await tree.sync()
    tree.remove_command("create")
    await tree.sync()

    assert [command.name for command in first] == ["create"]
    assert [command.id for command in again] == [command.id for command in first]
    assert scene.sandbox.store.commands == {}


async def test_a_guilds_commands_are_its_own(scene: Scene) -> None:
    tree = discord.app_commands.CommandTree(scene.client)

    @tree.command(description="Ping", guild=discord.Object(scene.guild.id))
    async def ping(interaction: discord.Interaction) -> None:
        raise AssertionError

    await tree.sync(guild=discord.Object(scene.guild.id))

    assert await tree.fetch_commands() == []
    assert [command.name for command in await tree.fetch_commands(guild=discord.Object(scene.guild.id))] == ["ping"]


async def test_typing_and_leaving(scene: Scene) -> None:
    await scene.here.typing()
    await scene.home.leave()

    await scene.sandbox.until(lambda: scene.client.heard("guild_remove"))
    assert scene.sandbox.store.guilds == {}


@pytest.mark.parametrize("limits", ["strict"])
async def test_a_full_bucket_is_429_and_the_client_waits(sandbox: Sandbox, connect: Connect) -> None:
    channel = sandbox.add_guild("Night Owls").add_channel("raid-signups")
    client = await connect()
    target = client.get_partial_messageable(channel.id)

    await asyncio.gather(*(target.send(str(number)) for number in range(7)))

    assert len(channel.messages) == 7
    assert sandbox.count("POST", SEND, status=200) == 7


@pytest.mark.parametrize("limits", ["strict"])
async def test_messages_older_than_an_hour_take_few_edits(sandbox: Sandbox, connect: Connect) -> None:
    channel = sandbox.add_guild("Night Owls").add_channel("raid-signups")
    client = await connect()
    message = await client.get_partial_messageable(channel.id).send("board")
    sandbox.advance(timedelta(hours=2))
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {sandbox.token}"}) as http:
        url = f"{sandbox.api_url}/channels/{channel.id}/messages/{message.id}"
        answers = [await http.patch(url, json={"content": str(number)}) for number in range(4)]
        refusal = await answers[-1].json()

    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert refusal["code"] == 30046
    assert refusal["retry_after"] > 15
    assert answers[-1].headers["Via"]
