"""Drafts: the choices made in /create, and the raid planned from them."""

import difflib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from raidbot.raids.deadlines.deadline import with_signup_lead
from raidbot.raids.kinds import kind_infos
from raidbot.raids.labels import bold
from raidbot.raids.lifecycle import MAX_LEAD
from raidbot.raids.model import ChannelId, GuildId, Kind, MemberId, Raid, RaidCode, RaidId, Role, RoleKey
from raidbot.raids.schedules.model import Lead
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.model import Strategy, Template, accept, spoken_length
from raidbot.raids.times.zones import place_named
from raidbot.utils.clean_text import clean_line, is_blank
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, escape
from raidbot.utils.words import Name, Raw, say

DRAFT_LIFETIME = timedelta(days=1)
"""Age at which an unconfirmed draft is deleted."""

MAX_SUBJECT_LENGTH = 50
MAX_TEAMS = 4
TEAM_SIZES = range(2, 13)
MUSEUM_SEATS = range(1, 51)


Activity = Template | Kind
"""Anything /create can make: a raid from a template, or a kind that needs no template."""

_MAX_NAMED = 15
_MAX_SHOWN = 50
_LIKENESS = 0.57
"""How much of a typed name has to be right for the bot to guess, from 0 to 1."""
_MAX_LIST_LENGTH = 1000
_ASKED_OF_TEMPLATES = frozenset({"length_minutes", "strategy"})
_FIELD_LABELS = {
    "length_minutes": "a length",
    "strategy": "a strategy",
    "teams": "teams",
    "team_size": "a team size",
    "seats": "a number of seats",
    "subject": "a boss or dungeon name",
    "counts": "whether it counts",
}


class UnknownActivity(Refusal):
    def __init__(self, text: str, catalogue: Catalogue) -> None:
        offered = activities(catalogue)
        known = {word.casefold(): label for key, label in offered for word in (key, label)}
        near = difflib.get_close_matches(text[:_MAX_SHOWN].casefold(), known, n=1, cutoff=_LIKENESS)
        if near:
            choose = say("Did you mean {label}?", label=bold(known[near[0]]))
        elif len(offered) <= _MAX_NAMED:
            choose = say("Choose one of: {labels}.", labels=Raw(", ".join(escape(label) for _, label in offered)))
        else:
            choose = say("Choose one from the list.")
        super().__init__(say("No template “{text}”. {choose}", text=Name(text[:_MAX_SHOWN]), choose=choose))


class ActivityGone(Refusal):
    def __init__(self) -> None:
        super().__init__("This template was disabled or deleted in the meantime. Choose another activity.")


