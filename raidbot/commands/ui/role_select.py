"""Menus to choose one of a raid's roles, as few as Discord allows."""

from collections.abc import Callable, Sequence

from raidbot.commands.ui.components import MAX_OPTIONS, Select, Slice, option, page_of
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import UnknownPanel, number_of
from raidbot.raids.labels import role_choice
from raidbot.raids.model import Raid, Role


def role_selects(raid: Raid, roles: Sequence[Role], hint: str, to: Callable[[int], str]) -> list[Row]:
    """Return one row per menu; `to` makes each menu's `custom_id`, counted from 0. The chosen value is a role's key."""
    count = -(-len(roles) // MAX_OPTIONS)
    return [(_menu(raid, page_of(roles, number), hint, to(number)),) for number in range(count)]


def role_numbered(raid: Raid, text: str) -> Role:
    """Return the role with this number in a `custom_id`, counted from 1. Raises UnknownPanel."""
    if not 1 <= number_of(text) <= len(raid.roles):
        raise UnknownPanel
    return raid.roles[number_of(text) - 1]


def _menu(raid: Raid, page: Slice[Role], hint: str, custom_id: str) -> Select:
    options = [option(role.key, role_choice(raid, role)) for role in page.items]
    which = hint if page.pages == 1 else f"{hint} ({page.number + 1} of {page.pages})"
    return Select(custom_id=custom_id, placeholder=which, options=options)
