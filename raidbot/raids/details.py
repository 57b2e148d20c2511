"""Edits to a raid's title, description, subject, length and leader."""

from dataclasses import replace
from datetime import datetime

from raidbot.raids.drafts import MAX_SUBJECT_LENGTH
from raidbot.raids.drafts import MAX_TITLE_LENGTH as MAX_TITLE_LENGTH
from raidbot.raids.events import Change, Event, LeaderChanged, LengthChanged, Reworded
from raidbot.raids.lifecycle import TookPlace
from raidbot.raids.model import MemberId, Raid, Status
from raidbot.raids.permissions import Asker, Grants, check_may_lead
from raidbot.raids.rosters.signups import RaidOver
from raidbot.raids.templates.length import LengthOutOfRange
from raidbot.raids.templates.model import (
    MAX_DESCRIPTION_LENGTH,
    MAX_LENGTH_MINUTES,
    MAX_SIGNUP_TEXT_LENGTH,
    tidy_signup_text,
)
from raidbot.utils.clean_text import clean_block, clean_line, is_blank
from raidbot.utils.errors import Refusal


class NoTitle(Refusal):
    def __init__(self) -> None:
        super().__init__("A raid needs a title.")


class TooLong(Refusal):
    def __init__(self, what: str, length: int, most: int) -> None:
        super().__init__(f"The {what} has {length} characters; at most {most} are possible.")


def reword(
    raid: Raid,
    *,
    title: str | None = None,
    description: str | None = None,
    subject: str | None = None,
    signup_text: str | None = None,
) -> Change:
    """Change the raid's texts; None leaves a text as it is. Raises NoTitle, TooLong or RaidOver."""
    _check_not_cancelled(raid)
    after = replace(
        raid,
        title=raid.title if title is None else clean_line(title),
        description=raid.description if description is None else _empty_if_blank(clean_block(description)),
        signup_text=raid.signup_text if signup_text is None else tidy_signup_text(signup_text),
        subject=raid.subject if subject is None else _empty_if_blank(clean_line(subject)) or None,
    )
    if is_blank(after.title):
        raise NoTitle
    for what, text, most in (
        ("title", after.title, MAX_TITLE_LENGTH),
        ("description", after.description, MAX_DESCRIPTION_LENGTH),
        ("sign-up text", after.signup_text, MAX_SIGNUP_TEXT_LENGTH),
        ("name of the boss or dungeon", after.subject or "", MAX_SUBJECT_LENGTH),
    ):
        if len(text) > most:
            raise TooLong(what, len(text), most)
    events: list[Event] = [
        Reworded(what, was, becomes)
        for what, was, becomes in (
            ("title", raid.title, after.title),
            ("subject", raid.subject or "", after.subject or ""),
            ("description", raid.description, after.description),
            ("signup_text", raid.signup_text, after.signup_text),
        )
        if was != becomes
    ]
    return Change(after, tuple(events))


def change_length(raid: Raid, minutes: int, *, now: datetime) -> Change:
    """Change the length, in minutes. Raises LengthOutOfRange, RaidOver, or TookPlace: what is over has no other end."""
    _check_not_cancelled(raid)
    if raid.took_place(now):
        raise TookPlace(raid)
    if not 1 <= minutes <= MAX_LENGTH_MINUTES:
        raise LengthOutOfRange
    if minutes == raid.length_minutes:
        return Change(raid)
    return Change(replace(raid, length_minutes=minutes), (LengthChanged(raid.length_minutes, minutes),))


def lead(raid: Raid, *, leader: MemberId | None) -> Change:
    """Set the raid's leader; None leaves it without one. Raises RaidOver."""
    _check_not_cancelled(raid)
    if raid.leader == leader:
        return Change(raid)
    return Change(replace(raid, leader=leader), (LeaderChanged(raid.leader, leader),))


def appoint(raid: Raid, leader: Asker, *, asker: Asker, grants: Grants) -> Change:
    """Let the asker choose the raid's leader. Raises LeadsMore, or RaidOver."""
    check_may_lead(asker, leader, raid, grants)
    return lead(raid, leader=leader.member)


def _empty_if_blank(text: str) -> str:
    return "" if is_blank(text) else text


def _check_not_cancelled(raid: Raid) -> None:
    if raid.status is Status.CANCELLED:
        raise RaidOver(raid)
