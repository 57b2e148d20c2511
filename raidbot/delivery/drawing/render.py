"""Render a raid as its board: a pure function of the raid and its members' names."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from datetime import datetime

from raidbot.delivery.drawing.board import Board
from raidbot.delivery.drawing.components import Rows, controls_of
from raidbot.delivery.drawing.roster_fields import WHOLE_NAME, named, roster, smallest
from raidbot.delivery.drawing.text_fit import shortened, shortened_text, units
from raidbot.raids import labels
from raidbot.raids.announcements.model import role_of_post
from raidbot.raids.deadlines.deadline import deadline_of
from raidbot.raids.model import CloseReason, MemberId, Raid, Seat, Status, Wait, changed
from raidbot.raids.notifications import how_cancelled, why_closed
from raidbot.raids.settings import SignupStyle
from raidbot.raids.templates.model import (
    MAX_DESCRIPTION_LENGTH,
    MAX_EMBED_LENGTH,
    MAX_REACTIONS,
    MAX_TITLE_LENGTH,
)
from raidbot.utils.text import clip, stamp

GREY = 0x95A5A6
_MAX_STRATEGY_LENGTH = 100


def first_board(
    raid: Raid, names: Mapping[MemberId, str], style: SignupStyle | None, leaders: Set[MemberId], *, now: datetime
) -> Board:
    """Render the board to post for a raid in state `posting`, which notifies its role unless it began long ago."""
    opened = replace(raid, status=Status.OPEN, mention_role=role_of_post(raid, now=now))
    return board(opened, names, style, leaders)


def board(
    raid: Raid,
    names: Mapping[MemberId, str],
    style: SignupStyle | None = SignupStyle.REACTIONS,
    leaders: Set[MemberId] = frozenset(),
    next_board: str | None = None,
) -> Board:
    """Render the raid's board within Discord's limits.

    Members missing in `names` are shown as “Member”, and `leaders` with a star. With a `style` of None the board shows
    no way to sign up. `next_board` is the link to the board of the next raid of a series.
    """
    reactions = reactions_of(raid, style)
    under = controls_of(raid) if _by_button(raid, style) else ()
    title, footer = _title(raid), _footer(raid, reactions, under)
    follows = [f"➡️ Next: {next_board}"] if next_board else []
    facts = "\n".join((*_facts(raid, names), *follows))
    left = MAX_EMBED_LENGTH - sum(map(units, (title, footer, facts, "\n\n")))
    if raid.cancel_note and (lacking := smallest(raid) - left) > 0:
        noted = changed(raid, cancel_note=clip(raid.cancel_note, max(0, len(raid.cancel_note) - lacking)))
        left += units(facts)
        facts = "\n".join((*_facts(noted, names), *follows))
        left -= units(facts)
    room = min(MAX_DESCRIPTION_LENGTH, left - smallest(raid)) if raid.description else 0
    text = shortened_text(raid.description, max(0, room))
    return Board(
        title=title,
        description=f"{facts}\n\n{text}" if text else facts,
        colour=raid.colour if _takes_signups(raid) else GREY,
        fields=roster(raid, names, left - units(text), leaders),
        footer=footer,
        reactions=reactions,
        controls=under,
        mention_role=raid.mention_role,
        picture=raid.picture,
    )


def reactions_of(raid: Raid, style: SignupStyle | None) -> tuple[str, ...]:
    """Return the emoji that the bot itself puts on the raid's board."""
    return tuple(role.emoji for role in raid.roles) if _by_reaction(raid, style) else ()


def look(
    raid: Raid,
    names: Mapping[MemberId, str],
    style: SignupStyle | None,
    leaders: Set[MemberId],
    next_board: str | None = None,
) -> object:
    """Return a value that differs whenever the board does, much cheaper to make and compare than a board."""
    shown = changed(raid, marks=(), asks=(), given_up=(), next_place=0, version=0)
    return shown, _lacks_one(raid), names, style, leaders, next_board


def _takes_signups(raid: Raid) -> bool:
    """Return True for an open raid, and for one being posted, because its board is sent in that state."""
    return raid.status in (Status.OPEN, Status.POSTING)


def _by_reaction(raid: Raid, style: SignupStyle | None) -> bool:
    wanted = style in (SignupStyle.REACTIONS, SignupStyle.BOTH)
    return wanted and raid.shows_signups and len(raid.roles) <= MAX_REACTIONS


