"""Measure starts after which something has changed: until all boards are compared, and until they show it."""

import asyncio
import random
import statistics
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from bench.setup import (
    MESSAGE,
    MUSEUM_EMOJI,
    BenchWorld,
    Posted,
    bench_world,
    counted_boards,
    is_right,
    post_museums,
    reader,
    until,
)
from discord_sandbox import messages
from discord_sandbox.builders import SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Reaction, reaction_key
from raidbot.db import audit
from raidbot.db.database import Database
from raidbot.raids.audit.entry import AuditAction, Entry
from raidbot.raids.model import GuildId, MemberId, Source
from raidbot.utils.clock import utc_now

REACTORS = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}"
MEMBER = "/guilds/{guild_id}/members/{user_id}"
_SEEDS = range(5)
_BOARDS, _CHANNELS, _RECENT, _LATENCY_SECONDS = 50, 5, 10, 0.05
_DIFFERENCES, _HIDDEN_DIFFERENCES = 10, 3
"""Hidden ones lie behind equal counts: one member left, another came."""
_SIGNED = 5
_RESTARTED, _RESTARTED_CHANNELS = 10, 5
_SETTLE_SECONDS = 2.0
"""Late calls and edits count, too."""


async def start50() -> dict[str, object]:
    """50 boards in five channels with chat between them; ten differ, three of these with equal counts."""
    runs = [await _start50(random.Random(seed)) for seed in _SEEDS]
    return {
        "boards": _BOARDS,
        "differences_mended": min(run["mended"] for run in runs),
        "compared_seconds": _median_and_worst([run["seconds"] for run in runs]),
        "calls_without_full_reads": _median_and_worst([run["calls"] for run in runs]),
        "calls_of_full_reads": _median_and_worst([run["full_reads"] for run in runs]),
        "refused_429": _median_and_worst([run["refused"] for run in runs]),
    }


async def restart() -> dict[str, object]:
    """Ten boards that were not drawn before a kill, and on which members reacted afterwards."""
    runs = [await _restart(random.Random(seed)) for seed in _SEEDS]
    return {
        "boards": _RESTARTED,
        "right_after_seconds": _median_and_worst([run["seconds"] for run in runs]),
        "edits_each": _median_and_worst([run["edits"] for run in runs]),
        "calls": _median_and_worst([run["calls"] for run in runs]),
        "refused_429": _median_and_worst([run["refused"] for run in runs]),
    }


def _median_and_worst(figures: Sequence[float]) -> dict[str, float]:
    return {"median": round(statistics.median(figures), 2), "worst": round(max(figures), 2)}


