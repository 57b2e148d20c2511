"""The commands that look after the database: `backup`, `restore`, `export-server`, `import-server` and `purge`."""

import argparse
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from raidbot import process
from raidbot.config import load
from raidbot.db.cells import SetAside
from raidbot.db.errors import UnusableDatabase
from raidbot.ops import purge
from raidbot.ops.backups import backup, names, restore, server_export, server_import
from raidbot.ops.backups.server_file import WrongServerFile
from raidbot.utils import logging
from raidbot.utils.clock import utc_now
from raidbot.utils.errors import Refusal

_WRONG_ARGUMENTS = (
    backup.WrongTarget,
    restore.NoBackup,
    purge.NothingKnown,
    server_export.NoSuchServer,
    server_import.ServerIsThere,
    WrongServerFile,
)
"""Refusals of what was asked for; with others, the database or its disk is at fault."""


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands with the `add` of the command line."""
    making = add(
        "backup",
        partial(_in_words, _backup),
        does="copy the database to a verified file; the bot may run meanwhile",
        example="backup before-the-move.db",
    )
    making.add_argument(
        "path", type=Path, nargs="?", metavar="PATH", help="a new file, or a folder (default: backups/ beside it)"
    )

    restoring = add(
        "restore",
        partial(_in_words, _restore),
        does="put a backup in the place of the database, which is kept",
        example="restore before-the-move.db",
    )
    restoring.add_argument("file", type=Path, metavar="FILE", help="the backup, which is not changed")

    exporting = add(
        "export-server",
        partial(_in_words, _export_server),
        does="write one server to a file, to move it to another database",
        example="export-server 123456789012345678",
    )
    exporting.add_argument("server", type=_id, metavar="ID", help="the server's id")
    exporting.add_argument("file", type=Path, nargs="?", metavar="FILE", help="a new file (default: server-ID.jsonl)")

    importing = add(
        "import-server",
        partial(_in_words, _import_server),
        does="store a server from such a file; stop the bot first",
        example="import-server server-123456789012345678.jsonl",
    )
    importing.add_argument("file", type=Path, metavar="FILE", help="what `raidbot export-server` wrote")

    purging = add(
        "purge",
        partial(_in_words, _purge),
        does="delete all that the database holds of one server; stop the bot first",
        example="purge --server 123456789012345678",
    )
    purging.add_argument("--server", type=_id, metavar="ID", required=True, help="the server's id")


def _in_words(command: Callable[[argparse.Namespace, Path], None], options: argparse.Namespace) -> int:
    """Run a command on the database and return its exit code; every refusal is a sentence."""
    database = load(connects=False).database
    logging.configure(level="error", json=False)
    try:
        command(options, database)
    except _WRONG_ARGUMENTS as refusal:
        print(refusal, file=sys.stderr)
        return process.WRONG_SETTINGS
    except UnusableDatabase as refusal:
        print(refusal, file=sys.stderr)
        return process.UNUSABLE_DATABASE
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return process.FATAL
    except PermissionError as error:
        print(
            f"{error.filename} is out of reach: this user may not enter the folder. Choose a place that the user who "
            f"runs the bot may read and write, such as {database.absolute().parent}.",
            file=sys.stderr,
        )
        return process.FATAL
    except KeyboardInterrupt:
        print("Interrupted: it was done as a whole, or not at all. Run it again.", file=sys.stderr)
        return process.FATAL
    return process.ENDED


def _backup(options: argparse.Namespace, database: Path) -> None:
    path: Path | None = options.path
    target = names.manual(database, utc_now())
    if path is None:
        if database.exists():
            backup.ensure_folder(target.parent, database)
    else:
        target = path / target.name if path.is_dir() else path
    made = backup.make(database, target)
    print(f"{database} is backed up as {made.path}.")
    print(f"  version {made.version}, {made.rows} rows, {_size(made.bytes)}; opened and verified")
    _list_unreadable(made.unreadable)


def _restore(options: argparse.Namespace, database: Path) -> None:
    done = restore.restore(options.file, database, now=utc_now())
    if done.interrupted is not None:
        print(
            f"An earlier restore had been interrupted. It was finished first; that database is now {done.interrupted}."
        )
    print(f"{done.database} is now what {done.backup} holds (version {done.version}, {done.rows} rows).")
    if done.aside is not None:
        print(f"  The database that was there is kept as {done.aside}.")
        print("  Delete it, and the files whose names begin with its name, when you need nothing of it any more.")
    if done.is_older:
        print("  It is of an older version: the next start keeps a copy of it and updates it.")
    if done.forgotten:
        print(f"  Members forgotten since this backup: {done.forgotten}. The next start forgets them again. It needs")
        print(f"  {database}.key as it was then; their tags are in backups/{database.name}.forgotten.")
    print("  Now start the bot.")


def _export_server(options: argparse.Namespace, database: Path) -> None:
    target = options.file or Path(f"server-{options.server}.jsonl")
    done = server_export.export_server(options.server, database, target)
    print(f"Server {options.server} is in {done.path}: {done.rows} rows. It holds names and ids of members.")
    if done.damaged:
        print(f"  Damaged rows that were left out: {done.damaged}")
    if done.tags:
        print(
            f"  Members who want no messages: {done.tags}. Copy {database}.key to the new host, so that they get none."
        )


def _import_server(options: argparse.Namespace, database: Path) -> None:
    done = server_import.import_server(options.file, database)
    print(f"Server {done.guild} is in {database}: {done.rows} rows.")
    if done.renumbered:
        print("  Some of its numbers were taken, so its rows have new ones. Buttons under older direct messages of it")
        print("  no longer work.")
    _list_unreadable(done.unreadable)


def _purge(options: argparse.Namespace, database: Path) -> None:
    rows = purge.purge_server(options.server, database)
    print(f"Server {options.server} is deleted from {database}: {rows} rows. Backups hold it until they go.")


def _list_unreadable(found: Iterable[SetAside]) -> None:
    for row in found:
        print(f"  {row.table} {row.row} cannot be read ({row.why}). The bot runs, but leaves it alone.")


def _size(number: int) -> str:
    return f"{number / 1_000_000:.1f} MB"


def _id(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 2**63):
        raise argparse.ArgumentTypeError(f"“{text}” is not a server's id, a number of 17 to 19 digits")
    return int(text)
