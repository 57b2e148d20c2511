"""Turning the pages of a list."""

from collections.abc import Callable
from typing import Any

import discord

from raidbot.commands.ui.router import UnknownPanel


def page_buttons(number: int, pages: int, to: Callable[[int], str]) -> tuple[discord.ui.Item[Any], ...]:
    """Buttons to the page before and the one after; none for a single page. `to` makes a page's `custom_id`."""
    if pages < 2:
        return ()
    return tuple(
        discord.ui.Button(label=label, custom_id=to(page), disabled=not 0 <= page < pages)
        for label, page in (("Previous page", number - 1), ("Next page", number + 1))
    )


def page_number(text: str) -> int:
    """A page as its button says it. Raises UnknownPanel."""
    if text == "-1":  # the button before the first page, which nobody can press
        return 0
    if not text.isdecimal() or len(text) > 6:
        raise UnknownPanel
    return int(text)
