"""Page buttons of a list."""

from collections.abc import Callable
from typing import Any

import discord

from raidbot.commands.ui.router import UnknownPanel


def page_buttons(number: int, pages: int, to: Callable[[int], str]) -> tuple[discord.ui.Item[Any], ...]:
    """Return buttons to the previous and next page, none for a single page. `to` makes a page's `custom_id`."""
    if pages < 2:
        return ()
    return tuple(
        discord.ui.Button(label=label, custom_id=to(page), disabled=not 0 <= page < pages)
        for label, page in (("Previous page", number - 1), ("Next page", number + 1))
    )


def page_number(text: str) -> int:
    """Parse a button's page number, counted from 0. Raises UnknownPanel."""
    if text == "-1":  # the disabled “Previous page” button of the first page
        return 0
    if not text.isdecimal() or len(text) > 6:
        raise UnknownPanel
    return int(text)
