"""A series in one line: the options of /recurring create as a draft."""

from dataclasses import dataclass, replace
from datetime import datetime

from raidbot.raids.drafts import Draft, activity_named, check_choices, key_of
from raidbot.raids.series.drafting import typed
from raidbot.raids.series.drafting.draft import SeriesDraft, new_draft, with_turn
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.model import Template
from raidbot.raids.times.zones import zone_named
from raidbot.utils.clean_text import clean_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The options as they were typed; `minutes` is the length."""

    template: str | None
    when: str | None
    posted: str | None
    end: str | None
    zone: str | None
    start: str | None
    dates_off: str | None
    strategy: str | None
    minutes: int | None
    name: str | None


def draft_from(said: Typed, catalogue: Catalogue, zone: str, *, now: datetime, locale: str) -> SeriesDraft:
    """Return the draft that the options mean; `zone` is the server's. Raises Refusal for the first that is wrong."""
    draft = new_draft(zone if said.zone is None else zone_named(said.zone).key, now)
    if said.template is not None:
        draft = with_turn(draft, 0, _turn(said, catalogue))
    when = {key: text for key, text in (("rule", said.when), ("start", said.start)) if text is not None}
    if when:
        draft = typed.with_when(draft, when, now=now, locale=locale)
    if said.posted is not None:
        draft = typed.with_posting(draft, said.posted, locale=locale)
    if said.end is not None:
        draft = typed.with_end(draft, said.end, now=now, locale=locale, from_now=False)
    if said.dates_off is not None:
        draft = typed.with_dates_off(draft, said.dates_off, now=now, locale=locale)
    return draft if said.name is None else replace(draft, name=clean_line(said.name))


def _turn(said: Typed, catalogue: Catalogue) -> Draft:
    """Raises UnknownActivity, or Refusal for a strategy or length that it does not have."""
    activity = activity_named(said.template or "", catalogue)
    chosen = Draft().choosing(key_of(activity), catalogue)
    chosen = replace(chosen, strategy=said.strategy, length_minutes=said.minutes)
    if isinstance(activity, Template) and len(activity.lengths) == 1 and said.minutes is None:
        chosen = replace(chosen, length_minutes=activity.lengths[0])
    check_choices(chosen, catalogue)
    return chosen
