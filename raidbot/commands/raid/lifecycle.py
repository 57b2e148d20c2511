"""Actions on the panel of /raid for the raid's lifecycle: close, reopen, cancel, reschedule and undo."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from raidbot.commands.raid.context import RaidContext
from raidbot.commands.ui import permissions
from raidbot.commands.ui.components import GREEN
from raidbot.commands.ui.forms import MAX_FORM_TITLE, Field
from raidbot.commands.ui.member_picker import NoBots, NotAMember, look_up
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.router import UnknownPanel, number_of
from raidbot.commands.ui.time_forms import both_clocks, deadline_field, deadline_lines, understood, when_field
from raidbot.db import undo as rows
from raidbot.raids import lifecycle
from raidbot.raids.audit.words import title
from raidbot.raids.deadlines.deadline import (
    before_start,
    chosen_lead,
    closing_time,
    is_past_deadline,
    parse_deadline,
)
from raidbot.raids.events import Change, Reopened
from raidbot.raids.lifecycle import MAX_CANCEL_NOTE_LENGTH
from raidbot.raids.model import CancelReason, CloseReason, Raid, Status
from raidbot.raids.notifications import told
from raidbot.raids.permissions import Asker, Permission, check_may_restore
from raidbot.raids.rosters import undo
from raidbot.raids.times import zones
from raidbot.raids.times.parse import parse_time
from raidbot.utils.clean_text import clean_line, clean_name
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, stamp
from raidbot.utils.words import count, render, say

_MAX_TIMESTAMP_SECONDS = 253402300799  # 9999-12-31T23:59:59Z, the last second of `datetime.max`


class TimeChangedMeanwhile(Refusal):
    def __init__(self) -> None:
        super().__init__("Somebody else changed the time meanwhile, so nothing was saved. This is how it stands now.")


async def _close(context: RaidContext) -> None:
    now = context.state.now()
    await context.change(partial(lifecycle.close, reason=CloseReason.MANUAL, by=context.asker, now=now))
    await context.home("Signups are closed. Members can still leave until the start.")


async def _reopen(context: RaidContext) -> None:
    change = await context.change(partial(lifecycle.reopen, by=context.asker, now=context.state.now()))
    until = stamp(closing_time(change.raid), "t")
    await context.home(f"Signups are open again. They close at {until}, or when you close them.")


async def _ask_cancel(context: RaidContext) -> None:
    """Open the form for the reason, which says how many hear of it; sending it cancels. Raises what the rule raises."""
    others = len(told(_cancelled(context, context.raid), context.asker))
    title = clip(f"Cancel “{clean_line(context.raid.name)}”?", MAX_FORM_TITLE)
    label = render(
        count("Why? {n} person will be notified.", "Why? {n} people will be notified.", others)
        if others
        else say("Why? Nobody else will be notified.")
    )
    note = Field("note", label, hint="servers are down", max_length=MAX_CANCEL_NOTE_LENGTH, required=False)
    await context.ask("cancel", title, note)


async def _cancel(context: RaidContext) -> None:
    """Cancel with the typed reason; panels of versions before ask without one."""
    if context.raid.status is Status.CANCELLED:
        await context.home(render(say("This raid is cancelled already.")))
        return
    note = context.press.fields["note"] if context.press.fields else ""
    names = {context.asker: clean_name(context.interaction.user.display_name)}
    change = await context.change(partial(_cancelled, context, note=note), names)
    board = say("It was not posted.") if change.raid.message is None else say("Board updated.")
    await context.home(f"Cancelled. {render(board)} {_were_notified(context, change)}")


def _cancelled(context: RaidContext, raid: Raid, note: str = "") -> Change:
    now = context.state.now()
    return lifecycle.cancel(raid, reason=CancelReason.MANUAL, by=context.asker, now=now, note=note)


async def _not_held(context: RaidContext) -> None:
    await context.change(partial(lifecycle.did_not_take_place, by=context.asker, now=context.state.now()))
    await context.home("Noted: the raid did not take place. It counts for nothing, and nobody was notified.")


async def _ask_deadline(context: RaidContext) -> None:
    await context.ask("deadline", "Signup deadline", deadline_field(context.raid.signup_lead))


async def _deadline(context: RaidContext) -> None:
    lead = chosen_lead(parse_deadline(context.press.fields["closes"], locale=str(context.interaction.locale)))
    full_lead = (await context.state.settings(context.guild)).full_lead
    rule = partial(lifecycle.change_deadline, lead=lead, now=context.state.now(), full_lead=full_lead)
    change = await context.change(rule)
    if not change.events:
        await context.home(render(say("Nothing was different.")))
        return
    said = [*deadline_lines(change.raid)] or [render(say("Signups close at the start."))]
    if any(isinstance(event, Reopened) for event in change.events):
        said.append(render(say("Signups are open again.")))
    await context.home(" ".join(said))


async def _ask_time(context: RaidContext) -> None:
    zone = (await context.state.settings(context.guild)).zone
    await context.ask("time", "New time", when_field(zone), about=(str(context.raid.time_revision),))


async def _time(context: RaidContext) -> None:
    """Save the typed time, or ask first if something was assumed to understand it, or if signups would close at once.

    Forms of versions before do not say which time they were opened for: they are asked about, too.
    """
    raid, said = context.raid, context.press.fields["when"]
    settings, now = await context.state.settings(raid.guild), context.state.now()
    when = parse_time(said, zone=settings.tzinfo, now=now, locale=str(context.interaction.locale))
    change = lifecycle.change_time(raid, when.instant, when.zone.key, now=now, full_lead=settings.full_lead)
    closes = change.raid.is_open and is_past_deadline(change.raid, now)
    if len(context.rest) == 2 and not when.assumptions and not closes:
        await _move(context, when.instant, when.zone.key, number_of(context.rest[0]))
        return
    lines = [
        *understood(said, when.instant, when.zone.key, when.assumptions),
        *_deadline_then(change.raid, now),
        f"Currently {both_clocks(raid.starts_at, raid.zone)}. {_notified(context, change)}",
    ]
    until = (int(when.instant.timestamp()), when.zone.key, raid.time_revision)
    await context.page(
        "\n".join(lines),
        (
            context.controls.button("Save", "save-time", GREEN, *until),
            context.controls.button("Change", "ask-time"),
            context.back,
        ),
    )


def _deadline_then(moved: Raid, now: datetime) -> Iterator[str]:
    """Yield lines on when signups close at the new time, or that they close at once."""
    if is_past_deadline(moved, now) and moved.is_open:
        lead = before_start(moved.signup_lead)
        yield render(say("Signups close at once, as their deadline is {lead}.", lead=lead))
    elif not is_past_deadline(moved, now):
        yield from deadline_lines(moved)


def _notified(context: RaidContext, change: Change) -> str:
    """Say how many others get a message about the change, before it is made."""
    others = len(told(change, context.asker))
    will_be = count("{n} person will be notified.", "{n} people will be notified.", others)
    return render(say("Nobody else will be notified.") if others == 0 else will_be)


def _were_notified(context: RaidContext, change: Change) -> str:
    others = len(told(change, context.asker))
    told_them = count("{n} person is notified.", "{n} people are notified.", others)
    return render(say("Nobody else is notified.") if others == 0 else told_them)


async def _save_time(context: RaidContext) -> None:
    await _move(context, *_understood(context.rest))


async def _move(context: RaidContext, starts_at: datetime, zone: str, revision: int) -> None:
    """Change the time that was the raid's at this revision, and show both. Raises TimeChangedMeanwhile."""
    now = context.state.now()
    full_lead = (await context.state.settings(context.guild)).full_lead

    def rule(raid: Raid) -> Change:
        if raid.time_revision != revision and raid.starts_at != starts_at:
            raise TimeChangedMeanwhile
        return lifecycle.change_time(raid, starts_at, zone, now=now, full_lead=full_lead)

    before = context.raid
    change = await context.change(rule)
    lines = [f"The raid now begins {both_clocks(starts_at, zone)}."]
    if before.starts_at != starts_at:
        lines.append(f"Before: {stamp(before.starts_at)}. {_were_notified(context, change)}")
    lines += _deadline_then(change.raid, now)
    if any(isinstance(event, Reopened) for event in change.events):
        lines.append(render(say("Signups are open again.")))
    elif change.raid.status is Status.CLOSED:
        lines.append(render(say("Signups are still closed.")))
    await context.home("\n".join(lines))


