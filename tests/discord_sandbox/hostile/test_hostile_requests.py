"""No request makes the sandbox fail: hostile paths, queries and bodies at every route of Discord's API."""

import asyncio
import io
import random
from collections.abc import Iterator
from typing import NamedTuple

import aiohttp
import pytest
import yarl

from discord_sandbox import Sandbox, interactions
from discord_sandbox.interactions import Kind
from discord_sandbox.rest.routing import Route
from discord_sandbox.rest.table import ROUTES
from discord_sandbox.store import Json

WORDS = ["", "0", "-1", "9" * 5000, "²", "٣", "%00", "..", "é" * 200, "💥", "\ud800", "null", "1e99", "@me", "a:1"]
VALUES: list[object] = [
    None,
    True,
    -1,
    10**30,
    0.5,
    1e300,
    "",
    "x",
    "0",
    "\0",
    "\ud800",
    "٣",
    "9" * 30,
    "0001-01-01T00:00:00+23:59",
    "http://[",
    [],
    [None],
    [[]],
    [{}],
    {},
    {"x": 1},
    {"id": "x"},
]
RAW = [
    b"",
    b"{",
    b"\xff\xfe",
    b"NaN",
    b'{"content":NaN}',
    b'{"content":1e999}',
    b"[" * 20_000 + b"]" * 20_000,
    b'{"embeds":' + b"[" * 500 + b"]" * 500 + b"}",
    b'{"options":' + b'[{"options":' * 200 + b"[]" + b"}]" * 200 + b"}",
    b'"text"',
    b"[[]]",
    b"9" * 5000,
]
TYPES = ["application/json", "multipart/form-data; boundary=x", "multipart/form-data", "x", ""]
BUTTON = {"type": 2, "style": 1, "label": "Join", "custom_id": "join", "emoji": {"name": "✅"}}
SELECT = {"type": 5, "custom_id": "who", "max_values": 2, "default_values": [{"id": "1", "type": "user"}]}
MESSAGE: Json = {
    "content": "hello <@1> <@&1>",
    "embeds": [
        {
            "title": "Raid",
            "url": "https://raid.example",
            "timestamp": "2031-01-01T00:00:00Z",
            "color": 1,
            "fields": [{"name": "Tank", "value": "alice", "inline": True}],
            "footer": {"text": "ABC234", "icon_url": "https://raid.example/a.png"},
            "image": {"url": "https://raid.example/a.png"},
        }
    ],
    "components": [{"type": 1, "components": [BUTTON]}, {"type": 1, "components": [SELECT]}],
    "allowed_mentions": {"parse": ["users"], "roles": ["1"], "replied_user": True},
    "attachments": [{"id": "0", "filename": "a.png"}],
    "flags": 0,
    "nonce": "1",
    "enforce_nonce": True,
    "message_reference": {"message_id": "1", "fail_if_not_exists": False},
}
OPTION = {"type": 3, "name": "code", "description": "A code", "choices": [{"name": "a", "value": "b"}]}
COMMAND: Json = {
    "name": "raid",
    "description": "Raids",
    "options": [OPTION],
    "default_member_permissions": "8",
    "contexts": [0],
}
MODAL: Json = {
    "custom_id": "form",
    "title": "Form",
    "components": [
        {"type": 1, "components": [{"type": 4, "custom_id": "name", "style": 1, "label": "Name"}]},
        {"type": 18, "label": "Who", "component": SELECT | {"custom_id": "whom"}},
    ],
}
CHANNEL: Json = {
    "name": "raids",
    "topic": "Raids",
    "position": 1,
    "parent_id": "1",
    "permission_overwrites": [{"id": "1", "type": 0, "allow": "0", "deny": "0"}],
}
BODIES: list[tuple[str, str, list[object]]] = [
    ("POST", "/channels/{channel_id}/messages", [MESSAGE]),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}", [MESSAGE]),
    ("POST", "/channels/{channel_id}/messages/bulk-delete", [{"messages": ["1", "2"]}]),
    ("POST", "/channels/{channel_id}/messages/{message_id}/threads", [{"name": "x", "auto_archive_duration": 60}]),
    ("POST", "/channels/{channel_id}/threads", [{"name": "x", "type": 12, "invitable": True}]),
    ("PATCH", "/channels/{channel_id}", [CHANNEL]),
    ("PUT", "/channels/{channel_id}/permissions/{overwrite_id}", [{"type": 1, "allow": "1", "deny": "2"}]),
    ("POST", "/guilds/{guild_id}/channels", [CHANNEL | {"type": 0}]),
    ("PATCH", "/guilds/{guild_id}/members/@me", [{"nick": "x"}]),
    ("PATCH", "/guilds/{guild_id}/members/{user_id}", [{"nick": "x", "roles": ["1"]}]),
    ("POST", "/guilds/{guild_id}/roles", [{"name": "x", "colors": {"primary_color": 1}, "permissions": "0"}]),
    ("PATCH", "/guilds/{guild_id}/roles/{role_id}", [{"name": "x", "color": 1, "hoist": True}]),
    ("PATCH", "/users/@me", [{"username": "Bot"}]),
    ("POST", "/users/@me/channels", [{"recipient_id": "1"}]),
    ("POST", "/applications/{application_id}/commands", [COMMAND]),
    ("PUT", "/applications/{application_id}/commands", [[COMMAND]]),
    ("PATCH", "/applications/{application_id}/commands/{command_id}", [COMMAND]),
    ("PUT", "/applications/{application_id}/guilds/{guild_id}/commands", [[COMMAND]]),
    (
        "POST",
        "/interactions/{interaction_id}/{interaction_token}/callback",
        [{"type": 4, "data": MESSAGE}, {"type": 5, "data": {"flags": 64}}, {"type": 9, "data": MODAL}],
    ),
    ("POST", "/webhooks/{webhook_id}/{webhook_token}", [MESSAGE]),
    ("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", [MESSAGE]),
]
MUTATIONS = 60


