"""Run the sandbox as a program: `python -m discord_sandbox`."""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from discord_sandbox import Sandbox, control, scenario
from discord_sandbox.signals import when_told_to_stop
from discord_sandbox.store import Json


def main() -> int:
    """Serve until SIGTERM or SIGINT. Prints its addresses, people and guilds on stdout as one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m discord_sandbox", description="A local stand-in for Discord.")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--scenario", type=Path, default=scenario.DEFAULT, help="TOML or JSON file to begin with")
    parser.add_argument("--limits", choices=("strict", "scaled", "off"), default="strict", help="rate limits")
    parser.add_argument("--sliding-edits", action="store_true", help="count edits over the seconds just past")
    options = parser.parse_args()
    try:
        world = scenario.read(options.scenario)
        sandbox = Sandbox(limits=options.limits, sliding_edits=options.sliding_edits)
        asyncio.run(_serve(sandbox, options.port, world))
    except (scenario.WrongScenario, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


async def _serve(sandbox: Sandbox, port: int, world: Json) -> None:
    stop = asyncio.Event()
    when_told_to_stop(stop.set)
    scenario.build(sandbox, world)
    control.mount(sandbox)
    await sandbox.start(port=port)
    print(json.dumps(control.world_json(sandbox)), flush=True)
    await stop.wait()
    await sandbox.stop()


if __name__ == "__main__":
    sys.exit(main())
