"""The command line."""

import argparse
import asyncio
import difflib
import io
import json
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

from raidbot import __version__, maintenance, process
from raidbot.check import report
from raidbot.check.findings import as_json, as_text, is_content
from raidbot.check.member import NoTag, member_tag
from raidbot.config import WrongSettings, load
from raidbot.db.errors import UnusableDatabase
from raidbot.ops.importer.legacy_database import NotALegacyDatabase
from raidbot.ops.importer.run import import_database
from raidbot.raids.times import zone_data
from raidbot.raids.times.parse import parse_time
from raidbot.raids.times.refusals import day_in_words
from raidbot.raids.times.zones import zone_named
from raidbot.utils import logging
from raidbot.utils.clock import utc_now
from raidbot.utils.errors import Refusal


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; README.md lists the codes."""
    logging.open_standard_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    parser, commands = _parser()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given:
        print(parser.format_help().rstrip())
        return process.WRONG_SETTINGS
    try:
        options = _parsed(parser, commands, given)
        code: int = options.command(options)
    except (WrongCommandLine, WrongSettings) as error:
        print(error, file=sys.stderr)
        return process.WRONG_SETTINGS
    except zone_data.NoZoneDataError as error:
        print(error, file=sys.stderr)
        return process.UNUSABLE_LIBRARY
    return code


class WrongCommandLine(Refusal):
    """There is no such command or option; `str()` names what is near to it."""


class _Parser(argparse.ArgumentParser):
    """Says in a sentence what is wrong with a value, or missing."""

    def error(self, message: str) -> NoReturn:
        """Raises WrongCommandLine."""
        raise WrongCommandLine(f"`{self.prog}`{_in_words(message)} {self.epilog}")


def _in_words(message: str) -> str:
    """Return the end of the sentence that argparse's words for an error become."""
    if found := re.fullmatch(r"the following arguments are required: (.+)", message):
        return f" needs {found[1]}."
    if found := re.fullmatch(r"argument (\S+): invalid int value: '(.*)'", message):
        return f": {found[1]} “{found[2]}” is not a whole number."
    if found := re.fullmatch(r"argument (\S+): expected one argument", message):
        return f": {found[1]} needs a value."
    return f": {message.removeprefix('argument ').replace(': “', ' “', 1)}."


Commands = dict[str, argparse.ArgumentParser]


def _parsed(parser: argparse.ArgumentParser, commands: Commands, given: list[str]) -> argparse.Namespace:
    """Raises WrongCommandLine. Ends the process for --help, --version, and options without their values."""
    name = next((word for word in given if not word.startswith("-")), None)
    if name is not None and name not in commands:
        raise WrongCommandLine(
            f"There is no command “{name}”. {_did_you_mean(name, commands)}`raidbot --help` lists all commands."
        )
    if name is None and not {"-h", "--help", "--version"}.intersection(given):
        raise _no_such(parser, given[0])
    options, unknown = parser.parse_known_args(given)
    if unknown:
        raise _no_such(commands[options.name], unknown[0])
    return options


def _no_such(parser: argparse.ArgumentParser, word: str) -> WrongCommandLine:
    known = re.findall(r"--[\w-]+", parser.format_usage())
    what = "option" if word.startswith("-") else "argument"
    near = _did_you_mean(word.partition("=")[0], known)
    return WrongCommandLine(f"`{parser.prog}` has no {what} “{word}”. {near}`{parser.prog} --help` explains it.")


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"Did you mean “{near[0]}”? " if near else ""


