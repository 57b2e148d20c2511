"""Roles whose emoji cannot be put under the board: why not, and who is told what."""

from enum import StrEnum

from raidbot.raids import labels
from raidbot.raids.model import Raid, Role
from raidbot.utils.words import Name, Text, say

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
            return say("its emoji was deleted, or I may not use it in that channel")
        case Lack.NO_ROOM:
            return say("the message has 20 different reactions, and Discord allows no more")
        case Lack.REFUSED:
            return say("Discord refuses its emoji")


def notice(raid: Raid, role: Role, lack: Lack) -> Text:
    """Tell the leader once. Nobody loses a place by it."""
    help_ = say("Whoever has a place there keeps it, and a manager can offer buttons with `/settings`.")
    if lack is Lack.NO_ROOM:
        help_ = say("Take off a reaction that belongs to no role, or let a manager offer buttons with `/settings`.")
    return say(
        "Nobody can react for {role} in {raid} at present: {why}. {help}",
        role=labels.bold(role.name),
        raid=labels.coded(raid),
        why=why(lack),
        help=help_,
    )


def named_with_reason(role_name: str, lack: Lack) -> Text:
    """Return the role with the reason in brackets."""
    return say("{role} ({why})", role=Name(role_name), why=why(lack))
