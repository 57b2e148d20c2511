"""Find a role or a side of a raid by typed text."""

from raidbot.raids.model import Raid, Role
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, escape, joined


class UnknownRole(Refusal):
    def __init__(self, raid: Raid, text: str) -> None:
        offered = clip(", ".join(role.name for role in raid.roles), 500)
        super().__init__(f"This raid has no role “{escape(clip(text, 50))}”. It has: {escape(offered)}.")


class SeveralRoles(Refusal):
    def __init__(self, text: str, roles: tuple[Role, ...]) -> None:
        meant = clip(joined([role.name for role in roles], "or"), 500)
        super().__init__(f"“{escape(clip(text, 50))}” can be {escape(meant)}. Choose one from the list as you type.")


class NoSides(Refusal):
    def __init__(self, raid: Raid) -> None:
        super().__init__(f"“{escape(raid.name)}” has no sides to play on.")


class UnknownSide(Refusal):
    def __init__(self, raid: Raid, text: str) -> None:
        offered = ", ".join(f"“{escape(side)}”" for side in raid.sides)
        super().__init__(f"This raid has no side “{escape(clip(text, 50))}”. Choose one of: {offered}.")


def role_named(raid: Raid, text: str) -> Role:
    """Return the role with this key, name, emoji or number (from 1), or the only one whose name contains the text.

    Raises UnknownRole or SeveralRoles.
    """
    wanted = text.strip().casefold()
    numbered = raid.roles[int(wanted) - 1 : int(wanted)] if wanted.isdecimal() and 0 < len(wanted) < 4 else ()
    for fitting in (
        tuple(role for role in raid.roles if role.key == text.strip()),
        tuple(role for role in raid.roles if wanted in (role.name.casefold(), role.emoji)),
        numbered if wanted != "0" else (),
        tuple(role for role in raid.roles if wanted and wanted in role.name.casefold()),
    ):
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise SeveralRoles(text, fitting)
    raise UnknownRole(raid, text)


def side_named(raid: Raid, text: str) -> str:
    """Return the side with this name, ignoring case. Raises NoSides or UnknownSide."""
    if not raid.sides:
        raise NoSides(raid)
    wanted = text.strip().casefold()
    for side in raid.sides:
        if side.casefold() == wanted:
            return side
    raise UnknownSide(raid, text)
