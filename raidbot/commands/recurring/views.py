"""Views of /recurring: the list of series, one series with its next dates, and one of its dates."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import discord

from raidbot.commands.announcements.address import announcements_of
from raidbot.commands.ui.components import (
    BLUE,
    GREEN,
    GREY,
    RED,
    Button,
    Controls,
    Select,
    option,
    page_of,
    panel_embed,
)
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import address
from raidbot.raids.announcements.model import OwnerKind
from raidbot.raids.labels import channel_mention, role_mention
from raidbot.raids.model import MemberId
from raidbot.raids.schedules import words as schedule_words
from raidbot.raids.schedules.model import DatesOff
from raidbot.raids.schedules.occurrences import Status
from raidbot.raids.schedules.preview import Preview, PreviewDate, preview
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series.drafting import words
from raidbot.raids.series.drafting.draft import draft_of, turn_label
from raidbot.raids.series.model import OccurrenceState, PastOccurrence, Series
from raidbot.raids.series.samples import all_roles, roles_of
from raidbot.raids.series.words import describe_trouble
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.utils.text import clip, escape, fit_lines, isolated
from raidbot.utils.words import (
    Code,
    Instant,
    Mention,
    Name,
    Text,
    count,
    day_in_words,
    lines,
    paragraph,
    render,
    say,
)

PANEL = "series"
NO_CODE = "-"
LIST_PAGE = 5
"""Series on a page of the list."""
_LISTED_DATES = 3
_SHOWN_DATES = 5
MAX_OFFERED = 25
_MAX_LENGTH = 3900
_MAX_STANDING = 15
_MAX_NAME = 60
STATUS_WORDS = {
    Status.SKIPPED: say("skipped"),
    Status.OFF: say("date off"),
    Status.MOVED: say("moved"),
    Status.PAUSED: say("paused"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesView:
    """A series with what its panel shows besides. `past` is latest first."""

    series: Series
    of_server: tuple[DatesOff, ...]
    catalogue: Catalogue
    past: Sequence[PastOccurrence]
    now: datetime

    @property
    def dates(self) -> Preview:
        return preview(self.series.schedule, now=self.now, number=_SHOWN_DATES, dates_off=self.of_server)

    @property
    def roles(self) -> dict[str, str]:
        """The roles of all that is played, as key → name."""
        return roles_of(self.series, self.catalogue, self.now)

    @property
    def without_role(self) -> frozenset[MemberId]:
        """The members with a standing place whose role is in no template of the series any more."""
        known = all_roles(self.series, self.catalogue, self.now)
        if known is None:
            return frozenset()
        return frozenset(one.member for one in self.series.standing if one.role not in known)

    @property
    def posted(self) -> frozenset[RecurrenceId]:
        return frozenset(one.id for one in self.past if one.state is OccurrenceState.POSTED)


def controls(code: str) -> Controls:
    """Return the buttons and menus of a series' panel, whose presses come as `action:CODE:…`."""
    return Controls(lambda action, *more: address(PANEL, action, code, *more))


# The list


