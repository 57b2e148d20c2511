"""Views of /create: the draft's panel, its forms and the preview."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import discord

from raidbot.commands.posting.preview import Parts, mark_of
from raidbot.commands.ui.components import BLUE, GREEN, GREY, MAX_OPTIONS, RED, Controls, options, page_of, panel_embed
from raidbot.commands.ui.forms import Field
from raidbot.commands.ui.responses import Item, Row
from raidbot.commands.ui.router import address
from raidbot.commands.ui.time_forms import (
    DEADLINE_LABEL,
    WHEN_LABEL,
    both_clocks,
    deadline_field,
    deadline_lines,
    understood,
)
from raidbot.db.drafts import DraftId
from raidbot.raids.deadlines.deadline import before_start
from raidbot.raids.drafts import (
    MAX_SUBJECT_LENGTH,
    MAX_TEAMS,
    MUSEUM_SEATS,
    TEAM_SIZES,
    Activity,
    Draft,
    activities,
    activity_of,
    asks,
    key_of,
    label_of,
    missing,
)
from raidbot.raids.model import Raid
from raidbot.raids.schedules.model import Lead
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.model import MAX_LABEL_LENGTH, Template, spoken_length
from raidbot.utils.clean_text import clean_name
from raidbot.utils.text import escape

PANEL = "create"
LABELS = {
    "when": WHEN_LABEL,
    "name": "Boss or dungeon",
    "closes": DEADLINE_LABEL,
    "seats": f"Number of seats, 1 to {MUSEUM_SEATS[-1]}",
}


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft with its guild's templates. `assumptions` were made when its time was parsed.

    `seen` are the parts of the last preview, or empty if the draft was changed since.
    """

    id: DraftId
    draft: Draft
    catalogue: Catalogue
    assumptions: tuple[str, ...] = ()
    seen: Parts = field(default_factory=dict)

    @property
    def controls(self) -> Controls:
        return Controls(partial(address, PANEL, self.id))

    @property
    def activity(self) -> Activity | None:
        return activity_of(self.draft, self.catalogue)

    @property
    def asks(self) -> frozenset[str]:
        return asks(self.activity) if self.activity else frozenset()

    @property
    def missing(self) -> tuple[str, ...]:
        return missing(self.draft, self.catalogue)


def summary(draft_view: DraftView) -> discord.Embed:
    """Summarize the choices made so far and those still missing."""
    draft, asked = draft_view.draft, draft_view.asks
    lines = [f"**What:** {escape(label_of(draft_view.activity))}"] if draft_view.activity else []
    if draft.length_minutes:
        lines.append(f"**Length:** {spoken_length(draft.length_minutes)}")
    if draft.strategy:
        lines.append(f"**Strategy:** {escape(draft.strategy)}")
    if "teams" in asked and draft.teams:
        lines.append(f"**Teams:** {draft.teams} of {draft.team_size}")
    if "seats" in asked:
        lines.append(f"**Seats:** {draft.seats}")
    if draft.subject:
        lines.append(f"**Name:** {escape(draft.subject)}")
    if "counts" in asked:
        lines.append(f"**Counts for statistics:** {'yes' if draft.counts else 'no'}")
    if draft.signup_lead is not None:
        lines.append(f"**Signups close:** {before_start(draft.signup_lead)}")
    if draft.starts_at:
        lines.append(f"**Time:** {both_clocks(draft.starts_at, str(draft.zone))}")
    embed = panel_embed("Create a raid", "\n".join(lines) or "Choose below.")
    needed = draft_view.missing
    embed.set_footer(text=f"Still to choose: {', '.join(needed)}" if needed else "Ready. Look at the preview.")
    return embed


def rows(draft_view: DraftView, page: int | None = None) -> tuple[Row, ...]:
    """Return the panel's rows, at most five (Discord's limit). `page` defaults to the one with the chosen activity."""
    return (
        *_activity_rows(draft_view, page),
        *_template_rows(draft_view),
        *_team_rows(draft_view),
        _buttons(draft_view),
    )


def _activity_rows(draft_view: DraftView, page: int | None) -> tuple[Row, ...]:
    offered = activities(draft_view.catalogue)
    chosen = key_of(draft_view.activity) if draft_view.activity else None
    if page is None:
        page = next((place for place, (key, _) in enumerate(offered) if key == chosen), 0) // MAX_OPTIONS
    shown = page_of(offered, page)
    hint = "What is it?" if shown.pages == 1 else f"What is it? (page {shown.number + 1} of {shown.pages})"
    select = _select(draft_view, "activity", hint, shown.items, chosen)
    turn = draft_view.controls.page_buttons(shown.number, shown.pages, "page")
    return (select, turn) if turn else (select,)


