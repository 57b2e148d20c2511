"""Run the named benchmarks, or all: `python -m bench [name ...]`."""

import argparse
import asyncio
import json
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping

from bench import process_usage
from bench.autocomplete import autocomplete
from bench.bursts import burst, spread
from bench.clock.reminders import reminders
from bench.clock.tick import clock
from bench.durable import durable
from bench.edits.channel import channel
from bench.edits.steady import steady
from bench.foreign_reactions import foreign
from bench.importer import moving
from bench.limits.mashing import mashing
from bench.memory import memory
from bench.queries import queries
from bench.serving.scrapes import scrapes
from bench.starting.many_raids import many
from bench.starting.restarts import restart, start50
from bench.starting.startup import startup, sweep
from bench.statistics.figures import figures
from bench.statistics.two_years import two_years
from raidbot.utils import logging

_TIMEOUT_SECONDS = 120
_TIMEOUTS_SECONDS = {
    "channel": 1800,
    "steady": 7200,
    "many": 900,
    "scrapes": 600,
    "sweep": 1200,
    "reminders": 600,
    "two_years": 900,
}
"""Longer time limits, for benchmarks with many runs."""
_BENCHES: dict[str, Callable[[], Awaitable[Mapping[str, object]]]] = {
    "burst": burst,
    "spread": spread,
    "channel": channel,
    "steady": steady,
    "durable": durable,
    "foreign": foreign,
    "startup": startup,
    "start50": start50,
    "restart": restart,
    "many": many,
    "memory": memory,
    "autocomplete": autocomplete,
    "mashing": mashing,
    "moving": moving,
    "queries": queries,
    "scrapes": scrapes,
    "figures": figures,
    "two_years": two_years,
    "clock": clock,
    "reminders": reminders,
    "sweep": sweep,
}
_ONLY_NAMED = frozenset({"sweep"})


def main() -> int:
    """Print figures to stdout and everything else to stderr; return 1 if a benchmark failed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="RaidBot's benchmarks as JSON lines.")
    parser.add_argument(
        "names",
        nargs="*",
        metavar="name",
        help=f"any of {', '.join(_BENCHES)}; all but {', '.join(_ONLY_NAMED)} by default",
    )
    names: list[str] = parser.parse_args().names
    if unknown := [name for name in names if name not in _BENCHES]:
        parser.error(f"there is no benchmark {unknown[0]!r}; there are {', '.join(_BENCHES)}")
    if not process_usage.has_proc():
        parser.exit(1, "The benchmarks read /proc, which this system does not have. Run them on Linux.\n")
    logging.configure(level="error", json=False)
    return max([_run(name) for name in names or [name for name in _BENCHES if name not in _ONLY_NAMED]])


def _run(name: str) -> int:
    try:
        figures = asyncio.run(_bounded(_BENCHES[name], _TIMEOUTS_SECONDS.get(name, _TIMEOUT_SECONDS)))
    except Exception:  # noqa: BLE001 - the other benchmarks still run
        print(f"{name} could not be measured:", file=sys.stderr)
        traceback.print_exc()
        return 1
    print(json.dumps({"bench": name, **figures}), flush=True)
    return 0


async def _bounded(bench: Callable[[], Awaitable[Mapping[str, object]]], seconds: float) -> Mapping[str, object]:
    async with asyncio.timeout(seconds):
        return await bench()


if __name__ == "__main__":
    sys.exit(main())
