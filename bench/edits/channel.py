"""Measure three boards of one channel on which sixty members react within two seconds."""

import os
import random
from collections.abc import Sequence

from bench.edits.arrivals import arrivals, at_times
from bench.edits.board_watch import watching
from bench.edits.figures import Figures, Meter, Run, from_environment, summed_up
from bench.setup import MUSEUM_EMOJI, BenchWorld, Posted, bench_world, post_museums, start_and_settle
from discord_sandbox.people import Person

PAUSES = tuple(float(pause) for pause in os.environ.get("BENCH_PAUSES", "0,0.3,0.6,1").split(","))
_BOARDS, _MEMBERS, _SECONDS = 3, 60, 2.0


async def channel() -> Figures:
    """Let the members react with Poisson gaps and one pause, on boards in turn; each run has a channel of its own.

    `BENCH_SEEDS` sets the number of runs with each pause. The last figures are those of a sandbox that counts edits
    over the seconds just past.
    """
    seeds = from_environment("BENCH_SEEDS", 5)
    figures: Figures = {"boards": _BOARDS, "members": _MEMBERS, "evenly": summed_up(await _runs([None]))}
    for pause in PAUSES:
        figures[f"pause_{pause:g}"] = summed_up(await _runs([(seed, pause) for seed in range(1, seeds + 1)]))
    sliding = [(seed, 0.0) for seed in range(1, seeds + 1)]
    return figures | {"sliding": summed_up(await _runs(sliding, sliding_edits=True))}


async def _runs(runs: Sequence[tuple[int, float] | None], *, sliding_edits: bool = False) -> list[Run]:
    """Make a run for each seed and pause, or one with equal gaps for None."""
    async with bench_world("strict", sliding_edits=sliding_edits) as stage:
        guild = stage.sandbox.add_guild("Channel")
        places = [guild.add_channel(f"raids-{number}") for number in range(len(runs))]
        people = [guild.add_member(f"player{number}") for number in range(_MEMBERS)]
        boards = await post_museums(stage, guild, [place for place in places for _ in range(_BOARDS)])
        await start_and_settle(stage, boards)
        return [
            await _run(stage, boards[number * _BOARDS :][:_BOARDS], people, _times(run))
            for number, run in enumerate(runs)
        ]


def _times(run: tuple[int, float] | None) -> list[float]:
    if run is None:
        return [_SECONDS * number / (_MEMBERS - 1) for number in range(_MEMBERS)]
    seed, pause = run
    return arrivals(random.Random(seed), _MEMBERS, _SECONDS, pause=pause)


async def _run(stage: BenchWorld, boards: list[Posted], people: list[Person], times: list[float]) -> Run:
    meter = Meter(stage)
    async with watching(boards) as watch:
        async for number in at_times(times):
            await watch.toggle(boards[number % _BOARDS], people[number], MUSEUM_EMOJI)
        return await meter.right(watch, boards)
