"""Views of /raid: the raid as it is, its last changes, and the buttons."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import discord

from raidbot.commands.announcements.address import announcements_of
from raidbot.commands.ui.components import BLUE, GREEN, GREY, RED, Button, Controls, panel_embed
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import address
from raidbot.commands.ui.time_forms import both_clocks
from raidbot.db.outbox import Undelivered
from raidbot.db.raid_history import HistoryEntry
from raidbot.db.unreached import Unreached
from raidbot.delivery.audit_log.entry_format import shown
from raidbot.raids import labels
from raidbot.raids.announcements.model import OwnerKind
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.audit.words import title, words
from raidbot.raids.deadlines.deadline import before_start, deadline_of
from raidbot.raids.emoji.missing import Lack, by_lack, named_with_reason
from raidbot.raids.kinds import KIND_NAMES
from raidbot.raids.labels import STATUS_ICONS
from raidbot.raids.messages.unreached import what_was_missed
from raidbot.raids.model import Kind, MemberId, Raid, RoleKey, Status
from raidbot.raids.permissions import Permission
from raidbot.raids.rosters.manager_edits import can_fill
from raidbot.raids.rosters.undo import Step
from raidbot.raids.schedules.words import describe_rule
from raidbot.raids.series.model import Series
from raidbot.raids.templates.model import spoken_length
from raidbot.utils.text import clip, escape, fit_lines, joined, mention, stamp, stamps
from raidbot.utils.words import Name, render, say

PANEL = "raid"
RAID_LIST = "raids"
"""The list of /raid without a code."""
SERIES_PANEL = "series"
"""The panel of /recurring for one series."""
_MAX_CHANGES_LENGTH = 1024
_MAX_LABEL_LENGTH = 80
_MAX_VALUE_LENGTH = 60
_MAX_SIGNUP_TEXT_LENGTH = 200
_MAX_UNREACHABLE_NAMED = 10

_STATES = {
    Status.POSTING: "being posted",
    Status.OPEN: "open",
    Status.CLOSED: "closed",
    Status.CANCELLED: "cancelled",
}


@dataclass(frozen=True, slots=True)
class PanelData:
    """The data on the panel: the raid, its members' names, its last changes (newest first) and the step to undo.

    What the panel offers depends on `now` (UTC) and on what its reader `may` do.

    `unreachable` are members on the roster, on a waitlist or asked to substitute whose DMs are closed.
    `undelivered` counts messages about the raid. `lacking` are the roles without a reaction. `missed` are messages that
    did not reach their members.
    `series` is the one that the raid was posted for, unless it was deleted.
    """

    raid: Raid
    names: Mapping[MemberId, str]
    changes: Sequence[HistoryEntry]
    step: Step | None
    unreachable: Sequence[MemberId]
    undelivered: Undelivered
    now: datetime
    lacking: Mapping[RoleKey, Lack] = field(default_factory=dict)
    missed: Sequence[Unreached] = ()
    series: Series | None = None
    may: Set[Permission] = frozenset(Permission)


def embed(data: PanelData) -> discord.Embed:
    raid = data.raid
    shown = panel_embed(escape(raid.name), "\n".join(_facts(data)))
    if data.changes:
        lines = [_change(happened) for happened in data.changes]
        shown.add_field(name="Last changes", value=fit_lines(lines, _MAX_CHANGES_LENGTH, "…"), inline=False)
    return shown.set_footer(text=labels.footer(raid))


def rows(data: PanelData) -> tuple[Row, ...]:
    """Return the buttons for what the reader may do now, the most used first."""
    offered = (_on_roster(data), _on_plan(data), _beside(data), _at_last(data))
    return tuple(row for group in offered if (row := tuple(button for may, button in group if may <= data.may)))


Offered = Iterator[tuple[Set[Permission], Button]]
"""Buttons that the raid's state allows, with the permissions that each of them needs."""


