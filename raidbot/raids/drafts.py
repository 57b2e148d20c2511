"""Drafts: the choices made in /create, and the raid planned from them."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from raidbot.raids.deadlines.deadline import with_signup_lead
from raidbot.raids.kinds import kind_infos
from raidbot.raids.labels import bold
from raidbot.raids.lifecycle import MAX_LEAD
from raidbot.raids.model import ChannelId, GuildId, Kind, MemberId, Picture, Raid, RaidCode, RaidId, Role, RoleKey
from raidbot.raids.schedules.model import Lead
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.length import LengthOutOfRange
from raidbot.raids.templates.model import MAX_DESCRIPTION_LENGTH, MAX_LENGTH_MINUTES, Strategy, Template, accept
from raidbot.raids.templates.search import find_templates, nearest_template
from raidbot.raids.times.zones import place_named
from raidbot.utils.clean_text import clean_block, clean_line, is_blank
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, escape
from raidbot.utils.words import Name, Raw, say

DRAFT_LIFETIME = timedelta(days=1)
"""Age at which an unconfirmed draft is deleted."""

MAX_TITLE_LENGTH = 100
MAX_SUBJECT_LENGTH = 50
MAX_TEAMS = 4
USUAL_TEAMS = 1
TEAM_SIZES = range(2, 13)
MUSEUM_SEATS = range(1, 51)


Activity = Template | Kind
"""Anything /create can make: a raid from a template, or a kind that needs no template."""

_MAX_NAMED = 15
_MAX_SHOWN = 50
_LIKENESS = 0.57
"""How much of a typed name has to be right for the bot to guess, from 0 to 1."""
_MAX_LIST_LENGTH = 1000
_ASKED_OF_TEMPLATES = frozenset({"strategy"})
_FIELD_LABELS = {
    "strategy": "a strategy",
    "teams": "teams",
    "team_size": "a team size",
    "seats": "a number of seats",
    "subject": "a boss or dungeon name",
    "counts": "whether it counts",
}


NOTHING_OFFERED = say(
    "Nothing is offered here yet. A manager chooses games in `/setup`, or makes a template with `/templates create`."
)


class UnknownActivity(Refusal):
    def __init__(self, text: str, catalogue: Catalogue) -> None:
        shown, offered = text[:_MAX_SHOWN], activities(catalogue)
        meant = find_templates(shown, catalogue.offered())
        hidden = find_templates(shown, (entry.template for entry in catalogue.entries if not entry.enabled))
        if hidden and not meant:
            choose = say(
                "{label} is switched off here; a manager switches it on with `/setup` or `/templates edit`.",
                label=bold(hidden[0].offered_as),
            )
        elif near := meant[0].offered_as if meant else _near(shown, catalogue):
            choose = say("Did you mean {label}?", label=bold(near))
        elif not offered:
            choose = NOTHING_OFFERED
        elif len(offered) <= _MAX_NAMED:
            choose = say("Choose one of: {labels}.", labels=Raw(", ".join(escape(label) for _, label in offered)))
        else:
            choose = say("Choose one from the list.")
        super().__init__(say("No template “{text}”. {choose}", text=Name(shown), choose=choose))


def _near(text: str, catalogue: Catalogue) -> str:
    """Return which of the offered activities the text probably means, or “”."""
    if template := nearest_template(text, catalogue.offered()):
        return template.offered_as
    known = {word.casefold(): label for key, label in activities(catalogue) for word in (key, label)}
    near = difflib.get_close_matches(text.casefold(), known, n=1, cutoff=_LIKENESS)
    return known[near[0]] if near else ""


class ActivityGone(Refusal):
    def __init__(self) -> None:
        super().__init__("This template was disabled or deleted in the meantime. Choose another activity.")


class StillToChoose(Refusal):
    def __init__(self, words: tuple[str, ...]) -> None:
        super().__init__(f"Still to choose: {', '.join(words)}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The choices so far. `activity` is a template's key or a kind; `said` is the time as it was typed.

    Of None the template has its own: its name and description, its first length and strategy, its signup deadline
    (`AT_START` is none), its picture (`NO_PICTURE` is none), the usual channel. `remembered` names the fields that were
    taken from the last such raid.
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
    title: str | None = None
    description: str | None = None
    leader: MemberId | None = None
    mention_role: int | None = None
    remembered: tuple[str, ...] = ()
    picture: Picture | None = None

    def choosing(self, key: str, catalogue: Catalogue) -> "Draft":
        """Return the draft with this activity, without choices that the activity does not ask for.

        Length, strategy and what was remembered are cleared in any case. Raises UnknownActivity.
        """
        asked = asks(activity_named(key, catalogue))
        cleared = {"strategy", "length_minutes", "remembered", *self.remembered}
        cleared |= {name for name in _FIELD_LABELS if name not in asked}
        return replace(self, activity=key, **{name: _default(name) for name in cleared})

    def remembering(self, name: str, value: object) -> "Draft":
        """Return the draft with a field as it was in the last such raid, unless something else is chosen."""
        if value is None or getattr(self, name) is not None:
            return self
        return replace(self.with_choice(**{name: value}), remembered=(*self.remembered, name))

    def with_choice(self, **chosen: Any) -> "Draft":
        """Return the draft with these fields, which are not remembered but chosen."""
        return replace(self, remembered=tuple(name for name in self.remembered if name not in chosen), **chosen)

    def fitting(self, catalogue: Catalogue) -> "Draft":
        """Return the draft without a strategy that the template, which may have changed, no longer offers."""
        template = activity_of(self, catalogue)
        if not isinstance(template, Template) or self.strategy is None or template.strategy(self.strategy):
            return self
        return replace(self, strategy=None)

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
        if known.get("picture"):
            known["picture"] = Picture(**known["picture"])
        return cls(**known | {"remembered": tuple(known.get("remembered", ()))})


def activities(catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """Return everything /create offers, as (key, label): enabled templates, then kinds of the games that are played."""
    kinds = catalogue.kinds()
    return (
        *((template.key, template.offered_as) for template in catalogue.offered()),
        *((kind.value, info.title) for kind, info in kind_infos().items() if kind in kinds),
    )


def by_use(offered: tuple[tuple[str, str], ...], uses: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
    """Return the activities with the most used first, and the others as they are."""
    return tuple(sorted(offered, key=lambda one: -uses.get(one[0], 0)))


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
    _check_length(draft.length_minutes)


def usual_length(activity: Activity | None) -> int | None:
    """Return the minutes of a raid whose length nobody chose, or None."""
    return activity.lengths[0] if isinstance(activity, Template) and activity.lengths else None


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
    own = replace(
        made,
        title=_title(draft.title) or made.title,
        description=made.description if draft.description is None else _description(draft.description),
        length_minutes=draft.length_minutes or usual_length(activity),
        leader=draft.leader,
        mention_role=draft.mention_role,
        picture=chosen_picture(draft, catalogue),
    )
    return with_signup_lead(own, draft.signup_lead, now=now)


def chosen_picture(draft: Draft, catalogue: Catalogue) -> Picture | None:
    """Return the draft's own picture, else its template's, or None."""
    if draft.picture is not None:
        return None if draft.picture.is_blank else draft.picture
    activity = activity_of(draft, catalogue)
    return activity.picture if isinstance(activity, Template) else None


def _default(name: str) -> Any:
    return getattr(Draft(), name)


def _missing(draft: Draft, activity: Activity | None) -> Iterator[str]:
    if activity is None:
        yield "activity"
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
        lengths=template.lengths,
        signup_lead=template.signup_lead,
        signup_text=template.signup_text,
    )


def _strategy(template: Template, name: str | None) -> Strategy | None:
    if name is None:
        return template.strategies[0] if template.strategies else None
    if found := template.strategy(name):
        return found
    offered = clip(", ".join(escape(strategy.name) for strategy in template.strategies), _MAX_LIST_LENGTH)
    if not offered:
        raise Refusal(f"{escape(template.name)} has no strategies. Leave the strategy out.")
    raise Refusal(f"{escape(template.name)} has no strategy “{escape(name[:50])}”. Choose one of: {offered}.")


def _check_length(minutes: int | None) -> None:
    if minutes is not None and not 1 <= minutes <= MAX_LENGTH_MINUTES:
        raise LengthOutOfRange


def _of_kind(blank: Raid, draft: Draft) -> Raid:
    info = kind_infos()[blank.kind]
    return replace(
        blank,
        title=info.title,
        emoji=info.emoji,
        colour=info.colour,
        roles=_museum(draft.seats) if blank.kind is Kind.MUSEUM else _teams(draft),
        subject=_subject(draft.subject),
        counts=draft.counts,
    )


def _museum(seats: int) -> tuple[Role, ...]:
    if seats not in MUSEUM_SEATS:
        raise Refusal(f"A museum has 1 to {MUSEUM_SEATS[-1]} seats, not {seats}.")
    return (Role(key=RoleKey("museum"), name="Museum", emoji="✅", seats=seats),)


def _teams(draft: Draft) -> tuple[Role, ...]:
    teams, size = USUAL_TEAMS if draft.teams is None else draft.teams, draft.team_size
    if not 1 <= teams <= MAX_TEAMS:
        raise Refusal(f"There can be 1 to {MAX_TEAMS} teams, not {teams}.")
    if size not in TEAM_SIZES:
        raise Refusal(f"A team has {TEAM_SIZES[0]} to {TEAM_SIZES[-1]} seats, not {size}.")
    return tuple(
        Role(key=RoleKey(f"team-{number}"), name=f"Team {number}", emoji=f"{number}\ufe0f\u20e3", seats=size)
        for number in range(1, teams + 1)
    )


def _title(text: str | None) -> str:
    return _limited("title", clean_line(text or ""), MAX_TITLE_LENGTH)


def _description(text: str) -> str:
    return _limited("description", clean_block(text), MAX_DESCRIPTION_LENGTH)


def _subject(text: str | None) -> str | None:
    return _limited("name", clean_line(text or ""), MAX_SUBJECT_LENGTH) or None


def _limited(what: str, text: str, most: int) -> str:
    """Return the text, or "" if it is blank. Raises Refusal if it is too long."""
    if len(text) > most:
        raise Refusal(f"The {what} has {len(text)} characters; at most {most} are possible.")
    return "" if is_blank(text) else text
