"""The sandbox's calls match Discord's published OpenAPI description."""

import copy
from datetime import UTC, datetime

import discord
import pytest

from discord_sandbox import Sandbox
from discord_sandbox.server import Recorded
from tests import openapi_check
from tests.discord_sandbox.example_bot import ExampleBot

pytestmark = pytest.mark.skipif(not openapi_check.has_description(), reason="Discord's description is not at hand")


async def test_an_evening_of_calls_fits_the_description(sandbox: Sandbox, example_bot: ExampleBot) -> None:
    guild = sandbox.add_guild("Night Owls")
    channel = guild.add_channel("raids")
    alice = guild.add_member("alice", nick="Ali", permissions=["manage_guild"])
    await sandbox.until(lambda: example_bot.get_channel(channel.id))
    place = example_bot.get_channel(channel.id)
    assert isinstance(place, discord.TextChannel)

    offer = await alice.slash(channel, "create", activity="molten core")
    await offer.click("Explain")
    await (await offer.click("Set time")).submit(When="friday 8pm")
    await offer.click("later")
    await offer.click("Confirm")
    await alice.slash(channel, "slow")
    await alice.autocomplete(channel, "create", {"activity": "molt"}, focused="activity")
    await (await alice.slash(channel, "pick")).select("Members", [alice])
    await (await alice.slash(channel, "plan")).submit(Role="Tank")
    await use_messages(place)
    await alice.react(channel.messages[(await place.send("board", nonce="7")).id], "✅")
    await use_members(example_bot, place.guild, alice.id)

    found = openapi_check.mismatches(sandbox.calls)
    assert not found, "\n".join(found)


async def use_messages(place: discord.TextChannel) -> None:
    embed = discord.Embed(title="Raid", description="Tonight", timestamp=datetime(2030, 1, 1, tzinfo=UTC))
    embed.add_field(name="Tank", value="alice").set_footer(text="ABC234").set_author(name="bob")
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Join", emoji="✅", custom_id="join"))
    view.add_item(discord.ui.Select(custom_id="role", options=[discord.SelectOption(label="Tank", emoji="🛡️")]))
    board = await place.send(
        "hello", embed=embed, view=view, allowed_mentions=discord.AllowedMentions(users=[place.guild])
    )
    await board.edit(content="hello again", embed=embed, view=None)
    answer = await board.reply("yes", mention_author=False)
    for emoji in ("✅", "❌"):
        await board.add_reaction(emoji)
    await board.remove_reaction("❌", place.guild.me)
    again = await place.fetch_message(board.id)
    assert [user.id async for user in again.reactions[0].users()] == [place.guild.me.id]
    await board.clear_reaction("✅")
    await board.clear_reactions()
    await board.pin()
    assert [message.id async for message in place.pins()] == [board.id]
    thread = await board.create_thread(name="Talk", auto_archive_duration=1440)
    await thread.send("here")
    await thread.edit(archived=True)
    assert [message.id async for message in place.history(limit=5)]
    await answer.delete()
    with pytest.raises(discord.NotFound):
        await place.fetch_message(answer.id)
    with pytest.raises(discord.HTTPException):
        await place.send("x" * 2001)


async def use_members(example_bot: ExampleBot, guild: discord.Guild, alice: int) -> None:
    member = await guild.fetch_member(alice)
    await member.send("You are in")
    await example_bot.fetch_user(alice)
    await example_bot.fetch_guild(guild.id)
    await example_bot.fetch_channel(guild.text_channels[0].id)
    assert await example_bot.tree.fetch_commands()


def test_what_does_not_fit_is_named() -> None:
    call = Recorded(
        method="POST",
        route="/channels/{channel_id}/messages",
        path="/channels/1/messages",
        actor="bot",
        request={"content": "x" * 4001},
        at=datetime(2030, 1, 1, tzinfo=UTC),
        query={},
        ids={},
        status=429,
        response={"message": "slow down", "global": False},
    )
    unknown = copy.copy(call)
    unknown.route = "/nowhere"
    accepted = copy.copy(call)
    accepted.status = 204

    found = openapi_check.mismatches([call, unknown, accepted])

    assert [line.partition(": ")[0] for line in found] == [
        "POST /channels/{channel_id}/messages 429",
        "POST /nowhere",
        "POST /channels/{channel_id}/messages request",
        "POST /channels/{channel_id}/messages 204",
    ]
    assert found[0].endswith('"retry_after" is a required property')
