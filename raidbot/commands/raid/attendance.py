"""No-shows on the panel of /raid: mark and unmark members of the roster, a page at a time."""

import zlib
from collections.abc import Sequence
from functools import partial
from typing import Any

import discord

from raidbot.commands.raid import views
from raidbot.commands.raid.context import Action, PanelContext
from raidbot.commands.ui.pagination import page_buttons
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import UnknownPanel, number_of
from raidbot.raids.events import Change
from raidbot.raids.model import Attendance, MemberId, Presence, Raid, Status
from raidbot.raids.permissions import Permission
from raidbot.raids.rosters import attendance
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, escape

_MAX_OPTIONS = 25  # https://discord.com/developers/docs/components/reference#string-select
_MAX_LABEL_LENGTH = 100
_HINTS = {Presence.NO_SHOW: "Who did not come?", Presence.EXCUSED: "Who was excused?"}


class MarkedMeanwhile(Refusal):
    def __init__(self) -> None:
        super().__init__("Roster or marks changed meanwhile, so nothing was marked. This is how they stand now.")


async def _attendance(context: PanelContext, text: str = "") -> None:
    raid = context.raid
    attendance.check_markable(raid, context.state.now())
    listed, absent = attendance.on_roster(raid), attendance.called_off(raid)
    if not listed:
        raise Refusal("Nobody had a seat in this raid.")
    pages = -(-len(listed) // _MAX_OPTIONS)
    page = min(number_of(context.rest[0]) if context.rest else 0, pages - 1)
    names = await context.state.names(raid)
    marked = [
        f"{names.get(row.member, 'Member')} ({row.presence})" for row in listed if row.presence is not Presence.SIGNED
    ]
    said = f"Marked: {escape(', '.join(marked))}." if marked else "Nobody is marked."
    if absent:
        said += f" Called off: {escape(', '.join(names.get(row.member, 'Member') for row in absent))}."
    rows: list[Row] = [(_select(raid, presence, page, names),) for presence in _HINTS]
    turns = page_buttons(page, pages, partial(views.custom_id, raid, "attendance"))
    await context.page(f"{text}\n{said}".strip(), *rows, (views.back(raid), *turns))


async def _mark(context: PanelContext) -> None:
    """Mark the chosen members of a page and unmark its other members. Raises UnknownPanel or what the rules raise."""
    if len(context.rest) != 3 or context.rest[0] not in _HINTS:
        raise UnknownPanel
    presence, page, seen = Presence(context.rest[0]), number_of(context.rest[1]), context.rest[2]
    chosen = {MemberId(number_of(value)) for value in context.press.values}
    now, by = context.state.now(), context.asker

    def rule(raid: Raid) -> Change:
        if raid.status is Status.CLOSED and _seen(raid) != seen:
            raise MarkedMeanwhile
        among = {row.member for row in _page(raid, page)}
        return attendance.mark(raid, presence, chosen, among=among, by=by, now=now)

    change = await context.change(rule)
    marks = len(change.events)
    await _attendance(
        context.seeing(change.raid, page), "Nothing was different." if not marks else f"{marks} marked differently."
    )


async def _stay(context: PanelContext, text: str) -> None:
    """Show the page that the select's `custom_id` names, else the first."""
    page = context.rest[1] if len(context.rest) == 3 else "0"
    await _attendance(context.seeing(context.raid, number_of(page)), text)


def _select(raid: Raid, presence: Presence, page: int, names: dict[MemberId, str]) -> Any:
    options = [
        discord.SelectOption(
            label=clip(names.get(row.member, "Member"), _MAX_LABEL_LENGTH),
            value=str(row.member),
            description=clip(raid.role(row.role).name, _MAX_LABEL_LENGTH),
            default=row.presence is presence,
        )
        for row in _page(raid, page)
    ]
    return discord.ui.Select[Any](
        custom_id=views.custom_id(raid, "mark", presence, page, _seen(raid)),
        placeholder=_HINTS[presence],
        options=options,
        min_values=0,
        max_values=len(options),
    )


def _page(raid: Raid, page: int) -> Sequence[Attendance]:
    return attendance.on_roster(raid)[page * _MAX_OPTIONS : (page + 1) * _MAX_OPTIONS]


def _seen(raid: Raid) -> str:
    """Return a checksum that is equal for two states of the raid with the same roster and marks."""
    told = ",".join(f"{row.member}{row.presence}" for row in raid.attendance)
    return f"{zlib.crc32(told.encode()):x}"


_NO_SHOW = (Permission.RAID_NOSHOW,)
ACTIONS = {"attendance": Action(_NO_SHOW, _attendance, page=_stay), "mark": Action(_NO_SHOW, _mark, page=_stay)}
