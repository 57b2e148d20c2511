"""Change the picture of a raid, or lose it."""

from dataclasses import replace

from raidbot.raids.events import Change, PictureChanged, PictureLost
from raidbot.raids.model import Picture, PictureLoss, Raid, Status
from raidbot.raids.rosters.signups import RaidOver


def change_picture(raid: Raid, picture: Picture | None) -> Change:
    """Show another picture on the board, or none. Raises RaidOver."""
    if raid.status is Status.CANCELLED:
        raise RaidOver(raid)
    if picture == raid.picture:
        return Change(raid)
    return Change(replace(raid, picture=picture), (PictureChanged(raid.picture, picture),))


def lose_picture(raid: Raid, picture: Picture, why: PictureLoss) -> Change:
    """Go without this picture, unless the raid has another one by now."""
    if raid.picture != picture:
        return Change(raid)
    return Change(replace(raid, picture=None), (PictureLost(why),))
