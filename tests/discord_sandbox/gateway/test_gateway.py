"""The gateway: sessions, resuming, shards, member requests, and gateway faults."""

import random

import discord
import pytest

from discord_sandbox import Sandbox, messages
from discord_sandbox.store import Channel, Message, Reaction
from discord_sandbox.world import Intent
from tests.discord_sandbox.raw_gateway import raw_gateway
from tests.discord_sandbox.scene import Connect, RecordingClient


def say(sandbox: Sandbox, channel: Channel, user_id: int, content: str) -> Message:
    user = sandbox.store.users[user_id]
    return messages.create(sandbox.world, channel, user, messages.Draft(content=content))


def react(sandbox: Sandbox, channel: Channel, message: Message, user_id: int, emoji: str = "✅") -> None:
    user = sandbox.store.users[user_id]
    messages.react(sandbox.world, channel, message, emoji, Reaction(name=emoji), user)


def reactions(client: RecordingClient) -> list[int]:
    return [event.user_id for event in client.heard("raw_reaction_add")]


@pytest.mark.parametrize("code", [None, 1000, 1001, 4000, 4001])
async def test_what_happened_during_a_lost_connection_is_told_on_resume(
    sandbox: Sandbox, connect: Connect, code: int | None
) -> None:
    guild = sandbox.add_guild("Night Owls")
    channel = guild.add_channel("raid-signups")
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    message = say(sandbox, channel, alice.id, "board")
    client = await connect()

    await sandbox.gateway.drop(code)
    await sandbox.until(lambda: not sandbox.gateway.connections)
    react(sandbox, channel, message, alice.id)
    react(sandbox, channel, message, bob.id)
    await sandbox.until(lambda: client.heard("resumed"))

    await sandbox.until(lambda: reactions(client) == [alice.id, bob.id])
    assert sandbox.gateway.identified == 1


async def test_op_7_lets_the_client_resume(sandbox: Sandbox, connect: Connect) -> None:
    client = await connect()

    sandbox.gateway.reconnect()

    await sandbox.until(lambda: client.heard("resumed"))
    assert sandbox.gateway.identified == 1


async def test_an_invalid_session_that_is_resumable_resumes(sandbox: Sandbox, connect: Connect) -> None:
    client = await connect()

    sandbox.gateway.invalidate(resumable=True)

    await sandbox.until(lambda: client.heard("resumed"))


async def test_an_invalid_session_identifies_anew(sandbox: Sandbox, connect: Connect) -> None:
    await connect()

    sandbox.gateway.invalidate(resumable=False)

    await sandbox.until(lambda: sandbox.gateway.identified == 2, timeout=15)


async def test_a_half_open_socket_is_noticed_by_the_client(sandbox: Sandbox, connect: Connect) -> None:
    guild = sandbox.add_guild("Night Owls")
    channel = guild.add_channel("raid-signups")
    alice = guild.add_member("alice")
    message = say(sandbox, channel, alice.id, "board")
    sandbox.gateway.heartbeat_interval = 0.2
    client = await connect(heartbeat_timeout=0.6)

    sandbox.gateway.freeze()
    react(sandbox, channel, message, alice.id)

    await sandbox.until(lambda: reactions(client) == [alice.id])
    assert sandbox.gateway.resumed == 1


async def test_a_client_that_stops_its_heartbeat_is_closed(sandbox: Sandbox) -> None:
    sandbox.gateway.heartbeat_interval = 0.1
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox)

        assert await gateway.closed() == 4009

    assert sandbox.gateway.sessions == {}


async def test_a_new_process_gets_a_session_of_its_own(sandbox: Sandbox) -> None:
    guild = sandbox.add_guild("Night Owls")
    for _ in range(2):
        async with raw_gateway(sandbox, compressed=True) as gateway:
            await gateway.identify(sandbox)
            ready = await gateway.expect("READY")
            created = await gateway.expect("GUILD_CREATE")
            assert ready["guilds"] == [{"id": str(guild.id), "unavailable": True}]
            assert created["name"] == "Night Owls"
            await sandbox.gateway.drop()

    assert len(sandbox.gateway.sessions) == 2


async def test_a_session_ends_when_its_client_says_goodbye(sandbox: Sandbox) -> None:
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox)
        ready = await gateway.expect("READY")
        await gateway.ws.close(code=1000)
    await sandbox.until(lambda: not sandbox.gateway.sessions)

    async with raw_gateway(sandbox) as gateway:
        await gateway.send(6, {"token": sandbox.token, "session_id": ready["session_id"], "seq": 1})
        answer = await gateway.receive()

    assert answer is not None
    assert (answer["op"], answer["d"]) == (9, False)


@pytest.mark.parametrize("code", [1000, 1001, 3000, 4000, 4200])
async def test_a_client_s_close_code_is_echoed_and_ends_the_session_only_as_a_goodbye(
    sandbox: Sandbox, code: int
) -> None:
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox)
        ready = await gateway.expect("READY")

        await gateway.ws.close(code=code)

        assert gateway.ws.close_code == code
    await sandbox.until(lambda: not sandbox.gateway.connections)

    assert list(sandbox.gateway.sessions) == ([] if code in (1000, 1001) else [ready["session_id"]])