async def _start50(rng: random.Random) -> dict[str, float]:
    async with bench_world("strict") as stage:
        guild, people = _guild(stage)
        places = [guild.add_channel(f"raids-{number}") for number in range(_CHANNELS)]
        boards = await post_museums(stage, guild, places * (_BOARDS // _CHANNELS), signed=people[:_SIGNED], chat=rng)
        recent = rng.sample(boards, _RECENT)
        await _note_activity(stage, guild, recent)
        hidden = recent[:_HIDDEN_DIFFERENCES]
        quiet = [board for board in boards if board not in recent]
        differing = [*hidden, *rng.sample(quiet, _DIFFERENCES - _HIDDEN_DIFFERENCES)]
        wanted = {board.raid: _change(stage, board, people, rng, hide=board in hidden) for board in differing}
        stage.sandbox.faults.slow(_LATENCY_SECONDS)
        in_full = {board.message.id for board in [*recent, *differing]}
        all_boards = {board.message.id for board in boards}

        starting = asyncio.create_task(stage.bot.start())
        await until(lambda: stage.sandbox.gateway.identified)
        loop = asyncio.get_running_loop()
        began = loop.time()
        with reader(stage) as connection:

            def mended() -> int:
                rows = connection.execute("SELECT raid, member FROM seats").fetchall()
                seated = {raid: {member for of, member in rows if of == raid} for raid in wanted}
                return sum(seated[raid] == members for raid, members in wanted.items())

            await until(
                lambda: (
                    counted_boards(stage.sandbox) >= all_boards and listed(stage) >= in_full and mended() == len(wanted)
                )
            )
            seconds = loop.time() - began
            await starting
            await asyncio.sleep(_SETTLE_SECONDS)
            calls = _calls(stage)
            return {
                "seconds": seconds,
                "mended": mended(),
                "calls": _without_full_reads(stage),
                "full_reads": calls.total() - _without_full_reads(stage),
                "refused": _refused(stage),
            }


async def _restart(rng: random.Random) -> dict[str, float]:
    async with bench_world("strict") as stage:
        guild, people = _guild(stage)
        places = [guild.add_channel(f"raids-{number}") for number in range(_RESTARTED_CHANNELS)]
        boards = await post_museums(stage, guild, places * (_RESTARTED // _RESTARTED_CHANNELS), signed=people[:_SIGNED])
        await _note_activity(stage, guild, boards)
        for board in boards:  # as a kill leaves it between the commit and the edit
            board.message.embeds = [{**board.message.embeds[0], "title": "before the kill"}]
        await _forget_drawing(stage)
        came = {board.raid: rng.sample(people[_SIGNED:], 2) for board in boards}
        for board in boards:
            for person in came[board.raid]:
                _react(stage, board, person)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await stage.bot.start()
        with reader(stage) as connection:
            await until(lambda: all(is_right(connection, board, _SIGNED + 2) for board in boards))
            seconds = loop.time() - began
        await asyncio.sleep(_SETTLE_SECONDS)
        edits = Counter(call.ids["message_id"] for call in stage.sandbox.calls if _is_edit(call.method, call.route))
        calls = _calls(stage)
        return {
            "seconds": seconds,
            "edits": max(edits.values()),
            "calls": calls.total(),
            "refused": _refused(stage),
        }


def _guild(stage: BenchWorld) -> tuple[SandboxGuild, list[Person]]:
    guild = stage.sandbox.add_guild("Calendar")
    return guild, [guild.add_member(f"player{number}") for number in range(30)]


async def _note_activity(stage: BenchWorld, guild: SandboxGuild, boards: Sequence[Posted]) -> None:
    """Write an audit entry for each board, five minutes old."""
    at = utc_now().replace(microsecond=0) - timedelta(minutes=5)
    entries = [Entry(AuditAction.CREATED)]
    note = partial(audit.record, entries=entries, guild=GuildId(guild.id), at=at, actor=None, source=Source.COMMAND)
    db = await Database.open(stage.database)
    try:
        await db.write(lambda tx: [note(tx, raid=board.raid) for board in boards])
    finally:
        await db.close()


async def _forget_drawing(stage: BenchWorld) -> None:
    """Note that every message shows something else than its raid."""
    db = await Database.open(stage.database)
    try:
        await db.write(lambda tx: tx.execute("UPDATE raids SET board_hash = 'x' || board_hash"))
    finally:
        await db.close()


def _change(
    stage: BenchWorld, board: Posted, people: Sequence[Person], rng: random.Random, *, hide: bool
) -> set[MemberId]:
    """Change who has reacted, with the same count if `hide`; return who has to have a seat."""
    there = {MemberId(person.id) for person in people[:_SIGNED]}
    leaves = hide or rng.random() < 0.5
    if leaves:
        gone = rng.choice(people[:_SIGNED])
        world, channel = stage.sandbox.world, stage.sandbox.store.channels[board.message.channel_id]
        messages.unreact(world, channel, board.message, reaction_key(MUSEUM_EMOJI), gone.id)
        there.discard(MemberId(gone.id))
    if hide or not leaves:
        person = rng.choice(people[_SIGNED:])
        _react(stage, board, person)
        there.add(MemberId(person.id))
    return there


def _react(stage: BenchWorld, board: Posted, person: Person) -> None:
    world, channel = stage.sandbox.world, stage.sandbox.store.channels[board.message.channel_id]
    messages.react(world, channel, board.message, reaction_key(MUSEUM_EMOJI), Reaction(name=MUSEUM_EMOJI), person.user)


def listed(stage: BenchWorld) -> set[int]:
    """Return the messages for which the bot has asked who reacted."""
    return {
        int(call.ids["message_id"])
        for call in stage.sandbox.calls
        if (call.method, call.route, call.status) == ("GET", REACTORS, 200)
    }


def _without_full_reads(stage: BenchWorld) -> int:
    """Return the calls but those that name members, edit, or count a message again after its lists were read."""
    read: set[str] = set()
    calls = 0
    for call in stage.sandbox.calls:
        message = call.ids.get("message_id", "")
        if call.route == REACTORS:
            read.add(message)
        elif not _is_edit(call.method, call.route) and call.route != MEMBER and message not in read:
            calls += 1
    return calls


def _calls(stage: BenchWorld) -> Counter[str]:
    return Counter(f"{call.method} {call.route}" for call in stage.sandbox.calls)


def _is_edit(method: str, route: str) -> bool:
    return (method, route) == ("PATCH", MESSAGE)


def _refused(stage: BenchWorld) -> int:
    return sum(call.status == 429 for call in stage.sandbox.calls)
