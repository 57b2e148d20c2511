"""The draft of a series: what is chosen so far, or a series that is being edited, and how it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from raidbot.raids.drafts import Activity, ActivityGone, Draft, activity_named, key_of, label_of, missing
from raidbot.raids.model import ChannelId, MemberId
from raidbot.raids.schedules import sequences
from raidbot.raids.schedules.model import Schedule
from raidbot.raids.schedules.refusals import NotASchedule
from raidbot.raids.schedules.rules import (
    Daily,
    EveryHours,
    MonthlyByDate,
    MonthlyByWeekday,
    OnDates,
    RecurrenceId,
    Rule,
    Weekly,
)
from raidbot.raids.series import rules
from raidbot.raids.series.model import MAX_TURNS, OldBoards, RosterMode, Series, Turn
from raidbot.raids.series.serialization import schedule_from_json, schedule_to_json, turn_from_json, turn_to_json
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.model import Template
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Text, count, say

_EVENING = time(20)
_OF_A_TURN = ("strategy", "length_minutes", "teams", "team_size", "seats", "subject", "counts")


class Chosen(StrEnum):
    """Parts of a schedule that somebody chose; the others are filled in."""

    RULE = "rule"
    TIME = "time"
    START = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesDraft:
    """The choices so far. `schedule` is always a valid one; what is not in `chosen` is only filled in.

    `name` is empty for the name of what is played first. `from_id` cuts an edited series: the draft is about that
    occurrence and all later ones. `drops_changes` forgets the single changes of an edited series when it is saved.
    `assumption` was made to understand the typed time of day.
    """

    schedule: Schedule
    chosen: frozenset[Chosen] = frozenset()
    turns: tuple[Turn, ...] = ()
    name: str = ""
    channel: ChannelId | None = None
    leader: MemberId | None = None
    mention: int | None = None
    roster: RosterMode = RosterMode.STANDING
    old_boards: OldBoards = OldBoards.LEAVE
    from_id: RecurrenceId | None = None
    drops_changes: bool = False
    assumption: str | None = None

    @property
    def is_complete_schedule(self) -> bool:
        """True once rule and time are chosen; dates typed by hand have their times."""
        has_time = Chosen.TIME in self.chosen or isinstance(self.schedule.rule, OnDates)
        return Chosen.RULE in self.chosen and has_time

    @property
    def effective(self) -> Schedule:
        """The schedule as it will be stored, without the single changes that are dropped."""
        return replace(self.schedule, skips=frozenset(), moves=()) if self.drops_changes else self.schedule

    def to_json(self) -> dict[str, object]:
        return {
            "schedule": schedule_to_json(self.schedule),
            "chosen": sorted(self.chosen),
            "turns": [turn_to_json(turn) for turn in self.turns],
            "name": self.name,
            "channel": self.channel,
            "leader": self.leader,
            "mention": self.mention,
            "roster": self.roster,
            "old_boards": self.old_boards,
            "from_id": None if self.from_id is None else str(self.from_id),
            "drops_changes": self.drops_changes,
            "assumption": self.assumption,
        }

    @classmethod
    def from_json(cls, given: Mapping[str, object]) -> "SeriesDraft":
        """Return what `to_json` wrote. Raises ValueError for anything else."""
        from_id, channel, leader = given.get("from_id"), _number(given.get("channel")), _number(given.get("leader"))
        return cls(
            schedule=schedule_from_json(given.get("schedule")),
            chosen=frozenset(Chosen(str(one)) for one in _listed(given.get("chosen"))),
            turns=tuple(map(turn_from_json, _listed(given.get("turns")))),
            name=str(given.get("name", "")),
            channel=None if channel is None else ChannelId(channel),
            leader=None if leader is None else MemberId(leader),
            mention=_number(given.get("mention")),
            roster=RosterMode(str(given.get("roster"))),
            old_boards=OldBoards(str(given.get("old_boards"))),
            from_id=None if from_id is None else RecurrenceId.parse(str(from_id)),
            drops_changes=given.get("drops_changes") is True,
            assumption=str(given["assumption"]) if given.get("assumption") else None,
        )


def _number(stored: object) -> int | None:
    if stored is None or (isinstance(stored, int) and not isinstance(stored, bool)):
        return stored
    raise ValueError(f"{stored!r:.60} is no number")


def _listed(stored: object) -> list[object]:
    if isinstance(stored, list):
        return stored
    raise ValueError(f"{stored!r:.60} is no list")


def new_draft(zone: str, now: datetime) -> SeriesDraft:
    """Return a draft in which nothing is chosen yet."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return SeriesDraft(schedule=Schedule(zone=zone, start=datetime.combine(today, _EVENING), rule=Daily()))


def draft_of(series: Series, from_id: RecurrenceId | None = None) -> SeriesDraft:
    """Return the draft that edits a series, or what is left of it from an occurrence on. Raises NotPlanned."""
    part = series if from_id is None else rules.split(series, from_id)[1]
    return SeriesDraft(
        schedule=part.schedule,
        chosen=frozenset(Chosen),
        turns=part.rotation,
        name=part.name,
        channel=part.channel,
        leader=part.leader,
        mention=part.mention,
        roster=part.roster,
        old_boards=part.old_boards,
        from_id=from_id,
    )


def applied(draft: SeriesDraft, series: Series) -> Series:
    """Return the series with everything that the draft edits; its single changes and pause are its own."""
    wanted, has = draft.schedule, series.schedule
    schedule = replace(
        has,
        zone=wanted.zone,
        start=wanted.start,
        fold=wanted.fold,
        rule=wanted.rule,
        end=wanted.end,
        posting=wanted.posting,
        dates_off=wanted.dates_off,
    )
    if draft.drops_changes:
        schedule = replace(schedule, skips=frozenset(), moves=())
    return rules.checked(
        replace(
            series,
            schedule=schedule,
            singles=() if draft.drops_changes else series.singles,
            rotation=draft.turns,
            name=draft.name,
            channel=draft.channel,
            leader=draft.leader,
            mention=draft.mention,
            roster=draft.roster,
            old_boards=draft.old_boards,
        )
    )


