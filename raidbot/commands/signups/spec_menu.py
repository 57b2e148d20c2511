"""The menu that asks members what they play in their seat, under answers and on /mysignups."""

from datetime import datetime

from raidbot.commands.ui.components import Select, option
from raidbot.commands.ui.responses import Row
from raidbot.raids.model import MemberId, Raid
from raidbot.raids.notifications import Menu, spec_menu


def spec_rows(raid: Raid, member: MemberId, *, now: datetime, custom_id: str | None = None) -> tuple[Row, ...]:
    """Return a row with the menu, or none if the member has nothing to choose.

    Without a `custom_id` of a panel, the menu is answered as one under a direct message is.
    """
    menu = spec_menu(raid, member, now=now)
    return () if menu is None else ((_select(menu, custom_id or menu.address),),)


def _select(menu: Menu, custom_id: str) -> Select:
    return Select(
        custom_id=custom_id,
        placeholder=menu.hint,
        options=[option(one, one, chosen=one == menu.chosen) for one in menu.options],
        min_values=0,
    )
