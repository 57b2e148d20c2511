"""The buttons and select menus under a board."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import discord

from raidbot.delivery.discord_api import DiscordApi, Family
from raidbot.raids.emoji import model as emoji
from raidbot.raids.model import GuildId, Raid, Role, Status
from raidbot.raids.templates.model import MAX_REACTIONS
from raidbot.utils.clean_text import clean_name
from raidbot.utils.text import clip

PANEL = "board"
"""The prefix of every `custom_id` here; the message's id identifies the raid."""

T = TypeVar("T")

_BUTTONS_PER_ROW = 5  # https://discord.com/developers/docs/components/reference#action-row
_MAX_OPTIONS = 25
_MAX_LABEL_LENGTH = 80
_MAX_OPTION_LENGTH = 100
_INVALID_FORM = 50035


@dataclass(frozen=True, slots=True)
class Button:
    custom_id: str
    label: str
    style: discord.ButtonStyle
    emoji: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    description: str
    emoji: str


@dataclass(frozen=True, slots=True)
class Menu:
    custom_id: str
    hint: str
    options: tuple[Option, ...]


Rows = tuple[tuple[Button | Menu, ...], ...]


def controls_of(raid: Raid) -> Rows:
    """Return a button per role, or select menus for more than `MAX_REACTIONS` roles; then “Leave”, “My place” and ⚙️.

    A board whose signups are closed has only the last three. ⚙️ opens the panel of /raid.
    """
    last = (
        Button(f"{PANEL}:leave", "Leave", discord.ButtonStyle.danger),
        Button(f"{PANEL}:place", "My place", discord.ButtonStyle.secondary),
        Button(f"{PANEL}:manage", "", discord.ButtonStyle.secondary, "⚙️"),
    )
    if raid.status is Status.CLOSED:
        return (last,)
    return (*(_menus(raid) if len(raid.roles) > MAX_REACTIONS else _buttons(raid)), last)


def view(rows: Rows, *, custom_emoji: bool = True) -> discord.ui.View | None:
    """Return the view to send; None, which removes existing components, if there are no rows."""
    if not rows:
        return None
    made = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for control in row:
            item = _item(control, custom_emoji=custom_emoji)
            item.row = number
            made.add_item(item)
    made.stop()  # discord.py need not track it: presses are routed by `custom_id`
    return made


async def with_controls(
    api: DiscordApi,
    rows: Rows,
    ask: Callable[[discord.ui.View | None], Awaitable[T]],
    family: Family,
    guild: GuildId,
) -> T:
    """Call `ask` with the controls, and again without custom emoji if Discord rejects the message.

    Discord rejects a whole message for one unknown custom emoji. Raises as `DiscordApi.call` does.
    """
    try:
        return await api.call(lambda: ask(view(rows)), family, guild)
    except discord.HTTPException as refusal:
        if refusal.code != _INVALID_FORM or not any(_is_custom(one) for one in _emoji_of(rows)):
            raise
    return await api.call(lambda: ask(view(rows, custom_emoji=False)), family, guild)


def _buttons(raid: Raid) -> Iterator[tuple[Button, ...]]:
    for start in range(0, len(raid.roles), _BUTTONS_PER_ROW):
        yield tuple(_button(raid, role) for role in raid.roles[start : start + _BUTTONS_PER_ROW])


def _button(raid: Raid, role: Role) -> Button:
    """Return the role's button: blue if it has room, grey if members would have to wait."""
    style = discord.ButtonStyle.primary if raid.has_room(role) else discord.ButtonStyle.secondary
    return Button(f"{PANEL}:join:{role.key}", clean_name(role.name, _MAX_LABEL_LENGTH), style, role.emoji)


def _menus(raid: Raid) -> Iterator[tuple[Menu, ...]]:
    count = -(-len(raid.roles) // _MAX_OPTIONS)
    for number, start in enumerate(range(0, len(raid.roles), _MAX_OPTIONS), start=1):
        roles = raid.roles[start : start + _MAX_OPTIONS]
        hint = "Choose a role" if count == 1 else f"Choose a role ({number} of {count})"
        yield (Menu(f"{PANEL}:choose:{number}", hint, tuple(_option(raid, role) for role in roles)),)


def _option(raid: Raid, role: Role) -> Option:
    taken = f"{len(raid.seated(role.key))}/{role.seats} taken"
    described = f"{clip(role.group, _MAX_OPTION_LENGTH - len(taken) - 3)} · {taken}" if role.group else taken
    return Option(role.key, clean_name(role.name, _MAX_OPTION_LENGTH), described, role.emoji)


def _item(control: Button | Menu, *, custom_emoji: bool) -> discord.ui.Item[Any]:
    def shown(text: str) -> discord.PartialEmoji | None:
        return _partial(text) if text and (custom_emoji or not _is_custom(text)) else None

    match control:
        case Button(custom_id, label, style, text):
            return discord.ui.Button(custom_id=custom_id, label=label or None, style=style, emoji=shown(text))
        case Menu(custom_id, hint, options):
            listed = [
                discord.SelectOption(
                    label=one.label, value=one.value, description=one.description, emoji=shown(one.emoji)
                )
                for one in options
            ]
            return discord.ui.Select(custom_id=custom_id, placeholder=hint, options=listed)


def _partial(text: str) -> discord.PartialEmoji:
    found = emoji.parse_emoji(text)
    return discord.PartialEmoji(name=found.name, id=found.id, animated=found.animated)


def _is_custom(text: str) -> bool:
    return emoji.parse_emoji(text).id is not None


def _emoji_of(rows: Rows) -> Iterator[str]:
    for control in (control for row in rows for control in row):
        found = (control.emoji,) if isinstance(control, Button) else (one.emoji for one in control.options)
        yield from (text for text in found if text)
