"""Measure the cost of reactions on messages that are not boards, most of the traffic on a busy server."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from bench import clients
from bench.process_usage import cpu_seconds, until_idle
from bench.setup import BenchWorld, bench_world
from discord_sandbox.people import Person
from discord_sandbox.store import Message

_WARM_UP, _COUNTED = 2, 40
"""Messages; each gets a reaction from every member."""
_MEMBERS = 250
_START_SECONDS = 3.0
"""Longer than discord.py waits after the last guild before READY."""


async def foreign() -> dict[str, Any]:
    return {
        "reactions": _COUNTED * _MEMBERS,
        "cpu_microseconds_each": await _cost(clients.raidbot),
        "bare_client_cpu_microseconds_each": await _cost(clients.bare),
    }


async def _cost(client: Callable[[BenchWorld], AbstractAsyncContextManager[int]]) -> float:
    async with bench_world("strict") as stage:
        guild = stage.sandbox.add_guild("Chat")
        chat = guild.add_channel("chat")
        people = [guild.add_member(f"player{number}") for number in range(_MEMBERS)]
        messages = [await people[0].say(chat, f"message {number}") for number in range(_WARM_UP + _COUNTED)]
        async with client(stage) as pid:
            await until_idle(pid, still=_START_SECONDS)
            await _react(people, messages[:_WARM_UP])
            await until_idle(pid)
            before = cpu_seconds(pid)
            await _react(people, messages[_WARM_UP:])
            await until_idle(pid)
            return round((cpu_seconds(pid) - before) / (_COUNTED * _MEMBERS) * 1e6, 1)


async def _react(people: list[Person], messages: list[Message]) -> None:
    for message in messages:
        for person in people:
            await person.react(message, "🎉")
        await asyncio.sleep(0)  # let the gateway send
