"""Store and restore a demo: the sandbox's world and the bot's database in one zip file."""

import json
import shutil
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path

from discord_sandbox import Sandbox, persistence

_WORLD, _DATABASE = "world.json", "raidbot.db"


class WrongFile(ValueError):  # noqa: N818 - says what is wrong
    """The file is not a stored demo; the message gives the reason."""


def store(sandbox: Sandbox, database: Path, file: Path) -> None:
    """Write the world and the database to `file`, replacing it atomically. The bot must have stopped."""
    with tempfile.TemporaryDirectory(dir=file.resolve().parent, prefix=f".{file.name}-") as name:
        snapshot, unfinished = Path(name) / _DATABASE, Path(name) / file.name
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(snapshot)) as target:
            source.backup(target)
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_WORLD, json.dumps(persistence.save(sandbox.world), ensure_ascii=False))
            archive.write(snapshot, _DATABASE)
        unfinished.replace(file)


def restore(sandbox: Sandbox, folder: Path, file: Path) -> None:
    """Load the world into a new sandbox and put the bot's database into `folder`. Raises WrongFile."""
    try:
        with zipfile.ZipFile(file) as archive:
            world = json.loads(archive.read(_WORLD))
            with archive.open(_DATABASE) as source, (folder / _DATABASE).open("wb") as target:
                shutil.copyfileobj(source, target)
        persistence.load(sandbox.world, world)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise WrongFile(f"{file} holds no demo: {error}") from error
