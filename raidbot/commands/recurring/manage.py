"""Actions on a series' panel: list, open, choose what to edit, pause, revive and delete."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from raidbot.commands.recurring import views
from raidbot.commands.recurring.context import LABELS, SeriesContext
from raidbot.commands.recurring.draft_context import DraftContext, add_draft
from raidbot.commands.recurring.posted import posted_ahead
from raidbot.commands.ui import permissions
from raidbot.commands.ui.components import BLUE, GREEN, RED
from raidbot.commands.ui.forms import Field
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.router import page_number
from raidbot.raids import lifecycle
from raidbot.raids.events import Change
from raidbot.raids.model import CancelReason
from raidbot.raids.permissions import Permission
from raidbot.raids.schedules import edits, sequences
from raidbot.raids.schedules.model import Count, Until
from raidbot.raids.schedules.parse_dates import parse_date
from raidbot.raids.schedules.refusals import MAX_CHARACTERS, NotASchedule
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series import rules
from raidbot.raids.series.drafting import words
from raidbot.raids.series.drafting.draft import draft_of
from raidbot.raids.series.model import Series
from raidbot.utils.words import Instant, Listed, Text, count, day_in_words, paragraph, render, say

EVERYBODY: tuple[Permission, ...] = ()


class NotPaused(NotASchedule):
    def __init__(self) -> None:
        super().__init__(say("This series is neither paused nor over."))


async def _list(context: SeriesContext) -> None:
    await context.list(page_number(context.part(0)))


async def _open(context: SeriesContext) -> None:
    series = await context.state.series.find(context.guild, context.chosen)
    await context.for_series(series).home()


async def _panel(context: SeriesContext) -> None:
    await context.home()


# Edit


async def ask_edit(context: SeriesContext) -> None:
    """Ask which dates to change: one, one and all later, or all."""
    view = await context.view()
    dates, make = views.next_dates(view), context.controls
    chosen = context.date(context.press.chosen or context.part(0)) if context.press.chosen or context.rest else None
    known = {one.occurrence.id: one for one in dates}
    if chosen not in known:
        chosen = next(iter(known), None)
    everything = make.button("All dates", "edit-all", BLUE)
    if chosen is None:
        await context.page(
            render(say("No dates lie ahead. Do you want to change the series?")), (everything, context.back)
        )
        return
    wall = known[chosen].wall
    label = f"{wall:%a} {wall.day} {wall:%b}"
    await context.page(
        render(say("Which dates of **{series}** do you want to change?", series=context.series.name)),
        (views.date_select(view, make, "From which date?", "edit", chosen),),
        (
            make.button(f"Only {label}", "one", BLUE, chosen),
            make.button(f"{label} and all later", "edit-later", BLUE, chosen),
            everything,
            context.back,
        ),
    )


async def edit_all(context: SeriesContext) -> None:
    await _begin_edit(context, None)


async def _edit_later(context: SeriesContext) -> None:
    await _begin_edit(context, context.date(context.part(0)))


async def _begin_edit(context: SeriesContext, from_id: RecurrenceId | None) -> None:
    """Show the series, or its later part, as a draft. Raises NotPlanned."""
    series = context.series
    if from_id is not None and rules.split(series, from_id)[0] is None:
        from_id = None
    draft = draft_of(series, from_id)
    stored = await add_draft(context.state, context.interaction, draft, series.id)
    catalogue = await context.state.templates(context.guild)
    await DraftContext(context.state, context.press, (), stored, catalogue, context).home()


# Pause, revive


async def _ask_pause(context: SeriesContext) -> None:
    hint = f"5 january ({context.series.schedule.zone})"
    field = Field("until", LABELS["until"], "", hint, max_length=MAX_CHARACTERS, required=False)
    await context.ask("pause", "Pause", field)


async def _pause(context: SeriesContext) -> None:
    await pause(context, context.press.fields["until"])


async def pause(context: SeriesContext, until: str) -> None:
    """Pause until a typed date, or with an empty text until somebody resumes. Raises NotASchedule or NotATime."""
    series, now = context.series, context.state.now()
    day = None
    if until.strip():
        today = now.astimezone(series.schedule.place).date()
        day = parse_date(until.strip().removeprefix("until "), today=today, locale=context.locale)
        if day <= today:
            raise NotASchedule(say("{day} has begun or is in the past. Give a later date.", day=day_in_words(day)))
    after = await context.change(partial(rules.pause, until=day))
    first = next(iter((await after.view()).dates.raids), None)
    next_one = say("The next raid is {at}.", at=Instant(first.occurrence.starts_at)) if first else None
    said = say("⏸️ Paused until {day}.", day=day_in_words(day)) if day else say("⏸️ Paused until somebody resumes it.")
    await after.home(render(paragraph(said, next_one, await _stay(after))))


async def revive(context: SeriesContext) -> None:
    """End a pause, try again what was stopped, or ask how a series that is over goes on. Raises NotPaused."""
    view = await context.view()
    series, now = context.series, context.state.now()
    rested = views.rests(view)
    if rested:
        after = await context.change(partial(_revived, now=now))
        first = next(iter((await after.view()).dates.raids), None)
        said = say("▶️ The series goes on.")
        next_one = say("The next raid is {at}.", at=Instant(first.occurrence.starts_at)) if first else None
        if next_one is not None:
            await after.home(render(paragraph(said, next_one)))
            return
        context = after
    elif view.dates.raids:
        raise NotPaused
    make = context.controls
    buttons = [make.button("Edit it", "edit-all", BLUE), context.back]
    if series.schedule.end is not None:
        buttons = [make.button("One more date", "longer", GREEN), make.button("No end", "endless"), *buttons]
    await context.page(render(say("This series is over. How does it go on?")), tuple(buttons))


def _revived(series: Series, *, now: datetime) -> Series:
    return replace(rules.revive(series, now=now), looked_at=max(series.looked_at, now))


async def _longer(context: SeriesContext) -> None:
    await _go_on(await context.change(partial(_with_next_date, now=context.state.now())))


async def _one_more(context: SeriesContext) -> None:
    """Let a series that ends have one more date, at its end. Raises NotASchedule."""
    after = await context.change(partial(_longer_by_one, now=context.state.now()))
    totals = words.totals(after.series.schedule, (await after.view()).dates)
    await after.home(render(paragraph(say("One more date."), totals)))


async def _endless(context: SeriesContext) -> None:
    await _go_on(await context.change(partial(_without_end, now=context.state.now())))


async def _go_on(after: SeriesContext) -> None:
    first = next(iter((await after.view()).dates.raids), None)
    said = say("The series goes on.")
    next_one = say("The next raid is {at}.", at=Instant(first.occurrence.starts_at)) if first else None
    await after.home(render(paragraph(said, next_one)))


def _with_next_date(series: Series, *, now: datetime) -> Series:
    """Return the series with one more date, which lies ahead. What lay between its end and now is not made up for."""
    schedule = series.schedule
    ahead = next(sequences.planned(replace(schedule, end=None), now), None)
    if next(sequences.planned(schedule, now), None) is not None:
        schedule = edits.lengthen(schedule)
    elif ahead is None:
        raise NotASchedule(say("There is no later date. Edit the series."))
    elif isinstance(schedule.end, Count):
        schedule = replace(schedule, end=Count(ahead.position + 1))
    else:
        schedule = replace(schedule, end=Until(ahead.id.day))
    return replace(series, schedule=schedule, looked_at=max(series.looked_at, now))


def _longer_by_one(series: Series, *, now: datetime) -> Series:
    after = _with_next_date(series, now=now)
    if after.schedule == series.schedule:
        raise NotASchedule(say("There is no later date. Edit the series."))
    return after


def _without_end(series: Series, *, now: datetime) -> Series:
    return replace(series, schedule=replace(series.schedule, end=None), looked_at=max(series.looked_at, now))


# Delete


async def ask_delete(context: SeriesContext) -> None:
    ahead = await posted_ahead(context.state, context.series)
    make, name = context.controls, context.series.name
    buttons = [make.button("Yes, delete it", "delete", RED)]
    stay = None
    if ahead:
        stay = count(
            "{n} of its raids is posted and lies ahead: {raids}.",
            "{n} of its raids are posted and lie ahead: {raids}.",
            len(ahead),
            raids=Listed(tuple(say("`{code}`", code=raid.code) for raid in ahead), "and"),
        )
        buttons = [
            make.button("Delete, keep posted raids", "delete", RED),
            make.button("Delete, cancel them too", "delete", RED, "cancel"),
        ]
    text = paragraph(say("Delete **{name}** with all its dates, standing places and announcements?", name=name), stay)
    await context.page(render(text), (*buttons, make.button("Keep it", "panel")))


async def _delete(context: SeriesContext) -> None:
    series, state = context.series, context.state
    cause = permissions.cause_of(context.interaction)
    cancelled: list[Change] = []
    if context.rest == ("cancel",):
        await permissions.check(context.interaction, Permission.RAID_CANCEL)
        for raid in await posted_ahead(state, series):
            rule = partial(lifecycle.cancel, reason=CancelReason.MANUAL, by=context.asker, now=state.now())
            change = await state.change(raid.id, rule, cause)
            cancelled.extend([change] if change.events else [])
    await state.series.delete(series.id, cause)
    gone = say("**{name}** is deleted.", name=series.name)
    also = count("{n} raid is cancelled.", "{n} raids are cancelled.", len(cancelled)) if cancelled else None
    await context.list(0, render(paragraph(gone, also)))


async def _stay(context: SeriesContext) -> Text | None:
    """Return the sentence about raids that are posted already and stay."""
    ahead = await posted_ahead(context.state, context.series)
    if not ahead:
        return None
    codes = Listed(tuple(say("`{code}`", code=raid.code) for raid in ahead), "and")
    return count(
        "{n} raid is posted already and stays: {codes}.",
        "{n} raids are posted already and stay: {codes}.",
        len(ahead),
        codes=codes,
    )


_EDIT, _PAUSE = (Permission.RECURRING_EDIT,), (Permission.RECURRING_PAUSE,)
_POST = (Permission.CREATE,)
ACTIONS = {
    "list": Action(EVERYBODY, _list),
    "open": Action(EVERYBODY, _open),
    "panel": Action(EVERYBODY, _panel),
    "edit": Action(_EDIT, ask_edit, also=_POST),
    "edit-all": Action(_EDIT, edit_all, also=_POST),
    "edit-later": Action(_EDIT, _edit_later, also=_POST),
    "ask-pause": Action(_PAUSE, _ask_pause),
    "pause": Action(_PAUSE, _pause, again="ask-pause"),
    "revive": Action(_PAUSE, revive, also=_POST),
    "longer": Action(_PAUSE, _longer, also=_POST),
    "one-more": Action(_EDIT, _one_more, also=_POST),
    "endless": Action(_PAUSE, _endless, also=_POST),
    "ask-delete": Action((Permission.RECURRING_DELETE,), ask_delete),
    "delete": Action((Permission.RECURRING_DELETE,), _delete),
}
