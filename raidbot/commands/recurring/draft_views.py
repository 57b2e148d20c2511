"""Views of a series that is being made or edited: the panel with its next dates, and the pages of single fields."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import discord

from raidbot.commands.posting.activity_panel import ActivityPanel
from raidbot.commands.posting.mentions import is_many, reach
from raidbot.commands.posting.preview import Parts
from raidbot.commands.ui.components import (
    BLUE,
    GREEN,
    GREY,
    RED,
    Controls,
    option,
    options,
    panel_embed,
    pressable,
)
from raidbot.commands.ui.responses import Item, Row
from raidbot.commands.ui.router import address
from raidbot.db.drafts import DraftId
from raidbot.raids.labels import channel_mention, role_mention
from raidbot.raids.schedules.model import DatesOff, Lead
from raidbot.raids.schedules.preview import Preview, preview
from raidbot.raids.schedules.rules import Daily, MonthlyByWeekday, Weekly
from raidbot.raids.series.drafting import words
from raidbot.raids.series.drafting.draft import Chosen, SeriesDraft, as_create_draft, still_to_choose, turn_label
from raidbot.raids.series.drafting.typed import HOW_OFTEN, LEAD_DAYS, LEADS
from raidbot.raids.series.model import MAX_TURNS
from raidbot.raids.series.serialization import schedule_to_json, turn_to_json
from raidbot.raids.series.words import OLD_BOARDS, ROSTERS
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.utils.ids import fingerprint
from raidbot.utils.text import fit_lines
from raidbot.utils.words import WEEKDAYS, Listed, Name, Text, count, paragraph, render, say

DRAFT_PANEL = "series-draft"
_MAX_LENGTH = 3700
"""Of an embed’s description, without the line of totals."""
_MAX_OPTIONS = 25
_PART_WORDS = {
    "what": say("what is played"),
    "when": say("when it repeats"),
    "off": say("the dates off"),
    "posting": say("when it is posted"),
    "people": say("who is signed up or mentioned"),
    "place": say("the name or the channel"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """A draft with what its panel shows besides. `of_server` are the server's dates off.

    `reach` is the number of people whom the mention reaches, or None if nobody is mentioned or Discord does not say.
    """

    id: DraftId
    draft: SeriesDraft
    catalogue: Catalogue
    is_edit: bool
    of_server: tuple[DatesOff, ...]
    now: datetime
    reach: int | None = None

    @property
    def missing(self) -> tuple[Text, ...]:
        return still_to_choose(self.draft, self.catalogue)

    @property
    def shown(self) -> Preview | None:
        """The next dates, once rule and time are chosen."""
        if not self.draft.is_complete_schedule:
            return None
        return preview(self.draft.effective, now=self.now, dates_off=self.of_server)

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(turn_label(turn, self.catalogue) for turn in self.draft.turns)


def controls(draft: DraftId) -> Controls:
    """Return the buttons and menus of the draft's panel, whose presses come as `action:DRAFT:…`."""
    return Controls(partial(_address, draft))


def _address(draft: DraftId, action: str, *more: object) -> str:
    return address(DRAFT_PANEL, action, draft, *more)


def parts(view: DraftView) -> Parts:
    """Return a fingerprint of each part of what the panel shows."""
    draft = view.draft
    schedule = schedule_to_json(draft.effective)
    off, posting = schedule.get("dates_off"), schedule["posting"]
    rest = {key: value for key, value in schedule.items() if key not in ("dates_off", "posting")}
    templates = [repr(view.catalogue.find(turn.template)) for turn in draft.turns]
    shown: dict[str, object] = {
        "what": ([turn_to_json(turn) for turn in draft.turns], templates),
        "when": rest,
        "off": (off, [(str(one.first), str(one.last)) for one in view.of_server]),
        "posting": posting,
        "people": (draft.mention, draft.roster, draft.leader),
        "place": (draft.name, draft.channel, draft.old_boards, draft.drops_changes),
    }
    return {name: fingerprint(json.dumps(value)) for name, value in shown.items()}


def changed_since(seen: Parts, now: Parts) -> Text:
    """Say what changed since the panel whose parts are `seen`; these are empty for one that nobody knows."""
    changed = tuple(name for part, name in _PART_WORDS.items() if part in seen and seen[part] != now.get(part))
    if not changed:
        return say("This panel is out of date, so nothing was saved. Check it and save again.")
    return say(
        "Nothing was saved, because {parts} changed meanwhile. Check it and save again.", parts=Listed(changed, "and")
    )


# The panel


