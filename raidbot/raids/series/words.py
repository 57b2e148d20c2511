"""Words for series: why one can't be posted, whom it seats, and what becomes of its old boards."""

from typing import assert_never

from raidbot.raids.series.model import OldBoards, RosterMode, Trouble, TroubleCode
from raidbot.utils.words import Listed, Raw, Text, say

ROSTERS: dict[str, Text] = {
    RosterMode.EMPTY: say("starts empty"),
    RosterMode.STANDING: say("members with a standing place"),
    RosterMode.COPY: say("copied from the raid before"),
}
OLD_BOARDS: dict[str, Text] = {
    OldBoards.LEAVE: say("stay"),
    OldBoards.UNPIN: say("the newest is pinned, older ones are unpinned"),
    OldBoards.DELETE: say("closed ones are deleted"),
}


def describe_trouble(trouble: Trouble | None) -> Text:
    """Return why raids of a series can't be posted, in a sentence."""
    if trouble is None:
        return say("Posting failed.")
    match trouble.code:
        case TroubleCode.NO_CHANNEL:
            return say("No channel is chosen for its signups: use /setchannel set.")
        case TroubleCode.CHANNEL_GONE:
            return say("Its channel was deleted, or I can’t see it.")
        case TroubleCode.LACKING:
            permissions = Listed(tuple(map(Raw, trouble.detail.split(", "))), "and")
            return say("I lack {permissions} in its channel.", permissions=permissions)
        case TroubleCode.TEMPLATE_GONE:
            return say("Its template was disabled or deleted.")
        case TroubleCode.REFUSED:
            return say("{why}", why=Raw(trouble.detail)) if trouble.detail else say("Discord refused the message.")
        case _:
            assert_never(trouble.code)
