"""A webhook gets what Discord's take, at public addresses only, and what it answers does no harm."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from structlog.testing import capture_logs

from raidbot.ops.alerts.sinks import NotDeliveredError
from raidbot.ops.alerts.webhook import Webhook, is_public
from tests.e2e.alerts.alert_steps import receiving


async def failure(webhook: Webhook, text: str = "Hello") -> str:
    with pytest.raises(NotDeliveredError) as raised:
        await webhook.send(text, "nonce")
    return str(raised.value)


async def test_it_gets_the_text_and_mentions_nobody() -> None:
    async with receiving() as receiver:
        await Webhook(receiver.url, private=True).send("🔴 **Trouble** @everyone", "nonce")

    assert receiver.bodies == [{"content": "🔴 **Trouble** @everyone", "allowed_mentions": {"parse": []}}]


async def test_a_long_text_is_cut() -> None:
    async with receiving() as receiver:
        await Webhook(receiver.url, private=True).send(3000 * "x", "nonce")

    assert receiver.text == 2000 * "x"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.1", "2130706433", "0x7f000001"])
async def test_a_private_address_is_refused_however_it_is_written(host: str) -> None:
    async with receiving() as receiver:
        said = await failure(Webhook(receiver.url.replace("127.0.0.1", host)))

    assert receiver.bodies == []
    assert "its address is not public" in said or "it cannot be reached (InvalidUrl" in said


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        *((one, True) for one in ("162.159.135.232", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8")),
        *(
            (one, False)
            for one in ("10.0.0.1", "172.16.3.4", "192.168.1.1", "127.0.0.1", "240.0.0.1", "169.254.169.254")
        ),
        *((one, False) for one in ("100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1")),
        *(
            (one, False)
            for one in ("::ffff:10.0.0.1", "2002:7f00:1::", "2001:0:a00:1::1", "64:ff9b::7f00:1", "ff02::1")
        ),
        *((one, False) for one in ("fe80::1%eth0", "localhost", "", "192.0.2.1", "198.18.0.1", "2001:db8::1")),
    ],
)
def test_which_addresses_are_public(address: str, expected: bool) -> None:
    assert is_public(address) is expected


async def test_a_redirect_is_not_followed() -> None:
    async with receiving() as target, receiving() as receiver:
        receiver.status, receiver.headers = 307, {"Location": target.url}

        said = await failure(Webhook(receiver.url, private=True))

    assert (len(receiver.bodies), target.bodies) == (1, [])
    assert said == "it redirects to another address (status 307), which I do not follow"


@pytest.mark.parametrize("status", [400, 404, 429, 500])
async def test_a_refusal_is_named(status: int) -> None:
    async with receiving() as receiver:
        receiver.status = status

        assert await failure(Webhook(receiver.url, private=True)) == f"it answered with status {status}"


async def test_an_answer_without_end_is_not_read() -> None:
    sent = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while sent < 100_000_000:
            writer.write(b"10000\r\n" + 0x10000 * b"x" + b"\r\n")
            await writer.drain()
            sent += 0x10000

    async with serving(answer) as port:
        await Webhook(f"http://127.0.0.1:{port}/x", private=True).send("Hello", "nonce")

    assert sent < 10_000_000


async def test_one_that_does_not_answer_is_given_up() -> None:
    async def hold(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serving(hold) as port:
        said = await failure(Webhook(f"http://127.0.0.1:{port}/secret", private=True, timeout=0.2))

    assert said == "it did not answer in time"


@asynccontextmanager
async def serving(
    answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    """Yield the port of a server of one connection, and wait for its end."""
    ended = asyncio.Event()

    async def answer_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError):
                await answer(reader, writer)
        finally:
            writer.close()
            ended.set()

    server = await asyncio.start_server(answer_once, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        await ended.wait()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://nowhere.invalid/hooks/secret", "its name is not known"),
        ("http://127.0.0.1:1/hooks/secret", "nothing answers at its address"),
    ],
)
async def test_the_address_is_a_secret(url: str, expected: str) -> None:
    with capture_logs() as logs:
        said = await failure(Webhook(url, private=True))

    assert said == expected
    assert "secret" not in f"{said} {logs}"
