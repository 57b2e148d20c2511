"""Find a role or a side of a raid by typed text."""

from collections.abc import Iterable

from raidbot.raids import labels
from raidbot.raids.model import Raid, Role
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip
from raidbot.utils.words import Listed, Name, say

_MAX_TYPED_LENGTH = 50
_MAX_LIST_LENGTH = 500


class UnknownRole(Refusal):
    def __init__(self, raid: Raid, text: str) -> None:
        offered = Listed(_names(raid.roles), ",", limit=_MAX_LIST_LENGTH)
        super().__init__(
            say(
                "This raid has no role “{typed}”. It has: {roles}.",
                typed=Name(clip(text, _MAX_TYPED_LENGTH)),
                roles=offered,
            )
        )


class SeveralRoles(Refusal):
    def __init__(self, text: str, roles: tuple[Role, ...]) -> None:
        names = _names(roles)
        typed, meant = Name(clip(text, _MAX_TYPED_LENGTH)), Listed(names, "or", limit=_MAX_LIST_LENGTH)
        if len(names) > 1 or len(roles) == 1:
            said = say("“{typed}” can be {roles}. Choose one from the list as you type.", typed=typed, roles=meant)
        else:
            said = say(
                "This raid has {n} roles called {role}. Choose one from the list as you type.",
                n=len(roles),
                role=meant,
            )
        super().__init__(said)


class NoSides(Refusal):
    def __init__(self, raid: Raid) -> None:
        super().__init__(say("{raid} has no sides to play on.", raid=labels.quoted(raid.name)))


class UnknownSide(Refusal):
    def __init__(self, raid: Raid, text: str) -> None:
        offered = Listed(tuple(labels.quoted(side) for side in raid.sides), ",")
        super().__init__(
            say(
                "This raid has no side “{typed}”. Choose one of: {sides}.",
                typed=Name(clip(text, _MAX_TYPED_LENGTH)),
                sides=offered,
            )
        )


def _names(roles: Iterable[Role]) -> tuple[Name, ...]:
    """Return the names of the roles, each once."""
    return tuple(Name(name) for name in dict.fromkeys(role.name for role in roles))


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
