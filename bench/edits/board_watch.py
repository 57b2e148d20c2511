"""Watch how long the changes of boards stay unseen."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

from bench.setup import Posted
from discord_sandbox.people import Person

_NAME = re.compile(r"\bplayer\d+\b", re.IGNORECASE)
_POLL_SECONDS = 0.005


class BoardWatch:
    """Knows who ought to stand on each board, and since when a board shows otherwise. Members are named playerN."""

    def __init__(self, boards: Sequence[Posted]) -> None:
        self._boards = boards
        self._edited = {board.raid: board.message.edited_at for board in boards}
        self._shown: dict[int, set[str]] = {board.raid: set(_shown(board)) for board in boards}
        self._wanted = {raid: set(names) for raid, names in self._shown.items()}
        self._wrong: dict[int, dict[str, float]] = {board.raid: {} for board in boards}
        self.longest_unseen = 0.0
        """Seconds from the delivery of a reaction until an edit that includes its effect."""

    def on(self, board: Posted) -> int:
        """Return how many members ought to stand on the board."""
        return len(self._wanted[board.raid])

    async def toggle(self, board: Posted, person: Person, emoji: str) -> None:
        """Let the person join the board, or leave it if they are on it."""
        name, wanted = person.user.username, self._wanted[board.raid]
        if name in wanted:
            wanted.remove(name)
            await person.unreact(board.message, emoji)
        else:
            wanted.add(name)
            await person.react(board.message, emoji)
        if (name in wanted) == (name in self._shown[board.raid]):
            self._wrong[board.raid].pop(name, None)
        else:
            self._wrong[board.raid].setdefault(name, asyncio.get_running_loop().time())

    async def follow(self) -> None:
        """Look at every edit, until cancelled."""
        while True:
            self._look()
            await asyncio.sleep(_POLL_SECONDS)

    def _look(self) -> None:
        now = asyncio.get_running_loop().time()
        for board in self._boards:
            if board.message.edited_at == self._edited[board.raid]:
                continue
            self._edited[board.raid] = board.message.edited_at
            shown = self._shown[board.raid] = set(_shown(board))
            wrong, wanted = self._wrong[board.raid], self._wanted[board.raid]
            for name in [one for one in wrong if (one in shown) == (one in wanted)]:
                self.longest_unseen = max(self.longest_unseen, now - wrong.pop(name))


def _shown(board: Posted) -> Iterator[str]:
    return (found.lower() for found in _NAME.findall(json.dumps(board.message.embeds)))


@asynccontextmanager
async def watching(boards: Sequence[Posted]) -> AsyncIterator[BoardWatch]:
    """Watch the boards in the background."""
    watch = BoardWatch(boards)
    task = asyncio.create_task(watch.follow())
    try:
        yield watch
    finally:
        task.cancel()
