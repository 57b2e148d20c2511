"""Bodies of requests as other clients encode them: parts of forms, urlencoded forms, files."""

import io
import json
from collections.abc import Callable

import aiohttp
import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.store import Channel

Form = Callable[[], aiohttp.FormData]


@pytest.fixture
def guild(sandbox: Sandbox) -> SandboxGuild:
    return sandbox.add_guild("Night Owls")


@pytest.fixture
def channel(guild: SandboxGuild) -> Channel:
    return guild.add_channel("raids")


def messages_url(sandbox: Sandbox, channel: Channel) -> str:
    return f"{sandbox.api_url}/channels/{channel.id}/messages"


def multipart(payload: dict[str, object], **part: str) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    form.add_field("payload_json", json.dumps(payload), **part)
    return form


@pytest.mark.parametrize("part", [{}, {"content_type": "application/json"}, {"content_type": "text/plain"}])
async def test_payload_json_may_have_any_content_type(
    sandbox: Sandbox, http: aiohttp.ClientSession, channel: Channel, part: dict[str, str]
) -> None:
    form = multipart({"content": "hello", "attachments": [{"id": 0, "description": "a map"}]}, **part)
    form.add_field("files[0]", b"map", filename="map.png", content_type="image/png")

    answer = await http.post(messages_url(sandbox, channel), data=form)
    message = await answer.json()

    assert (answer.status, message["content"]) == (200, "hello")
    assert [(one["filename"], one["description"]) for one in message["attachments"]] == [("map.png", "a map")]


async def test_a_form_may_hold_fields_instead_of_payload_json(
    sandbox: Sandbox, http: aiohttp.ClientSession, channel: Channel
) -> None:
    form = aiohttp.FormData({"content": "hello", "tts": "false"}, default_to_multipart=True)
    form.add_field("file", b"map", filename="map.png")

    answer = await http.post(messages_url(sandbox, channel), data=form)
    message = await answer.json()

    assert (answer.status, message["content"], message["tts"]) == (200, "hello", False)
    assert [one["filename"] for one in message["attachments"]] == ["map.png"]


@pytest.mark.parametrize(
    "form",
    [{"payload_json": '{"content":"hello"}'}, {"content": "hello"}, {"payload_json": '{"content":"hello"}', "x": "1"}],
)
async def test_a_message_may_be_an_urlencoded_form(
    sandbox: Sandbox, http: aiohttp.ClientSession, channel: Channel, form: dict[str, str]
) -> None:
    answer = await http.post(messages_url(sandbox, channel), data=form)

    assert (answer.status, (await answer.json())["content"]) == (200, "hello")


async def test_an_urlencoded_form_without_payload_is_an_empty_message(
    sandbox: Sandbox, http: aiohttp.ClientSession, channel: Channel
) -> None:
    answer = await http.post(messages_url(sandbox, channel), data={"sparkle": "1"})

    assert (answer.status, (await answer.json())["code"]) == (400, 50006)


async def test_a_form_is_refused_where_only_json_is_accepted(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    answer = await http.post(f"{sandbox.api_url}/users/@me/channels", data={"recipient_id": "1"})
    body = await answer.json()

    assert (answer.status, body["code"]) == (400, 50035)
    assert body["errors"]["_errors"][0]["code"] == "CONTENT_TYPE_INVALID"


@pytest.mark.parametrize(
    ("data", "content_type", "expected"),
    [
        (b"payload_json=%7B", "application/x-www-form-urlencoded", (400, 50109)),
        (
            b'--x\r\nContent-Disposition: form-data; name="payload_json"\r\n\r\n{\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
            (400, 50109),
        ),
        (b"no form at all", "multipart/form-data; boundary=x", (400, 0)),
        (b"no form at all", "multipart/form-data", (400, 0)),
        (b"hello", "text/plain", (400, 50035)),
        (b"{}" * (17 << 20), "application/json", (413, 40005)),
    ],
    ids=["broken urlencoded", "broken part", "no parts", "no boundary", "text", "too large"],
)
async def test_what_cannot_be_read_is_refused(
    sandbox: Sandbox,
    http: aiohttp.ClientSession,
    channel: Channel,
    data: bytes,
    content_type: str,
    expected: tuple[int, int],
) -> None:
    headers = {"Content-Type": content_type}

    answer = await http.post(messages_url(sandbox, channel), data=io.BytesIO(data), headers=headers)

    assert (answer.status, (await answer.json())["code"]) == expected


async def test_a_file_may_be_as_large_as_the_interaction_says_and_no_larger(
    sandbox: Sandbox, http: aiohttp.ClientSession, channel: Channel
) -> None:
    """The limit is one of each file, not of all together."""
    sandbox.world.max_upload_bytes = 1000
    for size, expected in ((1000, 200), (1001, 413)):
        form = multipart({"content": "hello"})
        for number in range(2):
            form.add_field(f"files[{number}]", b"x" * size, filename=f"{number}.csv", content_type="text/csv")

        answer = await http.post(messages_url(sandbox, channel), data=form)

        assert answer.status == expected
        assert expected == 200 or (await answer.json())["code"] == 40005
