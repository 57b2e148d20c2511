"""Views of /create: the draft's panel, its forms and pages, and the preview."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import discord

from raidbot.commands.create.checks import Checked
from raidbot.commands.posting import pictures
from raidbot.commands.posting.activity_panel import LABELS as ACTIVITY_LABELS
from raidbot.commands.posting.activity_panel import ActivityPanel
from raidbot.commands.posting.preview import Parts, mark_of
from raidbot.commands.ui.components import BLUE, GREEN, GREY, RED, Button, Controls, panel_embed
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
from raidbot.raids.drafts import MAX_TITLE_LENGTH, Activity, Draft, missing
from raidbot.raids.labels import channel_mention, role_mention
from raidbot.raids.model import Kind, Raid
from raidbot.raids.schedules.model import Lead
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.length import MAX_LENGTH_TEXT
from raidbot.raids.templates.model import MAX_DESCRIPTION_LENGTH, Template, spoken_length
from raidbot.raids.times.zones import city_of
from raidbot.utils.text import escape, mention
from raidbot.utils.words import Text, count, paragraph, render, say

PANEL = "create"
LABELS = {
    "when": WHEN_LABEL,
    "closes": DEADLINE_LABEL,
    "title": "Title (blank: the template’s)",
    "description": "Description",
    "length": "How long does it take?",
    "zone": "Time zone",
    **ACTIVITY_LABELS,
    **pictures.LABELS,
}


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft with its guild's templates. `assumptions` were made when its time was parsed.

    `seen` are the parts of the last preview, or empty if the draft was changed since. `uses` counts how often each
    activity was chosen on this server.
    """

    id: DraftId
    draft: Draft
    catalogue: Catalogue
    assumptions: tuple[str, ...] = ()
    seen: Parts = field(default_factory=dict)
    uses: Mapping[str, int] = field(default_factory=dict)

    @property
    def controls(self) -> Controls:
        return Controls(partial(address, PANEL, self.id))

    @property
    def panel(self) -> ActivityPanel:
        return ActivityPanel(self.draft, self.catalogue, self.controls, self.uses)

    @property
    def activity(self) -> Activity | None:
        return self.panel.activity

    @property
    def kind(self) -> Kind:
        return self.activity if isinstance(self.activity, Kind) else Kind.RAID

    @property
    def missing(self) -> tuple[str, ...]:
        return missing(self.draft, self.catalogue)


def summary(draft_view: DraftView) -> discord.Embed:
    """Summarize the choices made so far and those still missing."""
    draft, lines = draft_view.draft, draft_view.panel.summary()
    if draft.title:
        lines.append(f"**Title:** {escape(draft.title)}")
    if draft.signup_lead is not None:
        lines.append(f"**Signups close:** {before_start(draft.signup_lead)}")
    if draft.leader:
        lines.append(f"**Leader:** {mention(draft.leader)}")
    if draft.channel:
        lines.append(f"**Channel:** {channel_mention(draft.channel).text}")
    if draft.mention_role:
        lines.append(f"**Pings:** {role_mention(draft.mention_role).text}")
    if draft.starts_at:
        lines.append(f"**Time:** {both_clocks(draft.starts_at, str(draft.zone))}")
    if hint := draft_view.panel.hint():
        lines.append(f"-# {render(hint)}")
    embed = panel_embed("Create a raid", "\n".join(lines) or "Choose below.")
    needed = draft_view.missing
    embed.set_footer(text=f"Still to choose: {', '.join(needed)}" if needed else "All set: open the preview.")
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
            button("Discard", "discard", RED),
        ),
        (
            button("Title & text", "ask-words"),
            button("Channel", "ask-channel"),
            button("Ping a role", "ask-mention"),
            button("Length", "ask-takes"),
            button("Picture", "ask-picture"),
        ),
    )