def _on_roster(data: PanelData) -> Offered:
    raid, now, button = data.raid, data.now, controls(data.raid).button
    if raid.status is Status.CANCELLED:
        return
    yield {Permission.RAID_ROSTER}, button("Roster", "roster", BLUE)
    if can_fill(raid):
        yield {Permission.RAID_ROSTER}, button("Fill free seats", "fill", GREEN)
    if raid.status is Status.CLOSED and now >= raid.starts_at and any(raid.members()):
        yield {Permission.RAID_NOSHOW}, button("Attendance", "attendance", GREY)
    if raid.is_open:
        yield {Permission.RAID_CLOSE}, button("Close signups", "close", GREY, emoji=STATUS_ICONS[raid.status])
    elif raid.status is Status.CLOSED and not raid.took_place(now):
        yield {Permission.RAID_REOPEN}, button("Reopen signups", "reopen", GREY, emoji=STATUS_ICONS[raid.status])
    if not raid.took_place(now):
        yield {Permission.RAID_TIME}, button("Change time", "ask-time", GREY)


def _on_plan(data: PanelData) -> Offered:
    raid, now, button = data.raid, data.now, controls(data.raid).button
    if raid.status is Status.CANCELLED:
        return
    yield {Permission.RAID_EDIT}, button("Change text", "ask-text", GREY)
    if not raid.took_place(now):
        yield {Permission.RAID_LENGTH}, button("Change length", "ask-length", GREY)
    yield {Permission.RAID_LEADER}, button("Leader", "ask-leader", GREY)
    if raid.is_live and now < raid.starts_at and any(raid.has_room(role) for role in raid.roles):
        yield {Permission.RAID_FINDSUB}, button("Find substitute", "sub", GREY)
    if now < raid.starts_at:
        yield {Permission.RAID_TIME}, button("Signup deadline", "ask-deadline", GREY)


def _beside(data: PanelData) -> Offered:
    raid = data.raid
    if raid.status is not Status.CANCELLED and not raid.took_place(data.now):
        custom_id = announcements_of(OwnerKind.RAID, raid.code)
        yield {Permission.RAID_ANNOUNCE}, Button(label="Announcements", style=GREY, custom_id=custom_id)
    if raid.status is not Status.CANCELLED:
        yield {Permission.RAID_EDIT}, controls(raid).button("Picture", "ask-picture", GREY)
    duplicate = controls(raid).button("Duplicate", "ask-copy", GREY)
    yield {Permission.RAID_DUPLICATE, Permission.CREATE}, duplicate
    if data.series is not None:
        yield set(), _to_series(data.series)


def _at_last(data: PanelData) -> Offered:
    raid, button = data.raid, controls(data.raid).button
    if raid.took_place(data.now):
        yield {Permission.RAID_CANCEL}, button("Did not take place", "not-held", RED)
    elif raid.status is not Status.CANCELLED:
        yield {Permission.RAID_CANCEL}, button("Cancel raid", "ask-cancel", RED)
    if data.step is not None:
        label = clip(f"Undo: {title(data.step.action)}", _MAX_LABEL_LENGTH)
        reposts = raid.status is Status.CANCELLED and data.step.action is not AuditAction.NOT_HELD
        needed = {Permission.RAID_UNDO} | ({Permission.CREATE} if reposts else set())
        yield needed, button(label, "undo", GREY, data.step.version)
    yield set(), button("Refresh", "panel", GREY)
    yield set(), Button(label="All raids", style=GREY, custom_id=address(RAID_LIST, "page", 0))


def controls(raid: Raid) -> Controls:
    """Return the buttons and menus that act on this raid's panel."""
    return Controls(partial(address, PANEL, raid.code))


def _to_series(series: Series) -> Button:
    return Controls(partial(address, SERIES_PANEL)).button("Series", "panel", GREY, series.code)


