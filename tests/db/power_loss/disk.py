"""A disk that notes its operations, and what a power cut at any of them would leave of its files."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Literal

SECTOR = 512
"""Bytes that a disk writes wholly or not at all."""


class Survival(Enum):
    """The unsynced operations that a power cut leaves on the disk."""

    SYNCED = "nothing that was not synced"
    ALL = "everything"
    SOME = "a random half of the sectors"
    TORN = "everything, but half of the last write only"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation on a file, by its name in the folder.

    `offset` is that of a write, the new size for `truncate`, and for a sync the number of operations before it began.
    """

    kind: Literal["create", "write", "truncate", "sync", "lost sync", "sync folder", "rename", "remove"]
    name: str = ""
    offset: int = 0
    data: bytes = b""
    target: str = ""


class Disk:
    """The files of one folder: what was in them at first, and each operation since.

    `given_out` has, for every result that somebody was told, the number of operations before it.
    """

    def __init__(self, folder: Path, synced: Mapping[str, bytes] | None = None) -> None:
        """Take what is in the files for synced, except where `synced` has less of one."""
        self.folder = folder.resolve()
        files = {file.name: file.read_bytes() for file in self.folder.iterdir() if is_kept(file.name)}
        self.at_first = files | dict(synced or {})
        self.operations: list[Operation] = []
        self.given_out: list[tuple[int, str]] = []
        self.names = set(self.at_first)

    def has(self, path: Path) -> bool:
        """Return True if the path is in the disk's folder."""
        return path.parent.resolve() == self.folder

    def note(self, operation: Operation) -> None:
        match operation.kind:
            case "create":
                self.names.add(operation.name)
            case "rename":
                self.names.discard(operation.name)
                self.names.add(operation.target)
            case "remove":
                self.names.discard(operation.name)
        self.operations.append(operation)

    def give_out(self, fact: str) -> None:
        self.given_out.append((len(self.operations), fact))

    def promised(self, point: int) -> list[str]:
        """Return the facts that were given out before operation number `point`."""
        return [fact for number, fact in self.given_out if number <= point]

    def cuts(self, points: Sequence[int]) -> "Iterator[tuple[int, PowerCut]]":
        """Yield each of these points, in order, with the disk as it was before that operation."""
        cut, done = PowerCut(self.at_first), 0
        for point in sorted(points):
            for number in range(done, point):
                cut.follow(number, self.operations[number])
            done = point
            yield point, cut


def is_kept(name: str) -> bool:
    """Return True for files that matter after a power cut: memory and locks do not."""
    return not name.endswith(("-shm", ".lock", ".lock-journal"))


@dataclass
class _File:
    """`synced` is what a power cut leaves for sure; `pending` are the operations since, by their numbers."""

    synced: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, Operation]] = field(default_factory=list)

    def sync(self, before: int) -> None:
        for number, operation in self.pending:
            if number < before:
                _apply(self.synced, operation)
        self.pending = [(number, operation) for number, operation in self.pending if number >= before]

    def lose(self, before: int) -> None:
        """Forget the writes: the system takes them for written once it has reported that they were not."""
        self.pending = [(number, operation) for number, operation in self.pending if number >= before]

    def left(self, survival: Survival, rng: random.Random) -> bytes:
        content = bytearray(self.synced)
        match survival:
            case Survival.SYNCED:
                left: list[Operation] = []
            case Survival.ALL:
                left = [operation for _, operation in self.pending]
            case Survival.SOME:
                left = [part for _, one in self.pending for part in _sectors(one) if rng.random() < 0.5]
            case Survival.TORN:
                left = [operation for _, operation in self.pending]
                if left and left[-1].kind == "write":
                    left[-1] = next(_pieces(left[-1], max(1, len(left[-1].data) // 2)))
        for operation in left:
            _apply(content, operation)
        return bytes(content)


class PowerCut:
    """Files and names as far as they are synced, and what is not synced yet."""

    def __init__(self, at_first: Mapping[str, bytes]) -> None:
        self._now = {name: _File(bytearray(content)) for name, content in at_first.items()}
        self._synced = dict(self._now)

    def follow(self, number: int, operation: Operation) -> None:
        name = operation.name
        match operation.kind:
            case "create":
                self._now[name] = _File()
            case "write" | "truncate":
                self._now[name].pending.append((number, operation))
            case "sync":
                self._now[name].sync(operation.offset)
            case "lost sync":
                self._now[name].lose(operation.offset)
            case "sync folder":
                self._synced = dict(self._now)
            case "rename":
                self._now[operation.target] = self._now.pop(name)
            case "remove":
                del self._now[name]

    def left(self, survival: Survival, rng: random.Random) -> dict[str, bytes]:
        """Return the files after the cut. Names, too, are lost unless their folder was synced."""
        match survival:
            case Survival.SYNCED:
                names = self._synced
            case Survival.SOME:
                names = rng.choice((self._synced, self._now))
            case Survival.ALL | Survival.TORN:
                names = self._now
        return {name: file.left(survival, rng) for name, file in names.items()}

    def leave(self, folder: Path, survival: Survival, rng: random.Random) -> None:
        """Write the files that the cut leaves into a new folder."""
        folder.mkdir()
        for name, content in self.left(survival, rng).items():
            (folder / name).write_bytes(content)


def _apply(content: bytearray, operation: Operation) -> None:
    if operation.kind == "truncate":
        del content[operation.offset :]
        content.extend(bytes(operation.offset - len(content)))
        return
    content.extend(bytes(max(0, operation.offset - len(content))))
    content[operation.offset : operation.offset + len(operation.data)] = operation.data


def _sectors(operation: Operation) -> Iterator[Operation]:
    if operation.kind == "write":
        yield from _pieces(operation, SECTOR)
    else:
        yield operation


def _pieces(operation: Operation, size: int) -> Iterator[Operation]:
    """Split a write where the disk's sectors begin, if `size` is theirs."""
    first = size - operation.offset % size
    edges = [0, *range(first, len(operation.data), size), len(operation.data)]
    for start, end in pairwise(edges):
        yield Operation("write", operation.name, operation.offset + start, operation.data[start:end])
