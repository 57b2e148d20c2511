"""No request makes the sandbox's own routes fail: its control, its page and the files of messages."""

import io

import aiohttp
import pytest
import yarl

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.page.server import Page
from discord_sandbox.store import Json

HOSTILE = ["%00", "x%00.js", "%2e%2e%2f%2e%2e%2fserver.py", "%ff", "x" * 3000, "9" * 5000, "-1", "%C2%B2", "NaN"]
BODIES = [
    b"",
    b"{",
    b"[]",
    b'"x"',
    b"null",
    b"[" * 20_000,
    b'{"seconds":NaN}',
    b'{"seconds":1e99}',
    b'{"seconds":1e999}',
    b'{"seconds":-1}',
    b'{"seconds":"soon"}',
    b'{"seconds":null}',
    b'{"seconds":[]}',
    b'{"channel":{},"content":"x"}',
    b'{"channel":"general","content":{}}',
    b'{"channel":"general","message":"x","emoji":"\\ud800","button":"x","select":3,"picked":3}',
    b'{"channel":"general","command":"","options":[]}',
    b'{"channel":"general","command":"x","options":{"self":1,"channel":2},"focused":"x"}',
    b'{"interaction":"x","values":3}',
    b'{"interaction":1e99,"values":{"self":1}}',
]
ACTS = (
    ["say", "react", "unreact", "slash", "autocomplete", "click", "select", "submit"],
    ["open-dms", "close-dms", "fly"],
)


@pytest.fixture
async def guild(sandbox: Sandbox) -> SandboxGuild:
    guild = sandbox.add_guild("Night Owls")
    guild.add_channel("general")
    guild.add_member("alice")
    return guild


async def status(http: aiohttp.ClientSession, method: str, url: str, body: bytes | None = None) -> int:
    data = io.BytesIO(body) if body is not None else None
    async with http.request(method, yarl.URL(url, encoded=True), data=data) as answer:
        await answer.read()
        return answer.status


@pytest.mark.parametrize("place", ["static/{}", "attachments/{}/1/a", "attachments/1/{}/a", "attachments/1/1/{}", "{}"])
async def test_a_hostile_path_of_the_page_is_not_found(
    sandbox: Sandbox, http: aiohttp.ClientSession, place: str
) -> None:
    url = await Page(sandbox).open()

    found = {await status(http, "GET", url + place.format(word)) for word in HOSTILE}

    assert found == {404}


@pytest.mark.parametrize("place", ["attachments/{}/1/a", "attachments/1/{}/a", "attachments/1/1/{}"])
async def test_a_hostile_path_of_a_file_is_not_found(sandbox: Sandbox, http: aiohttp.ClientSession, place: str) -> None:
    found = {await status(http, "GET", f"{sandbox.world.base_url}/{place.format(word)}") for word in HOSTILE}

    assert found == {404}


@pytest.mark.parametrize("body", BODIES)
async def test_the_clock_moves_by_a_number_only(
    sandbox: Sandbox, http: aiohttp.ClientSession, guild: SandboxGuild, body: bytes
) -> None:
    before = sandbox.clock.offset

    answered = await status(http, "POST", f"{sandbox.world.base_url}/_sandbox/clock", body)

    assert (answered, sandbox.clock.offset) == (400, before)


@pytest.mark.parametrize("body", BODIES)
async def test_what_people_cannot_do_is_refused_with_a_sentence(
    sandbox: Sandbox, http: aiohttp.ClientSession, guild: SandboxGuild, body: bytes
) -> None:
    url = f"{sandbox.world.base_url}/_sandbox/people"

    found = {await status(http, "POST", f"{url}/alice/{act}", body) for acts in ACTS for act in acts}
    found |= {await status(http, "POST", f"{url}/{word}/say", body) for word in HOSTILE}

    assert found <= {200, 400, 404, 409}


async def test_the_clock_ends_where_discord_s_ids_end(
    sandbox: Sandbox, http: aiohttp.ClientSession, guild: SandboxGuild
) -> None:
    url = f"{sandbox.world.base_url}/_sandbox/clock"

    found = [await status(http, "POST", url, b'{"seconds":31622400}') for _ in range(130)]

    assert set(found) == {200, 400}
    assert sandbox.clock.now().year == 2149


async def test_hostile_questions_over_the_socket_are_answered(
    sandbox: Sandbox, http: aiohttp.ClientSession, guild: SandboxGuild
) -> None:
    url = await Page(sandbox).open()
    questions = [
        "[" * 30_000,
        '{"id":NaN,"do":"be"}',
        '{"id":1,"do":"advance","seconds":1e999}',
        '{"id":1,"do":"advance","seconds":1e99}',
        '{"id":1,"do":"history","channel":1e999,"limit":1e999}',
        '{"id":1,"do":"slash","channel":"' + str(guild.channel("general").id) + '","command":"x","options":[1]}',
        '{"id":[],"do":{}}',
        '{"id":1,"do":"say","channel":"' + "9" * 5000 + '"}',
        '{"id":1,"do":"select","values":3}',
    ]
    headers = {"Origin": url.rstrip("/")}
    async with http.ws_connect(url + "socket", headers=headers) as ws:
        await ws.send_json({"id": 0, "do": "be"})
        for question in questions:
            await ws.send_str(question)
        await ws.send_json({"id": 99, "do": "dms", "open": True})

        answers: list[Json] = []
        while not answers or answers[-1].get("re") != 99:
            answers.append(await ws.receive_json(timeout=5))

    refused = [answer["error"] for answer in answers if "error" in answer]
    assert len(refused) == len(questions)
    assert not any("the sandbox failed" in error for error in refused)
