"""From what somebody chose to a raid that can be posted."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from functools import cache
from typing import Any

from raidbot.raids.lifecycle import FURTHEST
from raidbot.raids.model import ChannelId, GuildId, Kind, MemberId, Raid, RaidCode, RaidId, Role, RoleKey
from raidbot.raids.templates import Strategy, Template, accept, builtin, find, spoken_length
from raidbot.raids.zones import place_named
from raidbot.utils.errors import Refusal

SUBJECT_MOST = 50
TEAMS_MOST = 4
TEAM_SIZES = range(2, 13)
MUSEUM_SEATS = range(1, 51)


@dataclass(frozen=True, slots=True)
class Look:
    """How the boards of a kind without templates look, and what /create asks for beside the time."""

    title: str
    emoji: str
    colour: int
    asks: frozenset[str]


@cache
def looks() -> dict[Kind, Look]:
    teams = frozenset({"teams", "team_size", "subject", "counts"})
    return {
        Kind.MUSEUM: Look("Museum Signup", "🏛️", 0x5865F2, frozenset({"seats"})),
        Kind.KEY: Look("Gold Key Boss", "🔑", 0xFFD700, teams),
        Kind.CHALLENGE: Look("Challenge Mode", "🏆", 0xFF0000, teams),
    }


_ASKED_OF_TEMPLATES = frozenset({"length_minutes", "strategy"})
_WORDS = {
    "length_minutes": "a length",
    "strategy": "a strategy",
    "teams": "teams",
    "team_size": "a team size",
    "seats": "a number of seats",
    "subject": "a boss or dungeon name",
    "counts": "whether it counts",
}


class UnknownActivity(Refusal):
    def __init__(self, text: str) -> None:
        offered = ", ".join(label for _, label in activities())
        super().__init__(f"There is nothing called “{text[:50]}” to sign up for. Choose one of: {offered}.")


class StillToChoose(Refusal):
    def __init__(self, words: tuple[str, ...]) -> None:
        super().__init__(f"Still to choose: {', '.join(words)}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What has been chosen so far. `activity` is a template's key or a kind; `said` is the time as it was typed."""

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

    def choosing(self, activity: str) -> "Draft":
        """With this activity; what was chosen for another one and is not asked for here is forgotten."""
        chosen = replace(self, activity=activity, strategy=None, length_minutes=None)
        return replace(chosen, **{name: _default(name) for name in _WORDS if name not in _asks(activity)})

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"starts_at": self.starts_at.isoformat() if self.starts_at else None}

    @classmethod
    def from_json(cls, payload: dict[str, Any]) -> "Draft":
        """Keys this version does not know are left out."""
        known = {field.name: payload[field.name] for field in fields(cls) if field.name in payload}
        if known.get("starts_at"):
            known["starts_at"] = datetime.fromisoformat(known["starts_at"])
        return cls(**known)


def activities() -> tuple[tuple[str, str], ...]:
    """Everything one can create, as (key, label)."""
    return (
        *((template.key, template.label) for template in builtin()),
        *((kind.value, look.title) for kind, look in looks().items()),
    )


def activity_named(text: str) -> str:
    """The key of the activity with this key, label or name. Raises UnknownActivity."""
    wanted = text.strip().casefold()
    for kind, look in looks().items():
        if wanted in (kind.value, look.title.casefold()):
            return kind.value
    if template := find(text):
        return template.key
    raise UnknownActivity(text)


def missing(draft: Draft) -> tuple[str, ...]:
    """What still has to be chosen before the raid can be planned, in the players' words."""
    return tuple(_missing(draft))


def plan(draft: Draft, *, guild: GuildId, creator: MemberId, channel: ChannelId, now: datetime) -> Raid:
    """The raid as it will be posted, without id and code; the draft's own channel goes before `channel`.

    Raises Refusal for whatever cannot be, StillToChoose if something is missing, TemplateRefused.
    """
    if draft.activity is None or draft.starts_at is None or draft.zone is None or missing(draft):
        raise StillToChoose(missing(draft))
    _check_asked(draft.activity, draft)
    _check_time(draft.starts_at, draft.zone, now=now)
    blank = Raid(
        id=RaidId(0),
        guild=guild,
        code=RaidCode(""),
        kind=_kind(draft.activity),
        template=activity_named(draft.activity),
        title="",
        roles=(),
        creator=creator,
        channel=draft.channel or channel,
        starts_at=draft.starts_at,
        zone=draft.zone,
        created_at=now,
    )
    template = find(blank.template)
    return _of_kind(blank, draft) if template is None else _of_template(blank, accept(template), draft)


