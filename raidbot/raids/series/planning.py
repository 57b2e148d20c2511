"""The raid to post for an occurrence, and who is on its roster."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from raidbot.raids.drafts import Draft, plan
from raidbot.raids.model import ChannelId, Kind, MemberId, Raid, RoleKey, Source, Status
from raidbot.raids.rosters import signups
from raidbot.raids.schedules.occurrences import Occurrence
from raidbot.raids.series.model import RosterMode, Series, Turn
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.model import MAX_DESCRIPTION_LENGTH, Template
from raidbot.utils.clean_text import clean_block, clean_line, is_blank
from raidbot.utils.text import clip


class Place(NamedTuple):
    """Somebody who is signed up in a new raid, and why: COPY for a copied seat, CLOCK for a standing place.

    `spec` is that of the copied seat, or what they played last.
    """

    member: MemberId
    role: RoleKey
    source: Source
    spec: str | None = None

    def with_spec(self, spec: str | None) -> "Place":
        return Place(self.member, self.role, self.source, spec)


def kind_of(turn: Turn) -> Kind:
    """Return the kind of the raids of a turn."""
    try:
        return Kind(turn.template)
    except ValueError:
        return Kind.RAID


def plan_raid(
    series: Series, occurrence: Occurrence, catalogue: Catalogue, *, channel: ChannelId, now: datetime
) -> Raid:
    """Return the raid of an occurrence, with an empty roster and without id and code.

    Raises ActivityGone if its template is gone or disabled, and Refusal for anything else that does not fit it.
    """
    turn = occurrence.turn(series.rotation)
    single = series.single(occurrence.id)
    draft = Draft(
        activity=turn.template,
        strategy=single.strategy or turn.strategy,
        length_minutes=_offered_length(turn, catalogue),
        teams=turn.teams,
        team_size=turn.team_size,
        seats=turn.seats,
        subject=turn.subject if kind_of(turn) is not Kind.RAID else None,
        counts=turn.counts,
        starts_at=occurrence.starts_at,
        zone=series.schedule.zone,
    )
    planned = plan(
        draft,
        catalogue,
        guild=series.guild,
        creator=series.creator,
        channel=channel,
        now=min(now, occurrence.starts_at - timedelta(seconds=1)),  # what is posted at its start is in time
    )
    title = clean_line(single.title or turn.title or "")
    description = planned.description if turn.description is None else clean_block(turn.description)
    texts = (description, clean_block(single.note or ""))
    return replace(
        planned,
        title=planned.title if is_blank(title) else title,
        description=clip("\n\n".join(text for text in texts if text), MAX_DESCRIPTION_LENGTH),
        subject=turn.subject or planned.subject,
        length_minutes=single.length_minutes or turn.length_minutes or planned.length_minutes,
        leader=single.leader or turn.leader or series.leader,
        created_at=now,
        series=series.id or None,
    )


def expected(series: Series, occurrence: Occurrence, last: Raid | None) -> tuple[Place, ...]:
    """Return who asks for which role in the raid of an occurrence, in this order, each member once.

    `last` is the raid that the roster is copied from.
    """
    found: dict[MemberId, Place] = {}
    for place in _asking(series, occurrence, last):
        found.setdefault(place.member, place)
    return tuple(found.values())


def seat(raid: Raid, places: Iterable[Place], *, now: datetime) -> Raid:
    """Return the raid in which these members signed up by the usual rules: a seat, or the end of the role's line."""
    signing = replace(raid, status=Status.OPEN)
    known = {role.key for role in raid.roles}
    at = min(now, raid.starts_at - timedelta(seconds=1))
    for place in places:
        if place.role in known:
            join = partial(signups.join, member=place.member, key=place.role, source=place.source, spec=place.spec)
            signing = join(signing, now=at).raid
    return replace(signing, status=raid.status, filled_once=signing.is_full)


def _asking(series: Series, occurrence: Occurrence, last: Raid | None) -> Iterator[Place]:
    if series.roster is RosterMode.EMPTY:
        return
    if series.roster is RosterMode.COPY and last is not None:
        yield from (Place(held.member, held.role, Source.COPY, held.spec) for held in last.seats)
    for standing in sorted(series.standing, key=lambda one: one.place):
        if occurrence.id not in standing.not_on:
            yield Place(standing.member, standing.role, Source.CLOCK)


def _offered_length(turn: Turn, catalogue: Catalogue) -> int | None:
    """Return the template's first length: the turn's own may be one that is no longer offered."""
    template: Template | None = catalogue.find(turn.template)
    lengths = template.lengths if template is not None else ()
    if turn.length_minutes in lengths:
        return turn.length_minutes
    return lengths[0] if lengths else None