def _facts(data: PanelData) -> Iterator[str]:
    raid, names = data.raid, data.names
    held = ""
    if raid.is_open and raid.hold and (raid.begun or deadline_of(raid) is None):
        held = f" until {'its end' if raid.begun else 'the start'}"
    state = f"{STATUS_ICONS[raid.status]} {_STATES[raid.status]}"
    if raid.not_held:
        state = "❌ did not take place"
    elif raid.cancelled_by is not None:
        note = f": {escape(raid.cancel_note)}" if raid.cancel_note else ""
        state = f"❌ cancelled by {_name(raid.cancelled_by, names)}{note}"
    yield f"**Signups:** {state}{held}" + (f" · [board]({raid.link})" if raid.link else "")
    if raid.kind is not Kind.RAID:
        yield f"**What:** {KIND_NAMES[raid.kind]}"
    yield f"**Starts:** {both_clocks(raid.starts_at, raid.zone)}"
    if raid.shows_signups and (deadline := deadline_of(raid)) is not None:
        yield f"**Signup deadline:** {stamps(deadline)}, {before_start(raid.signup_lead)}"
    if raid.signup_text:
        yield f"**Whoever signs up reads:** {clip(escape(raid.signup_text), _MAX_SIGNUP_TEXT_LENGTH)}"
    if data.series is not None:
        rule = describe_rule(data.series.schedule)
        repeats = say("**Series:** {series}. {rule}", series=Name(data.series.name), rule=rule)
        yield render(repeats)
    if raid.length_minutes is not None:
        yield f"**Length:** {spoken_length(raid.length_minutes)}"
    people = f"created by {_name(raid.creator, names)}"
    yield f"**People:** {f'led by {_name(raid.leader, names)}, ' if raid.leader else ''}{people}"
    waiting = len({wait.member for wait in raid.waits})
    yield f"**Seats:** {len(raid.seats)}/{raid.capacity} taken" + (f", {waiting} waiting" if waiting else "")
    lacks = by_lack({role: data.lacking[role.key] for role in raid.roles if role.key in data.lacking})
    if lacks:
        roles = joined([render(named_with_reason(roles, lack)) for lack, roles in lacks.items()])
        yield f"**Without a reaction:** {clip(roles, _MAX_CHANGES_LENGTH)}"
    if data.unreachable:
        listed = joined([_name(member, names) for member in data.unreachable[:_MAX_UNREACHABLE_NAMED]])
        more = len(data.unreachable) - _MAX_UNREACHABLE_NAMED
        yield f"**Can’t be reached by DM:** {listed}{f', +{more} more' if more > 0 else ''}"
    if data.missed:
        yield f"**Did not get:** {'; '.join(_missed(data))}"
    if data.undelivered.waiting:
        yield f"**Messages that could not be sent yet:** {data.undelivered.waiting} (I keep trying)"
    if data.undelivered.unknown:
        yield f"**Messages that may be missing:** {data.undelivered.unknown} (nobody knows whether they arrived)"


def _missed(data: PanelData) -> Iterator[str]:
    """Yield what was missed and by whom, a kind of message at a time."""
    by_what: dict[str, dict[MemberId, None]] = {}
    for one in data.missed:
        by_what.setdefault(render(what_was_missed(one.purpose, one.cause)), {})[one.member] = None
    for what, members in by_what.items():
        shown = [_name(member, data.names) for member in list(members)[:_MAX_UNREACHABLE_NAMED]]
        more = len(members) - len(shown)
        yield f"{what}: {joined(shown)}{f', +{more} more' if more else ''}"


def _name(member: MemberId, names: Mapping[MemberId, str]) -> str:
    return str(labels.bold(names.get(member, "Member")))


def _change(happened: HistoryEntry) -> str:
    member, said = happened.entry.member, words(happened.entry)
    actor = f"{mention(happened.actor)}: " if happened.actor else ""
    about = f" {mention(member)}" if member and member != happened.actor else ""
    was, became = map(_shortened, (said.before, said.after))
    if became.startswith(said.title):
        return f"{stamp(happened.at, 'R')} {actor}{became}{about}"
    values = f": {was} → {became}" if was and became else f": {was or became}" if was or became else ""
    return f"{stamp(happened.at, 'R')} {actor}{said.title}{about}{values}"


def _shortened(value: str | None) -> str:
    """Clip a value for display. Links are left out: a clipped one is broken, and the panel already links the board."""
    return "" if value is None or value.startswith("https://") else shown(clip(value, _MAX_VALUE_LENGTH))
