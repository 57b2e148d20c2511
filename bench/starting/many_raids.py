"""Measure a start with 20,000 open raids: the longest steps of the loop, and how soon commands are answered."""

import asyncio
import json
import os
import statistics

from bench.process_usage import cpu_seconds, resident_mb
from bench.setup import bench_world, counted_boards, post_museums, until
from bench.starting.watched_bot import STALLS
from discord_sandbox.builders import SandboxGuild
from discord_sandbox.store import Channel
from raidbot.demo.harness import BotProcess

_RAIDS = int(os.environ.get("BENCH_RAIDS", "20000"))
_GUILDS, _BOARDS_EACH_CHANNEL, _SIGNED = 20, 10, 3
_COMMAND_EVERY_SECONDS = 0.2


async def many() -> dict[str, object]:
    """Start with raids of 20 servers, ten a channel, and ask `/ping` all the while until every board is counted."""
    async with bench_world("strict") as stage:
        guilds: list[tuple[SandboxGuild, Channel]] = []
        boards: set[int] = set()
        for number in range(_GUILDS):
            guild = stage.sandbox.add_guild(f"Calendar {number}")
            places = [guild.add_channel(f"raids-{place}") for place in range(_RAIDS // _GUILDS // _BOARDS_EACH_CHANNEL)]
            people = [guild.add_member(f"player{number}") for number in range(_SIGNED)]
            posted = await post_museums(stage, guild, places * _BOARDS_EACH_CHANNEL, signed=people)
            boards.update(board.message.id for board in posted)
            guilds.append((guild, places[0]))
        stalls = stage.database.with_name("stalls.json")
        bot = BotProcess(
            stage.sandbox,
            stage.database.parent,
            settings={STALLS: str(stalls), "RAIDBOT_LOG_LEVEL": "warning"},
            module="bench.starting.watched_bot",
        )
        loop = asyncio.get_running_loop()
        began = loop.time()
        starting = asyncio.create_task(bot.start())
        try:
            await until(lambda: stage.sandbox.gateway.identified and stage.sandbox.store.commands)
            connected = loop.time() - began
            waits = [await _ping(*guilds[0])]
            first = loop.time() - began
            await starting
            while not counted_boards(stage.sandbox) >= boards:
                await asyncio.sleep(_COMMAND_EVERY_SECONDS)
                waits.append(await _ping(*guilds[len(waits) % _GUILDS]))
            counted = loop.time() - began
            cpu, memory = cpu_seconds(bot.pid), resident_mb(bot.pid)
        finally:
            await bot.stop()
        steps = sorted(json.loads(stalls.read_text()), key=lambda step: -step[2])
        return {
            "raids": len(boards),
            "connected_seconds": round(connected, 2),
            "first_command_seconds": round(first, 2),
            "later_commands_seconds": {"median": round(statistics.median(waits), 3), "worst": round(max(waits), 3)},
            "all_counted_seconds": round(counted, 1),
            "longest_steps": [
                {"after_s": round(at, 1), "wall_ms": round(w), "cpu_ms": round(c)} for at, w, c in steps[:8]
            ],
            "calls": len(stage.sandbox.calls),
            "refused_429": sum(call.status == 429 for call in stage.sandbox.calls),
            "bot_cpu_seconds": round(cpu, 1),
            "resident_mb": round(memory),
        }


async def _ping(guild: SandboxGuild, place: Channel) -> float:
    loop = asyncio.get_running_loop()
    began = loop.time()
    response = await guild.owner.slash(place, "ping")
    assert not response.failed
    return loop.time() - began
