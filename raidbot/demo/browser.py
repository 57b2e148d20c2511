"""Run the demo in a browser: start and stop sandbox, bot and page."""

import asyncio
import os
import socket
import sys
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TextIO

from discord_sandbox import FactMissing, Sandbox, SandboxClock, scenario
from discord_sandbox.command_input import NotPossible
from discord_sandbox.page.guard import LOOPBACK_NAMES
from discord_sandbox.page.server import Page
from discord_sandbox.signals import when_told_to_stop
from raidbot.demo import archive, evening
from raidbot.demo.harness import BotProcess
from raidbot.demo.operator_buttons import Operator
from raidbot.demo.season import write_past_season
from raidbot.demo.seed import BACKDATE, Seed
from raidbot.demo.weekly import plan_weekly_raid

WILDCARDS = ("", "0.0.0.0", "::", "*")  # noqa: S104 - a list of hosts to refuse
LOOPBACK = "127.0.0.1"
NIGHT_OWLS = Path(__file__).with_name("night_owls.toml")


class CannotShow(Exception):  # noqa: N818 - says what is wrong
    """The demo cannot start; the message gives the reason."""


async def show_in_browser(out: TextIO, *, host: str, port: int, server: Path, keep: Path | None) -> None:
    """Serve the page until SIGINT or SIGTERM.

    The world comes from `keep` if that file exists, else from the scenario `server`; at the end it is stored in `keep`.
    Raises CannotShow.
    """
    told = asyncio.Event()
    when_told_to_stop(told.set)
    with tempfile.TemporaryDirectory(prefix="raidbot-demo-", ignore_cleanup_errors=os.name == "nt") as folder:
        demo = asyncio.create_task(_serve(out, Path(folder), (host, port), server, keep))
        stop = asyncio.create_task(told.wait())
        await asyncio.wait((demo, stop), return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        demo.cancel()
        with suppress(asyncio.CancelledError):
            await demo
    print("Ended.", file=out, flush=True)


async def _serve(out: TextIO, folder: Path, place: tuple[str, int], server: Path, keep: Path | None) -> None:
    """Serve until cancelled; then stop the bot before the sandbox."""
    zone = evening.zone_of_machine(SandboxClock().now())
    sandbox, opening = _world(folder, server, keep, zone)
    bot = BotProcess(sandbox, folder, settings=_feeds())
    operator = Operator(sandbox, bot)
    is_complete = False
    async with sandbox:
        try:
            address = await _open(sandbox, operator, *place)
            print("Starting a Discord of your own, with the bot in it ...", file=out, flush=True)
            if opening is not None:
                await write_past_season(sandbox, bot.database, zone=zone)
                await plan_weekly_raid(sandbox, bot.database, zone=zone)
            await bot.start()
            if opening is not None:
                await _fill(Seed(sandbox, bot, zone=zone), out)
                bot.advance(max(opening - sandbox.clock.offset, timedelta(0)))
            await operator.begin()
            is_complete = True
            print(f"\n    {address}\n\nOpen this address in a browser. Ctrl-C ends it.", file=out, flush=True)
            await asyncio.get_running_loop().create_future()
        finally:
            await bot.stop()
            if keep is not None and is_complete:
                archive.store(sandbox, bot.database, keep)


def _feeds() -> dict[str, str]:
    """Return settings with which addresses of `/calendar` work on this machine."""
    with socket.create_server((LOOPBACK, 0)) as free:
        port = free.getsockname()[1]
    return {"RAIDBOT_WEB_PORT": str(port), "RAIDBOT_WEB_URL": f"http://{LOOPBACK}:{port}"}


def _world(folder: Path, server: Path, keep: Path | None, zone: str) -> tuple[Sandbox, timedelta | None]:
    """Return a sandbox with a world and, if that is new, its clock's offset at the opening. Raises CannotShow."""
    if keep is not None and not os.access(keep.resolve().parent, os.W_OK):
        raise CannotShow(f"Nothing can be stored at {keep}: there is no such folder, or it cannot be written to.")
    try:
        if keep is not None and keep.exists():
            sandbox = Sandbox()
            archive.restore(sandbox, folder, keep)
            return sandbox, None
        clock = SandboxClock()
        opening = evening.wind(clock, zone, before=BACKDATE)
        sandbox = Sandbox(clock=clock)
        scenario.build(sandbox, scenario.read(server))
    except (scenario.WrongScenario, archive.WrongFile) as error:
        raise CannotShow(str(error)) from error
    return sandbox, opening


async def _open(sandbox: Sandbox, operator: Operator, host: str, port: int) -> str:
    if host in WILDCARDS:
        raise CannotShow(f"{host} stands for every address. Name the one that people will type, such as 192.0.2.7.")
    if host not in LOOPBACK_NAMES:
        print(f"Warning: everybody who reaches {host} can act as anybody in this demo.", file=sys.stderr)
    try:
        return await Page(sandbox, operator).open(host=host, port=port)
    except (OSError, OverflowError) as error:
        raise CannotShow(f"The page cannot be served on {host}, port {port}: {error}.") from error


async def _fill(seed: Seed, out: TextIO) -> None:
    """Fill the server with raids and signups, as far as its scenario allows."""
    print("Letting its people sign up for a few raids ...", file=out, flush=True)
    try:
        await seed.play()
    except (NotPossible, FactMissing) as error:
        print(f"Not everything came about: {error}", file=out, flush=True)
