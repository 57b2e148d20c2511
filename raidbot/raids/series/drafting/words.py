"""Texts of the flow of a series: its summary, its next dates before it is saved, and questions before saving."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from raidbot.raids.labels import clock_time
from raidbot.raids.schedules import words as schedule_words
from raidbot.raids.schedules.model import DatesOff, Schedule
from raidbot.raids.schedules.preview import Mark, Preview, PreviewDate
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series.drafting.draft import Chosen, SeriesDraft, turn_label
from raidbot.raids.series.drafting.phrases import typed_range
from raidbot.raids.series.model import OldBoards
from raidbot.raids.series.words import OLD_BOARDS, ROSTERS
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.utils.text import clip
from raidbot.utils.words import Instant, Listed, Mention, Name, Raw, Text, count, day_in_words, lines, paragraph, say

_MAX_LISTED = 10
_MAX_LABEL_LENGTH = 80


def what(draft: SeriesDraft, catalogue: Catalogue) -> Text | None:
    """Return what is played, one turn a line if several take turns."""
    if not draft.turns:
        return None
    labels = [clip(turn_label(turn, catalogue), _MAX_LABEL_LENGTH) for turn in draft.turns]
    if len(labels) == 1:
        return say("**What:** {what}", what=Name(labels[0]))
    shown = [
        say("{n}. {what}, led by {leader}", n=n, what=Name(label), leader=Mention(turn.leader))
        if turn.leader is not None
        else say("{n}. {what}", n=n, what=Name(label))
        for n, (label, turn) in enumerate(zip(labels[:_MAX_LISTED], draft.turns, strict=False), start=1)
    ]
    more = len(labels) - _MAX_LISTED
    hidden = count("… and {n} more", "… and {n} more", more) if more > 0 else None
    return lines(say("**What, in turn:**"), *shown, hidden)


def when(draft: SeriesDraft) -> Text | None:
    """Return the rule as far as it is chosen, with its end."""
    if Chosen.RULE not in draft.chosen:
        return None
    if not draft.is_complete_schedule:
        rule = schedule_words.describe_rule(draft.schedule, has_time=False)
        return say("**When:** {rule} The time is still missing.", rule=rule)
    schedule = draft.schedule
    rule = paragraph(
        schedule_words.describe_rule(schedule),
        schedule_words.describe_start(schedule),
        schedule_words.describe_end(schedule),
    )
    assumed = None if draft.assumption is None else say("-# {assumption}", assumption=Raw(draft.assumption))
    return lines(say("**When:** {rule}", rule=rule), assumed)


def dates_off(schedule: Schedule, of_server: Sequence[DatesOff]) -> Text | None:
    """Return the dates off, those of the whole server apart."""
    own = _ranges(schedule.dates_off)
    servers = _ranges(of_server)
    return (
        lines(
            say("**Dates off:** {ranges}", ranges=own) if own else None,
            say("**Dates off of this server:** {ranges}", ranges=servers) if servers else None,
        )
        if own or servers
        else None
    )


def posted(draft: SeriesDraft) -> Text:
    return say("📌 {posting}", posting=schedule_words.describe_posting(draft.schedule.posting))


def people(draft: SeriesDraft) -> Text:
    """Return who is signed up from the start, who leads, and what becomes of old boards unless they are left."""
    found = [say("**Signed up from the start:** {who}", who=ROSTERS[draft.roster])]
    if draft.leader is not None:
        found.append(say("**Leader:** {leader}", leader=Mention(draft.leader)))
    if draft.old_boards is not OldBoards.LEAVE:
        found.append(say("**Old boards:** {fate}", fate=OLD_BOARDS[draft.old_boards]))
    return lines(*found)


def scope(draft: SeriesDraft) -> Text:
    """Return the sentence about which dates an edit changes."""
    if draft.from_id is None:
        return say("You change **all dates**.")
    return say("You change **{day} and all later dates**.", day=day_in_words(draft.from_id.day))


def next_dates(
    schedule: Schedule, shown: Preview, turns: Sequence[str] = (), *, posted_ones: Collection[RecurrenceId] = ()
) -> tuple[Text, ...]:
    """Return the next dates: the wall clock of each, and below it the reader's clock and when it is posted.

    `turns` are the labels of what takes turns, if it does; `posted_ones` are posted already.
    """
    return tuple(_date(schedule, one, turns, is_posted=one.occurrence.id in posted_ones) for one in shown.dates)


def totals(schedule: Schedule, shown: Preview) -> Text | None:
    """Return how many raids take place, which dates are off, and when the last one is; for a series that ends."""
    if shown.totals is None:
        return None
    return schedule_words.describe_totals(schedule, shown.totals)


def single_changes(schedule: Schedule, shown: Preview, *, is_dropped: bool) -> Text | None:
    """Return the sentence about single changes when all or all later dates are edited."""
    changed = len((*schedule.skips, *schedule.moves))
    if not changed:
        return None
    if is_dropped:
        return count("{n} single change will be dropped.", "{n} single changes will be dropped.", changed)
    kept = count("{n} single change stays as it is.", "{n} single changes stay as they are.", changed)
    lost = len(shown.without_effect)
    return paragraph(kept, schedule_words.describe_without_effect(lost) if lost else None)


def _date(schedule: Schedule, one: PreviewDate, turns: Sequence[str], *, is_posted: bool) -> Text:
    at_once = Mark.AT_ONCE in one.marks
    marks = tuple(mark for mark in one.marks if mark not in (Mark.AT_ONCE, Mark.AT_START))
    at = schedule_words.describe_date(schedule, replace(one, marks=marks))
    if not one.occurrence.takes_place:
        return say("▫️ ~~{at}~~", at=at)
    if len(turns) > 1:
        at = say("{at} · {turn}", at=at, turn=Name(one.occurrence.turn(turns)))
    if is_posted:
        posting = say("posted")
    elif at_once:
        posting = say("will be posted right away")
    elif Mark.AT_START in one.marks:
        posting = say("⚠️ will be posted only when it starts")
    else:
        posting = say("will be posted {at}", at=_short(schedule, one.occurrence.posts_at))
    start = Instant(one.occurrence.starts_at, "f")
    return lines(
        say("▪️ {at}", at=at),
        say("-# for you {start} · {posting}", start=start, posting=posting),
    )


def _short(schedule: Schedule, at: datetime) -> Text:
    local = at.astimezone(schedule.place)
    return say("{day}, {time}", day=day_in_words(local), time=clock_time(local))


def _ranges(found: Sequence[DatesOff]) -> Text | None:
    if not found:
        return None
    shown = Listed(tuple(Raw(typed_range(off)) for off in found[:_MAX_LISTED]), ",")
    more = len(found) - _MAX_LISTED
    if more > 0:
        return count("{ranges} and {n} more", "{ranges} and {n} more", more, ranges=shown)
    return say("{ranges}", ranges=shown)