def panel(view: DraftView) -> discord.Embed:
    """Return all choices, and the next dates as they will be posted."""
    draft, shown = view.draft, view.shown
    found = [
        words.scope(draft) if view.is_edit else None,
        say("**Name:** {name}", name=Name(draft.name)) if draft.name else None,
        words.what(draft, view.catalogue),
        words.when(draft),
        words.posted(draft),
        words.dates_off(draft.schedule, view.of_server),
        words.people(draft),
        _mention(view),
        say("**Channel:** {channel}", channel=channel_mention(draft.channel)) if draft.channel else None,
        words.single_changes(draft.schedule, shown, is_dropped=draft.drops_changes) if shown and view.is_edit else None,
    ]
    lines = [render(line) for line in found if line is not None]
    embed = panel_embed(render(say("Edit a series") if view.is_edit else say("New recurring raid")), "\n".join(lines))
    if shown is not None:
        embed.description = "\n".join([*lines, "", *_dates(view, shown, _MAX_LENGTH - sum(map(len, lines)))])
    missing = view.missing
    needed = say("Still to choose: {parts}", parts=Listed(missing, "and")) if missing else None
    return embed.set_footer(text=render(needed or say("Nothing is saved yet. Check the dates, then save.")))


def _dates(view: DraftView, shown: Preview, room: int) -> list[str]:
    dates = [render(line) for line in words.next_dates(view.draft.effective, shown, view.labels)]
    if not dates:
        dates = [render(say("No raid lies ahead."))]
    totals = words.totals(view.draft.effective, shown)
    return [
        f"**{render(say('Next dates'))}**",
        fit_lines(dates, room),
        *([render(totals)] if totals else []),
    ]


def _mention(view: DraftView) -> Text | None:
    if view.draft.mention is None:
        return None
    role = role_mention(view.draft.mention)
    if view.reach is None:
        return say("**Mentions:** {role}", role=role)
    return say(
        "**Mentions:** {role}, which reaches {people}",
        role=role,
        people=count("{n} person", "{n} people", view.reach),
    )


def rows(view: DraftView, *, mark: str) -> tuple[Row, ...]:
    """Return the panel's buttons. The one that saves names what is shown."""
    draft, button = view.draft, controls(view.id).button
    rule_missing = not draft.is_complete_schedule
    found: list[Row] = [
        (
            button("What", "what", GREY if draft.turns else BLUE, 0),
            button("When", "when", BLUE if rule_missing else GREY),
            button("Posting", "posting"),
            button("End, dates off", "ask-end"),
            button("People", "people"),
        )
    ]
    last: list[Item] = [button("Save", "save", GREEN, mark, disabled=bool(view.missing))]
    if draft.schedule.end is not None:
        last.append(button("One more date", "longer"))
    if draft.turns:
        last.append(button("Show a board", "board"))
    last.append(button("Name", "ask-series"))
    last.append(button("Discard", "discard", RED))
    found.append(tuple(last))
    if view.is_edit and (draft.schedule.skips or draft.schedule.moves):
        label, wanted = ("Keep single changes", "keep") if draft.drops_changes else ("Drop single changes", "drop")
        found.append((button(label, "changes", GREY, wanted),))
    return tuple(found)


def questions(view: DraftView) -> tuple[Text, ...]:
    """Return what is asked before the series is saved; nothing if there is nothing to ask."""
    found: list[Text] = []
    if view.draft.mention is not None and is_many(view.reach):
        role = role_mention(view.draft.mention)
        found.append(paragraph(say("Every new raid notifies {role}.", role=role), reach(view.reach)))
    posting = view.draft.schedule.posting
    if isinstance(posting, Lead) and posting == Lead():
        found.append(say("Raids are posted only when they start, so nobody can sign up before."))
    return tuple(found)


# Pages


def turn_panel(draft: SeriesDraft, number: int, catalogue: Catalogue, made: Controls) -> ActivityPanel:
    """Return the menus for a turn (from 0); one behind the last is new."""
    turn = draft.turns[number] if number < len(draft.turns) else None
    return ActivityPanel(as_create_draft(turn), catalogue, made)


def what_rows(view: DraftView, number: int, menus: ActivityPanel, page: int | None) -> tuple[Row, ...]:
    """Return the menus for a turn: at most two for the activity, two for its details, and the buttons."""
    is_there = number < len(view.draft.turns)
    make = controls(view.id)
    last: list[Item] = [make.button("Back", "panel", BLUE if is_there else GREY)]
    if is_there:
        last += [make.button("Title and text", "ask-words", GREY, number), make.button("Take turns", "turns")]
        last += menus.counts_button()
    if is_there and len(view.draft.turns) > 1:
        last.append(make.button("Leader", "turn-leader", GREY, number))
    return (*menus.activity_rows(page), *menus.detail_rows(), tuple(last))


