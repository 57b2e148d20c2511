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
from raidbot.raids.model import MemberId, Raid, Seat, Status, Wait, changed
from raidbot.raids.notifications import how_cancelled, why_closed
from raidbot.raids.settings import SignupStyle
from raidbot.raids.templates.model import (
    MAX_DESCRIPTION_LENGTH,
    MAX_EMBED_LENGTH,
    MAX_REACTIONS,
    MAX_TITLE_LENGTH,
    spoken_length,
)
from raidbot.utils.text import stamp, stamps

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
    title = _title(raid)
    footer = labels.footer(raid) if raid.code else "Preview"
    facts = "\n".join((*_facts(raid, names), *([f"➡️ Next: {next_board}"] if next_board else [])))
    ways = _ways(raid, reactions, under)
    left = MAX_EMBED_LENGTH - sum(map(units, (title, footer, facts, ways, "\n\n\n\n")))
    room = min(MAX_DESCRIPTION_LENGTH, left - smallest(raid)) if raid.description else 0
    text = shortened_text(raid.description, max(0, room))
    return Board(
        title=title,
        description="\n\n".join(part for part in (facts, text, ways) if part),
        colour=raid.colour if _takes_signups(raid) else GREY,
        fields=roster(raid, names, left - units(text), leaders),
        footer=footer,
        timestamp=raid.starts_at,
        reactions=reactions,
        controls=under,
        mention_role=raid.mention_role,
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
    cancelled = "❌ Did not take place: " if raid.not_held else "❌ Cancelled: "
    mark = {Status.CLOSED: "🔒 ", Status.CANCELLED: cancelled}.get(raid.status, "")
    before = f"{mark}{raid.emoji} " if raid.emoji else mark
    return before + shortened(raid.name, MAX_TITLE_LENGTH - units(before))


def _facts(raid: Raid, names: Mapping[MemberId, str]) -> Iterator[str]:
    yield f"📅 {stamps(raid.starts_at)}"
    if _takes_signups(raid) and not raid.begun and (deadline := deadline_of(raid)) is not None:
        yield f"⏳ Signups close {stamps(deadline)}"
    if raid.length_minutes is not None:
        yield f"⏱️ {spoken_length(raid.length_minutes)}"
    if raid.strategy:
        yield f"🧠 Strategy: {shortened(raid.strategy, _MAX_STRATEGY_LENGTH)}"
    yield f"👑 {_people(raid, names)}"
    yield f"👥 {_totals(raid)}"
    if not raid.counts:
        yield "⚠️ Does not count towards weekly participation"
    yield from _state(raid, names)


def _people(raid: Raid, names: Mapping[MemberId, str]) -> str:
    creator = named(raid.creator, names, WHOLE_NAME)
    if raid.leader is None or raid.leader == raid.creator:
        return f"Created by {creator}" if raid.leader is None else f"Created and led by {creator}"
    return f"Led by {named(raid.leader, names, WHOLE_NAME)}, created by {creator}"


def _totals(raid: Raid) -> str:
    waiting = len({wait.member for wait in raid.waits})
    also = f", {waiting} waiting" if waiting else ""
    return f"**{len(raid.seats)}/{raid.capacity}** seats taken{also}"


def _state(raid: Raid, names: Mapping[MemberId, str]) -> Iterator[str]:
    if raid.not_held:
        yield "❌ **This raid did not take place**"
    elif raid.status is Status.CANCELLED:
        by = raid.cancelled_by
        yield how_cancelled(raid, named(by, names, WHOLE_NAME) if by is not None and by in names else None)
    if raid.status is Status.CLOSED and raid.closed_at is not None:
        yield f"🔒 **Signups are closed** since {stamp(raid.closed_at)}: {why_closed(raid.closed_reason)}"


def _ways(raid: Raid, reactions: tuple[str, ...], under: Rows) -> str:
    if raid.status is Status.CLOSED:
        return _ways_out(raid, reactions, under)
    line = "Where it is full you wait in line."
    if not reactions:
        how = "Choose a role in the menu" if len(raid.roles) > MAX_REACTIONS else "Press the button of a role"
        return f"{how} to sign up, or “Leave” to leave. {line}" if under else ""
    which = reactions[0] if len(reactions) == 1 else "the emoji of a role"
    if under:
        leaving = "Take the reaction away or press “Leave” to leave."
        return f"React with {which} or press its button to sign up. {leaving} {line}"
    ways = f"React with {which} to sign up; take the reaction away to leave. {line}"
    return f"{ways}\nYour reaction is missing? To leave, react and take it away again." if _lacks_one(raid) else ways


def _ways_out(raid: Raid, reactions: tuple[str, ...], under: Rows) -> str:
    """Say how to leave a raid whose signups are closed but which has not begun."""
    if not reactions:
        return "Can’t come? Press “Leave” before the start." if under else ""
    taking = "take your reaction away or press “Leave”" if under else "take your reaction away"
    ways = f"Can’t come? Before the start, {taking}."
    return f"{ways}\nYour reaction is missing? React and take it away again." if _lacks_one(raid) else ways


def _lacks_one(raid: Raid) -> bool:
    """Return True if a seat or wait has no reaction to remove: it was cleared, or a raid leader gave the place."""
    standing = {(mark.member, mark.role) for mark in raid.marks if not mark.unwanted}
    places: tuple[Seat | Wait, ...] = (*raid.seats, *raid.waits)
    return any((place.member, place.role) not in standing for place in places)