def preview_text(draft_view: DraftView, checked: Checked, people: int | None) -> str:
    """State the raid's time, deadline and channel, its sign-up text, and every assumption made about the time.

    `people` is how many the raid's mention reaches, or None if Discord does not say.
    """
    draft, raid = draft_view.draft, checked.raid
    assert draft.starts_at is not None  # noqa: S101 - a finished draft has a time
    lines = [
        *understood(draft.said, draft.starts_at, str(draft.zone), draft_view.assumptions),
        *deadline_lines(raid, left_out=_left_out(draft_view, raid)),
        *([f"Whoever signs up reads: {escape(raid.signup_text)}"] if raid.signup_text else []),
        *([render(_pings(raid.mention_role, people, draft.remembered))] if raid.mention_role else []),
        f"The signup goes to {checked.channel.mention} and will look like this:",
    ]
    return "\n".join(lines)


def _pings(role: int, people: int | None, remembered: Container[str]) -> Text:
    shown = role_mention(role)
    if people is None:
        pings = say("🔔 Pings {role}.", role=shown)
    else:
        pings = count("🔔 Pings {role}: {n} person.", "🔔 Pings {role}: {n} people.", people, role=shown)
    return paragraph(pings, say("Same as last time.") if "mention_role" in remembered else None)


def words_fields(raid: Raid) -> tuple[Field, ...]:
    """Return the fields `title` and `description`, filled in with those of the planned raid."""
    return (
        Field("title", LABELS["title"], raid.title, max_length=MAX_TITLE_LENGTH, required=False),
        Field(
            "description",
            LABELS["description"],
            raid.description,
            max_length=MAX_DESCRIPTION_LENGTH,
            required=False,
            is_long=True,
        ),
    )


def length_field(minutes: int | None) -> Field:
    """Return the field `length`, filled in with these minutes."""
    said = spoken_length(minutes) if minutes else ""
    hint = "1.5, 90 min, 1h30; blank: the usual"
    return Field("length", LABELS["length"], said, hint, max_length=MAX_LENGTH_TEXT, required=False)


def zone_field() -> Field:
    return Field("zone", LABELS["zone"], "", "A city or region, such as Europe/London", max_length=64)


def channel_rows(draft_view: DraftView, shown: int | None) -> tuple[Row, ...]:
    """Return the menu of channels, in which `shown` is chosen."""
    made = draft_view.controls
    return ((made.channel_select("Choose a channel", "channel", chosen=shown),), (_to_preview(made),))


def mention_rows(draft_view: DraftView) -> tuple[Row, ...]:
    """Return the menu of roles to ping, in which none may be chosen."""
    made, role = draft_view.controls, draft_view.draft.mention_role
    chosen = [] if role is None else [role]
    nobody = [made.button("Ping nobody", "no-mention")] if role is not None else []
    return (
        (made.role_select("Choose a role", "mention", chosen=chosen, min_values=0),),
        (*nobody, _to_preview(made)),
    )


def zone_rows(draft_view: DraftView, zones: Iterable[str], now: datetime) -> tuple[Row, ...]:
    """Return a button for each of at most four zones, with its clock, and one for any other."""
    button = draft_view.controls.button
    return (
        (
            *(button(f"{city_of(zone)} ({_clock(zone, now)})", "in-zone", BLUE, zone) for zone in zones),
            button("Another zone", "ask-zone"),
        ),
    )


def _clock(zone: str, now: datetime) -> str:
    return f"{now.astimezone(ZoneInfo(zone)):%H:%M}"


def _to_preview(made: Controls) -> Button:
    return made.button("Back", "preview")


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


def again_rows(draft: str, *again: str, back: str) -> tuple[Row, ...]:
    """Return the buttons below a refused form; the action `again` opens it again, and `back` gives up."""
    controls = Controls(partial(address, PANEL, draft))
    return ((controls.button("Try again", again[0], BLUE, *again[1:]), controls.button("Give up", back)),)
