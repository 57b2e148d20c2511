"""Buttons, menus, page buttons and embeds of panels."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

import discord

from raidbot.commands.ui.responses import Row
from raidbot.utils.text import clip

PANEL_COLOUR = 0x5865F2
GREY, BLUE = discord.ButtonStyle.secondary, discord.ButtonStyle.primary
GREEN, RED = discord.ButtonStyle.success, discord.ButtonStyle.danger
MAX_OPTIONS = 25  # https://discord.com/developers/docs/components/reference#string-select
MAX_OPTION_LENGTH = 100
_MAX_TITLE_LENGTH = 256  # https://discord.com/developers/docs/resources/message#embed-object-embed-limits

Button: TypeAlias = discord.ui.Button[discord.ui.View]
Select: TypeAlias = discord.ui.Select[discord.ui.View]
UserSelect: TypeAlias = discord.ui.UserSelect[discord.ui.View]
RoleSelect: TypeAlias = discord.ui.RoleSelect[discord.ui.View]
ChannelSelect: TypeAlias = discord.ui.ChannelSelect[discord.ui.View]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Controls:
    """Makes the buttons and menus of a panel. `custom_id` is called with an action's name and parameters."""

    custom_id: Callable[..., str]

    def button(
        self,
        label: str,
        action: str,
        style: discord.ButtonStyle = GREY,
        *more: object,
        disabled: bool = False,
        emoji: str | None = None,
    ) -> Button:
        custom_id = self.custom_id(action, *more)
        return Button(label=label, style=style, custom_id=custom_id, disabled=disabled, emoji=emoji)

    def switch(self, label: str, action: str, *, is_on: bool) -> Button:
        """Return a button that is green while the setting is on; it submits the other state, `on` or `off`."""
        return self.button(label, action, GREEN if is_on else GREY, "off" if is_on else "on")

    def select(
        self,
        hint: str,
        action: str,
        options: list[discord.SelectOption],
        *more: object,
        min_values: int = 1,
        max_values: int = 1,
    ) -> Select:
        return Select(
            custom_id=self.custom_id(action, *more),
            placeholder=hint,
            options=options,
            min_values=min_values,
            max_values=max_values,
        )

    def user_select(
        self, hint: str, action: str, *more: object, chosen: int | None = None, max_values: int = 1
    ) -> UserSelect:
        return UserSelect(
            custom_id=self.custom_id(action, *more),
            placeholder=hint,
            default_values=[discord.Object(chosen)] if chosen and chosen > 0 else [],
            max_values=max_values,
        )

    def role_select(
        self, hint: str, action: str, *more: object, chosen: Iterable[int], min_values: int = 1, max_values: int = 1
    ) -> RoleSelect:
        return RoleSelect(
            custom_id=self.custom_id(action, *more),
            placeholder=hint,
            default_values=[discord.Object(role, type=discord.Role) for role in chosen],
            min_values=min_values,
            max_values=max_values,
        )

    def channel_select(self, hint: str, action: str, *more: object, chosen: int | None) -> ChannelSelect:
        """Return a menu of text channels in which nothing may be chosen."""
        return ChannelSelect(
            custom_id=self.custom_id(action, *more),
            placeholder=hint,
            channel_types=[discord.ChannelType.text],
            default_values=[discord.Object(chosen, type=discord.TextChannel)] if chosen else [],
            min_values=0,
        )

    def page_buttons(self, number: int, pages: int, action: str, *more: object) -> Row:
        """Return buttons to the page before and after `number`, none for a single page. The page follows `more`."""
        if pages < 2:
            return ()
        return tuple(
            self.button(label, action, GREY, *more, page, disabled=not 0 <= page < pages)
            for label, page in (("Previous page", number - 1), ("Next page", number + 1))
        )


def pressable(*buttons: Button) -> Row:
    """Return the buttons that are not disabled: a panel shows only what can be done now."""
    return tuple(button for button in buttons if not button.disabled)


def link_button(label: str, url: str) -> Button:
    return Button(label=label, url=url)


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """A page of a list. `number` counts from 0; there is always at least one page."""

    items: Sequence[T]
    number: int
    pages: int

    @property
    def place(self) -> int:
        """The page's number as people count."""
        return self.number + 1


def page_of(items: Sequence[T], number: int, size: int = MAX_OPTIONS) -> Slice[T]:
    """Return this page of the items, or the last one if there are fewer."""
    pages = max(1, -(-len(items) // size))
    number = min(number, pages - 1)
    return Slice(items[number * size : (number + 1) * size], number, pages)


def option(value: object, label: str, description: str = "", *, chosen: bool = False) -> discord.SelectOption:
    """Return an option of a menu, with label and description cut to the length that Discord takes."""
    return discord.SelectOption(
        label=clip(label, MAX_OPTION_LENGTH),
        value=str(value),
        description=clip(description, MAX_OPTION_LENGTH) or None,
        default=chosen,
    )


def options(choices: Iterable[tuple[object, str]], *chosen: object) -> list[discord.SelectOption]:
    """Return an option for each choice (value, label); those whose value is in `chosen` are selected."""
    return [option(value, label, chosen=value in chosen) for value, label in choices]


def panel_embed(title: str, description: str | None = None, colour: int = PANEL_COLOUR) -> discord.Embed:
    """Return an embed whose title is cut to the length that Discord takes."""
    return discord.Embed(title=clip(title, _MAX_TITLE_LENGTH), description=description, colour=colour)


def numbered(embed: discord.Embed, number: int, pages: int) -> discord.Embed:
    """Say in the footer which page it is, if there are several."""
    return embed.set_footer(text=f"Page {number + 1} of {pages}") if pages > 1 else embed
