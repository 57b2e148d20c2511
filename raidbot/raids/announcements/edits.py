"""Add, change and remove the announcements of one owner."""

from dataclasses import replace

from raidbot.raids.announcements.model import MAX_PER_OWNER, Announcement
from raidbot.utils.errors import Refusal
from raidbot.utils.words import say

Announcements = tuple[Announcement, ...]


class TooManyAnnouncements(Refusal):
    def __init__(self) -> None:
        super().__init__(say("{most} announcements are the most. Remove one first.", most=MAX_PER_OWNER))


class SameAnnouncement(Refusal):
    def __init__(self) -> None:
        super().__init__(
            say("There’s already an announcement with this text in this channel at this time. Change that one instead.")
        )


class NoSuchAnnouncement(Refusal):
    def __init__(self) -> None:
        super().__init__(say("This announcement is gone."))


def add(before: Announcements, new: Announcement) -> Announcements:
    """Raises TooManyAnnouncements or SameAnnouncement."""
    if len(before) >= MAX_PER_OWNER:
        raise TooManyAnnouncements
    return _checked((*before, replace(new, id=0)))


def change(before: Announcements, changed: Announcement) -> Announcements:
    """Put the announcement in place of the one with its id. Raises NoSuchAnnouncement or SameAnnouncement."""
    find(before, changed.id)
    return _checked(tuple(changed if one.id == changed.id else one for one in before))


def remove(before: Announcements, number: int) -> Announcements:
    """Raises NoSuchAnnouncement."""
    find(before, number)
    return tuple(one for one in before if one.id != number)


def find(announcements: Announcements, number: int) -> Announcement:
    """Return the announcement with this id. Raises NoSuchAnnouncement."""
    for one in announcements:
        if one.id == number:
            return one
    raise NoSuchAnnouncement


def _checked(after: Announcements) -> Announcements:
    if len({one.same_post for one in after}) < len(after):
        raise SameAnnouncement
    return after