def _by_button(raid: Raid, style: SignupStyle | None) -> bool:
    wanted = style in (SignupStyle.BUTTONS, SignupStyle.BOTH) or len(raid.roles) > MAX_REACTIONS
    return style is not None and wanted and raid.shows_signups


def _title(raid: Raid) -> str:
    mark = {Status.CLOSED: "🔒 ", Status.CANCELLED: "❌ "}.get(raid.status, "")
    before = f"{mark}{raid.emoji} " if raid.emoji else mark
    return before + shortened(raid.name, MAX_TITLE_LENGTH - units(before))


def _facts(raid: Raid, names: Mapping[MemberId, str]) -> Iterator[str]:
    yield from _state(raid, names)
    length = [_short_length(raid.length_minutes)] if raid.length_minutes is not None else []
    yield f"📅 {' · '.join((*_moment(raid.starts_at), *length, *_people(raid, names)))}"
    if _takes_signups(raid) and not raid.begun and (deadline := deadline_of(raid)) is not None:
        yield f"⏰ Signups close {' · '.join(_moment(deadline))}"
    if raid.strategy:
        yield f"🧠 Strategy: {shortened(raid.strategy, _MAX_STRATEGY_LENGTH)}"
    waiting = len({wait.member for wait in raid.waits})
    yield f"👥 **{len(raid.seats)}/{raid.capacity}**{f' · {waiting} waiting' if waiting else ''}"
    if not raid.counts:
        yield "⚠️ Doesn’t count towards statistics"


def _state(raid: Raid, names: Mapping[MemberId, str]) -> Iterator[str]:
    if raid.not_held:
        yield "**Did not take place**"
    elif raid.status is Status.CANCELLED:
        by = raid.cancelled_by
        yield how_cancelled(raid, named(by, names, WHOLE_NAME) if by is not None and by in names else None)
    elif raid.status is Status.CLOSED:
        is_by_hand = raid.closed_reason in (CloseReason.MANUAL, None)
        yield f"**Signups closed{' by a raid leader' if is_by_hand else f': {why_closed(raid.closed_reason)}'}**"


def _moment(at: datetime) -> tuple[str, str]:
    """Return the instant with its weekday, and how far away it is."""
    return stamp(at), stamp(at, "R")


def _short_length(minutes: int) -> str:
    """Return the length as narrow as it can be read: 45 min, 2 h, 1 h 30."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02}" if rest else f"{hours} h"


def _people(raid: Raid, names: Mapping[MemberId, str]) -> Iterator[str]:
    if raid.leader is not None and raid.leader != raid.creator:
        yield f"led by {named(raid.leader, names, WHOLE_NAME)}"
    yield f"by {named(raid.creator, names, WHOLE_NAME)}"


def _footer(raid: Raid, reactions: tuple[str, ...], under: Rows) -> str:
    """Return how to sign up, or how to leave a raid whose signups are closed, and the raid's code."""
    code = labels.footer(raid) if raid.code else "Preview"
    ways = _ways_out(reactions, under) if raid.status is Status.CLOSED else _ways_in(raid, reactions, under)
    if not ways:
        return code
    missing = ["reaction gone? React and take it away to leave"] if reactions and not under and _lacks_one(raid) else []
    return " · ".join((ways, *missing, code[:1].lower() + code[1:]))


def _ways_in(raid: Raid, reactions: tuple[str, ...], under: Rows) -> str:
    if reactions:
        return "React or press a button to sign up" if under else "React to sign up"
    how = "Choose a role" if len(raid.roles) > MAX_REACTIONS else "Press a button"
    return f"{how} to sign up" if under else ""


def _ways_out(reactions: tuple[str, ...], under: Rows) -> str:
    if reactions:
        also = " or press Leave" if under else ""
        return f"Can’t come? Take your reaction away{also} before the start"
    return "Can’t come? Press Leave before the start" if under else ""


def _lacks_one(raid: Raid) -> bool:
    """Return True if a seat or wait has no reaction to remove: it was cleared, or a raid leader gave the place."""
    standing = {(mark.member, mark.role) for mark in raid.marks if not mark.unwanted}
    places: tuple[Seat | Wait, ...] = (*raid.seats, *raid.waits)
    return any((place.member, place.role) not in standing for place in places)