def _understood(rest: tuple[str, ...]) -> tuple[datetime, str, int]:
    """Parse a button's instant (UTC), time zone name and time revision. Raises UnknownPanel."""
    match rest:
        case (seconds, zone, revision) if seconds.isdecimal() and revision.isdecimal():
            if int(seconds) <= _MAX_TIMESTAMP_SECONDS and zones.place_named(zone) is not None:
                return datetime.fromtimestamp(int(seconds), UTC), zone, int(revision)
    raise UnknownPanel


async def _undo(context: RaidContext) -> None:
    """Undo the step that the button names.

    Raises DoneSince if another step followed, what `undo.undo` raises, or Lacking and LeadsMore for what it gives.
    """
    now, named = context.state.now(), context.part(0)
    step = await context.state.db.read(partial(rows.last, raid=context.raid, now=now))
    if step is None:
        raise undo.NothingToUndo
    if named != str(step.version):
        raise undo.DoneSince(step)
    full_lead = (await context.state.settings(context.guild)).full_lead
    asker, grants = permissions.asker_of(context.interaction), await permissions.grants_of(context.interaction)
    leader = await _restored_leader(context, step)

    def rule(raid: Raid) -> Change:
        change = undo.undo(raid, step, now=now, full_lead=full_lead)
        check_may_restore(raid, change, asker=asker, leader=leader, grants=grants)
        return change

    await context.change_for_good(rule)
    await context.home(f"Undone: {title(step.action)}.")


async def _restored_leader(context: RaidContext, step: undo.Step) -> Asker | None:
    """Return the leader whom undoing the step brings back, if they are still on the server."""
    leader = step.before.leader
    if leader is None or leader == step.after.leader:
        return None
    with contextlib.suppress(NotAMember, NoBots):
        return (await look_up(context.interaction, leader)).asker
    return None


ACTIONS = {
    "undo": Action((Permission.RAID_UNDO,), _undo),
    "close": Action((Permission.RAID_CLOSE,), _close),
    "reopen": Action((Permission.RAID_REOPEN,), _reopen),
    "ask-cancel": Action((Permission.RAID_CANCEL,), _ask_cancel),
    "cancel": Action((Permission.RAID_CANCEL,), _cancel, again="ask-cancel"),
    "not-held": Action((Permission.RAID_CANCEL,), _not_held),
    "ask-deadline": Action((Permission.RAID_TIME,), _ask_deadline),
    "deadline": Action((Permission.RAID_TIME,), _deadline, again="ask-deadline"),
    "ask-time": Action((Permission.RAID_TIME,), _ask_time),
    "time": Action((Permission.RAID_TIME,), _time, again="ask-time"),
    "save-time": Action((Permission.RAID_TIME,), _save_time),
}
