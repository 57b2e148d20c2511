"""Measure how long a member waits while ten others mash commands and buttons 200 times a second."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from statistics import median

from bench.process_usage import cpu_seconds, until_idle
from bench.setup import bench_world, until
from discord_sandbox.builders import SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.store import Message
from raidbot.db import guilds
from raidbot.db.database import Database
from raidbot.raids.model import GuildId
from raidbot.raids.settings import GuildSettings, SignupStyle

_MASHERS = 10
_PER_SECOND = 200
_SECONDS = 20.0
_ASKING_GAP_SECONDS = 1.0
_REFUSED = "faster than I can follow"

Act = Callable[[], Awaitable[PersonResponse]]


async def mashing() -> dict[str, object]:
    """Measure milliseconds until the other member has an answer: without mashers, with them, and without limits."""
    return {
        "quiet": await _run(mashers=0, limits="on"),
        "mashed": await _run(mashers=_MASHERS, limits="on"),
        "mashed_without_limits": await _run(mashers=_MASHERS, limits="off"),
    }


async def _run(*, mashers: int, limits: str) -> dict[str, object]:
    async with bench_world("strict", settings={"RAIDBOT_COMMAND_LIMITS": limits}) as stage:
        guild = stage.sandbox.add_guild("Crowd")
        signups = guild.add_channel("raid-signups")
        people = [guild.add_member(f"masher{number}") for number in range(mashers)]
        other = guild.add_member("other")
        await _let_buttons_sign_up(stage.database, GuildId(guild.id))
        await stage.bot.start()
        await until(lambda: stage.sandbox.store.commands)
        preview = await guild.owner.slash(signups, "create", activity="museum", when="in 3 hours")
        await preview.click("Confirm")
        (board,) = await until(lambda: [one for one in guild.messages(signups) if one.components])
        theirs = [await _acts(person, guild, board) for person in people]
        mine = await _acts(other, guild, board)
        await until_idle(stage.bot.pid)
        before = cpu_seconds(stage.bot.pid)
        mash = asyncio.create_task(_mash(theirs))
        took = await _ask(mine)
        cpu = cpu_seconds(stage.bot.pid) - before
        answers = await mash
        return {
            "median_ms": round(median(took), 1),
            "worst_ms": round(max(took), 1),
            "asked": len(took),
            "mashed": len(answers),
            "refused": sum(_REFUSED in text for text in answers),
            "unanswered": sum("did not respond" in text for text in answers),
            "bot_cpu_share": round(cpu / _SECONDS, 2),
        }


async def _let_buttons_sign_up(path: Path, guild: GuildId) -> None:
    db = await Database.open(path)
    before = GuildSettings(guild=guild)
    try:
        await db.write(lambda tx: guilds.save_settings(tx, before, replace(before, signup_style=SignupStyle.BUTTONS)))
    finally:
        await db.close()


async def _acts(person: Person, guild: SandboxGuild, board: Message) -> list[Act]:
    """Return what the person does in turns: commands, the button of a panel, and that of a board."""
    channel = guild.channel("raid-signups")
    panel = await person.slash(channel, "reminders")
    return [
        lambda: person.slash(channel, "mysignups"),
        lambda: panel.click("Type my times"),
        lambda: person.slash(channel, "raidinfo list"),
        lambda: person.click(board, "My place"),
    ]


async def _mash(mashers: Sequence[Sequence[Act]]) -> list[str]:
    """Let the mashers act `_PER_SECOND` times a second in all; return what they read."""
    under_way: list[asyncio.Task[str]] = []
    loop = asyncio.get_running_loop()
    begun, turns = loop.time(), itertools.cycle(itertools.chain.from_iterable(zip(*mashers, strict=True)))
    for number, act in enumerate(itertools.islice(turns, int(_PER_SECOND * _SECONDS))):
        await asyncio.sleep(max(begun + number / _PER_SECOND - loop.time(), 0))
        under_way.append(asyncio.create_task(_text(act)))
    return await asyncio.gather(*under_way)


async def _text(act: Act) -> str:
    return (await act()).text()


async def _ask(mine: Iterable[Act]) -> list[float]:
    """Return the milliseconds that each of one member's acts took."""
    loop, took = asyncio.get_running_loop(), list[float]()
    with suppress(TimeoutError):
        async with asyncio.timeout(_SECONDS):
            for act in itertools.cycle(mine):
                began = loop.time()
                await act()
                took.append((loop.time() - began) * 1000)
                await asyncio.sleep(_ASKING_GAP_SECONDS)
    return took
