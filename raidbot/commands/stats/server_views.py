"""Pages of /stats server, weekly and monthly."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import discord

from raidbot.commands.stats import parts
from raidbot.commands.stats.parts import PANEL, Page
from raidbot.commands.ui.components import PANEL_COLOUR, Controls
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import address
from raidbot.pictures.facts import Picture
from raidbot.raids.statistics.comparison import Comparison
from raidbot.raids.statistics.figures import PeriodFigures, ServerFigures, TrendPoint
from raidbot.raids.statistics.periods import PeriodKind
from raidbot.raids.statistics.phrases import (
    MOVED,
    WHEN_COUNTED,
    expected_line,
    nothing_of_period,
    nothing_of_server,
    numbers_line,
)
from raidbot.raids.statistics.rates import percent
from raidbot.utils.text import stamp
from raidbot.utils.words import Raw, Text, count, lines, month_name, paragraph, say

_CONTROLS = Controls(partial(address, PANEL))


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodReport:
    """Figures of a week or month, of the one before it, and the latest ones up to it.

    `goes_on` is True until it is over. `first_raid_at` is the start of the server's first raid that counts.
    """

    figures: PeriodFigures
    before: PeriodFigures
    trend: Sequence[TrendPoint]
    goes_on: bool
    first_raid_at: datetime | None


def server_page(figures: ServerFigures, server: str, zone: str, picture: Picture | None = None) -> Page:
    title = say("Statistics of {server}", server=parts.titled_name(server))
    if not figures.raids and not figures.tally.carried:
        return Page(parts.embed(title, nothing_of_server(uncounted=figures.not_counted), PANEL_COLOUR))
    made = parts.embed(title, lines(_raids_since(figures), _people(figures), _moved_in(figures)), PANEL_COLOUR)
    parts.add_field(made, say("Attendance"), *_attendance(figures))
    parts.add_field(made, say("Came most often"), *parts.top_lines(figures.top))
    parts.add_field(made, say("Raids, most frequent first"), *parts.count_lines(figures.templates), inline=True)
    parts.add_field(made, say("Do not count"), *parts.count_lines(figures.uncounted), inline=True)
    if figures.raids:
        days, hours = parts.usual_days(figures.weekdays), parts.usual_hours(figures.hours, zone)
        parts.add_field(made, say("Usual day and start"), days, hours)
        if picture is not None:
            parts.add_field(made, say("Starts by day and hour"), parts.fitting(picture.lines))
    return Page(made, (), picture)


def period_page(report: PeriodReport, picture: Picture | None = None) -> Page:
    figures = report.figures
    period = figures.period
    made = parts.embed(period.label, _period_summary(report), PANEL_COLOUR)
    if figures.raids:
        parts.add_field(made, say("Attendance"), expected_line(figures.tally), numbers_line(figures.tally))
        parts.add_field(made, say("Came most often"), *parts.top_lines(figures.top))
    shown = [point for point in report.trend if point.raids]
    if any(point.period != period for point in shown):
        weeks = say("Last {n} weeks", n=len(report.trend))
        months = say("Last {n} months", n=len(report.trend))
        parts.add_field(made, weeks if period.kind is PeriodKind.WEEK else months, *map(_point, reversed(shown)))
    made.set_footer(text=str(say("Days and hours by the clocks of {zone}", zone=Raw(period.zone.key))))
    return Page(made, (_turns(report),), picture)


def _turns(report: PeriodReport) -> Row:
    """Return buttons to the period before, unless nothing was before, and to the next, unless it has not begun."""
    period, first = report.figures.period, report.first_raid_at
    before, after = ("Week before", "Week after") if period.kind is PeriodKind.WEEK else ("Month before", "Month after")
    is_first = first is None or first >= period.start
    grey = discord.ButtonStyle.secondary
    return (
        _CONTROLS.button(before, period.kind, grey, period.before.first, disabled=is_first),
        _CONTROLS.button(after, period.kind, grey, period.next.first, disabled=report.goes_on),
    )


def _raids_since(figures: ServerFigures) -> Text:
    if figures.first_raid_at is None or figures.last_raid_at is None:
        return paragraph(say("No raid has taken place here since {move}.", move=MOVED), WHEN_COUNTED)
    return count(
        "**{n} raid** since {day}, the last one {ago}.",
        "**{n} raids** since {day}, the last one {ago}.",
        figures.raids,
        day=Raw(stamp(figures.first_raid_at, "D")),
        ago=Raw(stamp(figures.last_raid_at, "R")),
    )


def _people(figures: ServerFigures) -> Text:
    return count("**{n} person** came at least once.", "**{n} people** came at least once.", figures.participants)


def _moved_in(figures: ServerFigures) -> Text | None:
    if not figures.tally.carried:
        return None
    return count(
        "People and attendance include {n} raid of members from before {move}.",
        "People and attendance include {n} raids of members from before {move}.",
        figures.tally.carried,
        move=MOVED,
    )


def _attendance(figures: ServerFigures) -> list[Text]:
    tally, said = figures.tally, []
    if tally.expected:
        said.append(
            count(
                "Came {n} time, no-shows {missed} ({share} of those who were expected)",
                "Came {n} times, no-shows {missed} ({share} of those who were expected)",
                tally.came,
                missed=tally.no_shows,
                share=Raw(percent(tally.no_shows, tally.expected)),
            )
        )
    said += [
        say("{word} {number}", word=word, number=number)
        for word, number in (
            (say("Of those who came, late:"), tally.late),
            (say("Excused:"), tally.excused),
            (say("Called off:"), tally.called_off),
            (say("Benched:"), tally.benched),
        )
        if number
    ]
    if figures.seats:
        said.append(
            say(
                "Seats filled: {filled} of {seats} ({share})",
                filled=figures.filled,
                seats=figures.seats,
                share=Raw(percent(figures.filled, figures.seats)),
            )
        )
    return said


def _period_summary(report: PeriodReport) -> Text:
    figures, before = report.figures, report.before
    kind = figures.period.kind
    if not figures.raids:
        nothing = nothing_of_period(figures.period, goes_on=report.goes_on, server_is_new=report.first_raid_at is None)
        return paragraph(nothing, _not_counted(figures.not_counted), _raids_before(before.raids, kind))
    raids = Comparison(figures.raids, before.raids, report.goes_on)
    people = count("{n} person came", "{n} people came", figures.participants)
    compared = Comparison(figures.participants, before.participants, report.goes_on).text(people, kind)
    said = raids.text(count("**{n} raid**", "**{n} raids**", figures.raids), kind)
    return lines(
        say("{trend} {said}", trend=Raw(raids.trend), said=said),
        compared if before.raids else people,
        count("{n} of them for the first time", "{n} of them for the first time", figures.newcomers)
        if figures.newcomers
        else None,
        _not_counted(figures.not_counted),
    )


def _not_counted(raids: int) -> Text | None:
    if not raids:
        return None
    one = "{n} other raid took place, but does not count."
    return count(one, "{n} other raids took place, but do not count.", raids)


def _raids_before(raids: int, kind: PeriodKind) -> Text | None:
    if not raids:
        return None
    if kind is PeriodKind.WEEK:
        return count("The week before had {n} raid.", "The week before had {n} raids.", raids)
    return count("The month before had {n} raid.", "The month before had {n} raids.", raids)


def _point(point: TrendPoint) -> Text:
    first = point.period.first
    if point.period.kind is PeriodKind.WEEK:
        named = say("{day} {month}", day=first.day, month=month_name(first))
    else:
        named = say("{month} {year}", month=month_name(first), year=first.year)
    raids = count("{n} raid", "{n} raids", point.raids)
    people = count("{n} person", "{n} people", point.participants)
    return say("{named} – {raids}, {people}", named=named, raids=raids, people=people)
