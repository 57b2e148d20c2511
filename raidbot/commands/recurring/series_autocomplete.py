"""Autocomplete series, nearest next date first, and the dates of one."""

from datetime import datetime

from discord import app_commands

from raidbot.commands.recurring import views
from raidbot.commands.recurring.context import SeriesContext
from raidbot.commands.recurring.views import SeriesView
from raidbot.commands.ui import permissions
from raidbot.commands.ui.autocomplete import MAX_CHOICE_LENGTH, MAX_CHOICES, matching
from raidbot.commands.ui.interaction import Interaction
from raidbot.raids.labels import clock_time
from raidbot.raids.schedules.edits import NotPlanned
from raidbot.raids.schedules.occurrences import planned_on, raids
from raidbot.raids.schedules.parse_dates import parse_date
from raidbot.raids.schedules.refusals import NotASchedule
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series.model import Series
from raidbot.raids.series.rules import NoSuchSeries
from raidbot.state import State
from raidbot.utils.text import clip, isolated
from raidbot.utils.words import Listed, say


async def series_choices(state: State, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Return this guild's series that match the text; among equals those with the nearest raid come first."""
    guild, now = permissions.guild_id(interaction), state.now()
    off = await state.series.dates_off(guild)
    found: list[tuple[datetime | None, Series]] = []
    for series in await state.series.of(guild):
        first = next(raids(series.schedule, after=now, dates_off=off), None)
        found.append((first.starts_at if first else None, series))
    found.sort(key=lambda one: (one[0] is None, one[0] or now, one[1].name.casefold()))
    return matching(typed.strip(" `"), ((one.code, _label(one, at), one.name, one.code) for at, one in found))


def _label(series: Series, at: datetime | None) -> str:
    when = f"{at.astimezone(series.schedule.place):%a %d %b %H:%M}" if at else "no dates ahead"
    room = MAX_CHOICE_LENGTH - len(f"{series.code} —  — {when}")
    return f"{series.code} — {clip(isolated(series.name), room)} — {when}"


async def date_choices(state: State, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Return the next dates of the series chosen in the same command."""
    guild = permissions.guild_id(interaction)
    try:
        series = await state.series.find(guild, str(interaction.namespace.series or ""))
    except NoSuchSeries:
        return []
    view = SeriesView(
        series=series,
        of_server=await state.series.dates_off(guild),
        catalogue=await state.templates(guild),
        past=(),
        now=state.now(),
    )
    dates = views.next_dates(view)[:MAX_CHOICES]
    return matching(typed, ((str(one.occurrence.id), views.date_label(one)) for one in dates))


async def date_named(context: SeriesContext, text: str) -> RecurrenceId:
    """Return the date that was chosen or typed. Raises NotPlanned, NotASchedule or NotATime."""
    schedule, said = context.series.schedule, text.strip()
    try:
        return RecurrenceId.parse(said)
    except ValueError:
        today = context.state.now().astimezone(schedule.place).date()
    day = parse_date(said, today=today, locale=context.locale)
    of_server = await context.state.series.dates_off(context.guild)
    found = planned_on(schedule, day, dates_off=of_server)
    if not found:
        raise NotPlanned(RecurrenceId(day))
    if len(found) > 1:
        at = tuple(clock_time(one.starts_at.astimezone(schedule.place)) for one in found)
        raise NotASchedule(
            say("That day has several raids: {times}. Choose one from the list as you type.", times=Listed(at, "and"))
        )
    return found[0].id
