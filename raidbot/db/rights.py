"""Say why a file cannot be written: the folder or file in the way, its owner, and the command that mends it."""

import os
import stat
import sys
from pathlib import Path

if sys.platform != "win32":
    import pwd

_ENDINGS = ("-wal", "-shm", ".lock", ".lock-journal", ".key")
_BESIDE = {"backups", "lost+found"}


def hindrance(path: Path) -> str | None:
    """Return a sentence about what keeps this process from writing the file or making it; None if nothing does.

    The file's folder counts, too: SQLite writes others beside the database. Changes nothing.
    """
    path = path.absolute()
    folder = nearest(path.parent)
    if not folder.is_dir():
        return f"{folder} is a file where a folder has to be. Move it, or choose another path."
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"The folder {folder} may not be written. {_mend(folder, path)}"
    beside = (path, *(Path(f"{path}{ending}") for ending in _ENDINGS))
    for file in beside:
        if _exists(file) and file.is_file() and not os.access(file, os.R_OK | os.W_OK):
            return f"{file} may not be read and written. {_mend(file, path)}"
    return None


def nearest(folder: Path) -> Path:
    """Return the folder, or the nearest above it that exists and can be seen."""
    return next((one for one in (folder, *folder.parents) if _exists(one)), Path(folder.anchor))


def _exists(path: Path) -> bool:
    try:
        path.stat()
    except OSError:
        return False
    return True


def _mend(thing: Path, path: Path) -> str:
    """Say whose the folder or file is, and how to let this process write it."""
    if sys.platform == "win32":
        return f"Allow RaidBot to change {thing} under Properties, Security."
    if _is_read_only(thing):
        return "Its file system is mounted read-only: mount it writable, or choose another folder."
    found = thing.stat()
    if found.st_uid != os.geteuid():
        return f"It belongs to {_name(found.st_uid)}, and RaidBot runs as {_name(os.geteuid())}. {_give(thing, path)}"
    bits = "u+rwx" if stat.S_ISDIR(found.st_mode) else "u+rw"
    return f"It belongs to {_name(found.st_uid)}, but without the rights. Run: chmod {bits} {thing}"


def _give(thing: Path, path: Path) -> str:
    """Return the command that gives this process the folder, and nothing that is not RaidBot's."""
    me = os.geteuid()
    if not _exists(path.parent):
        return f"Run: sudo install -d -o {me} {path.parent}"
    if thing.is_dir() and not _is_ours(thing, path):
        own = thing / "raidbot"
        return f"Give RaidBot a folder of its own: sudo install -d -o {me} {own}, and choose {own / path.name}."
    return f"Run: sudo chown -R {me} {path.parent if thing.is_dir() else f'{path}*'}"


def _is_ours(folder: Path, path: Path) -> bool:
    """Return True if the folder holds nothing but the file, what belongs to it, and backups."""
    try:
        names = [entry.name for entry in folder.iterdir()]
    except OSError:
        return False
    return all(name.startswith(path.name) or name in _BESIDE for name in names)


def _is_read_only(thing: Path) -> bool:
    return sys.platform != "win32" and bool(os.statvfs(thing).f_flag & os.ST_RDONLY)


def _name(user: int) -> str:
    """Return a user's name, or the number if there is none, as in a container."""
    if sys.platform != "win32":
        try:
            return pwd.getpwuid(user).pw_name
        except KeyError:
            pass
    return f"user {user}"
