"""Put a test disk beneath SQLite: a VFS around the default one, in the library that Python's `sqlite3` uses."""

import ctypes
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_void_p
from functools import cache
from pathlib import Path
from typing import IO, Any, ClassVar

import pytest

from tests.db.power_loss.disk import Disk, Operation, is_kept

OK, FULL, IOERR_WRITE, IOERR_FSYNC = 0, 13, 10 | 3 << 8, 10 | 4 << 8
"""Result codes of SQLite."""

_CREATE, _JOURNALS = 0x4, 0x800 | 0x4000 | 0x80000
"""Flags of xOpen: may create the file; rollback journal, super-journal or write-ahead log."""

Fault = Callable[[str, str], int]
"""Told `write`, `truncate` or `sync` and the file's name; returns OK, or the code with which that fails."""


class _Vfs(ctypes.Structure):
    """`sqlite3_vfs` up to its version 3."""

    _fields_: ClassVar = [
        *((name, c_int) for name in ("iVersion", "szOsFile", "mxPathname")),
        *(("pNext", c_void_p), ("zName", c_char_p), ("pAppData", c_void_p)),
        *((name, c_void_p) for name in ("xOpen", "xDelete", "xAccess", "xFullPathname", "xDlOpen", "xDlError")),
        *((name, c_void_p) for name in ("xDlSym", "xDlClose", "xRandomness", "xSleep", "xCurrentTime")),
        *((name, c_void_p) for name in ("xGetLastError", "xCurrentTimeInt64", "xSetSystemCall", "xGetSystemCall")),
        ("xNextSystemCall", c_void_p),
    ]


class _Methods(ctypes.Structure):
    """`sqlite3_io_methods` up to its version 3."""

    _fields_: ClassVar = [
        ("iVersion", c_int),
        *((name, c_void_p) for name in ("xClose", "xRead", "xWrite", "xTruncate", "xSync", "xFileSize", "xLock")),
        *((name, c_void_p) for name in ("xUnlock", "xCheckReservedLock", "xFileControl", "xSectorSize")),
        *((name, c_void_p) for name in ("xDeviceCharacteristics", "xShmMap", "xShmLock", "xShmBarrier")),
        *((name, c_void_p) for name in ("xShmUnmap", "xFetch", "xUnfetch")),
    ]


class _File(ctypes.Structure):
    """`sqlite3_file`; the VFS keeps more behind it. Names are kept by pointer, so they are passed on as such."""

    _fields_: ClassVar = [("methods", POINTER(_Methods))]


_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_DELETE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
_CLOSE = CFUNCTYPE(c_int, c_void_p)
_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