class _Family:
    """Adds commands, each with a line of help and an example."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._adding = parser.add_subparsers(dest="name", required=True, metavar="command", title="commands")
        self.commands: Commands = self._adding.choices

    def add(
        self, name: str, run: Callable[[argparse.Namespace], int], *, does: str, example: str
    ) -> argparse.ArgumentParser:
        """Add a command that `run` runs; `does` begins with a verb, `example` is what stands behind `raidbot`."""
        description = f"{does[0].upper()}{does[1:]}."
        added = self._adding.add_parser(
            name, help=does, description=description, epilog=f"Example: raidbot {example}", allow_abbrev=False
        )
        added.set_defaults(command=run)
        return added


def _parser() -> tuple[argparse.ArgumentParser, Commands]:
    parser = _Parser(
        prog="raidbot",
        description="A Discord bot with which communities organise raids.",
        epilog="`raidbot check` says what is missing before the bot can run. `raidbot help run` explains a command.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"RaidBot {__version__}")
    family = _Family(parser)
    family.add("run", _run, does="run the bot until it is told to stop", example="run")

    checking = family.add(
        "check", _check, does="say what is missing before the bot can run, and whether all is well; changes nothing",
        example="check --offline",
    )  # fmt: skip
    checking.add_argument("--offline", action="store_true", help="do not ask Discord")
    checking.add_argument("--json", action="store_true", help="print JSON for machines")
    checking.add_argument("--member", type=int, metavar="ID", help="only say by which tag the log names this member")

    _add_demo(family)
    _add_import(family)
    maintenance.add_commands(family.add)

    when = family.add(
        "when", _when, does="say what a typed time means", example='when "friday 8pm" --zone Europe/Berlin'
    )
    when.add_argument("text", nargs="+", metavar="TEXT", help='such as "friday 8pm"')
    when.add_argument("--zone", default="UTC", help="the server's time zone, such as Europe/Berlin (default: UTC)")
    when.add_argument("--locale", default="en-US", help="Discord's name of a language, such as en-GB (default: en-US)")
    when.add_argument("--now", type=_moment, help="pretend it is this moment (ISO 8601; UTC unless it has an offset)")

    def explain(options: argparse.Namespace) -> int:
        return _help(options, parser, family.commands)

    helping = family.add("help", explain, does="explain all commands, or one of them", example="help check")
    helping.add_argument("about", nargs="?", metavar="command")
    return parser, family.commands


def _add_demo(family: _Family) -> None:
    does = "show the bot at work against a Discord of its own; no token needed"
    demo = family.add("demo", _demo, does=does, example="demo --keep evening.json")
    demo.add_argument("--script", action="store_true", help="a scripted evening in the terminal, not the page")
    demo.add_argument("--port", type=int, default=0, help="the page's port (default: a free one)")
    demo.add_argument("--host", default="127.0.0.1", help="the page's address (default: 127.0.0.1, this machine only)")
    demo.add_argument("--scenario", type=Path, help="TOML or JSON file with the server to begin with")
    demo.add_argument("--keep", type=Path, metavar="FILE", help="take the world from this file, and store it there")


def _add_import(family: _Family) -> None:
    does = "take everything over from the Node.js bot’s database; see docs/moving-in.md"
    moving = family.add("import", _import, does=does, example="import ../old/data/wizbot.db --dry-run")
    moving.add_argument("path", type=Path, metavar="PATH", help="its wizbot.db, which is not changed")
    moving.add_argument("--analytics", type=Path, metavar="FILE", help="its analytics.json, to keep that, too")
    moving.add_argument("--templates", type=Path, metavar="FILE", help="its raid_templates.json, if it was changed")
    moving.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing")
    moving.add_argument("--json", action="store_true", help="the whole account as JSON")


def _help(options: argparse.Namespace, parser: argparse.ArgumentParser, commands: Commands) -> int:
    about: str | None = options.about
    if about is not None and about not in commands:
        raise WrongCommandLine(f"There is no command “{about}”. {_did_you_mean(about, commands)}".rstrip())
    print((parser if about is None else commands[about]).format_help().rstrip())
    return process.ENDED


def _run(options: argparse.Namespace) -> int:
    del options
    return process.run(load())


def _check(options: argparse.Namespace) -> int:
    if options.member is not None:
        return _member_tag(options.member)
    found = report.findings(utc_now, offline=options.offline)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    print(as_json(found) if options.json else as_text(found, width))
    return process.ENDED if is_content(found) else process.FATAL


def _member_tag(member: int) -> int:
    try:
        print(f"The log names member {member} as {member_tag(load(connects=False).database, member)}.")
    except NoTag as error:
        print(error, file=sys.stderr)
        return process.FATAL
    return process.ENDED


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
    zone_data.check()
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
    zone_data.check()
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
