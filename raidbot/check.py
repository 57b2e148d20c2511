"""The checks of `raidbot check`: can the bot run here? They create, change and send nothing."""

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiosqlite
import discord

from raidbot.config import Settings
from raidbot.db.announcements import unheard_mentions
from raidbot.db.database import check_library, inspect, look_into, migrations
from raidbot.db.errors import UnusableDatabase
from raidbot.db.unreadable import unreadable_rows
from raidbot.delivery.discord_internals import missing_parts
from raidbot.raids.times import zone_data
from raidbot.utils import member_tags
from raidbot.utils.errors import UnusableLibraryError

OLDEST_SQLITE = (3, 37)
"""The first version with STRICT tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one check; `sentence` is printed."""

    fine: bool
    sentence: str


def findings(settings: Settings) -> Iterator[Finding]:
    yield Finding(fine=True, sentence="The settings are valid and a token is set.")
    yield _discord(settings)
    yield _guilds(settings)
    yield _zone_data()
    yield _sqlite()
    yield _aiosqlite()
    yield from _discord_py(own_urls=bool(settings.discord_api_url or settings.discord_gateway_url))
    yield from _database(settings.database)
    if settings.log_file is not None:
        yield _log_file(settings.log_file)


def _discord(settings: Settings) -> Finding:
    where = settings.discord_api_url or "Discord itself"
    return Finding(fine=True, sentence=f"The bot will talk to {where}; `raidbot run` is the first to try the token.")


def _guilds(settings: Settings) -> Finding:
    count = len(settings.allowed_guilds)
    only = f"only in {count} allowed {'server' if count == 1 else 'servers'}" if count else "in every server it is in"
    return Finding(fine=True, sentence=f"The bot will work {only}.")


def _zone_data() -> Finding:
    return Finding(fine=True, sentence=f"The time zone data is {zone_data.in_use()}.")


def _sqlite() -> Finding:
    if sqlite3.sqlite_version_info >= OLDEST_SQLITE:
        return Finding(fine=True, sentence=f"SQLite {sqlite3.sqlite_version} is new enough.")
    oldest = ".".join(map(str, OLDEST_SQLITE))
    sentence = f"SQLite {sqlite3.sqlite_version} is too old: this Python needs one built with {oldest} or newer."
    return Finding(fine=False, sentence=sentence)


def _aiosqlite() -> Finding:
    try:
        check_library()
    except UnusableLibraryError as error:
        return Finding(fine=False, sentence=str(error))
    return Finding(fine=True, sentence=f"aiosqlite {aiosqlite.__version__} has all that the bot uses.")


def _discord_py(*, own_urls: bool) -> Iterator[Finding]:
    version = discord.__version__
    missing = missing_parts(discord.Client(intents=discord.Intents.none()), own_urls=own_urls)
    if not missing:
        yield Finding(fine=True, sentence=f"discord.py {version} has all that the bot uses.")
    if required := [part.path for part in missing if not part.without]:
        yield Finding(fine=False, sentence=str(UnusableLibraryError("discord.py", version, required)))
    for part in (part for part in missing if part.without):
        sentence = f"discord.py {version} has no {part.path}. The bot runs, but {part.without}."
        yield Finding(fine=True, sentence=sentence)


def _database(path: Path) -> Iterator[Finding]:
    if not path.exists():
        yield _new_file(path, f"There is no database yet; the first start makes {path}.")
        return
    try:
        version = inspect(path)
        newest = migrations()[-1][0]
        unreadable = look_into(path, unreadable_rows) if version == newest else []
        unheard = look_into(path, unheard_mentions) if version == newest else []
    except UnusableDatabase as error:
        yield Finding(fine=False, sentence=str(error))
        return
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        yield Finding(fine=False, sentence=f"{path} cannot be written. Check the rights of the file and its folder.")
        return
    state = "up to date" if version == newest else f"to be copied and brought to version {newest} at the next start"
    yield Finding(fine=True, sentence=f"The database {path} is of version {version}, {state}.")
    for row in unreadable:
        sentence = f"{row.table} {row.row} cannot be read ({row.why}). The bot runs, but leaves it alone."
        yield Finding(fine=True, sentence=sentence)
    for guild, said in unheard:
        yield Finding(fine=True, sentence=f"In server {guild} a mention notified nobody: {said}")


def _log_file(path: Path) -> Finding:
    if path.exists():
        fine = path.is_file() and os.access(path, os.W_OK)
        sentence = f"The log goes to {path}." if fine else f"{path} cannot be written as a log file."
        return Finding(fine=fine, sentence=sentence)
    return _new_file(path, f"The log will go to {path}.")


def _new_file(path: Path, sentence: str) -> Finding:
    """Check that a file that does not exist could be created, along with its folders."""
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if folder.is_dir() and os.access(folder, os.W_OK):
        return Finding(fine=True, sentence=sentence)
    return Finding(fine=False, sentence=f"{path} cannot be made: {folder} is not a folder that may be written.")


def member_tag(database: Path, member: int) -> Finding:
    """Say by which tag the log of the bot on this database names the member."""
    file = member_tags.key_file(database)
    try:
        key = member_tags.read_key(database)
    except OSError as error:
        return Finding(fine=False, sentence=f"{file}, the key of the tags, cannot be read: {error.strerror}.")
    if key is None:
        sentence = f"There is no tag for member {member} yet: the first start makes its key, {file}."
        return Finding(fine=False, sentence=sentence)
    return Finding(fine=True, sentence=f"The log names member {member} as {member_tags.tag(key, member)}.")
