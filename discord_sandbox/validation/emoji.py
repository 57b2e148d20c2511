"""Check emoji: Unicode emoji, and custom emoji that exist."""

import re

from discord_sandbox.api_errors import refused
from discord_sandbox.store import Json, read_id
from discord_sandbox.validation.form import Form, anything, boolean, shape, snowflake, text

# Code points with the property Emoji in Unicode 16's emoji-data.txt, without digits and regional indicators.
_SYMBOLS = (
    "©®‼⁉™ℹ\u2194-\u2199↩↪⌚⌛⌨⏏\u23e9-\u23f3\u23f8-\u23faⓂ▪▫▶◀\u25fb-\u25fe\u2600-\u2604☎☑☔☕☘☝☠☢☣☦☪☮☯\u2638-\u263a♀♂"
    "\u2648-\u2653♟♠♣♥♦♨♻♾♿\u2692-\u2697⚙⚛⚜⚠⚡⚧⚪⚫⚰⚱⚽⚾⛄⛅⛈⛎⛏⛑⛓⛔⛩⛪\u26f0-\u26f5\u26f7-\u26fa⛽✂✅\u2708-\u270d✏✒✔✖✝✡✨✳✴"
    "❄❇❌❎\u2753-\u2755❗❣❤\u2795-\u2797➡➰➿⤴⤵\u2b05-\u2b07⬛⬜⭐⭕〰〽㊗㊙"
)
_PICTURES = (
    "\U0001f004\U0001f0cf\U0001f170\U0001f171\U0001f17e\U0001f17f\U0001f18e\U0001f191-\U0001f19a\U0001f201\U0001f202"
    "\U0001f21a\U0001f22f\U0001f232-\U0001f23a\U0001f250\U0001f251\U0001f300-\U0001f321\U0001f324-\U0001f393"
    "\U0001f396\U0001f397\U0001f399-\U0001f39b\U0001f39e-\U0001f3f0\U0001f3f3-\U0001f3f5\U0001f3f7-\U0001f4fd"
    "\U0001f4ff-\U0001f53d\U0001f549-\U0001f54e\U0001f550-\U0001f567\U0001f56f\U0001f570\U0001f573-\U0001f57a"
    "\U0001f587\U0001f58a-\U0001f58d\U0001f590\U0001f595\U0001f596\U0001f5a4\U0001f5a5\U0001f5a8\U0001f5b1\U0001f5b2"
    "\U0001f5bc\U0001f5c2-\U0001f5c4\U0001f5d1-\U0001f5d3\U0001f5dc-\U0001f5de\U0001f5e1\U0001f5e3\U0001f5e8\U0001f5ef"
    "\U0001f5f3\U0001f5fa-\U0001f64f\U0001f680-\U0001f6c5\U0001f6cb-\U0001f6d2\U0001f6d5-\U0001f6d7"
    "\U0001f6dc-\U0001f6e5\U0001f6e9\U0001f6eb\U0001f6ec\U0001f6f0\U0001f6f3-\U0001f6fc\U0001f7e0-\U0001f7eb\U0001f7f0"
    "\U0001f90c-\U0001f93a\U0001f93c-\U0001f945\U0001f947-\U0001f9ff\U0001fa70-\U0001fa7c\U0001fa80-\U0001fa89"
    "\U0001fa8f-\U0001fac6\U0001face-\U0001fadc\U0001fadf-\U0001fae9\U0001faf0-\U0001faf8"
)
_ONE = f"[{_SYMBOLS}{_PICTURES}](?:\ufe0f|[\U0001f3fb-\U0001f3ff])?(?:[\U000e0020-\U000e007e]+\U000e007f)?"
_KEYCAP = "[0-9#*]\ufe0f?\u20e3"
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_EMOJI = re.compile(f"{_KEYCAP}|{_FLAG}|{_ONE}(?:\u200d{_ONE})*|[\U0001f1e6-\U0001f1ff]")
_CUSTOM = re.compile(r"\w{2,32}:([0-9]{1,20})")


def is_unicode(emoji: str) -> bool:
    return _EMOJI.fullmatch(emoji) is not None


def custom_id(emoji: str) -> int | None:
    """Return the id of a custom emoji as in a route (`name:id`); None for other text."""
    custom = _CUSTOM.fullmatch(emoji)
    return int(custom[1]) if custom is not None else None


def check_reaction(emoji: str) -> None:
    """Raise ApiError 10014 if this is no emoji as in a route (`✅` or `name:id`)."""
    if custom_id(emoji) is None and not is_unicode(emoji):
        raise refused(10014)


def _exists(form: Form, value: Json) -> None:
    if value.get("id") is not None:
        known, where = form.has_emoji(read_id(str(value["id"])) or 0), "id"
    else:
        known, where = is_unicode(str(value.get("name"))), "name"
    if not known:
        form.at(where).wrong("COMPONENT_INVALID_EMOJI", "Invalid emoji")


component_emoji = shape(
    "a component's emoji",
    {"id": snowflake, "name": text(most=32), "animated": boolean, "user": anything},
    then=_exists,
)
