"""Run the scripts of other libraries against the sandbox, and print a table of what passed."""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from discord_sandbox import Sandbox, control
from tests.clients import scene
from tests.clients.clients import Client, all_clients, command, environment, install

TIMEOUT_SECONDS = 300


class Outcome(NamedTuple):
    """The numbers of steps; all are 0 if the script did not come to its end. `status` is its exit code."""

    passed: int
    unsupported: int
    failed: int
    status: int


async def try_client(
    run: Sequence[str], environ: Mapping[str, str] | None = None, *, limits: Literal["strict", "scaled"] = "strict"
) -> tuple[Outcome, str]:
    """Run a script against a sandbox of its own; returns the outcome and what it printed."""
    sandbox = Sandbox(limits=limits)
    scene.build(sandbox)
    control.mount(sandbox)
    async with sandbox:
        given = os.environ | (environ or {}) | {"SANDBOX": json.dumps(control.world_json(sandbox))}
        process = await asyncio.create_subprocess_exec(
            *run, env=given, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        try:
            printed, _ = await asyncio.wait_for(process.communicate(), TIMEOUT_SECONDS)
        except TimeoutError:
            process.kill()
            printed, _ = await process.communicate()
    text = printed.decode(errors="replace")
    return _outcome(text, process.returncode or 0), text


def _outcome(text: str, status: int) -> Outcome:
    counted = [line for line in text.splitlines() if line.startswith('{"ok"')]
    if not counted:
        return Outcome(0, 0, 0, status or 1)
    counts = json.loads(counted[-1])
    return Outcome(counts["ok"], counts["unsupported"], counts["FAILED"], status)


def _table(outcomes: Mapping[Client, Outcome]) -> str:
    lines = [f"{'client':22}{'passed':>8}{'unsupported':>13}{'failed':>8}{'exit':>6}"]
    for client, outcome in outcomes.items():
        numbers = f"{outcome.passed:8}{outcome.unsupported:13}{outcome.failed:8}{outcome.status:6}"
        lines.append(f"{client.library:22}{numbers}")
    return "\n".join(lines)


def main() -> int:
    """Return 0 if every step passed or was unsupported as announced."""
    parser = argparse.ArgumentParser(prog="python -m tests.clients", description=__doc__)
    parser.add_argument("clients", nargs="*", help="names of clients, such as hikari; without one, all")
    wanted = parser.parse_args().clients
    outcomes: dict[Client, Outcome] = {}
    for client in all_clients():
        if wanted and client.name not in wanted:
            continue
        print(f"\n{client.library}", flush=True)
        try:
            install(client)
        except (subprocess.CalledProcessError, FileNotFoundError) as error:
            print(f"cannot be installed: {error}", flush=True)
            outcomes[client] = Outcome(0, 0, 0, 1)
            continue
        outcomes[client], printed = asyncio.run(try_client(command(client), environment(client)))
        print(printed, flush=True)
    print(_table(outcomes), flush=True)
    return int(any(outcome.status for outcome in outcomes.values()))


if __name__ == "__main__":
    sys.exit(main())
