"""Put another database in the place of the one that is there, so that a kill at any step leaves one of them whole.

The new file gets its final name as the very last step. Before that it lies beside the old one, first as
`NAME.restoring.part`, which may be unfinished, then as `NAME.restoring-TIME`, which is whole: from then on whoever
claims the database next goes on. The old files end as `NAME.replaced-TIME`, with the endings that they had.
"""

import re
from dataclasses import dataclass
from errno import ENOENT
from pathlib import Path

import structlog

from raidbot.db.verified_copy import sync_folder

log = structlog.get_logger(__name__)

_ENDINGS = ("-journal", "-wal", "-shm", ".unhandled", "")
"""The files of a database: those of SQLite, and reactions that were kept for it. The database itself goes last."""
_READY = re.compile(r"(?P<database>.+)\.restoring-(?P<time>[0-9TZ-]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """A finished replacement; `aside` is the old database, None if there was none."""

    database: Path
    aside: Path | None


def part_of(path: Path) -> Path:
    """Return where the new file is to be written. The caller must hold the lock of the database."""
    return Path(f"{path.resolve()}.restoring.part")


def replace(path: Path, time: str) -> Replaced:
    """Put what lies at `part_of(path)` in the place of the database. `time` names the old one.

    The caller must hold the lock. Raises OSError; if `waiting(path)` then returns a file, the next claim goes on.
    """
    real = path.resolve()
    part_of(path).rename(f"{real}.restoring-{time}")
    sync_folder(real.parent)
    finished = finish(path)
    if finished is None:
        raise FileNotFoundError(ENOENT, "the restored file is gone", str(real))
    return finished


def waiting(path: Path) -> Path | None:
    """Return the whole new file of a replacement that was interrupted, or None."""
    real = path.resolve()
    try:
        beside = sorted(real.parent.iterdir())
    except OSError:  # opening the database says why
        return None
    found = [file for file in beside if (name := _READY.fullmatch(file.name)) and name["database"] == real.name]
    return found[-1] if found else None


def aside_of(ready: Path) -> Path:
    """Return where the database is kept that the file returned by `waiting` replaces."""
    return ready.with_name(ready.name.replace(".restoring-", ".replaced-"))


def finish(path: Path) -> Replaced | None:
    """Go on where a replacement was interrupted; return None if none was. The caller must hold the lock.

    Until the new file has its final name, all that stands under the old names is the old database's. Raises OSError.
    """
    ready = waiting(path)
    if ready is None:
        return None
    real = path.resolve()
    aside = aside_of(ready)
    for ending in _ENDINGS:
        old, kept = Path(f"{real}{ending}"), Path(f"{aside}{ending}")
        if old.exists():
            old.rename(kept if not kept.exists() else f"{aside}.later{ending}")  # an older RaidBot ran in between
    sync_folder(real.parent)
    ready.rename(real)
    sync_folder(real.parent)
    return Replaced(database=real, aside=aside if aside.exists() else None)


def go_on(path: Path) -> None:
    """Finish a replacement that was interrupted, and log it. The caller must hold the lock. Raises OSError."""
    if (done := finish(path)) is not None:
        log.warning(
            "an interrupted restore was finished",
            path=str(done.database),
            replaced=None if done.aside is None else str(done.aside),
        )