def _template_rows(draft_view: DraftView) -> tuple[Row, ...]:
    template = draft_view.activity
    if not isinstance(template, Template):
        return ()
    found: list[Row] = []
    if len(template.lengths) > 1:
        lengths = [(str(minutes), spoken_length(minutes)) for minutes in template.lengths]
        chosen = draft_view.draft.length_minutes
        found.append(_select(draft_view, "length", "How long?", lengths, str(chosen) if chosen else None))
    if template.strategies:
        strategies = [(strategy.name, strategy.name) for strategy in template.strategies]
        found.append(_select(draft_view, "strategy", "Which strategy?", strategies, draft_view.draft.strategy))
    return tuple(found)


def _team_rows(draft_view: DraftView) -> tuple[Row, ...]:
    if "teams" not in draft_view.asks:
        return ()
    counts = [(str(n), f"{n} team" if n == 1 else f"{n} teams") for n in range(1, MAX_TEAMS + 1)]
    sizes = [(str(n), f"{n} seats in a team") for n in TEAM_SIZES]
    teams = draft_view.draft.teams
    return (
        _select(draft_view, "teams", "How many teams?", counts, str(teams) if teams else None),
        _select(draft_view, "size", "How large is a team?", sizes, str(draft_view.draft.team_size)),
    )


def _buttons(draft_view: DraftView) -> Row:
    draft, asked, button = draft_view.draft, draft_view.asks, draft_view.controls.button
    found: list[Item] = [button("Time", "ask-time", GREY if draft.starts_at else BLUE)]
    if "subject" in asked:
        found.append(button("Name", "ask-name"))
    if "seats" in asked:
        found.append(button("Seats", "ask-seats"))
    if "counts" in asked:
        counting = "Counts" if draft.counts else "Does not count"
        found.append(button(counting, "counts", GREY, "no" if draft.counts else "yes"))
    found.append(button("Preview", "preview", BLUE, disabled=bool(draft_view.missing)))
    found.append(button("Discard", "discard", RED))
    return tuple(found)


def preview_rows(draft_view: DraftView) -> tuple[Row, ...]:
    """Return the buttons below the preview. The one that confirms names what was shown."""
    button, mark = draft_view.controls.button, mark_of(draft_view.seen)
    return (
        (
            button("Confirm", "confirm", GREEN, mark),
            button("Change", "change"),
            button("Signup deadline", "ask-closes"),
            button("Discard", "discard", RED),
        ),
    )


def preview_text(draft_view: DraftView, channel: discord.TextChannel, raid: Raid) -> str:
    """State the raid's time, deadline and channel, its sign-up text, and every assumption made about the time."""
    draft = draft_view.draft
    assert draft.starts_at is not None  # noqa: S101 - a finished draft has a time
    lines = [
        *understood(draft.said, draft.starts_at, str(draft.zone), draft_view.assumptions),
        *deadline_lines(raid, left_out=_left_out(draft_view, raid)),
        *([f"Whoever signs up reads: {escape(raid.signup_text)}"] if raid.signup_text else []),
        f"The signup goes to {channel.mention} and will look like this:",
    ]
    return "\n".join(lines)


def _left_out(draft_view: DraftView, raid: Raid) -> Lead | None:
    """Return the template's deadline if it has passed, so that the raid has none."""
    activity = draft_view.activity
    if raid.signup_lead is not None or draft_view.draft.signup_lead is not None or not isinstance(activity, Template):
        return None
    return activity.signup_lead


def name_field(draft_view: DraftView) -> Field:
    return Field("name", LABELS["name"], draft_view.draft.subject or "", max_length=MAX_SUBJECT_LENGTH, required=False)


def closes_field(draft_view: DraftView) -> Field:
    activity, chosen = draft_view.activity, draft_view.draft.signup_lead
    own = activity.signup_lead if isinstance(activity, Template) else None
    return deadline_field(own if chosen is None else chosen)


def seats_field(draft_view: DraftView) -> Field:
    return Field("seats", LABELS["seats"], str(draft_view.draft.seats), max_length=2)


def again_rows(draft: str, *again: str) -> tuple[Row, ...]:
    """Return the buttons below a refused form; the action `again` opens it again."""
    controls = Controls(partial(address, PANEL, draft))
    return ((controls.button("Try again", again[0], BLUE, *again[1:]), controls.button("Give up", "change")),)


def _select(
    draft_view: DraftView, action: str, hint: str, choices: Sequence[tuple[str, str]], chosen: str | None
) -> Row:
    named = [(value, clean_name(name, MAX_LABEL_LENGTH)) for value, name in choices]
    return (draft_view.controls.select(hint, action, options(named, chosen)),)
