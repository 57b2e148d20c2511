"""Parse typed emoji with the custom emoji of the guild."""

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
    """`emoji` are the guild's own; `kept` are keys of other emoji that are allowed because they were in use before."""

    emoji: tuple[Emoji, ...] = ()
    kept: frozenset[str] = frozenset()

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(one.id for one in self.emoji if one.id is not None)

    def spell(self, text: str) -> str:
        """Return a typed emoji as it is stored. Raises NotAnEmoji, NoSuchEmoji or EmojiOfElsewhere."""
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
        """Return the emoji with exactly this name, else one whose name differs only in case. Raises NoSuchEmoji."""
        for wanted in (lambda one: one.name == name, lambda one: one.name.casefold() == name.casefold()):
            if found := next(filter(wanted, self.emoji), None):
                return found
        raise NoSuchEmoji(name)


def needs_server(text: str) -> bool:
    """Return True if parsing the text requires the guild's emoji."""
    return bool(re.search(r":\w{2,32}:", text, re.ASCII))