def turn_in_words(number: int) -> int:
    """Return the number of a turn (from 0) as people count."""
    return number + 1


def turns_rows(view: DraftView) -> tuple[Row, ...]:
    """Return the menus to change, add and remove what takes turns."""
    make, labels = controls(view.id), view.labels
    shown = [option(n, f"{n + 1}. {label}") for n, label in enumerate(labels[:_MAX_OPTIONS])]
    found: list[Row] = [(make.select("Change a turn", "turn", shown),)]
    if len(labels) > 1:
        found.append((make.select("Remove a turn", "turn-off", shown),))
    more = make.button("Add a turn", "what", GREEN, len(labels), disabled=len(labels) >= MAX_TURNS)
    return (*found, (make.button("Back", "panel", BLUE), more))


def turn_leader_rows(view: DraftView, number: int) -> tuple[Row, ...]:
    """Return the menu for who leads the raids of a turn, unless it is the series' leader."""
    make, leader = controls(view.id), view.draft.turns[number].leader
    return (
        (make.user_select("Who leads this turn?", "turn-led", number, chosen=leader),),
        pressable(
            make.button("Back", "what", BLUE, number),
            make.button("As for all turns", "turn-unled", GREY, number, disabled=leader is None),
        ),
    )


def when_rows(view: DraftView) -> tuple[Row, ...]:
    make, draft = controls(view.id), view.draft
    weekdays, rhythm = _chosen_rule(draft)
    names = [(number, render(name)) for number, name in enumerate(WEEKDAYS)]
    often = [(key, render(name)) for key, name in HOW_OFTEN.items()]
    return (
        (make.select("On which weekdays?", "days", options(names, *weekdays), max_values=len(names)),),
        (make.select("How often?", "rhythm", options(often, rhythm)),),
        (
            make.button("Type it", "ask-when", GREY if draft.is_complete_schedule else BLUE),
            make.button("Back", "panel", BLUE if draft.is_complete_schedule else GREY),
        ),
    )


def _chosen_rule(draft: SeriesDraft) -> tuple[tuple[int, ...], str]:
    if Chosen.RULE not in draft.chosen:
        return (), ""
    match draft.schedule.rule:
        case Weekly(weekdays, interval):
            return weekdays, f"w{interval}"
        case Daily(interval):
            return (), f"d{interval}"
        case MonthlyByWeekday(nth, weekday, 1):
            return (weekday,), f"m{nth}"
    return (), ""


def posting_rows(view: DraftView) -> tuple[Row, ...]:
    make, posting = controls(view.id), view.draft.schedule.posting
    chosen = ""
    if isinstance(posting, Lead):
        chosen = f"d{posting.days}" if posting.days else f"m{posting.minutes}"
    leads = [(f"m{minutes}", render(name)) for minutes, name in LEADS.items()]
    leads += [(f"d{days}", render(name)) for days, name in LEAD_DAYS.items()]
    return (
        (make.select("How long before the start?", "lead", options(leads, chosen)),),
        (make.channel_select("Which channel? (none: where such raids go)", "channel", chosen=view.draft.channel),),
        (make.button("Type it", "ask-posting"), make.button("Back", "panel", BLUE)),
    )


def people_rows(view: DraftView) -> tuple[Row, ...]:
    make, draft = controls(view.id), view.draft
    return (
        (make.select("Who is signed up from the start?", "roster", _named("Roster: {choice}", ROSTERS, draft.roster)),),
        (make.role_select("Mention a role with every raid?", "mention", chosen=_one(draft.mention), min_values=0),),
        (_leader(make, draft),),
        (
            make.select(
                "What happens to old boards?", "old", _named("Old boards: {choice}", OLD_BOARDS, draft.old_boards)
            ),
        ),
        pressable(
            make.button("Back", "panel", BLUE),
            make.button("No leader", "no-leader", disabled=draft.leader is None),
        ),
    )


def _leader(make: Controls, draft: SeriesDraft) -> Item:
    return make.user_select("Who leads the raids?", "leader", chosen=draft.leader)


def _named(pattern: str, names: dict[str, Text], chosen: str) -> list[discord.SelectOption]:
    return options([(key, pattern.format(choice=render(name))) for key, name in names.items()], chosen)


def _one(value: int | None) -> tuple[int, ...]:
    return () if value is None else (value,)
