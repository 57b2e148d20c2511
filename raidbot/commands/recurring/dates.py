"""Actions on single dates of a series: skip, take place again, and another time, text or strategy only then."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from raidbot.commands.recurring import views
from raidbot.commands.recurring.context import LABELS, SeriesContext
from raidbot.commands.recurring.posted import check_not_posted
from raidbot.commands.recurring.views import SeriesView
from raidbot.commands.ui import permissions
from raidbot.commands.ui.components import BLUE, GREEN, GREY, Button, options, pressable
from raidbot.commands.ui.forms import Field
from raidbot.commands.ui.member_picker import look_up
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import number_of
from raidbot.raids.details import MAX_TITLE_LENGTH
from raidbot.raids.model import MemberId
from raidbot.raids.permissions import Permission, check_may_lead
from raidbot.raids.schedules import edits
from raidbot.raids.schedules.edits import NotPlanned
from raidbot.raids.schedules.occurrences import Occurrence, Status, find, same_start
from raidbot.raids.schedules.parse_posting import is_time_of_day, parse_time_of_day
from raidbot.raids.schedules.refusals import MAX_CHARACTERS
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series import rules
from raidbot.raids.series.drafting import words
from raidbot.raids.series.model import MAX_NOTE_LENGTH, Series, SingleChange
from raidbot.raids.series.samples import sample_raids
from raidbot.raids.templates import edits as template_edits
from raidbot.raids.times.parse import parse_time
from raidbot.utils.clean_text import clean_block, clean_line
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Instant, Length, Mention, Name, Text, WallClock, lines, paragraph, render, say

_FIELDS = ("when", "title", "note", "length")


async def dates(context: SeriesContext, text: str = "") -> None:
    """Show a menu of the next dates."""
    view = await context.view()
    make = context.controls
    if not views.next_dates(view):
        await context.page(text or render(say("No dates lie ahead.")), (context.back,))
        return
    await context.page(
        text or render(say("Which date of **{series}**?", series=context.series.name)),
        (views.date_select(view, make, "Choose a date", "date"),),
        (context.back,),
    )


async def _date(context: SeriesContext) -> None:
    await show_date(context, context.date(context.chosen))


async def _one(context: SeriesContext) -> None:
    await show_date(context, context.date(context.part(0)))


async def show_date(context: SeriesContext, id_: RecurrenceId, text: str = "") -> None:
    """Show one date with what is different on it. Raises NotPlanned."""
    view = await context.view()
    one, make = occurrence(view, id_), context.controls
    single, is_posted = view.series.single(id_), id_ in view.posted
    is_changed = one.status in (Status.SKIPPED, Status.MOVED) or not single.is_empty
    skip = (
        make.button("Take place after all", "restore", GREEN, id_)
        if one.status is Status.SKIPPED
        else make.button("Skip it", "skip", BLUE, id_, disabled=is_posted or one.status is Status.OFF)
    )
    buttons: list[Button] = [
        skip,
        make.button("Change it", "ask-one", BLUE, id_, disabled=is_posted or one.status is Status.SKIPPED),
        make.button("Drop changes", "restore", GREY, id_, disabled=is_posted or not is_changed),
        make.button("Other dates", "dates"),
        context.back,
    ]
    rows: list[Row] = [pressable(*buttons)]
    if not is_posted and (names := _strategies(view, one)):
        offered = options([(name, name) for name in names], single.strategy or one.turn(view.series.rotation).strategy)
        rows.append((make.select("Another strategy, only on this date", "one-strategy", offered, id_),))
    if not is_posted:
        leader = make.user_select("Another leader, only on this date", "one-leader", id_, chosen=single.leader)
        rows.append((leader,))
    await context.page("\n".join(part for part in (text, render(_described(view, one, single))) if part), *rows)


def occurrence(view: SeriesView, id_: RecurrenceId) -> Occurrence:
    """Return the occurrence. Raises NotPlanned."""
    found = find(view.series.schedule, id_, dates_off=view.of_server)
    if found is None:
        raise NotPlanned(id_)
    return found


def _described(view: SeriesView, one: Occurrence, single: SingleChange) -> Text:
    schedule = view.series.schedule
    wall = WallClock(one.starts_at.astimezone(schedule.place), schedule.zone)
    became = views.STATUS_WORDS.get(one.status)
    if one.id in view.posted:
        became = say("posted")
    state = say("**{at}** · for you {instant}", at=wall, instant=Instant(one.starts_at, "f"))
    return lines(
        say("{state} · {became}", state=state, became=became) if became else state,
        say("Title: {title}", title=Name(single.title)) if single.title else None,
        say("Note: {note}", note=Name(single.note)) if single.note else None,
        say("Length: {length}", length=Length(single.length_minutes)) if single.length_minutes else None,
        say("Strategy: {strategy}", strategy=Name(single.strategy)) if single.strategy else None,
        say("Leader: {leader}", leader=Mention(single.leader)) if single.leader else None,
    )


def _strategies(view: SeriesView, one: Occurrence) -> tuple[str, ...]:
    template = view.catalogue.find(one.turn(view.series.rotation).template)
    return tuple(strategy.name for strategy in template.strategies) if template else ()


async def _skip(context: SeriesContext) -> None:
    await skip(context, context.date(context.part(0)))


async def skip(context: SeriesContext, id_: RecurrenceId) -> None:
    """Skip a date that is not posted yet, and offer to undo it. Raises NotPlanned or PostedAlready."""
    await check_not_posted(context.state, context.series, id_)
    view = await context.view()
    one = occurrence(view, id_)
    if one.status is Status.SKIPPED:
        await show_date(context, id_, render(say("This date is skipped already.")))
        return
    after = await context.change(partial(_skipped, id_=id_))
    totals = words.totals(after.series.schedule, (await after.view()).dates)
    wall = WallClock(one.starts_at.astimezone(view.series.schedule.place), view.series.schedule.zone)
    await after.page(
        render(paragraph(say("Skipped {at}.", at=wall), totals)),
        (
            after.controls.button("Undo", "restore", BLUE, id_),
            after.controls.button("Other dates", "dates"),
            after.back,
        ),
    )


def _skipped(series: Series, *, id_: RecurrenceId) -> Series:
    return rules.on_schedule(series, partial(edits.skip, id_=id_))


async def _restore(context: SeriesContext) -> None:
    id_ = context.date(context.part(0))
    await check_not_posted(context.state, context.series, id_)
    after = await context.change(partial(rules.restore, id_=id_))
    await show_date(after, id_, render(say("As planned again.")))


# Another time, other words


async def _ask_one(context: SeriesContext) -> None:
    id_ = context.date(context.part(0))
    view = await context.view()
    one, single = occurrence(view, id_), view.series.single(id_)
    wall = one.starts_at.astimezone(view.series.schedule.place)
    length = template_edits.hours_text((single.length_minutes,)) if single.length_minutes else ""
    await context.ask(
        "one-said",
        "Only this date",
        Field("when", LABELS["when"], f"{wall:%Y-%m-%d %H:%M}", "sunday 8pm", max_length=MAX_CHARACTERS),
        Field("title", LABELS["title"], single.title or "", max_length=MAX_TITLE_LENGTH, required=False),
        Field("note", LABELS["note"], single.note or "", max_length=MAX_NOTE_LENGTH, required=False, is_long=True),
        Field("length", LABELS["length"], length, "1.5", max_length=MAX_CHARACTERS, required=False),
        about=(str(id_),),
    )


async def _one_said(context: SeriesContext) -> None:
    id_, said = context.date(context.part(0)), context.changed_fields(*_FIELDS)
    await check_not_posted(context.state, context.series, id_)
    if not said:
        await show_date(context, id_, render(say("Nothing was different.")))
        return
    one = occurrence(await context.view(), id_)
    now = context.state.now()
    to = _wall_clock(context, said["when"], one) if "when" in said else None
    minutes = _minutes(said["length"]) if "length" in said else None

    def changed(single: SingleChange) -> SingleChange:
        return replace(
            single,
            title=clean_line(said["title"]) or None if "title" in said else single.title,
            note=clean_block(said["note"]) or None if "note" in said else single.note,
            length_minutes=minutes if "length" in said else single.length_minutes,
        )

    def rule(before: Series) -> Series:
        after = _with_single(before, id_, changed)
        return after if to is None else rules.on_schedule(after, partial(edits.move, id_=id_, to=to))

    after = await context.change(rule)
    view = await after.view()
    one = occurrence(view, id_)
    also = same_start(after.series.schedule, one, dates_off=view.of_server)
    warning = say("⚠️ Another raid of this series starts at the same time. Both will be posted.") if also else None
    at_once = say("It is posted right away.") if to is not None and one.posts_at <= now else None
    await show_date(after, id_, render(paragraph(say("Saved."), warning, at_once)))


def _wall_clock(context: SeriesContext, text: str, one: Occurrence) -> datetime:
    """Return a typed time as the series' clock shows it; a time of day alone is on the day of the occurrence.

    Raises NotATime or NotASchedule.
    """
    place = context.series.schedule.place
    if is_time_of_day(text, context.locale):
        at, _ = parse_time_of_day(text, locale=context.locale)
        text = f"{one.starts_at.astimezone(place):%Y-%m-%d} {at:%H:%M}"
    when = parse_time(text, zone=place, now=context.state.now(), locale=context.locale)
    return when.instant.astimezone(place).replace(tzinfo=None, fold=0)


def _minutes(text: str) -> int | None:
    """Return a typed length in minutes; None for an empty text. Raises Refusal."""
    lengths = template_edits.lengths_of(text) if text.strip() else ()
    if len(lengths) > 1:
        raise Refusal(say("Write one length in hours, for example 1.5."))
    return lengths[0] if lengths else None


def _with_single(series: Series, id_: RecurrenceId, change: Callable[[SingleChange], SingleChange]) -> Series:
    single = change(series.single(id_))
    return rules.change_single(
        series,
        id_,
        leader=single.leader,
        title=single.title,
        note=single.note,
        strategy=single.strategy,
        length_minutes=single.length_minutes,
    )


async def _one_strategy(context: SeriesContext) -> None:
    id_, chosen = context.date(context.part(0)), context.chosen
    await check_not_posted(context.state, context.series, id_)
    view = await context.view()
    one = occurrence(view, id_)
    if chosen not in _strategies(view, one):
        raise Refusal(say("This strategy is gone. Choose another one."))
    strategy = None if chosen == one.turn(view.series.rotation).strategy else chosen

    def changed(single: SingleChange) -> SingleChange:
        return replace(single, strategy=strategy)

    after = await context.change(partial(_with_single, id_=id_, change=changed))
    await show_date(after, id_, render(say("Saved.")))


async def _one_leader(context: SeriesContext) -> None:
    """Let somebody else lead the raid of a date. Raises NotAMember, LeadsMore or PostedAlready."""
    id_ = context.date(context.part(0))
    await check_not_posted(context.state, context.series, id_)
    picked = await look_up(context.interaction, MemberId(number_of(context.chosen)))
    view = await context.view()
    one = occurrence(view, id_)
    usual = one.turn(view.series.rotation).leader or view.series.leader
    if picked.id not in (usual, view.series.single(id_).leader):
        sample = one.turn(sample_raids(view.series, view.catalogue, view.now))
        grants = await permissions.grants_of(context.interaction)
        check_may_lead(permissions.asker_of(context.interaction), picked.asker, sample, grants)

    def changed(single: SingleChange) -> SingleChange:
        return replace(single, leader=None if picked.id == usual else picked.id)

    after = await context.change(partial(_with_single, id_=id_, change=changed))
    await show_date(after, id_, render(say("Saved.")))


_SKIP, _EDIT = (Permission.RECURRING_SKIP,), (Permission.RECURRING_EDIT,)
_EITHER = (Permission.RECURRING_SKIP, Permission.RECURRING_EDIT)
_POST = (Permission.CREATE,)
ACTIONS = {
    "dates": Action(_EITHER, dates),
    "date": Action(_EITHER, _date),
    "one": Action(_EITHER, _one),
    "skip": Action(_SKIP, _skip),
    "restore": Action(_SKIP, _restore, also=_POST),
    "ask-one": Action(_EDIT, _ask_one, also=_POST),
    "one-said": Action(_EDIT, _one_said, again="ask-one", also=_POST),
    "one-strategy": Action(_EDIT, _one_strategy, also=_POST),
    "one-leader": Action(_EDIT, _one_leader, also=_POST),
}
