"""Lists that clients of other libraries read: pins without pages, archived threads, sounds and stickers."""

from datetime import timedelta

import aiohttp
import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.store import Channel
from tests import openapi_check


@pytest.fixture
def guild(sandbox: Sandbox) -> SandboxGuild:
    return sandbox.add_guild("Night Owls")


@pytest.fixture
def channel(guild: SandboxGuild) -> Channel:
    return guild.add_channel("raids")


async def test_the_older_list_of_pins_has_the_last_one_first(
    sandbox: Sandbox, http: aiohttp.ClientSession, channel: Channel
) -> None:
    url = f"{sandbox.api_url}/channels/{channel.id}"
    for content in ("one", "two", "three"):
        message = await (await http.post(f"{url}/messages", json={"content": content})).json()
        sandbox.advance(timedelta(seconds=1))
        if content != "two":
            await http.put(f"{url}/pins/{message['id']}")

    answer = await http.get(f"{url}/pins")
    pinned = await answer.json()

    assert (answer.status, [message["content"] for message in pinned]) == (200, ["three", "one"])
    assert openapi_check.mismatches(sandbox.calls) == []


@pytest.mark.parametrize(("path", "empty"), [("pins", []), ("messages/pins", {"items": [], "has_more": False})])
async def test_without_the_history_there_are_no_pins(
    sandbox: Sandbox, http: aiohttp.ClientSession, guild: SandboxGuild, channel: Channel, path: str, empty: object
) -> None:
    url = f"{sandbox.api_url}/channels/{channel.id}"
    message = await (await http.post(f"{url}/messages", json={"content": "one"})).json()
    await http.put(f"{url}/pins/{message['id']}")
    guild.deny(channel, "read_message_history")

    answer = await http.get(f"{url}/{path}")

    assert (answer.status, await answer.json()) == (200, empty)


@pytest.mark.parametrize("before", ["2031-01-01T00:00:00Z", "2031-01-01T00:00:00", "2031-01-01T02:00:00+02:00"])
@pytest.mark.parametrize("path", ["messages/pins", "threads/archived/public"])
async def test_a_page_ends_before_a_time_in_any_zone(
    sandbox: Sandbox, http: aiohttp.ClientSession, channel: Channel, path: str, before: str
) -> None:
    url = f"{sandbox.api_url}/channels/{channel.id}/{path}"

    found = await http.get(url, params={"before": before})
    wrong = await http.get(url, params={"before": "yesterday"})

    assert (found.status, wrong.status) == (200, 400)
    assert (await wrong.json())["errors"]["before"]["_errors"][0]["code"] == "DATE_TIME_TYPE_PARSE"


@pytest.mark.parametrize("kind", ["public", "private"])
async def test_archived_threads_are_listed_by_kind(
    sandbox: Sandbox, http: aiohttp.ClientSession, channel: Channel, kind: str
) -> None:
    for name, number in (("public", 11), ("private", 12)):
        made = await http.post(f"{sandbox.api_url}/channels/{channel.id}/threads", json={"name": name, "type": number})
        await http.patch(f"{sandbox.api_url}/channels/{(await made.json())['id']}", json={"archived": True})

    answer = await http.get(f"{sandbox.api_url}/channels/{channel.id}/threads/archived/{kind}")

    assert [thread["name"] for thread in (await answer.json())["threads"]] == [kind]
    assert openapi_check.mismatches(sandbox.calls) == []


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("soundboard-default-sounds", ["quack"]),
        ("guilds/{guild}/soundboard-sounds", []),
        ("guilds/{guild}/stickers", []),
    ],
)
async def test_sounds_and_stickers_are_listed(
    sandbox: Sandbox, http: aiohttp.ClientSession, guild: SandboxGuild, path: str, names: list[str]
) -> None:
    answer = await http.get(f"{sandbox.api_url}/{path.format(guild=guild.id)}")
    found = await answer.json()

    listed = found["items"] if isinstance(found, dict) else found
    assert (answer.status, [one["name"] for one in listed]) == (200, names)
    assert openapi_check.mismatches(sandbox.calls) == []