@contextmanager
def disk_beneath(
    folder: Path,
    fault: Fault | None = None,
    *,
    synced: Mapping[str, bytes] | None = None,
    disk: Disk | None = None,
) -> Iterator[Disk]:
    """Note on a test disk what SQLite and Python do to the files of `folder`; connections must be opened inside.

    Skips the test if Python's SQLite cannot be reached.
    """
    found = _library()
    if found is None:
        pytest.skip("Python's sqlite3 is not linked with a libsqlite3.so of its own in /proc/self/maps")
    shim, disk = _shim(found), disk or Disk(folder, synced)
    shim.disk, shim.fault = disk, fault
    shim.register(ours=True)
    _note_python()
    _noted.append(disk)
    fsync_below = os.fsync

    def fsync(file: int | IO[bytes]) -> None:
        fsync_below(file)
        descriptor = file if isinstance(file, int) else file.fileno()
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path == disk.folder:
            disk.note(Operation("sync folder"))
        elif disk.has(path) and path.name in disk.names:
            disk.note(Operation("sync", path.name, len(disk.operations)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        try:
            yield disk
        finally:
            _noted.remove(disk)
            shim.register(ours=False)
            shim.disk = shim.fault = None


def _path(name: int) -> Path:
    return Path(os.fsdecode(ctypes.string_at(name)))


def _library() -> str | None:
    """Return the path of the loaded libsqlite3, as `_sqlite3` uses it."""
    import _sqlite3

    _sqlite3.connect(":memory:").close()
    try:
        mapped = Path("/proc/self/maps").read_text().splitlines()
    except OSError:
        return None
    paths = (line.split(maxsplit=5)[-1] for line in mapped)
    return next((path for path in paths if Path(path).name.startswith("libsqlite3.so")), None)


_noted: list[Disk] = []


@cache
def _note_python() -> None:
    """Hear of the files that Python renames and removes; a hook cannot be taken away again."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event not in ("os.rename", "os.remove"):
            return
        source, target = Path(str(arguments[0])), Path(str(arguments[1]))
        for disk in _noted:
            if not disk.has(source) or source.name not in disk.names:
                continue
            if event == "os.rename":
                disk.note(Operation("rename", source.name, target=target.name))
            else:
                disk.note(Operation("remove", source.name))

    sys.addaudithook(hook)


@cache
def _shim(library: str) -> "_Shim":
    """Make one for the process: SQLite keeps pointers to it."""
    return _Shim(ctypes.CDLL(library))


class _Shim:
    """Passes everything on to the default VFS, and tells `disk` of what changes its files."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self.disk: Disk | None = None
        self.fault: Fault | None = None
        self._library = library
        library.sqlite3_vfs_find.restype = POINTER(_Vfs)
        self._default = library.sqlite3_vfs_find(None)
        below = self._default.contents
        self._vfs = _Vfs.from_buffer_copy(below)
        self._vfs.zName = b"test disk"
        self._open_below, self._delete_below = _OPEN(below.xOpen), _DELETE(below.xDelete)
        self._callbacks: list[object] = []
        self._vfs.xOpen = self._address(_OPEN(self._open))
        self._vfs.xDelete = self._address(_DELETE(self._delete))
        self._methods: dict[int, _Methods] = {}
        self._opened: dict[int, tuple[Disk, str]] = {}
        self._unsynced_names: set[str] = set()

    def register(self, *, ours: bool) -> None:
        """Make the test disk the default for connections opened from now on, or the one below again."""
        vfs = ctypes.byref(self._vfs) if ours else self._default
        assert self._library.sqlite3_vfs_register(vfs, 1) == OK

    def _address(self, callback: Any) -> int | None:
        self._callbacks.append(callback)
        return c_void_p.from_buffer(callback).value

    def _open(self, _: int, name: int | None, file: int, flags: int, out_flags: int | None) -> int:
        code: int = self._open_below(ctypes.addressof(self._default.contents), name, file, flags, out_flags)
        if code != OK or name is None or self.disk is None:
            return code
        path = _path(name)
        if not self.disk.has(path) or not is_kept(path.name):
            return code
        if path.name not in self.disk.names:
            self.disk.note(Operation("create", path.name))
            if flags & _CREATE and flags & _JOURNALS:
                self._unsynced_names.add(path.name)
        opened = _File.from_address(file)
        opened.methods = ctypes.pointer(self._wrapped(opened.methods.contents))
        self._opened[file] = self.disk, path.name
        return code

    def _delete(self, _: int, name: int, sync_folder: int) -> int:
        code: int = self._delete_below(ctypes.addressof(self._default.contents), name, sync_folder)
        path = _path(name)
        if code == OK and self.disk is not None and self.disk.has(path) and path.name in self.disk.names:
            self.disk.note(Operation("remove", path.name))
            if sync_folder:
                self.disk.note(Operation("sync folder"))
        return code

    def _wrapped(self, below: _Methods) -> _Methods:
        """Return the methods below with ours in their place; a copy for each kind of file that SQLite has."""
        address = ctypes.addressof(below)
        if address not in self._methods:
            self._methods[address] = made = _Methods.from_buffer_copy(below)
            made.xWrite = self._address(_WRITE(self._write_with(_WRITE(below.xWrite))))
            made.xTruncate = self._address(_TRUNCATE(self._truncate_with(_TRUNCATE(below.xTruncate))))
            made.xSync = self._address(_SYNC(self._sync_with(_SYNC(below.xSync))))
            made.xClose = self._address(_CLOSE(self._close_with(_CLOSE(below.xClose))))
        return self._methods[address]

    def _fails(self, kind: str, name: str) -> int:
        return OK if self.fault is None else self.fault(kind, name)

    def _write_with(self, below: Callable[[int, int, int, int], int]) -> Callable[[int, int, int, int], int]:
        def write(file: int, data: int, amount: int, offset: int) -> int:
            disk, name = self._opened[file]
            code = self._fails("write", name) or below(file, data, amount, offset)
            if code == OK:
                disk.note(Operation("write", name, offset, ctypes.string_at(data, amount)))
            return code

        return write

    def _truncate_with(self, below: Callable[[int, int], int]) -> Callable[[int, int], int]:
        def truncate(file: int, size: int) -> int:
            disk, name = self._opened[file]
            code = self._fails("truncate", name) or below(file, size)
            if code == OK:
                disk.note(Operation("truncate", name, size))
            return code

        return truncate

    def _sync_with(self, below: Callable[[int, int], int]) -> Callable[[int, int], int]:
        def sync(file: int, flags: int) -> int:
            disk, name = self._opened[file]
            before = len(disk.operations)
            code = self._fails("sync", name) or below(file, flags)
            disk.note(Operation("sync" if code == OK else "lost sync", name, before))
            if code == OK and name in self._unsynced_names:
                # SQLite syncs the folder of a new journal or log with its first content.
                self._unsynced_names.discard(name)
                disk.note(Operation("sync folder"))
            return code

        return sync

    def _close_with(self, below: Callable[[int], int]) -> Callable[[int], int]:
        def close(file: int) -> int:
            self._opened.pop(file, None)
            return below(file)

        return close
