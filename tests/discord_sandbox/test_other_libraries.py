"""The sandbox as libraries other than discord.py use it; `make clients` tries them as they are."""

import aiohttp
import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.store import ChannelType
from tests.discord_sandbox.raw_gateway import raw_gateway

SEND = "POST /channels/{channel_id}/messages"


@pytest.fixture
def guild(sandbox: Sandbox) -> SandboxGuild:
    return sandbox.add_guild("Night Owls")


async def test_a_client_identifies_anew_on_the_connection_whose_session_became_invalid(sandbox: Sandbox) -> None:
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox)
        first = await gateway.expect("READY")
        sandbox.gateway.invalidate(resumable=False)
        while (told := await gateway.receive()) is not None and told["op"] != 9:
            pass

        await gateway.identify(sandbox)

        assert (await gateway.expect("READY"))["session_id"] != first["session_id"]


async def test_a_429_on_request_tells_of_the_bucket(
    sandbox: Sandbox, guild: SandboxGuild, http: aiohttp.ClientSession
) -> None:
    channel = guild.add_channel("raids")
    url = f"{sandbox.api_url}/channels/{channel.id}/messages"
    sandbox.faults.answer(429, route=SEND, calls=1, retry_after=2.5)

    async with http.post(url, json={"content": "hello"}) as answer:
        headers = answer.headers

    assert headers["X-RateLimit-Remaining"] == "0"
    assert headers["X-RateLimit-Limit"] == "5"
    assert headers["X-RateLimit-Reset-After"] == "2.500"
    assert headers["Retry-After"] == "3"


async def test_the_bot_s_nickname_changes_by_the_older_route(
    sandbox: Sandbox, guild: SandboxGuild, http: aiohttp.ClientSession
) -> None:
    url = f"{sandbox.api_url}/guilds/{guild.id}/members/@me/nick"

    async with http.patch(url, json={"nick": "Owl"}) as answer:
        body = await answer.json()

    assert (answer.status, body, guild.bot.nick) == (200, {"nick": "Owl"}, "Owl")


async def test_a_presence_shows_activities_of_the_older_field_too(sandbox: Sandbox, guild: SandboxGuild) -> None:
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox, presence={"status": "idle", "game": {"name": "raids", "type": 0}})

        created = await gateway.expect("GUILD_CREATE")

    (presence,) = created["presences"]
    (activity,) = presence["activities"]
    assert (activity["name"], activity["type"]) == ("raids", 0)
    assert activity["created_at"] == pytest.approx(sandbox.clock.now().timestamp() * 1000, abs=60_000)


@pytest.mark.parametrize(
    ("post", "gap"),
    [
        ({"name": "Friday"}, "a post in a forum"),
        ({"name": "Friday", "message": {"content": "who comes?"}}, "field message of a thread"),
    ],
)
async def test_a_post_in_a_forum_is_a_gap(
    sandbox: Sandbox, guild: SandboxGuild, http: aiohttp.ClientSession, post: object, gap: str
) -> None:
    forum = guild.add_channel("plans", type=ChannelType.FORUM)

    async with http.post(f"{sandbox.api_url}/channels/{forum.id}/threads", json=post) as answer:
        assert answer.status == 501

    assert sandbox.unsupported == [gap]
    sandbox.unsupported.clear()
