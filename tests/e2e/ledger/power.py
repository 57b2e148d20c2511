"""A bot process on a test disk, and the power cut beneath it: what was not synced is lost."""

import base64
import json
import os
import random
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from discord_sandbox import Sandbox
from raidbot.demo.harness import BotProcess
from tests.db.power_loss.disk import Disk, Operation, PowerCut, Survival, is_kept
from tests.db.power_loss.sqlite_disk import disk_beneath

_ROOT = Path(__file__).parent.parent.parent.parent
_until_the_end = ExitStack()
_AT_FIRST, _LATER = "at first", "later"
_SHIM = Path(__file__).parent / "power_cut_bot"


class LoggedDisk(Disk):
    """A disk whose operations outlive its process: each is written to a file."""

    def __init__(self, folder: Path, log: Path) -> None:
        super().__init__(folder)
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for name, content in self.at_first.items():
            self._append(_AT_FIRST, Operation("write", name, data=content))

    def note(self, operation: Operation) -> None:
        super().note(operation)
        self._append(_LATER, operation)

    def _append(self, when: str, operation: Operation) -> None:
        written = asdict(operation) | {"data": base64.b64encode(operation.data).decode()}
        os.write(self._log, f"{json.dumps([when, written])}\n".encode())


def note_operations(folder: Path, log: Path) -> None:
    """Put a test disk beneath SQLite for the rest of this process."""
    _until_the_end.enter_context(disk_beneath(folder, disk=LoggedDisk(folder, log)))


class BotOnDisk(BotProcess):
    """A bot whose kill is a power cut. The database lies in a folder of its own."""

    def __init__(self, sandbox: Sandbox, folder: Path, rng: random.Random, settings: Mapping[str, str]) -> None:
        self._place, self._log, self._rng = folder / "disk", folder / "operations", rng
        self._place.mkdir()
        shim = {
            "PYTHONPATH": os.pathsep.join((str(_SHIM), str(_ROOT))),
            "FOLDER_OF_THE_DISK": str(self._place),
            "LOG_OF_THE_DISK": str(self._log),
        }
        super().__init__(sandbox, self._place, settings={**settings, **shim})
        self.files_that_lost = 0
        """Files that a cut left otherwise than they were, in all cuts so far."""

    async def kill(self) -> None:
        await super().kill()
        before = {file.name: file.read_bytes() for file in self._place.iterdir() if self._is_of_the_database(file.name)}
        left = self._cut().left(self._rng.choice(list(Survival)), self._rng)
        self.files_that_lost += sum(content != left.get(name) for name, content in before.items() if is_kept(name))
        for name in before:
            (self._place / name).unlink()
        for name, content in left.items():
            if self._is_of_the_database(name):
                (self._place / name).write_bytes(content)

    def _is_of_the_database(self, name: str) -> bool:
        return name.startswith(self.database.name) and not name.endswith(".lock")

    def _cut(self) -> PowerCut:
        at_first: dict[str, bytes] = {}
        operations: list[Operation] = []
        for line in self._log.read_text().splitlines():
            when, written = json.loads(line)
            operation = Operation(**written | {"data": base64.b64decode(written["data"])})
            if when == _AT_FIRST:
                at_first[operation.name] = operation.data
            else:
                operations.append(operation)
        cut = PowerCut(at_first)
        for number, operation in enumerate(operations):
            cut.follow(number, operation)
        return cut