# Turns


def as_create_draft(turn: Turn | None) -> Draft:
    """Return the turn as /create knows it, to choose with the same menus."""
    if turn is None:
        return Draft()
    return Draft(activity=turn.template, **{name: getattr(turn, name) for name in _OF_A_TURN})


def with_turn(draft: SeriesDraft, number: int, chosen: Draft) -> SeriesDraft:
    """Return the draft with what was chosen for a turn (from 0); one behind the last adds a turn. Raises Refusal."""
    if chosen.activity is None:
        return draft
    before = draft.turns[number] if number < len(draft.turns) else None
    keeps_words = before is not None and before.template == chosen.activity
    values = {name: getattr(chosen, name) for name in _OF_A_TURN}
    plain = Turn(template=chosen.activity, leader=before.leader if before else None, **values)
    words = replace(plain, title=before.title, description=before.description) if before and keeps_words else plain
    return with_turns(draft, (*draft.turns[:number], words, *draft.turns[number + 1 :]))


def with_turns(draft: SeriesDraft, turns: tuple[Turn, ...]) -> SeriesDraft:
    """Return the draft with these turns. Raises Refusal for too many."""
    if len(turns) > MAX_TURNS:
        raise Refusal(count("At most {n} template takes turns.", "At most {n} templates take turns.", MAX_TURNS))
    return replace(draft, turns=turns)


def turn_label(turn: Turn, catalogue: Catalogue) -> str:
    """Return what is played, with its strategy; the key for a template that is gone."""
    try:
        named = turn.title or label_of(activity_named(turn.template, catalogue))
    except Refusal:
        named = turn.title or turn.template
    return f"{named} · {turn.strategy}" if turn.strategy else named


def named(draft: SeriesDraft, catalogue: Catalogue) -> SeriesDraft:
    """Return the draft with a name: its own, or that of what is played first."""
    if draft.name or not draft.turns:
        return draft
    turn = draft.turns[0]
    activity = activity_named(turn.template, catalogue)
    title = activity.name if isinstance(activity, Template) else label_of(activity)
    return replace(draft, name=turn.title or turn.subject or title)


def fitting(draft: SeriesDraft, catalogue: Catalogue) -> SeriesDraft:
    """Return the draft without a strategy that a template no longer offers, as /create does."""
    turns = []
    for turn in draft.turns:
        fits = as_create_draft(turn).fitting(catalogue)
        turns.append(turn if fits.strategy == turn.strategy else replace(turn, strategy=fits.strategy))
    return replace(draft, turns=tuple(turns))


def still_to_choose(draft: SeriesDraft, catalogue: Catalogue) -> tuple[Text, ...]:
    """Return what is missing before the series can be saved, in the players' words."""
    found = [] if draft.turns else [say("what to play")]
    for turn in draft.turns:
        chosen = replace(as_create_draft(turn), starts_at=_SOME_TIME, zone="UTC")
        if _activity(turn, catalogue) is None:
            found.append(say("another template, because one was disabled or deleted"))
            continue
        found += [say("{what}", what=what) for what in missing(chosen, catalogue)]
    if Chosen.RULE not in draft.chosen:
        found.append(say("when it repeats"))
    elif not draft.is_complete_schedule:
        found.append(say("the time of day"))
    return tuple(dict.fromkeys(found))


def check_turns(draft: SeriesDraft, catalogue: Catalogue) -> None:
    """Raise ActivityGone for a turn whose template is disabled or deleted."""
    offered = {key_of(one) for turn in draft.turns if (one := _activity(turn, catalogue))}
    if any(turn.template not in offered for turn in draft.turns):
        raise ActivityGone


def _activity(turn: Turn, catalogue: Catalogue) -> Activity | None:
    try:
        return activity_named(turn.template, catalogue)
    except Refusal:
        return None


# The beginning


def anchored(draft: SeriesDraft, now: datetime) -> SeriesDraft:
    """Let the rhythm begin with its next date, unless somebody chose a start."""
    if Chosen.START in draft.chosen or Chosen.RULE not in draft.chosen:
        return draft
    schedule = replace(draft.schedule, end=None)
    if isinstance(schedule.rule, OnDates):
        return replace(draft, schedule=replace(draft.schedule, start=schedule.rule.dates[0].at, fold=0))
    today = now.astimezone(schedule.place).date()
    from_today = replace(
        schedule, start=datetime.combine(today, schedule.start.time()), rule=_each(schedule.rule), fold=0
    )
    first = next((one for one in sequences.planned(from_today, now) if one.at > now), None)
    if first is None:
        raise NotASchedule(say("This rule has no date."))
    return replace(
        draft, schedule=replace(draft.schedule, start=datetime.combine(first.id.day, schedule.start.time()), fold=0)
    )


def _each(rule: Rule) -> Rule:
    """Return the rule without its interval: it may begin with any of these dates."""
    match rule:
        case Weekly() | MonthlyByWeekday() | MonthlyByDate():
            return replace(rule, interval=1)
        case Daily() | EveryHours():
            return Daily()
    return rule


def starting(draft: SeriesDraft, day: date) -> SeriesDraft:
    """Count the rhythm from a date, which may be past. Raises NotASchedule."""
    start = datetime.combine(day, draft.schedule.start.time())
    return replace(draft, schedule=replace(draft.schedule, start=start, fold=0), chosen=draft.chosen | {Chosen.START})


_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)
