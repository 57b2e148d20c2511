"""Actions on the panel of /raid for the raid's lifecycle: close, reopen, cancel, reschedule and undo."""

from datetime import UTC, datetime
from functools import partial

from raidbot.commands.raid import views
from raidbot.commands.raid.context import LABELS, Action, PanelContext
from raidbot.commands.raid.views import GREEN, GREY, RED
from raidbot.commands.ui.forms import Field
from raidbot.commands.ui.router import UnknownPanel
from raidbot.db import undo as rows
from raidbot.raids import lifecycle
from raidbot.raids.audit.words import title
from raidbot.raids.events import Change, Reopened
from raidbot.raids.model import CancelReason, CloseReason, Raid, Status
from raidbot.raids.notifications import concerned, everybody
from raidbot.raids.permissions import Permission
from raidbot.raids.rosters import undo
from raidbot.raids.times import zones
from raidbot.raids.times.parse import parse_time
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, escape, stamp

_MAX_TIMESTAMP_SECONDS = 253402300799  # 9999-12-31T23:59:59Z, the last second of `datetime.max`


class TimeChangedMeanwhile(Refusal):
    def __init__(self) -> None:
        super().__init__("Somebody else changed the time meanwhile, so nothing was saved. This is how it stands now.")


async def _close(context: PanelContext) -> None:
    now = context.state.now()
    await context.change(partial(lifecycle.close, reason=CloseReason.MANUAL, by=context.asker, now=now))
    await context.home("Signups are closed. Members can still leave until the start.")


async def _reopen(context: PanelContext) -> None:
    change = await context.change(partial(lifecycle.reopen, by=context.asker, now=context.state.now()))
    until = stamp(change.raid.signups_end_at, "t")
    await context.home(f"Signups are open again. They close at {until}, or when you close them.")


async def _ask_cancel(context: PanelContext) -> None:
    raid = context.raid
    if raid.took_place(context.state.now()):
        raise lifecycle.TookPlace(raid)
    told = len({*everybody(raid)} - {context.asker})
    await context.page(
        f"Cancel “{escape(raid.name)}” at {stamp(raid.starts_at)}? {_notified(told)}",
        (views.button(raid, "Yes, cancel the raid", "cancel", RED), views.button(raid, "Keep it", "panel", GREY)),
    )


async def _cancel(context: PanelContext) -> None:
    if context.raid.status is Status.CANCELLED:
        await context.home("This raid is cancelled already.")
        return
    now = context.state.now()
    change = await context.change(partial(lifecycle.cancel, reason=CancelReason.MANUAL, by=context.asker, now=now))
    board = "It is not posted" if change.raid.message is None else "Its board says so"
    await context.home(f"The raid is cancelled. {board}, and its people are told.")


async def _not_held(context: PanelContext) -> None:
    await context.change(partial(lifecycle.did_not_take_place, by=context.asker, now=context.state.now()))
    await context.home("Noted: the raid did not take place. It counts for nothing, and nobody was notified.")


async def _ask_time(context: PanelContext) -> None:
    zone = (await context.state.settings(context.guild)).zone
    hint = clip(f"friday 8pm, tomorrow 20:00, 2030-05-17 19:30 … ({zone})", 100)
    await context.ask("time", "New time", Field("when", LABELS["when"], hint=hint))


async def _time(context: PanelContext) -> None:
    """Show how the typed time was understood; nothing is saved yet."""
    raid, said = context.raid, context.press.fields["when"]
    zone = (await context.state.settings(raid.guild)).tzinfo
    when = parse_time(said, zone=zone, now=context.state.now(), locale=str(context.interaction.locale))
    lines = [
        f"“{escape(said.strip())}” is {stamp(when.instant)} ({stamp(when.instant, 'R')}), time zone {when.zone.key}.",
        *(f"-# {assumption}" for assumption in when.assumptions),
        f"Until now it is {stamp(raid.starts_at)}. {_notified(len({*concerned(raid)} - {context.asker}))}",
    ]
    until = (int(when.instant.timestamp()), when.zone.key, raid.time_revision)
    await context.page(
        "\n".join(lines),
        (
            views.button(raid, "Save", "save-time", GREEN, *until),
            views.button(raid, "Change", "ask-time", GREY),
            views.back(raid),
        ),
    )


def _notified(count: int) -> str:
    """Say how many others hear of it; whoever asks reads it on the panel."""
    if count == 0:
        return "Nobody else will be notified."
    return "1 person will be notified." if count == 1 else f"{count} people will be notified."


async def _save_time(context: PanelContext) -> None:
    starts_at, zone, revision = _understood(context.rest)
    now = context.state.now()
    full_lead = (await context.state.settings(context.guild)).full_lead

    def rule(raid: Raid) -> Change:
        if raid.time_revision != revision and raid.starts_at != starts_at:
            raise TimeChangedMeanwhile
        return lifecycle.change_time(raid, starts_at, zone, now=now, full_lead=full_lead)

    change = await context.change(rule)
    closed = " Signups are still closed." if change.raid.status is Status.CLOSED else ""
    if any(isinstance(event, Reopened) for event in change.events):
        closed = " Signups are open again."
    await context.home(f"The raid now begins {stamp(starts_at)} ({stamp(starts_at, 'R')}).{closed}")


def _understood(rest: tuple[str, ...]) -> tuple[datetime, str, int]:
    """Parse a button's instant (UTC), time zone name and time revision. Raises UnknownPanel."""
    match rest:
        case (seconds, zone, revision) if seconds.isdecimal() and revision.isdecimal():
            if int(seconds) <= _MAX_TIMESTAMP_SECONDS and zones.place_named(zone) is not None:
                return datetime.fromtimestamp(int(seconds), UTC), zone, int(revision)
    raise UnknownPanel


async def _undo(context: PanelContext) -> None:
    """Undo the step that the button names. Raises DoneSince if another step followed, or what `undo.undo` raises."""
    step = await context.state.db.read(partial(rows.last, raid=context.raid))
    now, named = context.state.now(), context.part(0)
    if step is None:
        raise undo.NothingToUndo
    if step.is_recent(now) and named != str(step.version):
        raise undo.DoneSince(step)
    full_lead = (await context.state.settings(context.guild)).full_lead
    await context.change_for_good(partial(undo.undo, step=step, now=now, full_lead=full_lead))
    await context.home(f"Undone: {title(step.action)}.")


ACTIONS = {
    "undo": Action((Permission.RAID_UNDO,), _undo),
    "close": Action((Permission.RAID_CLOSE,), _close),
    "reopen": Action((Permission.RAID_REOPEN,), _reopen),
    "ask-cancel": Action((Permission.RAID_CANCEL,), _ask_cancel),
    "cancel": Action((Permission.RAID_CANCEL,), _cancel),
    "not-held": Action((Permission.RAID_CANCEL,), _not_held),
    "ask-time": Action((Permission.RAID_TIME,), _ask_time),
    "time": Action((Permission.RAID_TIME,), _time, again="ask-time"),
    "save-time": Action((Permission.RAID_TIME,), _save_time),
}
