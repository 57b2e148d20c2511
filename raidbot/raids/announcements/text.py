"""The words of an announcement: its placeholders, and the message that it becomes for a raid."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from raidbot.raids.announcements.model import MAX_TEXT_LENGTH, PlannedPost
from raidbot.raids.model import MemberId, Raid
from raidbot.utils.clean_text import clean_block
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, escape, escape_markdown, mention, stamp
from raidbot.utils.words import Name, Raw, render, say

PLACEHOLDERS = ("title", "start", "in", "board", "leader")
MAX_PLACEHOLDERS = 10
MAX_NOTIFIED = 80
"""Members whom one message mentions: so many fit beside the text. Discord allows 100."""
_MAX_CONTENT_LENGTH = 2000
_MAX_TITLE_LENGTH = 100
_PARTS = re.compile(r"(?P<literal>\{\{|\}\})|\{(?P<name>[^{}]*)\}")
_SHOWN_NAME_LENGTH = 30


class UnknownPlaceholder(Refusal):
    def __init__(self, name: str) -> None:
        known = Raw(" ".join(f"`{{{one}}}`" for one in PLACEHOLDERS))
        super().__init__(
            say(
                "I don’t know “{name}”. I know {known}. For braces themselves, write them twice.",
                name=Name(f"{{{clip(name, _SHOWN_NAME_LENGTH)}}}"),
                known=known,
            )
        )


class TooManyPlaceholders(Refusal):
    def __init__(self) -> None:
        super().__init__(say("Use at most {most} placeholders in one text.", most=MAX_PLACEHOLDERS))


class TextTooLong(Refusal):
    def __init__(self) -> None:
        super().__init__(say("The text can have up to {most} characters.", most=MAX_TEXT_LENGTH))


@dataclass(frozen=True, slots=True)
class Message:
    """A message, and the ids of the members and roles that it notifies: these and nobody else."""

    content: str
    members: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()


def accepted_text(text: str) -> str:
    """Return a typed text cleaned. Raises TextTooLong, UnknownPlaceholder or TooManyPlaceholders."""
    cleaned = clean_block(text)
    if len(cleaned) > MAX_TEXT_LENGTH:
        raise TextTooLong
    names = [part["name"] for part in _PARTS.finditer(cleaned) if part["name"] is not None]
    for name in names:
        if _known(name) is None:
            raise UnknownPlaceholder(name)
    if len(names) > MAX_PLACEHOLDERS:
        raise TooManyPlaceholders
    return cleaned


def message_of(
    raid: Raid, post: PlannedPost, names: Mapping[MemberId, str], *, preview_at: datetime | None = None
) -> Message:
    """Return the message for the raid as it is. What people wrote is shown literally and mentions nobody.

    Members who do not fit are counted, not mentioned. For a preview that is read at `preview_at`, {in} reads as it will
    when the announcement is posted.
    """
    seated = tuple(seat.member for seat in raid.seats) if post.seated else ()
    members = seated[:MAX_NOTIFIED]
    mentions = [*(f"<@&{role}>" for role in post.roles), *(mention(member) for member in members if member > 0)]
    if len(seated) > len(members):
        mentions.append(render(say("and {more} more", more=len(seated) - len(members))))
    above = " ".join(mentions)
    room = _MAX_CONTENT_LENGTH - len(above) - 1
    early = timedelta() if preview_at is None else post.moment.at(raid) - preview_at
    facts = _facts(raid, names, relative_to=raid.starts_at - early)
    text = _joined(_parts(post.text or usual_text(post), facts), room)
    return Message("\n".join(filter(None, (above, text))), members, post.roles)


def usual_text(post: PlannedPost) -> str:
    """Return the text of an announcement that has none of its own."""
    return "{title} starts {in}. {board}" if post.moment.is_before else "{title} started {in}. {board}"


def _parts(text: str, facts: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """Yield the parts of the message; True for those that may be cut."""
    end = 0
    for part in _PARTS.finditer(text):
        yield text[end : part.start()], True
        end = part.end()
        name = _known(part["name"] or "")
        yield (part[0][:1], True) if name is None else (facts[name], False)
    yield text[end:], True


def _joined(parts: Iterator[tuple[str, bool]], room: int) -> str:
    """Join the parts, what people wrote literally, up to `room` characters. A fact is there whole or not at all."""
    said = ""
    for part, is_literal in parts:
        shown = escape_markdown(part) if is_literal else part
        if len(said) + len(shown) > room:
            return said + (clip(shown, room - len(said)) if is_literal and room > len(said) else "")
        said += shown
    return said.strip()


def _facts(raid: Raid, names: Mapping[MemberId, str], *, relative_to: datetime) -> dict[str, str]:
    """Return what stands for each placeholder; {in} counts to `relative_to`."""
    return {
        "title": f"**{escape(clip(raid.name, _MAX_TITLE_LENGTH))}**",
        "start": stamp(raid.starts_at),
        "in": stamp(relative_to, "R"),
        "board": raid.link or "",
        "leader": escape(names.get(raid.leader or raid.creator, "Member")),
    }


def _known(name: str) -> str | None:
    cleaned = name.strip().casefold()
    return cleaned if cleaned in PLACEHOLDERS else None
