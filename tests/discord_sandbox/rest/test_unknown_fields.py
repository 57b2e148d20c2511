"""Fields that Discord does not know are ignored; those it knows are modelled, or loudly missing."""

import json
from collections.abc import Iterator

import aiohttp
import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.store import Channel, Json
from discord_sandbox.validation import components
from tests import openapi_check

EMBED = {"title": "Raid", "sparkle": 1, "image": {"url": "https://raid.example/a.png", "sparkle": 1}}
BUTTON = {"type": 2, "style": 1, "label": "Join", "custom_id": "join", "sparkle": 1}


@pytest.fixture
def guild(sandbox: Sandbox) -> SandboxGuild:
    return sandbox.add_guild("Night Owls")


@pytest.fixture
def channel(guild: SandboxGuild) -> Channel:
    return guild.add_channel("raids")


async def test_unknown_fields_are_ignored_and_noted(
    sandbox: Sandbox, http: aiohttp.ClientSession, channel: Channel
) -> None:
    url = f"{sandbox.api_url}/channels/{channel.id}/messages"
    body: Json = {
        "content": "hello",
        "sparkle": {"deep": [1]},
        "embeds": [EMBED],
        "components": [{"type": 1, "components": [BUTTON]}],
    }

    answer = await http.post(url, json=body, params={"sparkle": "1"})
    message = await answer.json()

    assert (answer.status, message["content"]) == (200, "hello")
    assert "sparkle" not in json.dumps(message)
    assert sorted(line.removeprefix("POST /channels/{channel_id}/messages: ") for line in sandbox.ignored) == [
        "field components.0.components.0.sparkle of a button",
        "field embeds.0.image.sparkle of an embed's media",
        "field embeds.0.sparkle of an embed",
        "field sparkle of a message",
        "query sparkle",
    ]


async def test_a_known_field_that_says_nothing_is_no_gap(
    sandbox: Sandbox, http: aiohttp.ClientSession, channel: Channel
) -> None:
    body: Json = {"content": "hello", "poll": None, "sticker_ids": [], "shared_client_theme": None}

    answer = await http.post(f"{sandbox.api_url}/channels/{channel.id}/messages", json=body)

    assert answer.status == 200


async def test_a_known_field_that_is_not_modelled_is_a_gap(
    sandbox: Sandbox, http: aiohttp.ClientSession, channel: Channel
) -> None:
    answer = await http.post(f"{sandbox.api_url}/channels/{channel.id}/messages", json={"poll": {"question": {}}})

    assert (answer.status, sandbox.unsupported) == (501, ["field poll of a message"])
    sandbox.unsupported.clear()


@pytest.mark.parametrize(("kind", "status"), [(4, 501), (None, 201), (9, 400)])
async def test_only_a_kind_of_command_that_discord_has_is_a_gap(
    sandbox: Sandbox, http: aiohttp.ClientSession, kind: int | None, status: int
) -> None:
    url = f"{sandbox.api_url}/applications/{sandbox.application_id}/commands"

    answer = await http.post(url, json={"name": "raid", "description": "Raids", "type": kind})

    assert answer.status == status
    sandbox.unsupported.clear()


@pytest.mark.parametrize("kind", [1, 3, 10, 11, 12, 99])
async def test_a_guild_has_no_channels_of_other_kinds(
    sandbox: Sandbox, http: aiohttp.ClientSession, guild: SandboxGuild, kind: int
) -> None:
    guild.bot_role.permissions = 8

    answer = await http.post(f"{sandbox.api_url}/guilds/{guild.id}/channels", json={"name": "x", "type": kind})

    assert (answer.status, (await answer.json())["code"]) == (400, 50035)


ROUTES = [
    ("POST", "/channels/{channel_id}/messages"),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"),
    ("POST", "/channels/{channel_id}/messages/bulk-delete"),
    ("POST", "/channels/{channel_id}/messages/{message_id}/threads"),
    ("POST", "/channels/{channel_id}/threads"),
    ("PATCH", "/channels/{channel_id}"),
    ("PUT", "/channels/{channel_id}/permissions/{overwrite_id}"),
    ("POST", "/guilds/{guild_id}/channels"),
    ("PATCH", "/guilds/{guild_id}/members/@me"),
    ("PATCH", "/guilds/{guild_id}/members/{user_id}"),
    ("POST", "/guilds/{guild_id}/roles"),
    ("PATCH", "/guilds/{guild_id}/roles/{role_id}"),
    ("PATCH", "/users/@me"),
    ("POST", "/users/@me/channels"),
    ("POST", "/applications/{application_id}/commands"),
]
"""The routes with a body, but for those of interactions, whose messages are checked as these are."""
OF_OTHER_CHANNELS = {"icon", "archived", "locked", "invitable", "auto_archive_duration", "applied_tags"}
"""Fields of threads and group conversations, which Discord describes with those of a guild's channels."""


@pytest.mark.skipif(not openapi_check.has_description(), reason="Discord's description is not at hand")
@pytest.mark.parametrize(("method", "route"), ROUTES)
async def test_every_field_of_discord_s_description_is_known(
    sandbox: Sandbox, http: aiohttp.ClientSession, guild: SandboxGuild, channel: Channel, method: str, route: str
) -> None:
    everything = guild.add_role("everything", permissions=["administrator"])
    guild.bot.roles.append(everything.id)
    messages = f"{sandbox.api_url}/channels/{channel.id}/messages"
    message = await (await http.post(messages, json={"content": "hello"})).json()
    ids = {
        "channel_id": channel.id,
        "message_id": message["id"],
        "guild_id": guild.id,
        "user_id": guild.add_member("alice").id,
        "role_id": guild.add_role("raider").id,
        "overwrite_id": guild.id,
        "application_id": sandbox.application_id,
    }

    for name in described(route, method):
        await http.request(method, f"{sandbox.api_url}{route.format(**ids)}", json={name: [1]})

    assert sandbox.ignored == []
    sandbox.unsupported.clear()


def described(route: str, method: str) -> set[str]:
    """The fields of the request's body, in whatever shape it may have."""
    description = json.loads(openapi_check.DESCRIPTION.read_text(encoding="utf-8"))
    schema = description["paths"][route][method.lower()]["requestBody"]["content"]["application/json"]["schema"]
    others = OF_OTHER_CHANNELS if route == "/channels/{channel_id}" else set()
    return set(fields(schema, description["components"]["schemas"])) - others


def fields(schema: Json, named: Json) -> Iterator[str]:
    if "$ref" in schema:
        schema = named[schema["$ref"].rpartition("/")[2]]
    yield from schema.get("properties", {})
    for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from fields(one, named)


@pytest.mark.skipif(not openapi_check.has_description(), reason="Discord's description is not at hand")
def test_every_type_of_component_is_modelled_or_a_gap() -> None:
    description = json.loads(openapi_check.DESCRIPTION.read_text(encoding="utf-8"))
    listed = {one["const"] for one in description["components"]["schemas"]["MessageComponentTypes"]["oneOf"]}
    modelled = {components.ROW, components.BUTTON, components.TEXT_INPUT, components.LABEL, *components.SELECTS}

    assert listed == modelled | set(components.UNMODELLED)
