"""`python -m discord_sandbox` as a separate process, used over HTTP."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest


@dataclass
class Program:
    process: asyncio.subprocess.Process
    world: dict[str, Any]
    http: aiohttp.ClientSession

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Call the control API and return the status and the answer."""
        async with self.http.request(method, self.world["control_url"] + path, json=body) as answer:
            return answer.status, await answer.json()

    async def rest(self, method: str, path: str, body: Any = None) -> Any:
        """Call the REST API as the bot and return the answer."""
        headers = {"Authorization": f"Bot {self.world['token']}"}
        async with self.http.request(method, self.world["api_url"] + path, json=body, headers=headers) as answer:
            return await answer.json()


def start(*arguments: str) -> Any:
    pipe = asyncio.subprocess.PIPE
    return asyncio.create_subprocess_exec(sys.executable, "-m", "discord_sandbox", *arguments, stdout=pipe, stderr=pipe)


@pytest.fixture
async def program() -> AsyncIterator[Program]:
    process = await start("--limits", "off")
    assert process.stdout is not None
    world = json.loads(await process.stdout.readline())
    async with aiohttp.ClientSession() as http:
        yield Program(process, world, http)
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    await process.communicate()


async def test_it_says_where_it_is_and_ends_in_order(program: Program) -> None:
    (guild,) = program.world["guilds"]
    assert program.world["application_id"] == (await program.rest("GET", "/users/@me"))["id"]
    assert {"alice", "bob"} <= guild["members"].keys()

    program.process.send_signal(signal.SIGTERM)

    assert await asyncio.wait_for(program.process.wait(), 10) == 0


async def test_members_act_over_http(program: Program) -> None:
    channel = program.world["guilds"][0]["channels"]["raid-signups"]
    message = await program.rest("POST", f"/channels/{channel}/messages", {"content": "board"})
    board = {"channel": "raid-signups", "message": message["id"]}

    await program.call("POST", "/people/alice/react", board | {"emoji": "✅"})
    await program.call("POST", "/people/bob/react", board | {"emoji": "✅"})
    await program.call("POST", "/people/alice/unreact", board | {"emoji": "✅"})
    said = await program.call("POST", "/people/bob/say", {"channel": channel, "content": "hi"})
    listed = await program.call("GET", f"/channels/{channel}/messages")

    assert said[0] == 200
    assert [entry["content"] for entry in listed[1]] == ["board", "hi"]
    assert listed[1][0]["reactors"] == {"✅": ["bob"]}


async def test_what_cannot_be_done_is_said(program: Program) -> None:
    refused = await program.call("POST", "/people/dave/say", {"channel": "officers", "content": "hi"})
    stranger = await program.call("POST", "/people/nobody/say", {"channel": "general", "content": "hi"})
    nothing = await program.call("POST", "/people/dave/fly", {})
    incomplete = await program.call("POST", "/people/dave/say", {"channel": "general"})
    command = await program.call("POST", "/people/dave/slash", {"channel": "general", "command": "ping"})

    assert [answer[0] for answer in (refused, stranger, nothing, incomplete, command)] == [409, 404, 404, 400, 409]
    assert "officers" in refused[1]["error"]


async def test_a_direct_message_is_read_over_http(program: Program) -> None:
    opened = await program.rest("POST", "/users/@me/channels", {"recipient_id": program.world["people"]["alice"]})
    await program.rest("POST", f"/channels/{opened['id']}/messages", {"content": "you are in"})

    dms = await program.call("GET", "/people/alice/dms")

    assert [message["content"] for message in dms[1]] == ["you are in"]


async def test_the_clock_is_moved_over_http(program: Program) -> None:
    moved = await program.call("POST", "/clock", {"seconds": 3600})

    assert moved[1]["now"] > program.world["now"]


async def test_calls_and_gaps_are_counted(program: Program) -> None:
    await program.rest("GET", "/users/@me")
    await program.rest("GET", "/sticker-packs")

    counted = await program.call("GET", "/calls")

    assert counted[1]["calls"]["GET /users/@me 200"] == 1
    assert counted[1]["gaps"] == ["GET /sticker-packs"]


async def test_a_wrong_scenario_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "world.toml"
    file.write_text("servers = []")

    process = await start("--scenario", str(file))
    out, err = await process.communicate()

    assert (process.returncode, out) == (2, b"")
    assert err == b"the scenario: 'servers' is not known\n"
