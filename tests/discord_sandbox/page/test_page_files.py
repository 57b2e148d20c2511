"""Files chosen for commands, and files received."""

import io
from collections.abc import AsyncIterator

import aiohttp
import pytest

from discord_sandbox.page.files import MAX_PENDING_FILES
from discord_sandbox.people import Person
from discord_sandbox.store import Channel
from discord_sandbox.world import MAX_UPLOAD_BYTES
from tests.discord_sandbox.example_bot import ExampleBot
from tests.discord_sandbox.page.page_client import Json, PageClient
from tests.discord_sandbox.page.page_helpers import Open

NASTY = "Sunday #1 {50%} ü?.json"


class Sender:
    """Uploads and downloads files as a browser does."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url

    async def send(self, name: str, content: bytes = b"sunday") -> Json:
        async with self.session.post(f"{self.url}files", params={"name": name}, data=io.BytesIO(content)) as response:
            answer: Json = await response.json()
            assert (response.status == 200) == ("file" in answer)
            return answer

    async def get(self, path: str) -> bytes:
        async with self.session.get(self.url.rstrip("/") + path) as response:
            assert response.status == 200
            return await response.read()


@pytest.fixture
async def sender(url: str) -> AsyncIterator[Sender]:
    async with aiohttp.ClientSession() as session:
        yield Sender(session, url)


async def _hand_in(page_client: PageClient, channel: Channel, file: object) -> Json:
    return await page_client.ask("slash", channel=str(channel.id), command="hand_in", options={"file": file})


@pytest.mark.parametrize("name", ["plan.txt", NASTY])
async def test_a_chosen_file_reaches_the_bot_and_one_it_sends_can_be_fetched(
    example_bot: ExampleBot, lobby: Channel, alice: Person, browse: Open, sender: Sender, name: str
) -> None:
    page_client = await browse(alice)
    content = b"sunday" * 30_000  # larger than a WebSocket frame may be
    sent = await sender.send(name, content)

    answer = await _hand_in(page_client, lobby, sent)

    assert answer["outcome"] == "answered"
    (back,) = await page_client.until(lambda: [one for one in page_client.messages() if one["attachments"]])
    (file,) = back["attachments"]
    assert back["ephemeral"]
    assert (file["filename"], file["size"]) == (f"back-{name}", len(content))
    assert await sender.get(file["url"]) == content


async def test_a_file_serves_one_command_and_the_oldest_make_room(
    example_bot: ExampleBot, lobby: Channel, alice: Person, browse: Open, sender: Sender
) -> None:
    page_client = await browse(alice)
    oldest = await sender.send("oldest.txt")
    files = [await sender.send(f"{number}.txt") for number in range(MAX_PENDING_FILES)]

    assert (await _hand_in(page_client, lobby, files[0]))["ok"]
    for file in (oldest, files[0], {"file": "1"}):
        assert "choose it again" in (await _hand_in(page_client, lobby, file))["error"]
    assert "nobody can fill in" in (await _hand_in(page_client, lobby, "text"))["error"]


async def test_a_file_too_large_or_without_a_name_is_refused(
    alice: Person, browse: Open, sender: Sender, url: str
) -> None:
    page_client = await browse(alice)
    assert page_client.view["upload_limit"] == MAX_UPLOAD_BYTES
    assert "file" in await sender.send("large.txt", b"x" * MAX_UPLOAD_BYTES)

    assert (await sender.send("larger.txt", b"x" * (MAX_UPLOAD_BYTES + 1)))["error"].endswith(
        "at most 10 MB can be sent."
    )
    for name in ("", "a/b", "x" * 256):
        assert "name" in (await sender.send(name))["error"]


async def test_files_of_other_sites_are_refused(sender: Sender, url: str) -> None:
    headers = {"Origin": "https://raidbot.example"}
    async with sender.session.post(f"{url}files?name=a", data=b"", headers=headers) as response:
        assert response.status == 403