async def test_a_resume_replays_from_the_sequence_the_client_names(sandbox: Sandbox) -> None:
    guild = sandbox.add_guild("Night Owls")
    channel = guild.add_channel("raid-signups")
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox)
        ready = await gateway.expect("READY")
        for number in range(5):
            say(sandbox, channel, guild.owner.id, str(number))
        await gateway.expect("MESSAGE_CREATE")
        await sandbox.gateway.drop()

    async with raw_gateway(sandbox) as gateway:
        await gateway.send(6, {"token": sandbox.token, "session_id": ready["session_id"], "seq": 4})
        contents = [(await gateway.expect("MESSAGE_CREATE"))["content"] for _ in range(3)]
        await gateway.expect("RESUMED")

    assert contents == ["2", "3", "4"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"token": "wrong"}, 4004),
        ({"shard": [2, 2], "intents": 1}, 4010),
        ({"intents": None}, 4013),
        ({"intents": int(Intent.MESSAGE_CONTENT)}, 4014),
    ],
)
async def test_a_wrong_identify_is_refused(sandbox: Sandbox, changes: dict[str, object], code: int) -> None:
    sandbox.switch_off(Intent.MESSAGE_CONTENT)
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox, **changes)

        assert await gateway.closed() == code


@pytest.mark.parametrize("unknown", [1 << 17, 1 << 19, 1 << 26, 1 << 60, -1, True, "513"])
async def test_an_intent_that_discord_does_not_know_is_refused(sandbox: Sandbox, unknown: object) -> None:
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox, intents=unknown)

        assert await gateway.closed() == 4013


@pytest.mark.parametrize("bit", [6, 7, 8, 20, 21, 24, 25])
async def test_every_intent_of_discord_s_list_is_accepted(sandbox: Sandbox, bit: int) -> None:
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox, intents=1 << bit)

        assert await gateway.expect("READY")


async def test_who_does_not_identify_may_not_ask(sandbox: Sandbox) -> None:
    async with raw_gateway(sandbox) as gateway:
        await gateway.send(3, {})

        assert await gateway.closed() == 4003


async def test_an_unknown_opcode_is_a_gap(sandbox: Sandbox) -> None:
    async with raw_gateway(sandbox) as gateway:
        await gateway.send(42, {})

        assert await gateway.closed() == 4001

    assert sandbox.unsupported == ["gateway opcode 42"]
    sandbox.unsupported.clear()


async def test_120_messages_a_minute_are_the_limit() -> None:
    async with Sandbox(limits="strict") as sandbox, raw_gateway(sandbox) as gateway:
        for _ in range(121):
            await gateway.send(1, None)

        assert await gateway.closed() == 4008


async def test_events_respect_intents(sandbox: Sandbox) -> None:
    guild = sandbox.add_guild("Night Owls")
    channel = guild.add_channel("raid-signups")
    alice = guild.add_member("alice")
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox, intents=int(Intent.GUILDS | Intent.GUILD_MESSAGES))
        await gateway.expect("GUILD_CREATE")
        message = say(sandbox, channel, alice.id, "secret")
        react(sandbox, channel, message, alice.id)
        messages.delete(sandbox.world, channel, message)

        created = await gateway.receive()
        deleted = await gateway.receive()

    assert created is not None
    assert deleted is not None
    assert (created["t"], created["d"]["content"]) == ("MESSAGE_CREATE", "")
    assert deleted["t"] == "MESSAGE_DELETE"


async def test_content_is_told_when_the_bot_is_mentioned_or_wrote_it(sandbox: Sandbox, connect: Connect) -> None:
    guild = sandbox.add_guild("Night Owls")
    channel = guild.add_channel("raid-signups")
    alice = guild.add_member("alice")
    client = await connect()

    say(sandbox, channel, alice.id, "hidden")
    draft = messages.Draft(content=f"<@{sandbox.bot.id}> hi", mentions=[sandbox.bot.id])
    messages.create(sandbox.world, channel, sandbox.store.users[alice.id], draft)
    say(sandbox, channel, sandbox.bot.id, "mine")

    await sandbox.until(lambda: len(client.heard("message")) == 3)
    contents = [message.content for message in client.heard("message")]
    assert contents == ["", f"<@{sandbox.bot.id}> hi", "mine"]


async def test_a_channel_the_bot_cannot_see_says_nothing(sandbox: Sandbox, connect: Connect) -> None:
    guild = sandbox.add_guild("Night Owls")
    hidden, visible = guild.add_channel("hidden"), guild.add_channel("visible")
    guild.deny(hidden, "view_channel")
    client = await connect()

    say(sandbox, hidden, guild.owner.id, "one")
    say(sandbox, visible, guild.owner.id, "two")

    await sandbox.until(lambda: client.heard("message"))
    assert [message.channel.id for message in client.heard("message")] == [visible.id]


