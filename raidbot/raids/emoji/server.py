"""What people type for an emoji, read with the custom emoji their server has."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from raidbot.raids.emoji.model import Emoji, key_of, parse_emoji
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, escape

_NAMED = re.compile(r":(\w{2,32}):", re.ASCII)


class NoSuchEmoji(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"This server has no custom emoji called “:{escape(clip(name, 32))}:”."
            " Paste the emoji itself, or use the name of one of this server’s."
        )


class EmojiOfElsewhere(Refusal):
    def __init__(self, emoji: Emoji) -> None:
        super().__init__(
            f"“:{escape(emoji.name)}:” is not an emoji of this server, so I cannot react with it."
            " Use one of this server’s."
        )


@dataclass(frozen=True, slots=True)
class ServerEmoji:
    """`emoji` are the server's own; `kept` are keys of emoji that need not be the server's, because they were there."""

    emoji: tuple[Emoji, ...] = ()
    kept: frozenset[str] = frozenset()

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(one.id for one in self.emoji if one.id is not None)

    def spell(self, text: str) -> str:
        """As it is stored. Raises NotAnEmoji, NoSuchEmoji or EmojiOfElsewhere."""
        text = text.strip()
        if named := _NAMED.fullmatch(text):
            return self._called(named[1]).for_text
        emoji = parse_emoji(text)
        if emoji.id is not None and emoji.id not in self.ids and emoji.key not in self.kept:
            raise EmojiOfElsewhere(emoji)
        return emoji.for_text

    def spell_or_nothing(self, text: str) -> str:
        return self.spell(text) if text.strip() else ""

    def keeping(self, texts: Iterable[str]) -> "ServerEmoji":
        return ServerEmoji(self.emoji, self.kept | {key_of(text) for text in texts})

    def _called(self, name: str) -> Emoji:
        """In upper or lower case, unless two differ in that only."""
        for wanted in (lambda one: one.name == name, lambda one: one.name.casefold() == name.casefold()):
            if found := next(filter(wanted, self.emoji), None):
                return found
        raise NoSuchEmoji(name)


def needs_server(text: str) -> bool:
    """Whether the server's emoji have to be known to read the text."""
    return bool(re.search(r":\w{2,32}:", text, re.ASCII))
