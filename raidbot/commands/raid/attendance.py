"""No-shows on the panel of /raid: mark and unmark members of the roster, a page at a time."""

import zlib
from collections.abc import Mapping

from raidbot.commands.raid.context import RaidContext
from raidbot.commands.ui.components import Select, Slice, option, page_of
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.router import UnknownPanel, member_of, number_of
from raidbot.raids.events import Change
from raidbot.raids.model import Attendance, MemberId, Presence, Raid, Status
from raidbot.raids.permissions import Permission
from raidbot.raids.rosters import attendance
from raidbot.utils.errors import Refusal
from raidbot.utils.text import escape

_HINTS = {Presence.NO_SHOW: "Who did not come?", Presence.EXCUSED: "Who was excused?"}


class MarkedMeanwhile(Refusal):
    def __init__(self) -> None:
        super().__init__("Roster or marks changed meanwhile, so nothing was marked. This is how they stand now.")


async def _attendance(context: RaidContext, text: str = "") -> None:
    raid = context.raid
    attendance.check_markable(raid, context.state.now())
    listed, absent = attendance.on_roster(raid), attendance.called_off(raid)
    if not listed:
        raise Refusal("Nobody had a seat in this raid.")
    page = page_of(listed, number_of(context.rest[0]) if context.rest else 0)
    names = await context.state.names(raid)
    shown = {row.member: escape(names.get(row.member, "Member")) for row in (*listed, *absent)}
    marked = [f"{shown[row.member]} ({row.presence})" for row in listed if row.presence is not Presence.PRESENT]
    said = f"Marked: {', '.join(marked)}." if marked else "Nobody is marked."
    if absent:
        said += f" Called off: {', '.join(shown[row.member] for row in absent)}."
    turns = context.controls.page_buttons(page.number, page.pages, "attendance")
    menus = [(_select(context, presence, page, names),) for presence in _HINTS]
    await context.page(f"{text}\n{said}".strip(), *menus, (context.back, *turns))


async def _mark(context: RaidContext) -> None:
    """Mark the chosen members of a page and unmark its other members. Raises UnknownPanel or what the rules raise."""
    if len(context.rest) != 3 or context.rest[0] not in _HINTS:
        raise UnknownPanel
    presence, page, seen = Presence(context.rest[0]), number_of(context.rest[1]), context.rest[2]
    chosen = {MemberId(member_of(value)) for value in context.press.values}
    now, by = context.state.now(), context.asker

    def rule(raid: Raid) -> Change:
        if raid.status is Status.CLOSED and _seen(raid) != seen:
            raise MarkedMeanwhile
        among = {row.member for row in page_of(attendance.on_roster(raid), page).items}
        return attendance.mark(raid, presence, chosen, among=among, by=by, now=now)

    change = await context.change(rule)
    marks = len(change.events)
    await _attendance(
        context.seeing(change.raid, page), "Nothing was different." if not marks else f"{marks} marked differently."
    )


async def _stay(context: RaidContext, text: str) -> None:
    """Show the page that the select's `custom_id` names, else the first."""
    page = context.rest[1] if len(context.rest) == 3 else "0"
    await _attendance(context.seeing(context.raid, number_of(page)), text)


def _select(context: RaidContext, presence: Presence, page: Slice[Attendance], names: Mapping[MemberId, str]) -> Select:
    raid = context.raid
    options = [
        option(row.member, names.get(row.member, "Member"), raid.role(row.role).name, chosen=row.presence is presence)
        for row in page.items
    ]
    about, most = (presence, page.number, _seen(raid)), len(options)
    return context.controls.select(_HINTS[presence], "mark", options, *about, min_values=0, max_values=most)


def _seen(raid: Raid) -> str:
    """Return a checksum that is equal for two states of the raid with the same roster and marks."""
    told = ",".join(f"{row.member}{row.presence}" for row in raid.attendance)
    return f"{zlib.crc32(told.encode()):x}"


_NO_SHOW = (Permission.RAID_NOSHOW,)
ACTIONS = {"attendance": Action(_NO_SHOW, _attendance, page=_stay), "mark": Action(_NO_SHOW, _mark, page=_stay)}
