"""Faults as a client sees them: slow, failing, missing and broken responses."""

import asyncio
import time

import aiohttp
import discord
import pytest
import yarl

from discord_sandbox import Sandbox
from discord_sandbox.faults import Silence
from discord_sandbox.server import HUNG_UP
from discord_sandbox.store import Channel
from tests.discord_sandbox.scene import Connect

SEND = "POST /channels/{channel_id}/messages"


@pytest.fixture
def channel(sandbox: Sandbox) -> Channel:
    return sandbox.add_guild("Night Owls").add_channel("raids")


def address(sandbox: Sandbox, channel: Channel) -> str:
    return f"{sandbox.api_url}/channels/{channel.id}/messages"


async def test_a_client_gets_over_a_failure(sandbox: Sandbox, channel: Channel, connect: Connect) -> None:
    place = (await connect()).get_channel(channel.id)
    assert isinstance(place, discord.TextChannel)
    fault = sandbox.faults.answer(500, route=SEND, calls=1)

    await place.send("hello")

    assert fault.met == 1
    assert [message.content for message in channel.messages.values()] == ["hello"]


async def test_a_nonce_makes_up_for_a_lost_answer(sandbox: Sandbox, channel: Channel, connect: Connect) -> None:
    place = (await connect()).get_channel(channel.id)
    assert isinstance(place, discord.TextChannel)
    sandbox.faults.answer(502, route=SEND, calls=1, carried_out=True)

    sent = await place.send("hello", nonce="1")

    assert list(channel.messages) == [sent.id]


async def test_a_rate_limit_on_request_is_waited_for(sandbox: Sandbox, channel: Channel, connect: Connect) -> None:
    place = (await connect()).get_channel(channel.id)
    assert isinstance(place, discord.TextChannel)
    sandbox.faults.answer(429, route=SEND, calls=1, retry_after=0.2)
    before = time.monotonic()

    await place.send("hello")

    assert time.monotonic() - before >= 0.2
    assert len(channel.messages) == 1


async def test_latency_delays_the_answer(sandbox: Sandbox, channel: Channel, http: aiohttp.ClientSession) -> None:
    sandbox.faults.slow(0.2, route=SEND)
    before = time.monotonic()

    async with http.post(address(sandbox, channel), json={"content": "hello"}) as answer:
        assert answer.status == 200

    assert time.monotonic() - before >= 0.2


async def test_what_was_asked_is_done_before_a_late_answer(
    sandbox: Sandbox, channel: Channel, http: aiohttp.ClientSession
) -> None:
    sandbox.faults.slow(0.2, route=SEND, carried_out=True)

    async with asyncio.TaskGroup() as tasks:
        asking = tasks.create_task(http.post(address(sandbox, channel), json={"content": "hello"}))
        await sandbox.until(lambda: channel.messages)
        assert not asking.done()
    asking.result().release()


async def test_a_broken_connection(sandbox: Sandbox, channel: Channel, http: aiohttp.ClientSession) -> None:
    sandbox.faults.silence(Silence.RESET, route=SEND, calls=1)

    with pytest.raises(aiohttp.ClientConnectionError):
        await http.post(address(sandbox, channel), json={"content": "hello"})

    assert channel.messages == {}


async def test_no_answer_at_all(sandbox: Sandbox, channel: Channel, http: aiohttp.ClientSession) -> None:
    sandbox.faults.silence(Silence.HANG, route=SEND, calls=1, carried_out=True)

    with pytest.raises(asyncio.TimeoutError):
        await http.post(address(sandbox, channel), json={"content": "hello"}, timeout=aiohttp.ClientTimeout(total=0.2))

    assert len(channel.messages) == 1


async def test_a_client_that_hangs_up_is_no_gap_of_the_sandbox(sandbox: Sandbox, channel: Channel) -> None:
    where = yarl.URL(address(sandbox, channel))
    assert where.host is not None
    _, writer = await asyncio.open_connection(where.host, where.port)
    head = f"POST {where.path} HTTP/1.1\r\nHost: {where.host}\r\nAuthorization: Bot {sandbox.token}\r\n"
    # The body never comes, as from a process that is killed while it sends.
    writer.write(f"{head}Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{{".encode())
    await writer.drain()
    await sandbox.until(lambda: sandbox.calls)

    writer.transport.abort()

    await sandbox.until(lambda: sandbox.calls[0].status == HUNG_UP)
    assert sandbox.unsupported == []
