"""The command line."""

import argparse
import asyncio
import io
import json
import sqlite3
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from raidbot import __version__, check, maintenance, process
from raidbot.config import WrongSettings, load
from raidbot.db.errors import UnusableDatabase
from raidbot.ops.importer.legacy_database import NotALegacyDatabase
from raidbot.ops.importer.run import import_database
from raidbot.raids.times.parse import parse_time
from raidbot.raids.times.refusals import day_in_words
from raidbot.raids.times.zones import zone_named
from raidbot.utils import logging
from raidbot.utils.clock import utc_now
from raidbot.utils.errors import Refusal


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; README.md lists the codes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    try:
        code: int = options.command(options)
    except WrongSettings as error:
        print(error, file=sys.stderr)
        return process.WRONG_SETTINGS
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="raidbot", description="A Discord bot with which communities organise raids.")
    parser.add_argument("--version", action="version", version=f"RaidBot {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")

    run = commands.add_parser("run", help="run the bot until it is told to stop")
    run.set_defaults(command=_run)

    checking = commands.add_parser("check", help="say what is missing before the bot can run; changes nothing")
    checking.add_argument("--member", type=int, metavar="ID", help="only say by which tag the log names this member")
    checking.set_defaults(command=_check)

    demo = commands.add_parser("demo", help="show the bot at work against a Discord of its own; no token needed")
    demo.add_argument("--script", action="store_true", help="a scripted evening in the terminal, not the page")
    demo.add_argument("--port", type=int, default=0, help="the page's port (default: a free one)")
    demo.add_argument("--host", default="127.0.0.1", help="the page's address (default: 127.0.0.1, this machine only)")
    demo.add_argument("--scenario", type=Path, help="TOML or JSON file with the server to begin with")
    demo.add_argument("--keep", type=Path, metavar="FILE", help="take the world from this file, and store it there")
    demo.set_defaults(command=_demo)

    moving = commands.add_parser("import", help="take everything over from the Node.js bot’s database; see docs")
    moving.add_argument("path", type=Path, metavar="PATH", help="its wizbot.db, which is not changed")
    moving.add_argument("--analytics", type=Path, metavar="FILE", help="its analytics.json, to keep that, too")
    moving.add_argument("--templates", type=Path, metavar="FILE", help="its raid_templates.json, if it was changed")
    moving.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing")
    moving.add_argument("--json", action="store_true", help="the whole account as JSON")
    moving.set_defaults(command=_import)

    maintenance.add_commands(commands.add_parser)

    when = commands.add_parser("when", help="say what a typed time means")
    when.add_argument("text", nargs="+", help='such as "friday 8pm"')
    when.add_argument("--zone", default="UTC", help="the server's time zone, such as Europe/Berlin (default: UTC)")
    when.add_argument("--locale", default="en-US", help="Discord's name of a language, such as en-GB (default: en-US)")
    when.add_argument("--now", type=_moment, help="pretend it is this moment (ISO 8601; UTC unless it has an offset)")
    when.set_defaults(command=_when)
    return parser


def _run(options: argparse.Namespace) -> int:
    del options
    return process.run(load())


def _check(options: argparse.Namespace) -> int:
    try:
        if options.member is None:
            found = list(check.findings(load()))
        else:
            found = [check.member_tag(load(connects=False).database, options.member)]
    except WrongSettings as error:
        found = [check.Finding(fine=False, sentence=sentence) for sentence in error.sentences]
    for finding in found:
        print(f"{'ok     ' if finding.fine else 'missing'}  {finding.sentence}")
    return 0 if all(finding.fine for finding in found) else 1


def _demo(options: argparse.Namespace) -> int:
    from raidbot.demo import (
        browser,
        script,  # only the demo needs the sandbox
    )

    if options.script:
        asyncio.run(script.play(sys.stdout))
        return 0
    server = options.scenario or browser.NIGHT_OWLS
    try:
        asyncio.run(
            browser.show_in_browser(sys.stdout, host=options.host, port=options.port, server=server, keep=options.keep)
        )
    except browser.CannotShow as error:
        print(error, file=sys.stderr)
        return process.WRONG_SETTINGS
    return 0


def _import(options: argparse.Namespace) -> int:
    settings = load(connects=False)
    logging.configure(level="warning", json=False)
    try:
        report = import_database(
            options.path,
            settings.database,
            analytics=options.analytics,
            templates=options.templates,
            dry_run=options.dry_run,
            now=utc_now().replace(microsecond=0),
        )
    except NotALegacyDatabase as refusal:
        print(refusal, file=sys.stderr)
        return process.WRONG_SETTINGS
    except UnusableDatabase as refusal:
        print(refusal, file=sys.stderr)
        return process.UNUSABLE_DATABASE
    except sqlite3.Error as error:
        print(f"Nothing was taken, because {settings.database} cannot be written: {error}.", file=sys.stderr)
        return process.UNUSABLE_DATABASE
    except KeyboardInterrupt:
        print(
            "Interrupted: all of it was written, or nothing. Run it again; that changes nothing twice.", file=sys.stderr
        )
        return process.FATAL
    print(json.dumps(report.to_json(), ensure_ascii=False, indent=2) if options.json else report.text())
    return process.ENDED


def _when(options: argparse.Namespace) -> int:
    now: datetime = options.now or utc_now()
    text = " ".join(options.text)
    try:
        meant = parse_time(text, zone=zone_named(options.zone), now=now, locale=options.locale)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    local = meant.instant.astimezone(meant.zone)
    print(f"“{text}” means")
    print(f"  {day_in_words(local)}, {local:%H:%M} {meant.zone.key} ({_offset(local)})")
    print(f"  {meant.instant:%Y-%m-%d %H:%M} UTC, {_distance(meant.instant - now)} from now")
    for assumption in meant.assumptions:
        print(f"  assumed: {assumption}")
    return 0


def _offset(local: datetime) -> str:
    return f"UTC{local.isoformat()[-6:]}"


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}” is not a moment such as 2026-03-20T19:00") from error
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _distance(span: timedelta) -> str:
    hours, minutes = divmod(int(span.total_seconds()) // 60 % (24 * 60), 60)
    parts = ((span.days, "d"), (hours, "h"), (minutes, "min"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "less than a minute"
