"""Check where the database lies: rights, mounts, and room on the disk."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from raidbot.check.findings import Finding, Part, in_bytes, ok, warning, wrong
from raidbot.db import rights

ROOM = 3
"""How many times the database has to fit on the disk: grown, copied before a migration, and backed up."""
LEAST_BYTES = 100_000_000
FULL_BYTES = 5_000_000
"""With less than this the next burst of signups fails."""
MOUNTS = Path("/proc/self/mountinfo")
_NETWORKS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "fuse.rclone", "davfs", "ceph", "glusterfs"}
_ESCAPED = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Mount:
    """A file system: the folder (or file) where it is mounted, and its kind, such as “ext4”."""

    point: Path
    kind: str


def mounts(table: Path = MOUNTS) -> list[Mount]:
    """Return what is mounted, in order; nothing where the system does not tell."""
    try:
        lines = table.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [found for line in lines if (found := _mount(line)) is not None]


def _mount(line: str) -> Mount | None:
    """Return the mount of a line of proc_pid_mountinfo(5): … mount point, options, …, “-”, kind, …"""
    before, _, after = line.partition(" - ")
    fields, kinds = before.split(), after.split()
    if len(fields) < 5 or not kinds:
        return None
    return Mount(Path(_ESCAPED.sub(lambda found: chr(int(found[1], 8)), fields[4])), kinds[0])


def place(database: Path, mounted: list[Mount]) -> Iterator[Finding]:
    """Check on which file system the database lies."""
    file = database.resolve()
    if any(mount.point == file for mount in mounted):
        yield wrong(
            Part.DISK,
            "mount",
            f"Danger: {database} is mounted as a single file. The newest data is in {database.name}-wal beside it, "
            f"which is lost with the container. Stop the bot, and mount the folder {file.parent} instead.",
        )
        return
    around = [mount for mount in mounted if file.is_relative_to(mount.point)]
    kind = max(around, key=lambda mount: len(mount.point.parts)).kind if around else ""
    if kind in _NETWORKS:
        yield warning(
            Part.DISK,
            "mount",
            f"{file.parent} is on a network file system ({kind}), where SQLite can damage the database. Move it to a "
            "disk of this machine, and set RAIDBOT_DATABASE.",
        )
    elif kind == "overlay":
        yield warning(
            Part.DISK,
            "mount",
            f"{file.parent} is inside the container and is lost with it. Mount a folder or a volume there.",
        )


def rights_of(database: Path) -> Iterator[Finding]:
    """Check that the database and what SQLite keeps beside it can be written."""
    if why := rights.hindrance(database.resolve()):
        yield wrong(Part.DISK, "rights", f"{database} cannot be written. {why}")
    else:
        yield ok(Part.DISK, "rights", f"The folder {rights.nearest(database.resolve().parent)} can be written.")


def room(database: Path, free: int | None = None) -> Iterator[Finding]:
    """Check that the disk has room for the database to grow and to be copied; `free` is in bytes."""
    folder = rights.nearest(database.resolve().parent)
    if free is None:
        try:
            disk = shutil.disk_usage(folder)
        except OSError:
            return
        if not disk.total:  # no disk, such as /proc
            return
        free = disk.free
    size = size_of(database)
    needed = max(ROOM * size, LEAST_BYTES)
    taken = f"; the database takes {in_bytes(size)}" if size else ""
    said = f"{in_bytes(free)} are free on the disk of {folder}{taken}."
    if free < FULL_BYTES:
        yield wrong(Part.DISK, "room", f"The disk is full: {said} Make at least {in_bytes(needed)} free.")
    elif free < needed:
        yield warning(Part.DISK, "room", f"{said} Make at least {in_bytes(needed)} free.")
    else:
        yield ok(Part.DISK, "room", said)


def size_of(database: Path) -> int:
    """Return the bytes of the database and its write-ahead log."""
    file = database.resolve()
    return sum(_bytes(one) for one in (file, Path(f"{file}-wal")))


def _bytes(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
