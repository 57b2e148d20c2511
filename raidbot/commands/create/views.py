"""Views of /create: the draft's panel, its forms and the preview."""

from dataclasses import dataclass, field
from functools import partial

import discord

from raidbot.commands.posting import pictures
from raidbot.commands.posting.activity_panel import LABELS as ACTIVITY_LABELS
from raidbot.commands.posting.activity_panel import ActivityPanel
from raidbot.commands.posting.preview import Parts, mark_of
from raidbot.commands.ui.components import BLUE, GREEN, GREY, RED, Controls, panel_embed
from raidbot.commands.ui.forms import Field
from raidbot.commands.ui.responses import Row
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
from raidbot.raids.drafts import Activity, Draft, missing
from raidbot.raids.model import Raid
from raidbot.raids.schedules.model import Lead
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.model import Template
from raidbot.utils.text import escape

PANEL = "create"
LABELS = {"when": WHEN_LABEL, "closes": DEADLINE_LABEL, **ACTIVITY_LABELS, **pictures.LABELS}


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
    def panel(self) -> ActivityPanel:
        return ActivityPanel(self.draft, self.catalogue, self.controls)

    @property
    def activity(self) -> Activity | None:
        return self.panel.activity

    @property
    def missing(self) -> tuple[str, ...]:
        return missing(self.draft, self.catalogue)


def summary(draft_view: DraftView) -> discord.Embed:
    """Summarize the choices made so far and those still missing."""
    draft, lines = draft_view.draft, draft_view.panel.summary()
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
    panel = draft_view.panel
    return (*panel.activity_rows(page), *panel.detail_rows(), _buttons(draft_view))


def _buttons(draft_view: DraftView) -> Row:
    draft, button = draft_view.draft, draft_view.controls.button
    return (
        button("Time", "ask-time", GREY if draft.starts_at else BLUE),
        *draft_view.panel.detail_buttons(),
        button("Preview", "preview", BLUE, disabled=bool(draft_view.missing)),
        button("Discard", "discard", RED),
    )


def preview_rows(draft_view: DraftView) -> tuple[Row, ...]:
    """Return the buttons below the preview. The one that confirms names what was shown."""
    button, mark = draft_view.controls.button, mark_of(draft_view.seen)
    return (
        (
            button("Confirm", "confirm", GREEN, mark),
            button("Change", "change"),
            button("Signup deadline", "ask-closes"),
            button("Picture", "ask-picture"),
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


def closes_field(draft_view: DraftView) -> Field:
    activity, chosen = draft_view.activity, draft_view.draft.signup_lead
    own = activity.signup_lead if isinstance(activity, Template) else None
    return deadline_field(own if chosen is None else chosen)


def again_rows(draft: str, *again: str) -> tuple[Row, ...]:
    """Return the buttons below a refused form; the action `again` opens it again."""
    controls = Controls(partial(address, PANEL, draft))
    return ((controls.button("Try again", again[0], BLUE, *again[1:]), controls.button("Give up", "change")),)
