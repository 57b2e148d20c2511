"""The last known content of a board's message, and its stored form."""

from dataclasses import dataclass

from raidbot.delivery.drawing.board import FILE_MARK
from raidbot.raids.emoji import model as emoji


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The fingerprint and the bot's own reactions on the message; `reactions` is None if they are unknown."""

    fingerprint: str = ""
    reactions: tuple[str, ...] | None = None

    @property
    def file(self) -> int | None:
        """The stored file that the message has."""
        _, _, number = self.fingerprint.partition(FILE_MARK)
        return int(number) if number.isascii() and number.isdigit() else None

    @classmethod
    def read(cls, text: str) -> "Snapshot":
        fingerprint, _, reactions = text.partition(" ")
        return cls(fingerprint, tuple(reactions.split(" ")[1:]) if reactions.startswith("=") else None)

    def written(self) -> str:
        return f"{self.fingerprint} " + ("?" if self.reactions is None else " ".join(("=", *self.reactions)))

    def lacks(self, reactions: tuple[str, ...]) -> list[str]:
        """Return those of a board's reactions that the bot has yet to add, in their order."""
        standing = {emoji.key_of(one) for one in self.reactions or ()}
        return [one for one in reactions if emoji.key_of(one) not in standing]

    def has_all_of(self, reactions: tuple[str, ...]) -> bool:
        return self.reactions is not None and bool(self.reactions) == bool(reactions) and not self.lacks(reactions)
