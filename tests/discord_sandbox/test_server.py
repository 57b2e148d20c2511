"""A bot's session end to end: it logs in, sees its guild, sends and receives messages."""

import aiohttp
import discord
import pytest

from discord_sandbox import FactMissing, Sandbox
from discord_sandbox.faults import Silence
from tests.discord_sandbox.scene import Connect

SEND = "POST /channels/{channel_id}/messages"


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


async def test_a_route_that_fails_twice_is_tried_again_by_the_client(sandbox: Sandbox, connect: Connect) -> None:
    channel = sandbox.add_guild("Night Owls").add_channel("raid-signups")
    client = await connect()
    fault = sandbox.faults.answer(502, route=SEND, calls=1)

    await client.get_partial_messageable(channel.id).send("hello")

    assert fault.met == 1
    assert [sandbox.count("POST", "/channels/{channel_id}/messages", status=status) for status in (502, 200)] == [1, 1]
    assert len(channel.messages) == 1


async def test_a_message_may_be_sent_although_the_answer_says_otherwise(sandbox: Sandbox, connect: Connect) -> None:
    channel = sandbox.add_guild("Night Owls").add_channel("raid-signups")
    client = await connect()
    sandbox.faults.answer(503, route=SEND, calls=1, carried_out=True)

    with pytest.raises(discord.DiscordServerError):
        await client.get_partial_messageable(channel.id).send("hello", nonce="1")
    sent = await client.get_partial_messageable(channel.id).send("hello", nonce="1")

    assert list(channel.messages) == [sent.id]


@pytest.mark.parametrize("kind", list(Silence))
async def test_a_call_that_is_never_answered(sandbox: Sandbox, kind: Silence) -> None:
    sandbox.faults.silence(kind, calls=1)
    headers = {"Authorization": f"Bot {sandbox.token}"}
    patience = aiohttp.ClientTimeout(total=0.3)

    async with aiohttp.ClientSession(headers=headers, timeout=patience) as http:
        with pytest.raises((TimeoutError, aiohttp.ClientConnectionError)):
            await http.post(f"{sandbox.api_url}/users/@me/channels", json={})
        answer = await http.get(f"{sandbox.api_url}/users/@me")

    assert answer.status == 200


async def test_what_does_not_become_true_is_reported_with_what_happened(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as http:
        await http.get(f"{sandbox.api_url}/users/@me")

    with pytest.raises(FactMissing) as missing:
        await sandbox.until(lambda: sandbox.dms(sandbox.bot), timeout=0.1)

    assert "sandbox.dms(sandbox.bot)" in str(missing.value)
    assert "GET /users/@me -> 401" in str(missing.value)