def _kind(activity: str) -> Kind:
    key = activity_named(activity)
    return next((kind for kind in looks() if kind.value == key), Kind.RAID)


def _asks(activity: str) -> frozenset[str]:
    kind = _kind(activity)
    return _ASKED_OF_TEMPLATES if kind is Kind.RAID else looks()[kind].asks


def _default(name: str) -> Any:
    return getattr(Draft(), name)


def _missing(draft: Draft) -> Iterator[str]:
    if draft.activity is None:
        yield "activity"
    elif template := find(draft.activity):
        if draft.length_minutes is None and len(template.lengths) > 1:
            yield "length"
        if draft.strategy is None and template.strategies:
            yield "strategy"
    elif "teams" in _asks(draft.activity) and draft.teams is None:
        yield "number of teams"
    if draft.starts_at is None or draft.zone is None:
        yield "time"


def _check_asked(activity: str, draft: Draft) -> None:
    asked = _asks(activity)
    for name, words in _WORDS.items():
        if name not in asked and getattr(draft, name) != _default(name):
            label = dict(activities())[activity_named(activity)]
            raise Refusal(f"{label} does not ask for {words}. Leave it out.")


def _check_time(starts_at: datetime, zone: str, *, now: datetime) -> None:
    if starts_at <= now:
        raise Refusal("That time has passed. Give a time that lies ahead.")
    if starts_at > now + FURTHEST:
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
    )


def _strategy(template: Template, name: str | None) -> Strategy | None:
    if name is None:
        return None
    if found := template.strategy(name):
        return found
    offered = ", ".join(strategy.name for strategy in template.strategies)
    if not offered:
        raise Refusal(f"{template.name} has no strategies. Leave the strategy out.")
    raise Refusal(f"{template.name} has no strategy “{name[:50]}”. Choose one of: {offered}.")


def _length(template: Template, minutes: int | None) -> int | None:
    if minutes is None:
        return template.lengths[0] if template.lengths else None
    if minutes in template.lengths:
        return minutes
    offered = ", ".join(map(spoken_length, template.lengths))
    if not offered:
        raise Refusal(f"{template.name} has no lengths to choose from. Leave the length out.")
    raise Refusal(f"{template.name} does not take {spoken_length(minutes)}. Choose one of: {offered}.")


def _of_kind(blank: Raid, draft: Draft) -> Raid:
    look = looks()[blank.kind]
    return replace(
        blank,
        title=look.title,
        emoji=look.emoji,
        colour=look.colour,
        roles=_museum(draft.seats) if blank.kind is Kind.MUSEUM else _teams(draft.teams or 0, draft.team_size),
        subject=_subject(draft.subject),
        counts=draft.counts,
    )


def _museum(seats: int) -> tuple[Role, ...]:
    if seats not in MUSEUM_SEATS:
        raise Refusal(f"A museum has 1 to {MUSEUM_SEATS[-1]} seats, not {seats}.")
    return (Role(key=RoleKey("museum"), name="Museum", emoji="✅", seats=seats),)


def _teams(teams: int, size: int) -> tuple[Role, ...]:
    if not 1 <= teams <= TEAMS_MOST:
        raise Refusal(f"There can be 1 to {TEAMS_MOST} teams, not {teams}.")
    if size not in TEAM_SIZES:
        raise Refusal(f"A team has {TEAM_SIZES[0]} to {TEAM_SIZES[-1]} seats, not {size}.")
    return tuple(
        Role(key=RoleKey(f"team-{number}"), name=f"Team {number}", emoji=f"{number}\ufe0f\u20e3", seats=size)
        for number in range(1, teams + 1)
    )


def _subject(text: str | None) -> str | None:
    subject = " ".join((text or "").split())
    if len(subject) > SUBJECT_MOST:
        raise Refusal(f"The name has {len(subject)} characters; at most {SUBJECT_MOST} are possible.")
    return subject or None
