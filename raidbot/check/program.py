"""Check the settings and the libraries."""

import platform
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import aiosqlite
import discord

from raidbot import __version__
from raidbot.check.findings import Finding, Part, ok, warning, wrong
from raidbot.config import Settings, lines_without_value, places
from raidbot.db import rights
from raidbot.db.database import check_library
from raidbot.delivery.discord_internals import missing_parts
from raidbot.utils.errors import UnusableLibraryError

OLDEST_SQLITE = (3, 37)
"""The first version with STRICT tables."""


def settings_given(settings: Settings) -> Iterator[Finding]:
    given = places()
    count = (
        f"{len(given)} {'is' if len(given) == 1 else 'are'} given: {'; '.join(given)}." if given else "None is given."
    )
    yield ok(Part.SETTINGS, "settings", f"All settings are valid. {count}")
    for sentence in lines_without_value():
        yield warning(Part.SETTINGS, "settings", sentence)
    if settings.log_file is not None:
        yield _log_file(settings.log_file)


def wrong_settings(sentences: tuple[str, ...]) -> Iterator[Finding]:
    for sentence in sentences:
        yield wrong(Part.SETTINGS, "settings", sentence)


def _log_file(path: Path) -> Finding:
    if path.is_dir():
        return wrong(
            Part.SETTINGS, "log file", f"{path} is a folder. Set RAIDBOT_LOG_FILE to the path of a file in it."
        )
    if why := rights.hindrance(path):
        return wrong(Part.SETTINGS, "log file", f"The log cannot be written to {path}. {why}")
    return ok(Part.SETTINGS, "log file", f"The log {'goes' if path.exists() else 'will go'} to {path}.")


def libraries(settings: Settings | None) -> Iterator[Finding]:
    own_urls = settings is not None and bool(settings.discord_api_url or settings.discord_gateway_url)
    yield ok(Part.PROGRAM, "version", f"RaidBot {__version__} on Python {platform.python_version()}.")
    yield _sqlite()
    yield _aiosqlite()
    yield from _discord_py(own_urls=own_urls)


def _sqlite() -> Finding:
    if sqlite3.sqlite_version_info >= OLDEST_SQLITE:
        return ok(Part.PROGRAM, "sqlite", f"SQLite {sqlite3.sqlite_version} is new enough.")
    oldest = ".".join(map(str, OLDEST_SQLITE))
    sentence = f"SQLite {sqlite3.sqlite_version} is too old: this Python needs one built with {oldest} or newer."
    return wrong(Part.PROGRAM, "sqlite", sentence)


def _aiosqlite() -> Finding:
    try:
        check_library()
    except UnusableLibraryError as error:
        return wrong(Part.PROGRAM, "aiosqlite", str(error))
    return ok(Part.PROGRAM, "aiosqlite", f"aiosqlite {aiosqlite.__version__} has all that the bot uses.")


def _discord_py(*, own_urls: bool) -> Iterator[Finding]:
    version = discord.__version__
    missing = missing_parts(discord.Client(intents=discord.Intents.none()), own_urls=own_urls)
    if not missing:
        yield ok(Part.PROGRAM, "discord.py", f"discord.py {version} has all that the bot uses.")
    if required := [part.path for part in missing if not part.without]:
        yield wrong(Part.PROGRAM, "discord.py", str(UnusableLibraryError("discord.py", version, required)))
    for part in (part for part in missing if part.without):
        sentence = f"discord.py {version} has no {part.path}. The bot runs, but {part.without}."
        yield warning(Part.PROGRAM, "discord.py", sentence)
