"""Roles whose emoji cannot be put under the board: why not, and who is told what."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from raidbot.raids import labels
from raidbot.raids.model import Raid, Role
from raidbot.utils.words import Listed, Name, Text, lines, say

_UNKNOWN_EMOJI = 10014
_TOO_MANY_REACTIONS = 30010


class Lack(StrEnum):
    """The reason why a role has no reaction. Rows of the audit hold it."""

    EMOJI_UNKNOWN = "emoji_unknown"
    NO_ROOM = "no_room"
    REFUSED = "refused"


def lack_of(code: int) -> Lack:
    """Return the reason that Discord's error code stands for."""
    return {_UNKNOWN_EMOJI: Lack.EMOJI_UNKNOWN, _TOO_MANY_REACTIONS: Lack.NO_ROOM}.get(code, Lack.REFUSED)


def why(lack: Lack) -> Text:
    match lack:
        case Lack.EMOJI_UNKNOWN:
            return say("the emoji was deleted, or I may not use it in that channel")
        case Lack.NO_ROOM:
            return say("the message has 20 different reactions, and Discord allows no more")
        case Lack.REFUSED:
            return say("Discord refuses the emoji")


def notice(raid: Raid, lacks: Mapping[Role, Lack]) -> Text:
    """Tell the leader once, of all roles at once. Nobody loses a place by it."""
    return lines(
        *(_sentence(raid, roles, lack) for lack, roles in by_lack(lacks).items()),
    )


def by_lack(lacks: Mapping[Role, Lack]) -> dict[Lack, list[Role]]:
    """Return the roles by the reason that they share."""
    found: dict[Lack, list[Role]] = {}
    for role, lack in lacks.items():
        found.setdefault(lack, []).append(role)
    return found


def _sentence(raid: Raid, roles: Sequence[Role], lack: Lack) -> Text:
    help_ = say("Whoever has a place there keeps it, and a manager can offer buttons with `/settings`.")
    if lack is Lack.NO_ROOM:
        help_ = say("Take off a reaction that belongs to no role, or let a manager offer buttons with `/settings`.")
    return say(
        "Nobody can react for {roles} in {raid} right now: {why}. {help}",
        roles=Listed(tuple(labels.bold(role.name) for role in roles), "or"),
        raid=labels.coded(raid),
        why=why(lack),
        help=help_,
    )


def named_with_reason(roles: Sequence[Role], lack: Lack) -> Text:
    """Return the roles with the reason that they share in brackets."""
    return say("{roles} ({why})", roles=Listed(tuple(Name(role.name) for role in roles), "and"), why=why(lack))
