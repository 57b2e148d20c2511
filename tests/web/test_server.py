"""The server: what it does without its port, and with clients that cost too much."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from socket import socket

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from raidbot.web.server import WebServer
from tests.web.serving import free_port, pages_at, running, until


async def hello(_request: web.Request) -> web.Response:
    return web.Response(text="hello")


async def read(request: web.Request) -> web.Response:
    return web.Response(text=str(len(await request.read())))


async def large(_request: web.Request) -> web.Response:
    return web.Response(body=bytes(LARGE))


LARGE = 50_000_000
ROUTES = [web.get("/hello", hello), web.post("/read", read), web.get("/large", large)]


@asynccontextmanager
async def connection(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


def server(
    port: int = 0, *, request_seconds: float = 10.0, answer_seconds: float = 10.0, max_connections: int = 100
) -> WebServer:
    return WebServer(
        ROUTES,
        host="127.0.0.1",
        port=port,
        request_seconds=request_seconds,
        answer_seconds=answer_seconds,
        first_retry=0.05,
        max_connections=max_connections,
    )


async def test_a_client_that_does_not_read_its_answer_is_cut_off() -> None:
    web_server = server(answer_seconds=0.3, max_connections=1)
    async with running(web_server) as port, connection(port) as (_, writer):
        writer.write(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(10), aiohttp.ClientSession() as session:
            while True:  # until there is room for another
                with suppress(aiohttp.ClientError):
                    async with session.get(f"http://127.0.0.1:{port}/hello") as answer:
                        assert await answer.text() == "hello"
                    break
                await asyncio.sleep(0.05)


async def test_pages_are_neither_kept_nor_guessed_at() -> None:
    async with running(server()) as port, aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{port}/hello") as answer:
            assert await answer.text() == "hello"
        async with session.get(f"http://127.0.0.1:{port}/other") as missing:
            assert missing.status == 404

    for headers in (answer.headers, missing.headers):
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"


async def test_a_port_that_is_taken_is_tried_again_and_said_in_the_log() -> None:
    port = free_port()
    with closing(socket()) as taken, capture_logs() as logs:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        web_server = server(port)
        task = asyncio.create_task(web_server.run())
        try:
            await until(lambda: logs)
            assert web_server.address is None
            taken.close()

            async with asyncio.timeout(10), pages_at(port) as pages:
                await until(lambda: web_server.address)
                assert await pages.get("/hello") == (200, "hello")
        finally:
            task.cancel()
            await asyncio.wait((task,))

    assert logs[0]["event"] == "pages cannot be served, trying again"
    assert logs[0]["port"] == port
    assert "in use" in logs[0]["error"]


async def test_a_client_that_asks_nothing_is_turned_away_and_one_that_asked_stays() -> None:
    async with (
        running(server(request_seconds=0.2)) as port,
        connection(port) as (silent, drip),
        connection(port) as (asking, writer),
    ):
        writer.write(b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"hello" in await asking.readuntil(b"hello")
        drip.write(b"GET /hello HTTP/1.1\r\nHost: ")

        async with asyncio.timeout(10):
            assert await silent.read() == b""

        writer.write(b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"hello" in await asking.readuntil(b"hello")


async def test_connections_are_limited_in_number() -> None:
    async with running(server(max_connections=2)) as port:
        async with connection(port) as (_, one), connection(port), connection(port) as (third, _):
            async with asyncio.timeout(10):
                assert await third.read() == b""
            one.write(b"GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        async with pages_at(port) as pages:
            assert await pages.get("/hello") == (200, "hello")


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (b"GET /hello HTTP/1.1\r\nHost: x\r\nLong: " + b"x" * 5000 + b"\r\n\r\n", b"400"),
        (b"GET /hello HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 200 + b"\r\n", b"400"),
        (b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000, b"413"),
        (b"nonsense\r\n\r\n", b"400"),
    ],
)
async def test_what_is_too_large_is_refused(asked: bytes, status: bytes) -> None:
    async with running(server()) as port:
        async with connection(port) as (reader, writer), asyncio.timeout(10):
            writer.write(asked)
            assert (await reader.readuntil(b"\r\n")).split()[1] == status

        async with pages_at(port) as pages:
            assert await pages.get("/hello") == (200, "hello")


async def fail(_request: web.Request) -> web.Response:
    raise LookupError("a fault of ours")


async def test_the_log_has_faults_of_ours_and_nothing_that_clients_send(caplog: pytest.LogCaptureFixture) -> None:
    """Nonsense could fill the log otherwise."""
    async with running(WebServer([web.get("/fail", fail)], host="127.0.0.1", port=0)) as port:
        for nonsense in (
            b"GET /\x00secret HTTP/1.1\r\n\r\n",
            b"secret\r\n\r\n",
            b"GET / HTTP/1.1\r\nA: secret\x01\r\n\r\n",
        ):
            async with connection(port) as (reader, writer), asyncio.timeout(10):
                writer.write(nonsense)
                assert (await reader.readuntil(b"\r\n")).split()[1] == b"400"
        async with pages_at(port) as pages:
            assert (await pages.get("/fail"))[0] == 500

    assert "a fault of ours" in caplog.text
    assert "secret" not in caplog.text
    assert len(caplog.records) == 1


async def test_a_stop_waits_for_no_client() -> None:
    loop, web_server = asyncio.get_running_loop(), server()
    task = asyncio.create_task(web_server.run())
    await until(lambda: web_server.address)
    assert web_server.address is not None
    async with connection(web_server.address[1]) as (_, writer):
        writer.write(b"GET /hello HTTP/1.1\r\nHost: ")
        began = loop.time()

        task.cancel()
        await asyncio.wait((task,))

        assert loop.time() - began < 2
