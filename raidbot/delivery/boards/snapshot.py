"""What a board's message looks like, as far as the bot knows, and how that is written down."""

from dataclasses import dataclass

from raidbot.delivery.boards.render import Board
from raidbot.raids.emoji import model as emoji


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`reactions` of None: some of the bot's may stand, or not."""

    fingerprint: str = ""
    reactions: tuple[str, ...] | None = None

    @classmethod
    def read(cls, text: str) -> "Snapshot":
        fingerprint, _, reactions = text.partition(" ")
        return cls(fingerprint, tuple(reactions.split(" ")[1:]) if reactions.startswith("=") else None)

    def written(self) -> str:
        return f"{self.fingerprint} " + ("?" if self.reactions is None else " ".join(("=", *self.reactions)))

    def lacks(self, board: Board) -> list[str]:
        """The reactions the bot has still to put there, in the board's order."""
        standing = {emoji.key_of(one) for one in self.reactions or ()}
        return [one for one in board.reactions if emoji.key_of(one) not in standing]

    def has_all_of(self, board: Board) -> bool:
        return self.reactions is not None and bool(self.reactions) == bool(board.reactions) and not self.lacks(board)
