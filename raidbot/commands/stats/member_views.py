"""Pages of /stats user."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import discord

from raidbot.commands.stats import parts
from raidbot.commands.stats.parts import PANEL, Page
from raidbot.commands.ui.components import Controls, numbered, page_of
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import address
from raidbot.pictures.facts import Picture
from raidbot.raids.model import MemberId
from raidbot.raids.statistics.figures import MemberFigures, ServerShare, combined
from raidbot.raids.statistics.phrases import (
    FORMER_MEMBER,
    carried_line,
    grade_of,
    nothing_of_member,
    numbers_line,
    rate_line,
)
from raidbot.raids.statistics.rates import Grade, percent
from raidbot.utils.text import stamp
from raidbot.utils.words import Raw, Text, count, lines, say

_COLOURS = {Grade.EXCELLENT: 0x57F287, Grade.GOOD: 0x57F287, Grade.FAIR: 0xFEE75C, Grade.LOW: 0xED4245}
_NO_GRADE = 0x5865F2
_SERVERS_ON_PAGE = 5
_CONTROLS = Controls(partial(address, PANEL))


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """A member and their name, None if it is not known; `own` if they are who reads the page."""

    member: MemberId
    name: str | None
    own: bool


def member_page(figures: MemberFigures, whose: Whose, zone: str, picture: Picture | None = None) -> Page:
    if whose.own:
        title = say("Your attendance")
    else:
        name = FORMER_MEMBER if whose.name is None else parts.titled_name(whose.name)
        title = say("Attendance of {name}", name=name)
    made = _embed(title, figures, nothing_of_member(own=whose.own))
    _add_favourites(made, figures, zone)
    rows: tuple[Row, ...] = ((_CONTROLS.button("All servers", "everywhere", discord.ButtonStyle.secondary, 0),),)
    return Page(made, rows if whose.own else (), picture)


def everywhere_page(shares: Sequence[ServerShare], names: dict[int, str], member: MemberId, number: int) -> Page:
    """Show the member's own figures in all servers added up, and a page of those servers."""
    figures = combined(shares)
    made = _embed(say("Your attendance on all servers"), figures, nothing_of_member(own=True))
    _add_favourites(made, figures, None)
    shown = page_of(shares, number, _SERVERS_ON_PAGE)
    servers = (_share(share, names.get(share.guild, "")) for share in shown.items)
    parts.add_field(made, say("Servers"), *servers)
    turn = _CONTROLS.page_buttons(shown.number, shown.pages, "everywhere")
    here = _CONTROLS.button("This server", "user", discord.ButtonStyle.secondary, member)
    return Page(numbered(made, shown.number, shown.pages), ((here, *turn),))


def _embed(title: Text, figures: MemberFigures, nothing: Text) -> discord.Embed:
    tally = figures.tally
    if figures == MemberFigures():
        return parts.embed(title, nothing, _NO_GRADE)
    found = grade_of(tally)
    said = lines(rate_line(tally), numbers_line(tally), carried_line(tally))
    return parts.embed(title, said, _COLOURS[found] if found else _NO_GRADE)


def _add_favourites(embed: discord.Embed, figures: MemberFigures, zone: str | None) -> None:
    """Add fields for roles, raids, days and the last raid. Without a zone, hours are those of each server."""
    parts.add_field(embed, say("Roles, most played first"), *parts.count_lines(figures.roles), inline=True)
    parts.add_field(embed, say("Raids, most played first"), *parts.count_lines(figures.templates), inline=True)
    hours = parts.usual_hours(figures.hours, zone) if zone else None
    parts.add_field(embed, say("Favourite day and start"), parts.usual_days(figures.weekdays), hours)
    last = figures.last_raid_at
    streak = count("Came {n} time without a no-show", "Came {n} times in a row without a no-show", figures.streak)
    parts.add_field(
        embed,
        say("Last raid"),
        say("{day} ({ago})", day=Raw(stamp(last, "D")), ago=Raw(stamp(last, "R"))) if last else None,
        streak if figures.streak > 1 else None,
    )


def _share(share: ServerShare, name: str) -> Text:
    tally = share.figures.tally
    came = count(
        "{name} – came to {came} of {n} raid",
        "{name} – came to {came} of {n} raids",
        tally.expected,
        name=parts.listed_name(name),
        came=tally.came,
    )
    if tally.rate is None:
        return came
    return say("{came} ({share})", came=came, share=Raw(percent(tally.came, tally.expected)))
