"""The keys of raids among posted things."""

from raidbot.delivery.boards.posted import PostedKey

RAID = "raid"


def raid_key(raid: int) -> PostedKey:
    """Return the key of the raid with this id."""
    return PostedKey(RAID, raid)
