"""How /create looks: the panel on which a raid is put together, its forms, and the preview."""

from dataclasses import dataclass
from typing import Any

import discord

from raidbot.commands.ui.forms import Field, form
from raidbot.commands.ui.router import address
from raidbot.db.drafts import DraftId
from raidbot.raids.creating import (
    MUSEUM_SEATS,
    SUBJECT_MOST,
    TEAM_SIZES,
    TEAMS_MOST,
    Draft,
    activities,
    activity_named,
    looks,
    missing,
)
from raidbot.raids.templates import find, spoken_length
from raidbot.utils.text import escape, stamp

PANEL = "create"
_COLOUR = 0x5865F2
Row = tuple[discord.ui.Item[Any], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A draft on somebody's panel; `assumptions` belong to its time."""

    id: DraftId
    draft: Draft
    assumptions: tuple[str, ...] = ()


def label(draft: Draft) -> str:
    """What the draft's activity is called, or an empty string."""
    return dict(activities())[activity_named(draft.activity)] if draft.activity else ""


def asks(draft: Draft) -> frozenset[str]:
    """What the draft's activity asks for beside what templates offer to choose from."""
    if draft.activity is None:
        return frozenset()
    key = activity_named(draft.activity)
    return next((look.asks for kind, look in looks().items() if kind.value == key), frozenset())


def summary(sheet: Sheet) -> discord.Embed:
    """What has been chosen so far, and what is missing."""
    draft = sheet.draft
    asked = asks(draft)
    lines = [f"**What:** {label(draft)}"] if draft.activity else []
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
    if draft.starts_at:
        lines.append(f"**Time:** {stamp(draft.starts_at)} ({stamp(draft.starts_at, 'R')})")
    embed = discord.Embed(title="Create a raid", description="\n".join(lines) or "Choose below.", colour=_COLOUR)
    needed = missing(draft)
    embed.set_footer(text=f"Still to choose: {', '.join(needed)}" if needed else "Ready. Look at the preview.")
    return embed


def rows(sheet: Sheet) -> tuple[Row, ...]:
    """The panel's choices; at most five rows, as Discord allows."""
    draft = sheet.draft
    return (
        _select(sheet, "activity", "What is it?", list(activities()), draft.activity),
        *_template_rows(sheet),
        *_team_rows(sheet),
        _buttons(sheet),
    )


def _template_rows(sheet: Sheet) -> tuple[Row, ...]:
    template = find(sheet.draft.activity) if sheet.draft.activity else None
    if template is None:
        return ()
    found: list[Row] = []
    if len(template.lengths) > 1:
        lengths = [(str(minutes), spoken_length(minutes)) for minutes in template.lengths]
        chosen = sheet.draft.length_minutes
        found.append(_select(sheet, "length", "How long?", lengths, str(chosen) if chosen else None))
    if template.strategies:
        strategies = [(strategy.name, strategy.name) for strategy in template.strategies]
        found.append(_select(sheet, "strategy", "Which strategy?", strategies, sheet.draft.strategy))
    return tuple(found)


def _team_rows(sheet: Sheet) -> tuple[Row, ...]:
    if "teams" not in asks(sheet.draft):
        return ()
    counts = [(str(n), f"{n} team" if n == 1 else f"{n} teams") for n in range(1, TEAMS_MOST + 1)]
    sizes = [(str(n), f"{n} seats in a team") for n in TEAM_SIZES]
    teams = sheet.draft.teams
    return (
        _select(sheet, "teams", "How many teams?", counts, str(teams) if teams else None),
        _select(sheet, "size", "How large is a team?", sizes, str(sheet.draft.team_size)),
    )


def _buttons(sheet: Sheet) -> Row:
    draft, asked = sheet.draft, asks(sheet.draft)
    grey, blue = discord.ButtonStyle.secondary, discord.ButtonStyle.primary
    found: list[discord.ui.Item[Any]] = [_button(sheet, "Time", "ask-time", grey if draft.starts_at else blue)]
    if "subject" in asked:
        found.append(_button(sheet, "Name", "ask-name", grey))
    if "seats" in asked:
        found.append(_button(sheet, "Seats", "ask-seats", grey))
    if "counts" in asked:
        counting = "Counts" if draft.counts else "Does not count"
        found.append(_button(sheet, counting, "counts:no" if draft.counts else "counts:yes", grey))
    found.append(_button(sheet, "Preview", "preview", blue, disabled=bool(missing(draft))))
    found.append(_button(sheet, "Discard", "discard", discord.ButtonStyle.danger))
    return tuple(found)


def preview_rows(sheet: Sheet) -> tuple[Row, ...]:
    """What can be done with a finished draft."""
    return (
        (
            _button(sheet, "Confirm", "confirm", discord.ButtonStyle.success),
            _button(sheet, "Change", "change", discord.ButtonStyle.secondary),
            _button(sheet, "Discard", "discard", discord.ButtonStyle.danger),
        ),
    )


def preview_text(sheet: Sheet, channel: discord.TextChannel) -> str:
    """When and where the raid will be, with everything that was assumed about the time."""
    draft = sheet.draft
    assert draft.starts_at is not None  # noqa: S101 - a finished draft has a time
    said = f"“{escape(draft.said)}” is" if draft.said else "It begins"
    lines = [
        f"{said} {stamp(draft.starts_at)} ({stamp(draft.starts_at, 'R')}), time zone {draft.zone}.",
        *(f"-# {assumption}" for assumption in sheet.assumptions),
        f"The signup goes to {channel.mention} and will look like this:",
    ]
    return "\n".join(lines)


def time_form(sheet: Sheet, zone: str) -> discord.ui.Modal:
    hint = f"friday 8pm, tomorrow 20:00, 2030-05-17 19:30 … ({zone})"
    field = Field("when", "When does it begin?", sheet.draft.said, hint)
    return form(_address(sheet, "time"), "Time of the raid", field)


def name_form(sheet: Sheet) -> discord.ui.Modal:
    field = Field("name", "Boss or dungeon", sheet.draft.subject or "", most=SUBJECT_MOST, required=False)
    return form(_address(sheet, "name"), "Name", field)


def seats_form(sheet: Sheet) -> discord.ui.Modal:
    field = Field("seats", f"Number of seats, 1 to {MUSEUM_SEATS[-1]}", str(sheet.draft.seats), most=2)
    return form(_address(sheet, "seats"), "Seats", field)


def _address(sheet: Sheet, action: str) -> str:
    return address(PANEL, sheet.id, action)


def _button(
    sheet: Sheet, text: str, action: str, style: discord.ButtonStyle, *, disabled: bool = False
) -> discord.ui.Button[Any]:
    return discord.ui.Button(label=text, style=style, custom_id=_address(sheet, action), disabled=disabled)


def _select(sheet: Sheet, action: str, hint: str, choices: list[tuple[str, str]], chosen: str | None) -> Row:
    options = [discord.SelectOption(label=name, value=value, default=value == chosen) for value, name in choices]
    return (discord.ui.Select(custom_id=_address(sheet, action), placeholder=hint, options=options),)
