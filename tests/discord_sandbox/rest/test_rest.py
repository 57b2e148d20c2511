"""REST in general: tokens, unknown routes, permissions, commands and rate limits."""

import asyncio
from base64 import b64decode
from datetime import timedelta
from email.utils import parsedate_to_datetime

import aiohttp
import discord
import pytest

from discord_sandbox import Sandbox
from tests.discord_sandbox.scene import Connect, Scene, refused

SEND = "/channels/{channel_id}/messages"


def test_the_token_begins_with_the_bot_s_id(sandbox: Sandbox) -> None:
    first = sandbox.token.split(".")[0]

    assert b64decode(first + "=" * (-len(first) % 4)).decode() == str(sandbox.bot.id)


async def test_a_wrong_token_is_refused(sandbox: Sandbox, pointed: None) -> None:
    client = discord.Client(intents=discord.Intents.none())

    with pytest.raises(discord.LoginFailure):
        await client.login("wrong")

    await client.close()
    assert sandbox.calls[0].response == {"message": "401: Unauthorized", "code": 0}


async def test_an_unknown_route_is_a_gap(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    guild = sandbox.add_guild("Night Owls")

    unknown = await http.post(f"{sandbox.api_url}/guilds/{guild.id}/prune", json={})

    assert unknown.status == 501
    assert sandbox.unsupported == ["POST /guilds/{id}/prune"]
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


async def test_the_date_of_answers_is_the_sandboxs_time(sandbox: Sandbox) -> None:
    sandbox.advance(timedelta(days=40))

    async with aiohttp.ClientSession() as session, session.get(f"{sandbox.api_url}/gateway") as answer:
        date = parsedate_to_datetime(answer.headers["Date"])

    assert abs(date - sandbox.clock.now()) < timedelta(minutes=1)


async def test_session_starts_are_counted_for_a_day_from_the_first(sandbox: Sandbox) -> None:
    assert await session_limit(sandbox) == (1000, 0)
    sandbox.world.start_session()
    sandbox.advance(timedelta(hours=20))
    sandbox.world.start_session()

    remaining, reset_after = await session_limit(sandbox)
    assert remaining == 998
    assert timedelta(hours=3, minutes=59) < timedelta(milliseconds=reset_after) < timedelta(hours=4)
    sandbox.advance(timedelta(hours=4))

    assert await session_limit(sandbox) == (1000, 0)


async def session_limit(sandbox: Sandbox) -> tuple[int, int]:
    """Return the session starts that are left, and the milliseconds until all are."""
    headers = {"Authorization": f"Bot {sandbox.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.get(f"{sandbox.api_url}/gateway/bot") as answer,
    ):
        limit = (await answer.json())["session_start_limit"]
    return limit["remaining"], limit["reset_after"]
