"""Cut the power at many points of what was noted, and open the database there as the bot does."""

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from raidbot.db import database
from tests.chaos import rounds
from tests.db.power_loss.disk import Disk, Survival

SAMPLE = rounds(16, 5000)
"""Points of each kind of remains that a test tries, unless it names another number; all if there are fewer."""


def broken(
    disk: Disk,
    name: str,
    tmp_path: Path,
    wrong: Callable[[int, sqlite3.Connection], Sequence[str]],
    *,
    sample: int = SAMPLE,
) -> list[str]:
    """Return a line for each point at which the database of this name breaks a promise after a power cut.

    `wrong` gets the number of the operation before which the power was cut, and the database as the bot opened it.
    """
    lines: list[str] = []
    for point, survival, path in remains(disk, name, tmp_path, sample):
        try:
            with database.exclusive(path) as connection:
                damage = [row for (row,) in connection.execute("PRAGMA quick_check") if row != "ok"]
                found = [*damage, *wrong(point, connection)]
        except Exception as error:  # noqa: BLE001 - whatever it is, the bot does not start
            found = [repr(error)]
        lines += [f"power cut before operation {point}, left {survival.value}: {line}" for line in found]
    return lines


def remains(disk: Disk, name: str, tmp_path: Path, sample: int = SAMPLE) -> Iterator[tuple[int, Survival, Path]]:
    """Yield databases as power cuts leave them, each in a folder that goes afterwards.

    One that does not exist yet promises nothing.
    """
    rng = random.Random(len(disk.operations))
    for survival in Survival:
        for point, cut in disk.cuts(_points(disk, survival, rng, sample)):
            if name not in cut.left(survival, random.Random(point)):
                assert not disk.promised(point), f"the file is gone before operation {point}"
                continue
            folder = tmp_path / f"{survival.name}-{point}"
            cut.leave(folder, survival, random.Random(point))
            yield point, survival, folder / name
            shutil.rmtree(folder)


def _points(disk: Disk, survival: Survival, rng: random.Random, sample: int) -> list[int]:
    """Choose points. The harshest are those right after somebody was told a result, when the rest is gone."""
    told = sorted({point for point, _ in disk.given_out})
    every = told if survival is Survival.SYNCED else range(len(disk.operations) + 1)
    return sorted(rng.sample(every, min(sample, len(every))))
