"""Actions of people, their view of messages, and actions their client refuses."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import discord
import pytest

from discord_sandbox import Sandbox
from discord_sandbox.builders import SandboxGuild
from discord_sandbox.command_input import NotPossible
from discord_sandbox.people import Person
from discord_sandbox.store import Channel, Message
from discord_sandbox.text_view import message_text, plain_text
from tests.discord_sandbox.scene import Connect


@pytest.fixture
def guild(sandbox: Sandbox) -> SandboxGuild:
    return sandbox.add_guild("Night Owls")


@pytest.fixture
def channel(guild: SandboxGuild) -> Channel:
    return guild.add_channel("raids")


@pytest.fixture
def alice(guild: SandboxGuild) -> Person:
    return guild.add_member("alice")


async def post(connect: Connect, channel: Channel, content: str = "board", **parts: object) -> Message:
    client = await connect()
    target = client.get_channel(channel.id)
    assert isinstance(target, discord.TextChannel)
    sent = await target.send(content, **parts)  # type: ignore[call-overload]
    return channel.messages[sent.id]


async def test_a_member_writes_and_reacts(alice: Person, channel: Channel, guild: SandboxGuild) -> None:
    message = await alice.say(channel, "Who comes?")

    await alice.react(message, "1️⃣")
    await alice.react(message, "1️⃣")

    assert [found.content for found in guild.messages(channel)] == ["Who comes?"]
    assert message.reactors("1️⃣") == [alice.id]
    await alice.unreact(message, "1️⃣")
    assert message.reactions == {}
    with pytest.raises(NotPossible):
        await alice.unreact(message, "1️⃣")


async def test_a_custom_emoji_of_the_server_can_be_reacted_with(
    alice: Person, channel: Channel, guild: SandboxGuild
) -> None:
    emoji = guild.add_emoji("tank")
    message = await alice.say(channel, "Who comes?")

    await alice.react(message, f"tank:{emoji.id}")

    assert message.reactors(f"tank:{emoji.id}") == [alice.id]
    with pytest.raises(NotPossible, match="Unknown Emoji"):
        await alice.react(message, "lost:1")


async def test_without_the_permission_nobody_writes_or_adds_an_emoji(
    alice: Person, channel: Channel, guild: SandboxGuild
) -> None:
    message = await alice.say(channel, "Who comes?")
    await alice.react(message, "✅")
    bob = guild.add_member("bob")
    guild.deny(channel, "add_reactions", "send_messages", to=bob)

    await bob.react(message, "✅")
    with pytest.raises(NotPossible):
        await bob.react(message, "❌")
    with pytest.raises(NotPossible):
        await bob.say(channel, "Me")
    guild.deny(channel, "view_channel", to=bob)
    with pytest.raises(NotPossible, match="does not see"):
        await bob.unreact(message, "✅")


async def test_a_message_that_is_gone_takes_no_reaction(alice: Person, channel: Channel, sandbox: Sandbox) -> None:
    message = await alice.say(channel, "Who comes?")
    await sandbox.delete_message(message)

    with pytest.raises(NotPossible, match="not there"):
        await alice.react(message, "✅")


async def test_direct_messages_arrive_unless_closed(sandbox: Sandbox, connect: Connect, alice: Person) -> None:
    client = await connect()
    user = await client.fetch_user(alice.id)
    await user.send("You are in")
    alice.close_dms()
    with pytest.raises(discord.Forbidden) as refused:
        await user.send("Psst")
    alice.open_dms()
    await user.send("Welcome back")

    assert refused.value.code == 50007
    assert [message.content for message in alice.dms] == ["You are in", "Welcome back"]


async def test_who_leaves_is_gone(alice: Person, guild: SandboxGuild, channel: Channel) -> None:
    await alice.leave(guild)

    assert alice.id not in guild.facts.members
    with pytest.raises(NotPossible):
        await alice.say(channel, "Still here?")


async def test_times_names_and_marks_are_read_as_discord_shows_them(
    sandbox: Sandbox, alice: Person, channel: Channel
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    at = int(datetime(2030, 7, 5, 18, 0, tzinfo=UTC).timestamp())
    soon = int((sandbox.clock.now() + timedelta(hours=3)).timestamp())

    assert plain_text(f"<t:{at}:F>", sandbox.world, zone=berlin) == "Friday, 05 July 2030 20:00"
    assert plain_text(f"<t:{soon}:R>", sandbox.world) == "in 3 hours"
    assert (
        plain_text(rf"**<@{alice.id}>** in <#{channel.id}> says \*hi\*", sandbox.world) == "@Alice in #raids says *hi*"
    )
    assert plain_text("<:tank:123> snake_case", sandbox.world) == ":tank: snake_case"


async def test_a_message_is_shown_as_text(sandbox: Sandbox, connect: Connect, alice: Person, channel: Channel) -> None:
    embed = discord.Embed(title="Molten Core", description="**Tonight**").add_field(name="Tank", value="alice\nbob")
    view = discord.ui.View()
    view.add_item(discord.ui.Button(label="Join", emoji="✅"))
    view.add_item(discord.ui.Button(label="Leave", disabled=True))
    message = await post(connect, channel, "Sign up", embed=embed.set_footer(text="ABC234"), view=view)
    await alice.react(message, "✅")

    assert message_text(message, sandbox.world).splitlines() == [
        "RaidBot",
        "  Sign up",
        "  │ Molten Core",
        "  │ Tonight",
        "  │ Tank",
        "  │   alice",
        "  │   bob",
        "  │ ABC234",
        "  ✅ 1",
        "  [✅ Join] (Leave)",
    ]
