"""Requests for feeds that nobody means well with."""

import asyncio
from urllib.parse import quote

import pytest
from aiohttp.test_utils import make_mocked_request

from discord_sandbox import SandboxGuild
from raidbot.web.feeds import client_of
from tests.conftest import Start
from tests.raid_boards import post_raid
from tests.web.feed_readers import ON, fetch, path_of
from tests.web.serving import Pages, pages_of
from tests.web.test_feeds import NOT_FOUND, UNKNOWN


async def raw(pages: Pages, head: bytes) -> bytes:
    """Send bytes and return the first line of the answer; empty if the connection is closed without one."""
    host, port = pages.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(head)
        async with asyncio.timeout(10):
            return await reader.readline()
    finally:
        writer.close()


async def test_whatever_is_no_address_has_the_same_answer(guild: SandboxGuild, start: Start) -> None:
    async with start(**ON) as bot, pages_of(bot) as pages:
        path = await path_of(guild, guild.owner)
        secret = path.removeprefix("/calendar/").removesuffix(".ics")
        nothing = await fetch(pages, UNKNOWN)
        wrong = (
            f"/calendar/{secret}",
            f"/calendar/{secret}.ICS",
            f"/calendar/{secret}.ics/",
            f"/calendar/{secret}.ics%00",
            f"/calendar/%00{secret}.ics",
            f"/calendar/x/{secret}.ics",
            f"/calendar/{secret[:-1]}.ics",
            f"/calendar/{secret.swapcase()}.ics",
            f"/calendar/{quote(chr(0x2028) * 43)}.ics",
            "/calendar/%2e%2e%2fmetrics",
            "/calendar/..%2f..%2fetc%2fpasswd.ics",
            f"/calendar/{'x' * 3900}.ics",
            "/calendar/' OR 1=1--.ics",
            "/calendar/%ff%fe.ics",
        )
        for one in wrong:
            answer = await fetch(pages, one)
            assert (answer.status, answer.body) == (NOT_FOUND, nothing.body), one
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"):
            assert (await fetch(pages, path, method)).status == 405
        whole = await fetch(pages, path)
        assert whole.status == 200

        for host in (b"evil.example", b"127.0.0.1:1\x00", b""):
            first = await raw(pages, b"GET " + path.encode() + b" HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
            assert b"500" not in first
        assert b"400" in await raw(pages, b"GET /calendar/" + b"x" * 10_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await fetch(pages, path, Host="evil.example")).body == whole.body
        assert (await fetch(pages, path, **{"If-None-Match": '"' + "x" * 3000})).status == 200
        assert (await fetch(pages, path, **{"If-None-Match": "*"})).status == 304


async def test_guessing_is_limited_and_costs_others_nothing(guild: SandboxGuild, start: Start) -> None:
    async with start(**ON) as bot, pages_of(bot) as pages:
        await post_raid(guild)
        path = await path_of(guild, guild.owner)
        guesses = (
            fetch(pages, f"/calendar/{number:043}.ics", **{"X-Forwarded-For": "192.0.2.7"}) for number in range(1000)
        )

        answers = [one.status for one in await asyncio.gather(*guesses)]

        assert answers.count(NOT_FOUND) == 120
        assert answers.count(429) == 880
        limited = await fetch(pages, path, **{"X-Forwarded-For": "198.51.100.1, 192.0.2.7"})
        assert (limited.status, int(limited.headers["Retry-After"]) > 0) == (429, True)
        assert (await fetch(pages, path, **{"X-Forwarded-For": "192.0.2.7, 198.51.100.1"})).status == 200


async def test_a_feed_that_is_fetched_again_and_again_has_to_wait(guild: SandboxGuild, start: Start) -> None:
    async with start(**ON) as bot, pages_of(bot) as pages:
        mine, other = await path_of(guild, guild.owner), await path_of(guild, guild.add_member("ann"))
        made = [await fetch(pages, mine, **{"X-Forwarded-For": f"192.0.2.{number}"}) for number in range(31)]

        assert [one.status for one in made] == [200] * 30 + [429]
        assert (await fetch(pages, other)).status == 200


@pytest.mark.parametrize(
    ("peer", "said", "client"),
    [
        ("8.8.8.8", "192.0.2.7", "8.8.8.8"),
        ("127.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("172.18.0.3", "198.51.100.1, 192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("::ffff:8.8.8.8", "192.0.2.7", "8.8.8.8"),
        ("fe80::1%eth0", "", "fe80::/64"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("::1", "2001:4860:1:2:3:4:5:6", "2001:4860:1:2::/64"),
        ("2001:4860:1:2:3:4:5:6", "192.0.2.7", "2001:4860:1:2::/64"),
    ],
)
def test_only_a_proxy_nearby_says_who_asks(peer: str, said: str, client: str) -> None:
    request = make_mocked_request("GET", "/calendar/x", headers={"X-Forwarded-For": said}).clone(remote=peer)

    assert client_of(request) == client