class StillToChoose(Refusal):
    def __init__(self, words: tuple[str, ...]) -> None:
        super().__init__(f"Still to choose: {', '.join(words)}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The choices so far. `activity` is a template's key or a kind; `said` is the time as it was typed.

    A `signup_lead` of None is that of the template; `AT_START` is none.
    """

    activity: str | None = None
    length_minutes: int | None = None
    strategy: str | None = None
    teams: int | None = None
    team_size: int = 4
    seats: int = 12
    subject: str | None = None
    counts: bool = True
    starts_at: datetime | None = None
    zone: str | None = None
    said: str = ""
    channel: ChannelId | None = None
    signup_lead: Lead | None = None

    def choosing(self, key: str, catalogue: Catalogue) -> "Draft":
        """Return the draft with this activity, without choices that the activity does not ask for.

        Length and strategy are cleared in any case. Raises UnknownActivity.
        """
        asked = asks(activity_named(key, catalogue))
        chosen = replace(self, activity=key, strategy=None, length_minutes=None)
        return replace(chosen, **{name: _default(name) for name in _FIELD_LABELS if name not in asked})

    def fitting(self, catalogue: Catalogue) -> "Draft":
        """Return the draft without a length or strategy that the template, which may have changed, no longer offers."""
        template = activity_of(self, catalogue)
        if not isinstance(template, Template):
            return self
        length = self.length_minutes if self.length_minutes in template.lengths else None
        strategy = self.strategy if self.strategy and template.strategy(self.strategy) else None
        return replace(self, length_minutes=length, strategy=strategy)

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"starts_at": self.starts_at.isoformat() if self.starts_at else None}

    @classmethod
    def from_json(cls, payload: dict[str, Any]) -> "Draft":
        """Read a draft written by `to_json`; keys that this version does not know are ignored."""
        known = {field.name: payload[field.name] for field in fields(cls) if field.name in payload}
        if known.get("starts_at"):
            known["starts_at"] = datetime.fromisoformat(known["starts_at"])
        if known.get("signup_lead"):
            known["signup_lead"] = Lead(**known["signup_lead"])
        return cls(**known)


def activities(catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """Return everything /create offers, as (key, label): enabled templates, then kinds of the games that are played."""
    kinds = catalogue.kinds()
    return (
        *((template.key, template.offered_as) for template in catalogue.offered()),
        *((kind.value, info.title) for kind, info in kind_infos().items() if kind in kinds),
    )


def activity_named(text: str, catalogue: Catalogue) -> Activity:
    """Return the activity with this key, label or name, ignoring case. Raises UnknownActivity."""
    wanted = text.strip().casefold()
    for kind, info in kind_infos().items():
        if wanted in (kind.value, info.title.casefold()):
            return kind
    if template := catalogue.find(text):
        return template
    raise UnknownActivity(text, catalogue)


def activity_of(draft: Draft, catalogue: Catalogue) -> Activity | None:
    """Return the draft's activity, or None if none is chosen or the chosen one is no longer offered."""
    if draft.activity is None:
        return None
    try:
        return activity_named(draft.activity, catalogue)
    except UnknownActivity:
        return None


def key_of(activity: Activity) -> str:
    return activity.key if isinstance(activity, Template) else activity.value


def label_of(activity: Activity) -> str:
    return activity.offered_as if isinstance(activity, Template) else kind_infos()[activity].title


def asks(activity: Activity) -> frozenset[str]:
    """Return the names of the draft fields that the activity asks for besides the time."""
    return _ASKED_OF_TEMPLATES if isinstance(activity, Template) else kind_infos()[activity].asks


def missing(draft: Draft, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the choices still missing before the raid can be planned, in the players' words."""
    return tuple(_missing(draft, activity_of(draft, catalogue)))


def check_choices(draft: Draft, catalogue: Catalogue) -> None:
    """Raise Refusal for the first choice that does not fit the activity; a draft without an activity passes."""
    activity = activity_of(draft, catalogue)
    if activity is None:
        return
    asked = asks(activity)
    for name, words in _FIELD_LABELS.items():
        if name not in asked and getattr(draft, name) != _default(name):
            raise Refusal(f"{escape(label_of(activity))} does not ask for {words}. Leave it out.")
    if isinstance(activity, Template):
        _strategy(activity, draft.strategy)
        _length(activity, draft.length_minutes)


def plan(
    draft: Draft, catalogue: Catalogue, *, guild: GuildId, creator: MemberId, channel: ChannelId, now: datetime
) -> Raid:
    """Return the raid to post, without id and code; the draft's own channel takes precedence over `channel`.

    A deadline of the template that has passed is left out. Raises ActivityGone, StillToChoose if a choice is missing,
    TemplateRefused, DeadlinePassed, or Refusal for an invalid choice or time.
    """
    activity = activity_of(draft, catalogue)
    if draft.activity is not None and activity is None:
        raise ActivityGone
    if activity is None or draft.starts_at is None or draft.zone is None or missing(draft, catalogue):
        raise StillToChoose(missing(draft, catalogue))
    check_choices(draft, catalogue)
    _check_time(draft.starts_at, draft.zone, now=now)
    blank = Raid(
        id=RaidId(0),
        guild=guild,
        code=RaidCode(""),
        kind=Kind.RAID if isinstance(activity, Template) else activity,
        template=key_of(activity),
        title="",
        roles=(),
        creator=creator,
        channel=draft.channel or channel,
        starts_at=draft.starts_at,
        zone=draft.zone,
        created_at=now,
    )
    made = _of_template(blank, accept(activity), draft) if isinstance(activity, Template) else _of_kind(blank, draft)
    return with_signup_lead(made, draft.signup_lead, now=now)


def _default(name: str) -> Any:
    return getattr(Draft(), name)


def _missing(draft: Draft, activity: Activity | None) -> Iterator[str]:
    if activity is None:
        yield "activity"
    elif isinstance(activity, Template):
        if draft.length_minutes is None and len(activity.lengths) > 1:
            yield "length"
        if draft.strategy is None and activity.strategies:
            yield "strategy"
    elif "teams" in asks(activity) and draft.teams is None:
        yield "number of teams"
    if draft.starts_at is None or draft.zone is None:
        yield "time"


def _check_time(starts_at: datetime, zone: str, *, now: datetime) -> None:
    if starts_at <= now:
        raise Refusal("That time has passed. Give a time that lies ahead.")
    if starts_at > now + MAX_LEAD:
        raise Refusal("That is more than two years ahead. Give an earlier time.")
    if place_named(zone) is None:
        raise Refusal(f"“{zone[:50]}” is not a time zone. Use the name of a place such as Europe/London.")


def _of_template(blank: Raid, template: Template, draft: Draft) -> Raid:
    strategy = _strategy(template, draft.strategy)
    played = template.played_as(strategy)
    return replace(
        blank,
        title=played.name,
        emoji=played.emoji,
        description=played.description,
        colour=played.colour,
        roles=played.roles,
        sides=played.sides,
        strategy=strategy.name if strategy else None,
        length_minutes=_length(template, draft.length_minutes),
        lengths=template.lengths,
        signup_lead=template.signup_lead,
        signup_text=template.signup_text,
    )


def _strategy(template: Template, name: str | None) -> Strategy | None:
    if name is None:
        return None
    if found := template.strategy(name):
        return found
    offered = clip(", ".join(escape(strategy.name) for strategy in template.strategies), _MAX_LIST_LENGTH)
    if not offered:
        raise Refusal(f"{escape(template.name)} has no strategies. Leave the strategy out.")
    raise Refusal(f"{escape(template.name)} has no strategy “{escape(name[:50])}”. Choose one of: {offered}.")


def _length(template: Template, minutes: int | None) -> int | None:
    if minutes is None:
        return template.lengths[0] if template.lengths else None
    if minutes in template.lengths:
        return minutes
    offered = ", ".join(map(spoken_length, template.lengths))
    if not offered:
        raise Refusal(f"{escape(template.name)} has no lengths to choose from. Leave the length out.")
    raise Refusal(f"{escape(template.name)} does not take {spoken_length(minutes)}. Choose one of: {offered}.")


def _of_kind(blank: Raid, draft: Draft) -> Raid:
    info = kind_infos()[blank.kind]
    return replace(
        blank,
        title=info.title,
        emoji=info.emoji,
        colour=info.colour,
        roles=_museum(draft.seats) if blank.kind is Kind.MUSEUM else _teams(draft.teams or 0, draft.team_size),
        subject=_subject(draft.subject),
        counts=draft.counts,
    )


def _museum(seats: int) -> tuple[Role, ...]:
    if seats not in MUSEUM_SEATS:
        raise Refusal(f"A museum has 1 to {MUSEUM_SEATS[-1]} seats, not {seats}.")
    return (Role(key=RoleKey("museum"), name="Museum", emoji="✅", seats=seats),)


def _teams(teams: int, size: int) -> tuple[Role, ...]:
    if not 1 <= teams <= MAX_TEAMS:
        raise Refusal(f"There can be 1 to {MAX_TEAMS} teams, not {teams}.")
    if size not in TEAM_SIZES:
        raise Refusal(f"A team has {TEAM_SIZES[0]} to {TEAM_SIZES[-1]} seats, not {size}.")
    return tuple(
        Role(key=RoleKey(f"team-{number}"), name=f"Team {number}", emoji=f"{number}\ufe0f\u20e3", seats=size)
        for number in range(1, teams + 1)
    )


def _subject(text: str | None) -> str | None:
    subject = clean_line(text or "")
    if len(subject) > MAX_SUBJECT_LENGTH:
        raise Refusal(f"The name has {len(subject)} characters; at most {MAX_SUBJECT_LENGTH} are possible.")
    return None if is_blank(subject) else subject