def list_embed(guild: str, found: Sequence[Series], page: int, shown_views: Sequence[SeriesView]) -> discord.Embed:
    """Return a page of the list; `shown_views` are those of the series on it."""
    shown = page_of(found, page, LIST_PAGE)
    title = count("{n} series of {guild}", "{n} series of {guild}", len(found), guild=guild)
    blocks = [render(_listed(view)) for view in shown_views]
    empty = render(say("No series yet. Make one with `/recurring create`."))
    embed = panel_embed(render(title), "\n\n".join(clip(one, _MAX_LENGTH // LIST_PAGE) for one in blocks) or empty)
    if shown.pages > 1:
        embed.set_footer(text=render(say("Page {n} of {pages}", n=shown.place, pages=shown.pages)))
    return embed


def list_rows(found: Sequence[Series], page: int) -> tuple[Row, ...]:
    shown, make = page_of(found, page, LIST_PAGE), controls(NO_CODE)
    rows: list[Row] = []
    if shown.items:
        offered = [option(one.code, isolated(one.name), one.code) for one in shown.items]
        rows.append((make.select("Open a series", "open", offered),))
    if turn := make.page_buttons(shown.number, shown.pages, "list"):
        rows.append(turn)
    return (*rows, (make.button("Dates off", "off"),))


def _listed(view: SeriesView) -> Text:
    series, now = view.series, view.now
    found = preview(series.schedule, now=now, number=_LISTED_DATES, dates_off=view.of_server)
    dates = [_short_date(series, one) for one in found.dates]
    return lines(
        say("**{name}** (`{code}`)", name=Name(clip(series.name, _MAX_NAME)), code=Code(series.code)),
        schedule_words.describe_rule(series.schedule),
        state(series, now, has_dates=bool(found.raids)),
        *dates,
        words.totals(series.schedule, found) if found.totals and found.raids else None,
        _without_role(view),
        _missed(view),
    )


def _without_role(view: SeriesView) -> Text | None:
    members = len(view.without_role)
    return (
        count(
            "⚠️ {n} standing place rests: its role is gone.",
            "⚠️ {n} standing places rest: their roles are gone.",
            members,
        )
        if members
        else None
    )


def _short_date(series: Series, one: PreviewDate) -> Text:
    at = schedule_words.describe_date(series.schedule, replace(one, marks=()))
    return say("▪️ {at}", at=at) if one.occurrence.takes_place else say("▫️ ~~{at}~~", at=at)


def state(series: Series, now: datetime, *, has_dates: bool) -> Text | None:
    """Return why a series posts nothing, or nothing for a while; None if it does."""
    pause = series.schedule.pause
    if series.is_stopped:
        why = describe_trouble(series.trouble)
        return paragraph(say("🔴 Stopped after failures."), why, say("Start it again with `/recurring revive`."))
    if pause is not None and pause.until is None:
        return say("⏸️ Paused. Go on with `/recurring revive`.")
    if pause is not None and pause.until is not None and pause.until > now:
        until = day_in_words(pause.until.astimezone(series.schedule.place))
        return say("⏸️ Paused until {until}. Go on earlier with `/recurring revive`.", until=until)
    if series.failures:
        return paragraph(say("⚠️ The last try to post failed."), describe_trouble(series.trouble))
    if not has_dates:
        return say("🏁 Over. Go on with `/recurring revive`.")
    return None


# One series


def series_embed(view: SeriesView) -> discord.Embed:
    series, shown = view.series, view.dates
    draft = draft_of(series)
    found = [
        state(series, view.now, has_dates=bool(shown.raids)),
        words.what(draft, view.catalogue),
        words.when(draft),
        words.posted(draft),
        words.dates_off(series.schedule, view.of_server),
        words.people(draft),
        say("**Mentions:** {role}", role=role_mention(series.mention)) if series.mention else None,
        say("**Channel:** {channel}", channel=channel_mention(series.channel)) if series.channel else None,
        standing(view),
        _missed(view),
    ]
    lines_ = [render(one) for one in found if one is not None]
    labels = [turn_label(turn, view.catalogue) for turn in series.rotation]
    dates = [render(one) for one in words.next_dates(series.schedule, shown, labels, posted_ones=view.posted)]
    totals = words.totals(series.schedule, shown)
    tail = [render(totals)] if totals else []
    room = _MAX_LENGTH - sum(map(len, lines_)) - sum(map(len, tail))
    if dates:
        lines_ += ["", f"**{render(say('Next dates'))}**", fit_lines(dates, max(room, 500)), *tail]
    embed = panel_embed(escape(series.name), clip("\n".join(lines_), 4096))
    return embed.set_footer(text=render(say("Series {code}", code=Code(series.code))))


def member_rows(view: SeriesView) -> tuple[Row, ...]:
    """Return the buttons for whoever may not change series."""
    make = controls(view.series.code)
    return ((make.button("My place", "place", BLUE), controls(NO_CODE).button("All series", "list", GREY, 0)),)


def series_rows(view: SeriesView) -> tuple[Row, ...]:
    make = controls(view.series.code)
    has_end = view.series.schedule.end is not None
    resting = rests(view)
    is_over = not view.dates.raids and not resting
    go_on = make.button("Revive" if is_over else "Resume", "revive", GREEN)
    return (
        (
            make.button("Edit", "edit", BLUE),
            make.button("Skip or change a date", "dates"),
            go_on if resting or is_over else make.button("Pause", "ask-pause"),
            make.button("Post now", "ask-trigger"),
            make.button("Delete", "ask-delete", RED),
        ),
        (
            make.button("My place", "place"),
            make.button("Dates off", "ask-days"),
            Button(label=render(say("Announcements")), style=GREY, custom_id=_announcements(view)),
            *((make.button("One more date", "one-more"),) if has_end and not is_over else ()),
            controls(NO_CODE).button("All series", "list", GREY, 0),
        ),
    )


def _announcements(view: SeriesView) -> str:
    return announcements_of(OwnerKind.SERIES, view.series.code)


def rests(view: SeriesView) -> bool:
    """Return True for a series that is paused, or stopped after failures."""
    pause = view.series.schedule.pause
    return view.series.is_stopped or (pause is not None and (pause.until is None or pause.until > view.now))


def standing(view: SeriesView) -> Text | None:
    """Return who has a standing place, in order."""
    held = sorted(view.series.standing, key=lambda one: one.place)
    if not held:
        return None
    roles = view.roles
    gone = view.without_role
    shown = [
        say("⚠️ {member}, whose role is gone: choose another one", member=Mention(one.member))
        if one.member in gone
        else say("{member} as {role}", member=Mention(one.member), role=Name(roles.get(one.role, one.role)))
        for one in held[:_MAX_STANDING]
    ]
    more = len(held) - _MAX_STANDING
    hidden = count("… and {n} more", "… and {n} more", more) if more > 0 else None
    return lines(say("**Standing places:**"), *shown, hidden)


def _missed(view: SeriesView) -> Text | None:
    missed = [one for one in view.past if one.state is OccurrenceState.MISSED][:_LISTED_DATES]
    if not missed:
        return None
    dates = [say("{at} ({why})", at=Instant(one.starts_at), why=_why(one)) for one in missed]
    return lines(say("**Not posted:**"), *dates)


def _why(one: PastOccurrence) -> Text:
    return say("I was away") if one.reason is None else say("posting failed")


# Dates


def date_select(view: SeriesView, make: Controls, hint: str, action: str, chosen: RecurrenceId | None = None) -> Select:
    """Return a menu of the next dates, also those that fall out."""
    offered = [
        option(
            str(one.occurrence.id),
            date_label(one),
            render(_became(one, view.posted)),
            chosen=one.occurrence.id == chosen,
        )
        for one in next_dates(view)
    ]
    return make.select(hint, action, offered)


def next_dates(view: SeriesView) -> tuple[PreviewDate, ...]:
    found = preview(view.series.schedule, now=view.now, number=MAX_OFFERED, dates_off=view.of_server)
    return found.dates[:MAX_OFFERED]


def date_label(one: PreviewDate) -> str:
    return f"{one.wall:%a} {one.wall.day} {one.wall:%b %Y, %H:%M}"


def _became(one: PreviewDate, posted: Collection[RecurrenceId]) -> Text:
    if one.occurrence.id in posted:
        return say("posted")
    return STATUS_WORDS.get(one.occurrence.status, say("planned"))
