"""Menus to choose one of a raid's roles, as few as Discord allows."""

from collections.abc import Callable, Sequence

import discord

from raidbot.commands.ui.components import MAX_OPTIONS, Select, Slice, page_of
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import UnknownPanel, number_of
from raidbot.raids.model import Raid, Role
from raidbot.utils.text import clip


def role_selects(raid: Raid, roles: Sequence[Role], hint: str, to: Callable[[int], str]) -> list[Row]:
    """Return one row per menu; `to` makes each menu's `custom_id`, counted from 0. The chosen value is a role's key."""
    count = -(-len(roles) // MAX_OPTIONS)
    return [(_menu(raid, page_of(roles, number), hint, to(number)),) for number in range(count)]


def role_numbered(raid: Raid, text: str) -> Role:
    """Return the role with this number in a `custom_id`, counted from 1. Raises UnknownPanel."""
    if not 1 <= number_of(text) <= len(raid.roles):
        raise UnknownPanel
    return raid.roles[number_of(text) - 1]


def role_option(raid: Raid, role: Role) -> discord.SelectOption:
    taken, waiting = len(raid.seated(role.key)), len(raid.waitlist(role.key))
    also = f", {waiting} waiting" if waiting else ""
    label = f"{raid.roles.index(role) + 1}. {clip(role.name, 60)} ({taken}/{role.seats}{also})"
    return discord.SelectOption(label=label, value=role.key)


def _menu(raid: Raid, page: Slice[Role], hint: str, custom_id: str) -> Select:
    options = [role_option(raid, role) for role in page.items]
    which = hint if page.pages == 1 else f"{hint} ({page.number + 1} of {page.pages})"
    return Select(custom_id=custom_id, placeholder=which, options=options)
