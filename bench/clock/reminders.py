"""Measure how long the reminders of one server hold up those of others."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bench.process_usage import until_idle
from bench.setup import BenchWorld, Posted, bench_world, post_museums, start_and_settle, until
from discord_sandbox.builders import SandboxGuild
from discord_sandbox.people import Person

_LARGE, _SEATS, _OTHERS = 300, 50, 3
_PAUSE_SECONDS = 1.2
"""Between two full batches of direct messages: what a server may cost another one."""
_SETTINGS = {"RAIDBOT_HEARTBEAT_SECONDS": "0.2", "RAIDBOT_DM_OPENING_SECONDS": "0.05"}
"""Conversations count as open: new ones have a slower pace of their own, which is not measured here."""
_DAY, _CREATORS, _MEMBERS = timedelta(days=1), timedelta(minutes=25), timedelta(minutes=9)
"""The raids start in a day; so long before the start the creators, and the members, have been due for some minutes."""


@dataclass(frozen=True, slots=True)
class Server:
    guild: SandboxGuild
    people: Sequence[Person]
    boards: Sequence[Posted]


async def reminders() -> Mapping[str, object]:
    """Remind 300 members of one server and one member of each of three others, all due at once, limits off."""
    async with bench_world("off", settings=_SETTINGS) as stage:
        sizes = {"Crowd": _LARGE} | {f"Other {number}": 1 for number in range(_OTHERS)}
        servers = [await _server(stage, name, members) for name, members in sizes.items()]
        await start_and_settle(stage, [board for server in servers for board in server.boards])
        stage.bot.advance(_DAY - _CREATORS)
        await until(lambda: all(server.guild.owner.dms for server in servers))
        await until(lambda: all(server.guild.owner.dms for server in servers))
        await until_idle(stage.bot.pid)
        began = asyncio.get_running_loop().time()
        stage.bot.advance(_CREATORS - _MEMBERS)
        waits = await asyncio.gather(*(_last(server.people, began) for server in servers))
        delayed = max(waits[1:])
        return {
            "reminders": _LARGE,
            "other_servers": _OTHERS,
            "until_last_seconds": waits[0],
            "others_until_last_seconds": list(waits[1:]),
            "others_worst_seconds": delayed,
            "wanted_seconds": round(_PAUSE_SECONDS * (_OTHERS + 1), 2),
        }


async def _server(stage: BenchWorld, name: str, members: int) -> Server:
    """Add a server whose members are seated in raids of up to 50 seats."""
    guild = stage.sandbox.add_guild(name)
    channel = guild.add_channel("raid-signups")
    people = [guild.add_member(f"{name} {number}") for number in range(members)]
    boards: list[Posted] = []
    for first in range(0, members, _SEATS):
        boards += await post_museums(stage, guild, [channel], signed=people[first : first + _SEATS], seed=first)
    return Server(guild, people, boards)


async def _last(people: Sequence[Person], began: float) -> float:
    """Return the seconds until the last of these people has a message."""
    await until(lambda: all(person.dms for person in people))
    return round(asyncio.get_running_loop().time() - began, 2)
