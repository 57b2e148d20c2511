"""The presence that a client sets: its shape, its limit, and how people see it."""

import pytest

from discord_sandbox import Sandbox, presence
from discord_sandbox.store import Json
from tests.discord_sandbox.raw_gateway import raw_gateway

PRESENCE = 3


def playing(name: str) -> Json:
    return {"since": None, "activities": [{"name": name, "type": 0}], "status": "online", "afk": False}


@pytest.mark.parametrize("limits", ["strict"])
async def test_more_than_five_updates_in_twenty_seconds_are_dropped(sandbox: Sandbox) -> None:
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox)
        for number in range(7):
            await gateway.send(PRESENCE, playing(f"game {number}"))
        await sandbox.until(lambda: sandbox.gateway.presence_updates == 7)

        assert presence.shown(sandbox.gateway.presence) == "Playing game 4"
    assert set(sandbox.ignored) == {"presence updates beyond 5 in 20 seconds"}
    sandbox.ignored.clear()


@pytest.mark.parametrize(
    "told",
    [
        {"activities": [{"name": "x" * 129, "type": 0}], "status": "online"},
        {"activities": [{"name": "x"}], "status": "online"},
        {"activities": "raids", "status": "online"},
        {"activities": [], "status": "busy"},
        {"activities": [], "status": "online", "since": "now"},
    ],
)
async def test_a_presence_of_another_shape_closes_the_connection(sandbox: Sandbox, told: Json) -> None:
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox)
        await gateway.send(PRESENCE, told)

        assert await gateway.closed() == 4002


def test_people_see_the_first_activity() -> None:
    custom = {"type": 4, "name": "Custom Status", "state": "Hosting 2 raids"}

    assert presence.shown({"activities": [custom]}) == "Hosting 2 raids"
    assert presence.shown({"game": custom}) == "Hosting 2 raids"
    assert presence.shown({"activities": []}) == presence.shown(None) == ""
