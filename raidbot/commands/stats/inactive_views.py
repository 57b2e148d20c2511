"""Views of /stats inactive: a page of the people who have not come, and its buttons."""

from functools import partial

import discord

from raidbot.commands.ui.components import Controls, numbered, page_of, panel_embed
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import UnknownPanel, address, number_of, page_number
from raidbot.delivery.members.listing import MOST_KNOWN, MemberList
from raidbot.raids.labels import role_mention
from raidbot.raids.statistics.inactive import MOST_WEEKS, Absentee, Inactivity, Question
from raidbot.utils.words import Instant, Name, Raw, Text, count, lines, paragraph, say

PANEL = "stats"
INACTIVE = "inactive"
"""The first part of this page's actions on the panel of /stats."""
PAGE_SIZE = 15
_CONTROLS = Controls(partial(address, PANEL, INACTIVE))


def read(parts: tuple[str, ...]) -> tuple[Question, int]:
    """Parse weeks, role (0 for none) and page of a `custom_id`. Raises UnknownPanel."""
    if len(parts) != 3:
        raise UnknownPanel
    weeks, role, page = number_of(parts[0]), number_of(parts[1]), page_number(parts[2])
    if weeks > MOST_WEEKS:
        raise UnknownPanel
    return Question(weeks=weeks, role=role or None), page


def embed(found: Inactivity, members: MemberList, question: Question, number: int) -> discord.Embed:
    page = page_of(found.absentees, number, PAGE_SIZE)
    first = page.number * PAGE_SIZE + 1
    listed = (_line(place, absentee) for place, absentee in enumerate(page.items, start=first))
    text = lines(_looked_at(found, members, question), *(listed if found.absentees else (_nobody(found, question),)))
    return numbered(panel_embed(f"{_title(question)} ({len(found.absentees):,})", str(text)), page.number, page.pages)


def rows(found: Inactivity, question: Question, number: int) -> tuple[Row, ...]:
    page = page_of(found.absentees, number, PAGE_SIZE)
    asked = (question.weeks, question.role or 0)
    refresh = _CONTROLS.button("Refresh the member list", "refresh", discord.ButtonStyle.secondary, *asked, page.number)
    return ((*_CONTROLS.page_buttons(page.number, page.pages, "page", *asked), refresh),)


def _title(question: Question) -> Text:
    if not question.weeks:
        return say("Never came")
    return count("Inactive for {n} week", "Inactive for {n} weeks", question.weeks)


def _nobody(found: Inactivity, question: Question) -> Text:
    if found.looked_at == found.newcomers:
        return say("Nobody.")
    if not question.weeks:
        return say("Nobody. Everybody has come at least once.")
    return say("Nobody. Everybody else came.") if found.newcomers else say("Nobody. Everybody came.")


def _looked_at(found: Inactivity, members: MemberList, question: Question) -> Text:
    return lines(
        paragraph(_people(found, question), _age(members)),
        _newcomers(found, question),
        None if members.is_whole else _only_known(),
    )


def _people(found: Inactivity, question: Question) -> Text:
    if question.role is None:
        return count("-# Looked at {n} person.", "-# Looked at {n} people.", found.looked_at)
    role = role_mention(question.role)
    return count(
        "-# Looked at {n} person with {role}.", "-# Looked at {n} people with {role}.", found.looked_at, role=role
    )


def _age(members: MemberList) -> Text:
    when = Instant(members.at, "R")
    if members.is_old:
        return say("Discord gives me no newer list of members now; this one was read {when}.", when=when)
    return say("The list of members was read {when}.", when=when)


def _newcomers(found: Inactivity, question: Question) -> Text | None:
    if not found.newcomers:
        return None
    joined = count("{n} week ago", "{n} weeks ago", question.weeks)
    return count(
        "-# {n} newcomer, who joined less than {when}, is left out.",
        "-# {n} newcomers, who joined less than {when}, are left out.",
        found.newcomers,
        when=joined,
    )


def _only_known() -> Text:
    most = f"{MOST_KNOWN:,}"
    return say(
        "-# Not the whole server: Discord gives me no list of all members (the Server Members Intent is off, or the "
        "server is very large). These are the members I know of from raids, {most} at most.",
        most=Raw(most),
    )


def _line(place: int, absentee: Absentee) -> Text:
    name = Name(absentee.name)
    last = say("never came") if absentee.last is None else say("last raid {when}", when=Instant(absentee.last, "R"))
    number = Raw(f"{place}.")
    if absentee.is_coming:
        return say("{number} **{name}** · {last} · signed up for a coming raid", number=number, name=name, last=last)
    return say("{number} **{name}** · {last}", number=number, name=name, last=last)
