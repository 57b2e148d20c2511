"""Unicode and custom emoji as values, with a key that is equal for every spelling of one emoji."""

import re
from dataclasses import dataclass
from functools import lru_cache

from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, escape

_CUSTOM = re.compile(r"<(a?):(\w{1,32}):([0-9]{15,20})>", re.ASCII)
_BARE_CUSTOM = re.compile(r"(a(?=:\w{1,32}:))?:?(\w{1,32}):([0-9]{15,20})", re.ASCII)
_VARIATION = re.compile("[\ufe0e\ufe0f]")

# Characters with Unicode's Emoji property (emoji-data.txt 17.0), without keycap bases and regional indicators.
_BASIC = (
    "©®‼⁉™ℹ↔-↙↩↪⌚⌛⌨⏏⏩-⏳⏸-⏺Ⓜ▪▫▶◀◻-◾☀-☄☎☑☔☕☘☝☠☢☣☦☪☮☯☸-☺♀♂♈-♓♟♠♣♥♦♨♻♾♿⚒-⚗⚙⚛⚜⚠⚡⚧⚪⚫⚰⚱⚽⚾⛄⛅⛈⛎⛏⛑⛓⛔⛩⛪⛰-⛵⛷-⛺⛽"
    "✂✅✈-✍✏✒✔✖✝✡✨✳✴❄❇❌❎❓-❕❗❣❤➕-➗➡➰➿⤴⤵⬅-⬇⬛⬜⭐⭕〰〽㊗㊙"
    "\U0001f004\U0001f0cf\U0001f170\U0001f171\U0001f17e\U0001f17f\U0001f18e\U0001f191-\U0001f19a"
    "\U0001f201\U0001f202\U0001f21a\U0001f22f\U0001f232-\U0001f23a\U0001f250\U0001f251"
    "\U0001f300-\U0001f321\U0001f324-\U0001f393\U0001f396\U0001f397\U0001f399-\U0001f39b\U0001f39e-\U0001f3f0"
    "\U0001f3f3-\U0001f3f5\U0001f3f7-\U0001f4fd\U0001f4ff-\U0001f53d\U0001f549-\U0001f54e\U0001f550-\U0001f567"
    "\U0001f56f\U0001f570\U0001f573-\U0001f57a\U0001f587\U0001f58a-\U0001f58d\U0001f590\U0001f595\U0001f596"
    "\U0001f5a4\U0001f5a5\U0001f5a8\U0001f5b1\U0001f5b2\U0001f5bc\U0001f5c2-\U0001f5c4\U0001f5d1-\U0001f5d3"
    "\U0001f5dc-\U0001f5de\U0001f5e1\U0001f5e3\U0001f5e8\U0001f5ef\U0001f5f3\U0001f5fa-\U0001f64f"
    "\U0001f680-\U0001f6c5\U0001f6cb-\U0001f6d2\U0001f6d5-\U0001f6d8\U0001f6dc-\U0001f6e5\U0001f6e9"
    "\U0001f6eb\U0001f6ec\U0001f6f0\U0001f6f3-\U0001f6fc\U0001f7e0-\U0001f7eb\U0001f7f0"
    "\U0001f90c-\U0001f93a\U0001f93c-\U0001f945\U0001f947-\U0001f9ff\U0001fa70-\U0001faff"
)
_PICTURE = f"[{_BASIC}](?:\ufe0f|[\U0001f3fb-\U0001f3ff])?"
_ANY_UNICODE = (
    "(?:"
    "[0-9#*]\ufe0f?\u20e3"
    "|[\U0001f1e6-\U0001f1ff]{1,2}"
    "|\U0001f3f4[\U000e0020-\U000e007e]{2,6}\U000e007f"
    f"|{_PICTURE}(?:\u200d{_PICTURE}){{0,8}}"
    ")"
)
_UNICODE = re.compile(_ANY_UNICODE)
_TYPED = rf"(?:<a?:\w{{1,32}}:[0-9]{{15,20}}>|:\w{{2,32}}:|{_ANY_UNICODE})"
_FIRST = re.compile(_TYPED, re.ASCII)
_LAST = re.compile(rf"{_TYPED}\Z", re.ASCII)


class NotAnEmoji(Refusal):
    """`plain` is the message without Markdown escapes."""

    def __init__(self, text: str) -> None:
        self.plain = (
            f"“{clip(text, 20)}” is not an emoji."
            " Use one such as ⚔️, or a custom emoji of this server such as <:name:id>."
        )
        super().__init__(escape(self.plain))


@dataclass(frozen=True, slots=True)
class Emoji:
    """An emoji. `name` holds the Unicode emoji itself or a custom emoji's name; only custom emoji have an `id`."""

    name: str
    id: int | None = None
    animated: bool = False

    @property
    def key(self) -> str:
        """The id, or the characters without variation selectors; equal for two spellings of the same emoji."""
        return _VARIATION.sub("", self.name) if self.id is None else str(self.id)

    @property
    def for_reaction(self) -> str:
        """The form that Discord's reaction routes and discord.py's `add_reaction` take."""
        return self.name if self.id is None else f"{self.name}:{self.id}"

    @property
    def for_text(self) -> str:
        """The form that shows the emoji in a message."""
        return self.name if self.id is None else f"<{'a' if self.animated else ''}:{self.name}:{self.id}>"


def parse_emoji(text: str) -> Emoji:
    """Parse one emoji: Unicode, `<:name:id>` or `name:id`. Raises NotAnEmoji."""
    text = text.strip()
    if custom := _CUSTOM.fullmatch(text) or _BARE_CUSTOM.fullmatch(text):
        animated, name, snowflake = custom.groups()
        return Emoji(name, int(snowflake), bool(animated))
    plain = text.replace("\ufe0e", "")
    if _UNICODE.fullmatch(plain):
        return Emoji(plain)
    raise NotAnEmoji(text)


def first_emoji(text: str) -> str:
    """Return the emoji with which the text begins, as it is typed there, also as `:name:`; “” if there is none."""
    found = _FIRST.match(text)
    return found[0] if found else ""


def last_emoji(text: str) -> str:
    """Return the emoji with which the text ends, as `first_emoji` does."""
    found = _LAST.search(text)
    return found[0] if found else ""


@lru_cache(maxsize=1000)
def key_of(text: str) -> str:
    """Return the key of an emoji as Discord or a template writes it; accepts any text."""
    if custom := _CUSTOM.fullmatch(text):
        return custom[3]
    return _VARIATION.sub("", text)
