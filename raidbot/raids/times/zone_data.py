"""The time zone database in use: the newest of the system's and the `tzdata` package's.

Left alone, `zoneinfo` takes the system's, which is often a year older than the package and then an hour off.
"""

import re
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

_SOME_ZONE = "Europe/Berlin"
_VERSION = re.compile(r"# version (\d{4}[a-z]+)\s")


@dataclass(frozen=True, slots=True, order=True)
class ZoneData:
    """A database in a folder. `version` is IANA's, such as “2026f”, and empty where the folder does not say it."""

    version: str
    is_package: bool
    """The package wins over a system of the same version: it is the one that was tested."""
    folder: str

    def __str__(self) -> str:
        whose = "of the tzdata package" if self.is_package else f"in {self.folder}"
        return f"{self.version or 'of an unknown version'} {whose}"


class NoZoneDataError(Exception):
    """Neither the system nor a package knows time zones; `str()` says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "There is no time zone data here, so RaidBot would get every hour wrong. Install it with "
            "“pip install tzdata”, or install your system's package tzdata.",
        )


def check() -> None:
    """Raise NoZoneDataError if zones cannot be read."""
    try:
        zoneinfo.ZoneInfo(_SOME_ZONE)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise NoZoneDataError from error


def in_use() -> ZoneData:
    """Return the database that zones are read from. Raises NoZoneDataError."""
    package = _of_package()
    system = next((found for found in _of_system() if package is None or found.folder != package.folder), package)
    if system is None:
        raise NoZoneDataError
    return system


def use_newest() -> None:
    """Make `zoneinfo` read the newest database. Zones that exist already keep their data, so call this first.

    `raidbot/__init__.py` does, so every process, thread and child that runs code of RaidBot reads the same.
    """
    package = _of_package()
    newest = max([*_of_system(), *([package] if package else [])], default=None)
    zoneinfo.reset_tzpath([newest.folder] if newest else [])
    zoneinfo.ZoneInfo.clear_cache()


def _of_system() -> Iterator[ZoneData]:
    for folder in map(Path, zoneinfo.TZPATH):
        if folder.is_dir():
            yield ZoneData(_version(folder), is_package=False, folder=str(folder))


def _of_package() -> ZoneData | None:
    try:
        folder = Path(str(resources.files("tzdata").joinpath("zoneinfo")))
    except ModuleNotFoundError:
        return None
    return ZoneData(_version(folder), is_package=True, folder=str(folder))


def _version(folder: Path) -> str:
    try:
        with (folder / "tzdata.zi").open(encoding="ascii", errors="replace") as file:
            found = _VERSION.match(file.readline())
    except OSError:
        return ""
    return found[1] if found else ""