class Place(NamedTuple):
    """A sandbox with one thing of every kind, and its ids by their names in routes."""

    sandbox: Sandbox
    http: aiohttp.ClientSession
    ids: dict[str, str]

    async def send(
        self, method: str, path: str, *, json: object = None, data: object = None, kind: str | None = None
    ) -> None:
        """Send a request whose path is encoded already; a failure of the sandbox ends the test."""
        url = yarl.URL(f"{self.sandbox.api_url}{path}", encoded=True)
        headers = {} if kind is None else {"Content-Type": kind}
        async with self.http.request(method, url, json=json, data=data, headers=headers) as answer:
            assert answer.status < 500 or answer.status == 501
            assert "failed" not in await answer.text(), (method, path, json, data)

    def fresh(self) -> None:
        """Let the bot answer the interaction as if it had not."""
        interaction = self.sandbox.store.interactions[int(self.ids["interaction_id"])]
        interaction.acknowledged_at = None
        interaction.deadline = float("inf")


@pytest.fixture
async def place(sandbox: Sandbox, http: aiohttp.ClientSession) -> Place:
    guild = sandbox.add_guild("Night Owls", bot_permissions=8)
    channel, alice, role = guild.add_channel("raids"), guild.add_member("alice"), guild.add_role("raider")
    url = f"{sandbox.api_url}/channels/{channel.id}/messages"
    message = await (await http.post(url, json={"content": "hello"})).json()
    commands = f"{sandbox.api_url}/applications/{sandbox.application_id}/commands"
    command = await (await http.post(commands, json=COMMAND)).json()
    made = interactions.begin(sandbox.world, Kind.COMMAND, alice.user, channel, {"name": "raid"})
    ids = {
        "application_id": sandbox.application_id,
        "channel_id": channel.id,
        "command_id": command["id"],
        "emoji_id": guild.add_emoji("tank").id,
        "emoji_name": "%E2%9C%85",
        "guild_id": guild.id,
        "interaction_id": made.id,
        "interaction_token": made.token,
        "message_id": message["id"],
        "overwrite_id": guild.id,
        "role_id": role.id,
        "user_id": alice.id,
        "webhook_id": sandbox.application_id,
        "webhook_token": made.token,
    }
    return Place(sandbox, http, {name: str(value) for name, value in ids.items()})


def quoted(word: str) -> str:
    return (
        word if word.startswith("%") else yarl.URL.build(path="/" + word.encode(errors="replace").decode()).raw_path[1:]
    )


@pytest.mark.parametrize("route", list(ROUTES), ids=lambda route: f"{route.method} {route.template}")
async def test_no_path_query_or_broken_body_makes_a_route_fail(place: Place, route: Route) -> None:
    names = [part[1:-1] for part in route.template.split("/") if part.startswith("{")]
    path = route.template.format(**place.ids)

    for name in names:
        for word in WORDS:
            await place.send(route.method, route.template.format(**(place.ids | {name: quoted(word)})))
    for name in route.query:
        for word in WORDS:
            await place.send(route.method, f"{path}?{name}={quoted(word)}")
    for raw in RAW if route.method != "GET" else ():
        for kind in TYPES:
            await place.send(route.method, path, data=io.BytesIO(raw), kind=kind)

    place.sandbox.unsupported.clear()


@pytest.mark.parametrize(("method", "route", "bodies"), BODIES)
async def test_no_body_makes_a_route_fail(place: Place, method: str, route: str, bodies: list[object]) -> None:
    draw = random.Random(route)
    path = route.format(**place.ids)

    for body in bodies:
        changed = [replaced(body, where, value) for where in places(body) for value in VALUES]
        for one in [body, *draw.sample(changed, min(MUTATIONS, len(changed)))]:
            place.fresh()
            await place.send(method, path, json=one)

    place.sandbox.unsupported.clear()


def places(value: object, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield from places(child, *path, key)


def replaced(value: object, path: tuple[str | int, ...], by: object) -> object:
    if not path:
        return by
    here, *rest = path
    if isinstance(value, dict):
        return value | {here: replaced(value[here], tuple(rest), by)}
    assert isinstance(value, list)
    return [replaced(one, tuple(rest), by) if index == here else one for index, one in enumerate(value)]


async def test_a_hostile_request_does_not_stop_the_others(place: Place) -> None:
    path = f"/channels/{place.ids['channel_id']}/messages"
    deep = io.BytesIO(RAW[6])

    await asyncio.gather(
        place.send("POST", path, data=deep, kind="application/json"),
        *(place.send("POST", path, json={"content": str(number)}) for number in range(5)),
    )

    said = [message.content for message in place.sandbox.store.channels[int(place.ids["channel_id"])].messages.values()]
    assert sorted(said) == ["0", "1", "2", "3", "4", "hello"]
