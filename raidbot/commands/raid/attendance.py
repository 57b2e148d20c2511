"""Attendance on the panel of /raid: who came, late or not at all, who was excused, and who was needed after all.

Those with a seat are shown a page at a time, as on the board, then those who waited.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from raidbot.commands.raid.context import RaidContext
from raidbot.commands.ui.components import GREY, MAX_OPTIONS, Select, option, page_of, panel_embed
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import UnknownPanel, page_number
from raidbot.raids.events import Change
from raidbot.raids.model import Attendance, MemberId, Presence, Raid, Status
from raidbot.raids.permissions import Permission
from raidbot.raids.rosters import attendance
from raidbot.raids.statistics.attendance_words import by_presence, uncounted
from raidbot.utils.errors import Refusal
from raidbot.utils.text import FORMER_MEMBER, clip, escape
from raidbot.utils.words import count, render, say

_ONLY, _ALL = "only", "all"
_OF_SEATED: dict[str, str] = {
    Presence.NO_SHOW: "Who did not come?",
    Presence.LATE: "Who came late?",
    Presence.EXCUSED: "Who was excused?",
    _ONLY: "Who came? The others here did not.",
}
_OF_BENCHED: dict[str, str] = {
    Presence.PRESENT: "Who was needed, and came?",
    Presence.LATE: "Who was needed, and came late?",
    Presence.EXCUSED: "Who was excused?",
}
_MENUS = {
    Presence.NO_SHOW: "did not come",
    Presence.PRESENT: "came",
    Presence.LATE: "late",
    Presence.EXCUSED: "excused",
    _ONLY: "came (the others did not)",
}
"""The subject of each menu: a menu in which somebody is chosen shows their names and not its question."""
_MAX_NAME_LENGTH = 100
_MAX_LENGTH = 3500


class MarkedMeanwhile(Refusal):
    def __init__(self) -> None:
        super().__init__(say("Roster or marks changed meanwhile, so nothing was marked. This is how they stand now."))


class NobodyThere(Refusal):
    def __init__(self) -> None:
        super().__init__(say("There is nobody to mark: nobody had a seat in this raid, and nobody waited."))


@dataclass(frozen=True, slots=True)
class _Page:
    """Rows of members with a seat, or of those who waited. `first_benched` is the page on which those begin."""

    rows: Sequence[Attendance]
    benched: bool
    number: int
    pages: int
    first_benched: int

    @property
    def menus(self) -> Mapping[str, str]:
        return _OF_BENCHED if self.benched else _OF_SEATED


def _page(raid: Raid, number: int) -> _Page:
    seated, benched = attendance.of_seated(raid), attendance.of_benched(raid)
    before, after = (-(-len(rows) // MAX_OPTIONS) for rows in (seated, benched))
    number = min(number, max(0, before + after - 1))
    shown = page_of(benched, number - before) if number >= before and benched else page_of(seated, number)
    return _Page(shown.items, number >= before and bool(benched), number, before + after, before)


async def _attendance(context: RaidContext, text: str = "") -> None:
    raid = context.raid
    attendance.check_markable(raid, context.state.now())
    page = _page(raid, page_number(context.rest[0]) if context.rest else 0)
    if not page.pages:
        raise NobodyThere
    names = await context.state.names(raid)
    menus = [(_select(context, what, page, names),) for what in page.menus]
    said = by_presence(raid, names, limit=_MAX_LENGTH)
    if (note := uncounted(raid)) is not None:
        said.append(render(note))
    said.append(f"-# Menus from the top: {' · '.join(_MENUS[what] for what in page.menus)}")
    shown = panel_embed(f"Attendance: {escape(clip(raid.name, _MAX_NAME_LENGTH))}", "\n".join(said))
    who = "who waited" if page.benched else "who had a seat"
    shown.set_footer(text=f"In the menus: {who}" + (f", page {page.number + 1} of {page.pages}" * (page.pages > 1)))
    await context.page(text, *menus, _buttons(context, page), embeds=(shown,))


def _buttons(context: RaidContext, page: _Page) -> Row:
    controls, raid = context.controls, context.raid
    turns = controls.page_buttons(page.number, page.pages, "attendance")
    other: Row = ()
    if 0 < page.first_benched < page.pages:
        label, to = ("Those with a seat", 0) if page.benched else ("Those who waited", page.first_benched)
        other = (controls.button(label, "attendance", GREY, to, "others"),)  # “Next page” may lead there, too
    marked = any(row.presence is not Presence.PRESENT for row in attendance.of_seated(raid))
    if page.benched or not marked:
        return (context.back, *turns, *other)
    return (
        context.back,
        *turns,
        *other,
        controls.button("Everybody came", "mark", GREY, _ALL, page.number, _seen(raid)),
    )


async def _mark(context: RaidContext) -> None:
    """Mark the chosen members of a page and unmark its other members. Raises UnknownPanel or what the rules raise."""
    if len(context.rest) != 3 or context.rest[0] not in {*_OF_SEATED, *_OF_BENCHED, _ALL}:
        raise UnknownPanel
    what, page, seen = context.rest[0], page_number(context.rest[1]), context.rest[2]
    now, by, values = context.state.now(), context.asker, set(context.press.values)

    def rule(raid: Raid) -> Change:
        attendance.check_markable(raid, now)
        if _seen(raid) != seen:
            raise MarkedMeanwhile
        if what == _ALL:
            return attendance.everybody_came(raid, by=by, now=now)
        among = {row.member for row in _page(raid, page).rows}
        chosen = {member for member in among if str(member) in values}
        if len(chosen) != len(values):
            raise attendance.NotOnRoster
        if what == _ONLY:
            return attendance.only_came(raid, chosen, among=among, by=by, now=now)
        return attendance.mark(raid, Presence(what), chosen, among=among, by=by, now=now)

    change = await context.change(rule)
    marks = len(change.events)
    said = count("{n} mark changed.", "{n} marks changed.", marks) if marks else say("Nothing was different.")
    await _attendance(context.seeing(change.raid, page), render(said))


async def _stay(context: RaidContext, text: str) -> None:
    """Show the page that the menu's `custom_id` names, else the first."""
    page = context.rest[1] if len(context.rest) == 3 else "0"
    await _attendance(context.seeing(context.raid, page_number(page)), text)


def _select(context: RaidContext, what: str, page: _Page, names: Mapping[MemberId, str]) -> Select:
    raid = context.raid
    options = [
        option(
            row.member,
            names.get(row.member, FORMER_MEMBER),
            f"waited for {raid.role(row.role).name}" if page.benched else raid.role(row.role).name,
            chosen=row.presence.came if what == _ONLY else row.presence == what,
        )
        for row in page.rows
    ]
    about, most = (what, page.number, _seen(raid)), len(options)
    return context.controls.select(page.menus[what], "mark", options, *about, min_values=0, max_values=most)


def _seen(raid: Raid) -> str:
    """Return a checksum that is equal for two states of the raid with the same roster and marks."""
    rows = (*attendance.of_seated(raid), *attendance.of_benched(raid)) if raid.status is Status.CLOSED else ()
    told = ",".join(f"{row.member}{row.role}{row.presence}" for row in rows)
    return f"{zlib.crc32(told.encode()):x}"


_NO_SHOW = (Permission.RAID_NOSHOW,)
ACTIONS = {
    "attendance": Action(_NO_SHOW, _attendance, page=_stay),
    "mark": Action(_NO_SHOW, _mark, page=_stay),
}
