"""Dates off of one series or of all: “24 Dec – 1 Jan”."""

from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from raidbot.commands.recurring.context import LABELS, SeriesContext, is_series
from raidbot.commands.recurring.posted import posted_ahead
from raidbot.commands.ui import permissions
from raidbot.commands.ui.components import BLUE, GREY, option
from raidbot.commands.ui.forms import Field
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import UnknownPanel
from raidbot.raids.permissions import Permission
from raidbot.raids.schedules import edits
from raidbot.raids.schedules.model import DatesOff
from raidbot.raids.schedules.occurrences import Occurrence, Status, occurrences
from raidbot.raids.schedules.parse_dates import parse_dates_off
from raidbot.raids.schedules.refusals import MAX_LIST_CHARACTERS, NotASchedule
from raidbot.raids.series import rules
from raidbot.raids.series.drafting.phrases import typed_range
from raidbot.raids.series.model import Series
from raidbot.raids.times.zones import instant_of
from raidbot.utils.words import Code, Listed, Raw, Text, count, paragraph, render, say

_MAX_OFFERED = 25


async def show(context: SeriesContext, text: str = "") -> None:
    """Show the dates off that lie ahead, of the series or of all, with a menu to take one back."""
    ahead = await _ahead(context)
    rows: list[Row] = []
    if ahead:
        offered = [option(typed_range(off), typed_range(off)) for off in ahead[:_MAX_OFFERED]]
        rows.append((context.controls.select("Not off after all", "on", offered),))
    back = context.back if is_series(context.code) else context.controls.button("All series", "list", GREY, 0)
    rows.append((context.controls.button("Add dates off", "ask-days", BLUE), back))
    await context.page("\n".join(part for part in (text, render(_listed(context, ahead))) if part), *rows)


def _listed(context: SeriesContext, ahead: list[DatesOff]) -> Text:
    ranges = Listed(tuple(Raw(typed_range(off)) for off in ahead), ",")
    if is_series(context.code):
        name = context.series.name
        if not ahead:
            return say("No dates off ahead in **{series}**.", series=name)
        return say("Dates off of **{series}**: {ranges}.", series=name, ranges=ranges)
    if not ahead:
        return say("No dates off ahead for all series.")
    return say("Dates off of all series: {ranges}.", ranges=ranges)


async def _ahead(context: SeriesContext) -> list[DatesOff]:
    today = context.state.now().astimezone(await _zone_of(context)).date()
    of_server = await context.state.series.dates_off(context.guild)
    found = context.series.schedule.dates_off if is_series(context.code) else of_server
    return [off for off in found if off.last >= today]


async def add(context: SeriesContext, text: str) -> None:
    """Add typed dates off, and say what they take away. Raises NotASchedule or NotATime."""
    now = context.state.now()
    zone = await _zone_of(context)
    typed = parse_dates_off(text, today=now.astimezone(zone).date(), locale=context.locale)
    if any(off.last < now.astimezone(zone).date() for off in typed):
        raise NotASchedule(say("These dates are in the past."))
    if is_series(context.code):
        context = await context.change(partial(_with, typed=typed))
        concerned = [context.series]
    else:
        rule = partial(_added, typed=typed)
        await context.state.series.change_dates_off(context.guild, rule, permissions.cause_of(context.interaction))
        concerned = await context.state.series.of(context.guild)
    await show(context, render(await _fall_out(context, concerned, typed)))


def _with(series: Series, typed: tuple[DatesOff, ...]) -> Series:
    for off in typed:
        series = rules.on_schedule(series, partial(edits.with_dates_off, off=off))
    return series


def _added(found: tuple[DatesOff, ...], typed: tuple[DatesOff, ...]) -> tuple[DatesOff, ...]:
    for off in typed:
        found = rules.add_dates_off(found, off)
    return found


async def _fall_out(context: SeriesContext, concerned: list[Series], typed: tuple[DatesOff, ...]) -> Text:
    """Say how many raids these dates take away, and which are posted already and stay."""
    now = context.state.now()
    fallen: list[Occurrence] = []
    stay: dict[str, None] = {}
    for series in concerned:
        posted = await posted_ahead(context.state, series)
        for off in typed:
            first, end = _span_of(off, series.schedule.place)
            found = occurrences(series.schedule, after=max(first, now), before=end, dates_off=typed)
            fallen.extend(one for one in found if one.status is Status.OFF)
            stay.update((raid.code, None) for raid in posted if first <= raid.starts_at < end)
    codes = Listed(tuple(say("`{code}`", code=Code(code)) for code in stay), "and")
    return paragraph(
        say("Saved."),
        count("{n} raid won’t take place.", "{n} raids won’t take place.", len(fallen)),
        count(
            "{n} is posted already and stays: {codes}.",
            "{n} are posted already and stay: {codes}.",
            len(stay),
            codes=codes,
        )
        if stay
        else None,
    )


def _span_of(off: DatesOff, place: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the beginning of the first day, and the end of the last."""
    midnights = (off.first, off.last + timedelta(days=1))
    first, end = (instant_of(datetime.combine(day, time()), place) for day in midnights)
    return first, end


async def _zone_of(context: SeriesContext) -> ZoneInfo:
    """Return the zone in which days are typed: that of the series, or of the server."""
    if is_series(context.code):
        return context.series.schedule.place
    return (await context.state.settings(context.guild)).tzinfo


async def _ask(context: SeriesContext) -> None:
    hint = f"24 dec - 1 jan, 6 jan ({await _zone_of(context)})"
    await context.ask("days", "Dates off", Field("days", LABELS["days"], "", hint, max_length=MAX_LIST_CHARACTERS))


async def _days(context: SeriesContext) -> None:
    await add(context, context.press.fields["days"])


async def _on(context: SeriesContext) -> None:
    """Take dates off back."""
    of_server = await context.state.series.dates_off(context.guild)
    found = context.series.schedule.dates_off if is_series(context.code) else of_server
    off = next((one for one in found if typed_range(one) == context.chosen), None)
    if off is None:
        raise UnknownPanel
    if is_series(context.code):
        context = await context.change(partial(_without, off=off))
    else:
        rule = partial(rules.remove_dates_off, off=off)
        await context.state.series.change_dates_off(context.guild, rule, permissions.cause_of(context.interaction))
    await show(context, render(say("Raids take place on {days} again.", days=Raw(typed_range(off)))))


def _without(series: Series, off: DatesOff) -> Series:
    return rules.on_schedule(series, partial(edits.without_dates_off, off=off))


async def _off(context: SeriesContext) -> None:
    await show(context)


_SKIP, _POST = (Permission.RECURRING_SKIP,), (Permission.CREATE,)
ACTIONS = {
    "off": Action(_SKIP, _off),
    "ask-days": Action(_SKIP, _ask),
    "days": Action(_SKIP, _days, again="ask-days"),
    "on": Action(_SKIP, _on, also=_POST),
}
