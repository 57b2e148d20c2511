"""Access to the page, and the restrictions on its files."""

from typing import Any

import aiohttp
import pytest

from discord_sandbox import Sandbox
from discord_sandbox.page.server import Page
from discord_sandbox.people import Person
from discord_sandbox.store import Attachment, Channel
from tests.discord_sandbox.page.page_helpers import Open


@pytest.mark.parametrize(
    ("headers", "path"),
    [
        ({"Host": "raidbot.example"}, "/"),
        ({"Host": "raidbot.example"}, "/static/page.js"),
        ({"Origin": "https://raidbot.example"}, "/"),
        ({"Origin": "null"}, "/"),
        ({"Origin": "https://raidbot.example"}, "/socket"),
        ({"Upgrade": "websocket", "Connection": "Upgrade"}, "/socket"),
    ],
)
async def test_strangers_are_refused(url: str, headers: dict[str, str], path: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(url.rstrip("/") + path, headers=headers) as response:
        assert response.status == 403


async def test_on_another_address_only_that_one_is_its_own(sandbox: Sandbox) -> None:
    url = await Page(sandbox).open(host="127.0.0.2")

    async with aiohttp.ClientSession() as session:
        async with session.get(url) as own:
            assert own.status == 200
        async with session.get(url, headers={"Host": url.split("/")[2].replace("127.0.0.2", "127.0.0.1")}) as foreign:
            assert foreign.status == 403


async def test_a_socket_of_another_origin_is_refused(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        for origin in ("http://127.0.0.1:1", "https://raidbot.example", None):
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await session.ws_connect(f"{url}socket", origin=origin)


async def test_files_have_types_and_run_nothing_foreign(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as index:
            assert index.content_type == "text/html"
            assert index.headers["Cache-Control"] == "no-store"
            assert "default-src 'none'" in index.headers["Content-Security-Policy"]
        async with session.get(f"{url}static/dom.js") as script:
            assert script.content_type == "text/javascript"
        for path in ("static/nothing.js", "static/..%2fserver.py", "static/%2e%2e/__init__.py", "other"):
            async with session.get(url + path) as missing:
                assert missing.status == 404


async def test_attached_files_are_shown_but_run_nothing(
    sandbox: Sandbox, lobby: Channel, alice: Person, url: str, browse: Open
) -> None:
    message = await alice.say(lobby, "look")
    kinds: dict[str, Any] = {"a.png": "image/png", "b.html": "text/html"}
    message.attachments += [
        Attachment(id=sandbox.store.next_id(), filename=name, content_type=kind, content=b"<script>")
        for name, kind in kinds.items()
    ]
    message.embeds.append({"type": "rich", "image": {"url": "attachment://a.png"}})
    page_client = await browse(alice)

    shown = (await page_client.ask("history", channel=str(lobby.id)))["messages"][0]

    assert [one["filename"] for one in shown["attachments"]] == ["b.html"]
    async with aiohttp.ClientSession() as session:
        async with session.get(url.rstrip("/") + shown["embeds"][0]["image"]["url"]) as picture:
            assert (picture.status, picture.content_type) == (200, "image/png")
        async with session.get(url.rstrip("/") + shown["attachments"][0]["url"]) as page:
            assert page.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert page.headers["Content-Disposition"] == "attachment"
