"""Requests to Discord are counted by routes of which there are few."""

import re

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.faults import Silence
from raidbot.ops.watching.requests import route_of
from raidbot.utils.metrics import calls
from raidbot.utils.metrics.reading import Increase
from tests.conftest import Start
from tests.raid_boards import post_raid
from tests.web.serving import pages_of, summed

TOKEN = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5"


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/api/v10/channels/-9223372036854775808/messages/1", "/channels/{id}/messages/{id}"),
        ("/api/v10/channels/123456789012345678/messages", "/channels/{id}/messages"),
        (
            "/api/v10/channels/1/messages/2/reactions/%E2%9C%85/@me",
            "/channels/{id}/messages/{id}/reactions/{emoji}/@me",
        ),
        ("/api/v10/channels/1/messages/2/reactions/a:3/4", "/channels/{id}/messages/{id}/reactions/{emoji}/{id}"),
        (f"/api/v10/interactions/1/{TOKEN}/callback", "/interactions/{id}/{token}/callback"),
        (f"/api/v10/webhooks/1/{TOKEN}/messages/@original", "/webhooks/{id}/{token}/messages/@original"),
        ("/api/v10/users/@me/channels", "/users/@me/channels"),
        ("/api/v10/gateway/bot", "/gateway/bot"),
    ],
)
def test_routes_have_no_ids_and_no_tokens(path: str, route: str) -> None:
    assert route_of("GET", path) == f"GET {route}"


def test_the_gateway_is_no_route() -> None:
    assert route_of("GET", "/") is None
    assert route_of("GET", "/gateway") is None


async def test_each_request_is_counted_once_as_the_sandbox_counts_it(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    counted, slowly = Increase(calls.REQUESTS, 600), Increase(calls.REQUEST_TIME, 600)
    counted.look(0)
    slowly.look(0)
    alice = guild.add_member("alice")

    async with start():
        board = await post_raid(guild)
        sandbox.faults.answer(503, route="PATCH /channels/{}/messages/{}", calls=1)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in str(board.embeds))

    made = [call for call in sandbox.calls if call.status is not None]
    assert counted.look(1) == slowly.look(1) == len(made)
    edits = [call for call in made if call.method == "PATCH" and re.fullmatch(r".*/messages/\d+", call.path)]
    assert {call.status for call in edits} == {503, 200}


async def test_a_request_without_an_answer_is_counted(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    unanswered = Increase(calls.REQUESTS, 600, status="none", route="PATCH /channels/{id}/messages/{id}")
    unanswered.look(0)
    alice = guild.add_member("alice")

    async with start():
        board = await post_raid(guild)
        sandbox.faults.silence(Silence.RESET, route="PATCH /channels/{}/messages/{}", calls=1)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in str(board.embeds))

    assert unanswered.look(1) == 1


async def test_probes_of_an_outage_are_counted_once(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    counted, opened = Increase(calls.REQUESTS, 600), Increase(calls.OPENED, 600, family="boards")
    counted.look(0)
    opened.look(0)
    members = [guild.add_member(f"member{number}") for number in range(8)]

    async with start(circuit_open_seconds=0.3) as bot, pages_of(bot) as pages:
        boards = [await post_raid(guild) for _ in range(8)]
        fault = sandbox.faults.answer(503, route="PATCH /channels/{}/messages/{}")
        for member, board in zip(members, boards, strict=True):
            await member.react(board, "✅")
        await pages.until(lambda found: summed(found, "raidbot_breaker_open", family="boards") > 0)
        met = fault.met
        await sandbox.until(lambda: fault.met > met)  # a probe
        fault.lift()
        await guild.until(lambda: all("Member" in str(board.embeds) for board in boards))
        await pages.until(lambda found: summed(found, "raidbot_breaker_open") == 0)

    assert opened.look(1) == 1
    assert counted.look(1) == len([call for call in sandbox.calls if call.status is not None])
