"""Views of leaderboards: a page of ten lines, and the buttons below it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import discord

from raidbot.commands.ui.components import BLUE, GREY, Button, Controls, Slice, options, page_of, panel_embed
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import UnknownPanel, address, page_number
from raidbot.raids.model import MemberId
from raidbot.raids.statistics.leaderboards import Board, Count, Standing, role_tag
from raidbot.raids.statistics.phrases import FORMER_MEMBER, MOVED
from raidbot.raids.statistics.spans import SPAN_NAMES, Span, Stretch
from raidbot.utils.clean_text import clean_name
from raidbot.utils.words import Listed, Name, Raw, Text, count, lines, paragraph, say

PANEL = "leaderboard"
PAGE_SIZE = 10
GOLD = 0xFFD700
CARRIED = say("Includes raids from before {move}.", move=MOVED)
_CONTROLS = Controls(partial(address, PANEL))
_MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}
_MAX_NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class View:
    """A page (from 0) of a leaderboard. `role` is the tag of a role's name, or "" for the board of all raids."""

    span: Span = Span.ALL
    role: str = ""
    page: int = 0

    @classmethod
    def read(cls, parts: tuple[str, ...]) -> "View":
        """Parse the parts of a button's `custom_id`. Raises UnknownPanel."""
        if len(parts) != 3 or parts[0] not in set(Span):
            raise UnknownPanel
        return cls(Span(parts[0]), parts[1], page_number(parts[2]))

    @property
    def parts(self) -> tuple[str, str, int]:
        return self.span, self.role, self.page

    def at(self, page: int) -> "View":
        return replace(self, page=page)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A leaderboard as one person, the `reader`, looks at it; None is everybody. `role` is its role's name."""

    board: Board
    stretch: Stretch
    view: View
    role: str | None = None
    reader: MemberId | None = None

    @property
    def slice(self) -> Slice[Standing]:
        return page_of(self.board.standings, self.view.page, PAGE_SIZE)

    @property
    def own_number(self) -> int | None:
        return None if self.reader is None else self.board.number_of(self.reader)

    @property
    def own_page(self) -> int | None:
        return None if self.own_number is None else self.own_number // PAGE_SIZE


def view_of(span: Span, role: str | None) -> View:
    """Return the first page of a leaderboard."""
    return View(span, "" if role is None else role_tag(role))


ON = say("Leaderboards are on now, for everyone. `/leaderboard` shows them.")


def embed(shown: Shown) -> discord.Embed:
    what = say("Leaderboard") if shown.role is None else say("Leaderboard for {role}", role=Name(shown.role))
    title = say("{what} · {time}", what=what, time=shown.stretch.label)
    page = shown.slice
    listed = [_line(one, shown.reader) for one in page.items] or [_nobody(shown)]
    notes = [text for text in (_own_line(shown), CARRIED if shown.board.is_carried else None) if text is not None]
    text = "\n\n".join(str(lines(*part)) for part in (listed, notes) if part)
    made = panel_embed(str(title), text, GOLD)
    total = len(shown.board.standings)
    if total:
        members = count("{n} member", "{n} members", total)
        pages = say("page {number} of {pages}", number=page.place, pages=page.pages)
        made.set_footer(
            text=str(members if page.pages == 1 else say("{members} · {pages}", members=members, pages=pages))
        )
    return made


def rows(shown: Shown) -> tuple[Row, ...]:
    """Return the menu of times, and buttons to the first, previous, next, last and the reader's own page."""
    named = [(span, str(name)) for span, name in SPAN_NAMES.items()]
    spans = _CONTROLS.select("Which time?", "span", options(named, shown.view.span), *shown.view.at(0).parts)
    buttons = tuple(_buttons(shown))
    return ((spans,), buttons) if buttons else ((spans,),)


def public_rows(shown: Shown) -> tuple[Row, ...]:
    """Return buttons that answer whoever presses them alone: what everybody sees never changes."""
    first = shown.view.at(0).parts
    look, own = (
        _CONTROLS.button("Look for yourself", "open", GREY, *first),
        _CONTROLS.button("My place", "open-my", GREY, *first),
    )
    return ((look, own),)


def switch_on_rows() -> tuple[Row, ...]:
    return ((_CONTROLS.button("Switch leaderboards on", "on", BLUE),),)


def off_text(holders: list[str], *, may_change: bool) -> Text:
    """Say that leaderboards are off, who can switch them on, and where. `holders` are names of roles."""
    off = say("Leaderboards are off on this server.")
    if may_change:
        return paragraph(off, say("Switch them on here, for everyone, or on the last page of `/settings`."))
    roles = [say("the role **{role}**", role=Name(role)) for role in holders]
    who = Listed((say("the **Manage Server** permission"), *roles), "or")
    return paragraph(off, say("Ask somebody with {who} to switch them on, on the last page of `/settings`.", who=who))


def _line(standing: Standing, reader: MemberId | None) -> Text:
    place = _MEDALS.get(standing.place, f"**{standing.place}.**")
    line = say(
        "{place} {name} · {raids}", place=Raw(place), name=_name(standing.count), raids=_raids(standing.count.raids)
    )
    return line if standing.count.member != reader else say("{line} ← you", line=line)


def _name(one: Count) -> Text | Name:
    return FORMER_MEMBER if one.name is None else Name(clean_name(one.name, _MAX_NAME_LENGTH))


def _raids(number: int) -> Text:
    return count("{n} raid", "{n} raids", number)


def _nobody(shown: Shown) -> Text:
    if shown.view.span is not Span.ALL:
        return say("Nobody came in this time. Choose another one.")
    return say("Nobody has come to a raid yet. A raid counts as soon as it has ended.")


def _own_line(shown: Shown) -> Text | None:
    """Return the reader's own place, unless it stands on this page."""
    number = shown.own_number
    if shown.reader is None or not shown.board.standings or shown.own_page == shown.slice.number:
        return None
    if number is None:
        return say("You are not on it: you came to none of these raids.")
    own = shown.board.standings[number]
    return say("You are {place} with {raids}.", place=Raw(_ordinal(own.place)), raids=_raids(own.count.raids))


def _ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th, 11th, 21st …"""
    tens, ones = number // 10 % 10, number % 10
    return f"{number}{'th' if tens == 1 else {1: 'st', 2: 'nd', 3: 'rd'}.get(ones, 'th')}"


def _buttons(shown: Shown) -> Iterator[Button]:
    page, view = shown.slice, shown.view
    if page.pages > 1:
        last = page.pages - 1
        for label, action, target, is_off in (
            ("First page", "first", 0, page.number == 0),
            ("Previous page", "previous", page.number - 1, page.number == 0),
            ("Next page", "next", page.number + 1, page.number == last),
            ("Last page", "last", last, page.number == last),
        ):
            yield _CONTROLS.button(label, action, GREY, *view.at(target).parts, disabled=is_off)
    if shown.own_page not in (None, page.number):
        yield _CONTROLS.button("My place", "my", BLUE, *view.parts)
