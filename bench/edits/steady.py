"""Measure joins and leaves on twenty boards of five channels that go on for a minute."""

import random
from collections.abc import Sequence

from bench.edits.arrivals import arrivals, at_times
from bench.edits.board_watch import watching
from bench.edits.channel import PAUSES
from bench.edits.figures import Figures, Meter, Run, from_environment, summed_up
from bench.process_usage import cpu_seconds, until_idle
from bench.setup import MUSEUM_EMOJI, BenchWorld, Posted, bench_world, post_museums, start_and_settle
from discord_sandbox.people import Person

_BOARDS, _CHANNELS, _MEMBERS_EACH = 20, 5, 40
_EACH_SECOND = 50
_SECONDS_BETWEEN_PAUSES = 5.0


async def steady() -> Figures:
    """Let members join and leave 50 times a second, with Poisson gaps and a pause every few seconds.

    `BENCH_SECONDS` sets the length of a run, `BENCH_SEEDS` the number of runs with each pause. The last
    figures are those of a sandbox that counts edits over the seconds just past.
    """
    seconds, seeds = from_environment("BENCH_SECONDS", 10), from_environment("BENCH_SEEDS", 1)
    figures: Figures = {"boards": _BOARDS, "channels": _CHANNELS, "each_second": _EACH_SECOND, "seconds": seconds}
    for pause in PAUSES:
        figures[f"pause_{pause:g}"] = await _summed_up(seconds, seeds, pause)
    return figures | {"sliding": await _summed_up(seconds, seeds, 0.0, sliding_edits=True)}


async def _summed_up(seconds: float, seeds: int, pause: float, *, sliding_edits: bool = False) -> Figures:
    runs, cpu = [], 0.0
    async with bench_world("strict", sliding_edits=sliding_edits) as stage:
        guild = stage.sandbox.add_guild("Steady")
        places = [guild.add_channel(f"raids-{number}") for number in range(_CHANNELS)]
        people = [guild.add_member(f"player{number}") for number in range(_BOARDS * _MEMBERS_EACH)]
        boards = await post_museums(stage, guild, [places[number % _CHANNELS] for number in range(_BOARDS)])
        await start_and_settle(stage, boards)
        for seed in range(1, seeds + 1):
            before = cpu_seconds(stage.bot.pid)
            runs.append(await _run(stage, boards, people, seed, seconds, pause))
            await until_idle(stage.bot.pid)
            cpu += cpu_seconds(stage.bot.pid) - before
    figures = summed_up(runs)
    figures["cpu_ms_each"] = round(cpu * 1000 / (seconds * _EACH_SECOND * seeds), 2)
    return figures


async def _run(
    stage: BenchWorld, boards: Sequence[Posted], people: Sequence[Person], seed: int, seconds: float, pause: float
) -> Run:
    rng = random.Random(seed)
    pauses = max(1, round(seconds / _SECONDS_BETWEEN_PAUSES))
    meter = Meter(stage)
    async with watching(boards) as watch:
        async for _ in at_times(arrivals(rng, round(seconds * _EACH_SECOND), seconds, pause=pause, pauses=pauses)):
            person = rng.randrange(len(people))
            await watch.toggle(boards[person % _BOARDS], people[person], MUSEUM_EMOJI)
        return await meter.right(watch, boards)