async def test_members_are_found_by_id_and_by_name(sandbox: Sandbox, connect: Connect) -> None:
    guild = sandbox.add_guild("Night Owls")
    alice = guild.add_member("alice", nick="Queen")
    guild.add_member("bob")
    client = await connect()
    found = client.get_guild(guild.id)
    assert found is not None

    by_name = await found.query_members("que")
    by_id = await found.query_members(user_ids=[alice.id, 42])
    everybody = await found.chunk()

    assert [member.display_name for member in by_name] == ["Queen"]
    assert [member.id for member in by_id] == [alice.id]
    assert len(everybody) == 4


async def test_two_shards_share_the_guilds(sandbox: Sandbox, pointed: None) -> None:
    guilds = [sandbox.add_guild(f"guild {number}") for number in range(4)]
    sandbox.world.shards = 2
    seen: list[tuple[int | None, int]] = []
    client = discord.AutoShardedClient(intents=discord.Intents(guilds=True), guild_ready_timeout=0.1)

    async with client:
        await client.login(sandbox.token)
        task = client.loop.create_task(client.connect())
        await sandbox.until(client.is_ready, timeout=20)
        seen = [(client.get_guild(guild.id).shard_id, guild.id) for guild in guilds]  # type: ignore[union-attr]
    await task

    assert seen == [((guild.id >> 22) % 2, guild.id) for guild in guilds]
    assert {shard for shard, _ in seen} == {0, 1}


async def test_an_outage_takes_a_guild_away_and_brings_it_back(sandbox: Sandbox, connect: Connect) -> None:
    guild = sandbox.add_guild("Night Owls")
    channel = guild.add_channel("raid-signups")
    client = await connect()

    await sandbox.set_unavailable(guild)
    say(sandbox, channel, guild.owner.id, "unheard")
    await sandbox.set_unavailable(guild, unavailable=False)

    await sandbox.until(lambda: len(client.heard("guild_available")) == 2)
    assert client.heard("guild_unavailable")
    assert client.heard("message") == []


async def test_events_arrive_twice_and_mixed_but_in_order_per_user(sandbox: Sandbox, connect: Connect) -> None:
    guild = sandbox.add_guild("Night Owls")
    channel = guild.add_channel("raid-signups")
    people = [guild.add_member(f"member{number}") for number in range(10)]
    message = say(sandbox, channel, guild.owner.id, "board")
    client = await connect()
    sandbox.gateway.disturb(duplicates=0.5, rng=random.Random(7))

    for emoji in ("✅", "❌"):
        for member in people:
            react(sandbox, channel, message, member.id, emoji)
    sandbox.gateway.calm()
    say(sandbox, channel, guild.owner.id, "done")

    await sandbox.until(lambda: client.heard("message"))
    told = [(event.user_id, str(event.emoji)) for event in client.heard("raw_reaction_add")]
    assert len(told) > 20
    assert reactions(client)[:10] != [member.id for member in people]
    for member in people:
        own = [emoji for user_id, emoji in told if user_id == member.id]
        assert own == sorted(own, key=["✅", "❌"].index)


async def test_what_moderators_do_is_told(sandbox: Sandbox, connect: Connect) -> None:
    guild = sandbox.add_guild("Night Owls")
    channel = guild.add_channel("raid-signups")
    alice = guild.add_member("alice")
    role = guild.add_role("Raiders")
    message = say(sandbox, channel, alice.id, "board")
    react(sandbox, channel, message, alice.id)
    react(sandbox, channel, message, alice.id, "❌")
    client = await connect()

    await sandbox.clear_reactions(message, "✅")
    await sandbox.clear_reactions(message)
    await sandbox.delete_message(message)
    await guild.give_role(alice, role)
    await guild.rename_member(alice, "Ali")
    await guild.take_role(alice, role)
    await guild.rename("Day Owls")
    await guild.delete_role(role)
    guild.deny(channel, "send_messages")
    await sandbox.delete_channel(channel)
    await sandbox.remove_member(guild, alice)
    await sandbox.remove_member(guild, guild.bot)

    await sandbox.until(lambda: client.heard("guild_remove"))
    for event in (
        "raw_reaction_clear_emoji",
        "raw_reaction_clear",
        "raw_message_delete",
        "guild_role_delete",
        "guild_update",
        "guild_channel_update",
        "guild_channel_delete",
        "raw_member_remove",
    ):
        assert client.heard(event), event


async def test_the_presence_is_remembered(sandbox: Sandbox, connect: Connect) -> None:
    client = await connect()

    await client.change_presence(activity=discord.Game("3 open raids"))

    await sandbox.until(lambda: (sandbox.gateway.presence or {}).get("activities"))
    assert sandbox.gateway.presence is not None
    assert sandbox.gateway.presence["activities"][0]["name"] == "3 open raids"
