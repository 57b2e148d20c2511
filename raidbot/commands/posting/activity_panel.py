"""Choose what is played on a panel: menus, buttons, forms and summary of a draft's activity and its details."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from raidbot.commands.ui.components import GREY, MAX_OPTIONS, Controls, options, page_of
from raidbot.commands.ui.forms import Field
from raidbot.commands.ui.responses import Item, Row
from raidbot.commands.ui.router import Press, UnknownPanel
from raidbot.raids.drafts import (
    MAX_SUBJECT_LENGTH,
    MAX_TEAMS,
    MUSEUM_SEATS,
    NOTHING_OFFERED,
    TEAM_SIZES,
    USUAL_TEAMS,
    Activity,
    Draft,
    activities,
    activity_of,
    asks,
    by_use,
    key_of,
    label_of,
    usual_length,
)
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.model import MAX_LABEL_LENGTH, Template, spoken_length
from raidbot.utils.clean_text import clean_name
from raidbot.utils.errors import Refusal
from raidbot.utils.text import escape
from raidbot.utils.words import Text, say

LABELS = {"name": "Boss or dungeon", "seats": f"Number of seats, 1 to {MUSEUM_SEATS[-1]}"}
_MAX_DIGITS = 18


class NotANumber(Refusal):
    def __init__(self, text: str) -> None:
        super().__init__(f"“{text[:20]}” is not a number of seats. Use a whole number from 1 to {MUSEUM_SEATS[-1]}.")


@dataclass(frozen=True, slots=True)
class ActivityPanel:
    """A draft with its guild's templates, and the controls of its panel. `uses` counts how often each was chosen."""

    draft: Draft
    catalogue: Catalogue
    controls: Controls
    uses: Mapping[str, int] = field(default_factory=dict)

    @property
    def activity(self) -> Activity | None:
        return activity_of(self.draft, self.catalogue)

    @property
    def asks(self) -> frozenset[str]:
        return asks(self.activity) if self.activity else frozenset()

    def hint(self) -> Text | None:
        """Return where there is more to choose from, while nothing is chosen."""
        if self.activity is not None:
            return None
        if not activities(self.catalogue):
            return NOTHING_OFFERED
        return None if self.catalogue.games_chosen else say("More games: a manager chooses them in `/setup`.")

    def summary(self) -> list[str]:
        """Return a line for each choice made so far, without the time."""
        draft, asked = self.draft, self.asks
        lines = [f"**What:** {escape(label_of(self.activity))}"] if self.activity else []
        if self._length:
            lines.append(f"**Length:** {spoken_length(self._length)}")
        if self._strategy:
            lines.append(f"**Strategy:** {escape(self._strategy)}")
        if "teams" in asked:
            lines.append(f"**Teams:** {self._teams} of {draft.team_size}")
        if "seats" in asked:
            lines.append(f"**Seats:** {draft.seats}")
        if draft.subject:
            lines.append(f"**Name:** {escape(draft.subject)}")
        if "counts" in asked:
            lines.append(f"**Counts for statistics:** {'yes' if draft.counts else 'no'}")
        return lines

    def activity_rows(self, page: int | None) -> tuple[Row, ...]:
        """Return the menu of activities, and with several pages the buttons that turn them; nothing if none is offered.

        `page` defaults to the one with the chosen activity.
        """
        offered = by_use(activities(self.catalogue), self.uses)
        if not offered:
            return ()
        chosen = key_of(self.activity) if self.activity else None
        if page is None:
            page = next((place for place, (key, _) in enumerate(offered) if key == chosen), 0) // MAX_OPTIONS
        shown = page_of(offered, page)
        hint = "What is it?" if shown.pages == 1 else f"What is it? (page {shown.number + 1} of {shown.pages})"
        select = self._select("activity", hint, shown.items, chosen)
        turn = self.controls.page_buttons(shown.number, shown.pages, "page")
        return (select, turn) if turn else (select,)

    def detail_rows(self) -> tuple[Row, ...]:
        """Return the menus for length and strategy, or for teams: at most two."""
        return (*self._template_rows(), *self._team_rows())

    def detail_buttons(self) -> tuple[Item, ...]:
        """Return the buttons for name, seats, and whether it counts, as far as the activity asks: at most two."""
        asked, button = self.asks, self.controls.button
        found: list[Item] = []
        if "subject" in asked:
            found.append(button("Name", "ask-name"))
        if "seats" in asked:
            found.append(button("Seats", "ask-seats"))
        return (*found, *self.counts_button())

    def counts_button(self) -> tuple[Item, ...]:
        """Return the button that says whether it counts for statistics, if the activity asks for it."""
        if "counts" not in self.asks:
            return ()
        counts = self.draft.counts
        label = "Counts" if counts else "Does not count"
        return (self.controls.button(label, "counts", GREY, "no" if counts else "yes"),)

    def name_field(self) -> Field:
        return Field("name", LABELS["name"], self.draft.subject or "", max_length=MAX_SUBJECT_LENGTH, required=False)

    def seats_field(self) -> Field:
        return Field("seats", LABELS["seats"], str(self.draft.seats), max_length=2)

    def chosen(self, press: Press, action: Sequence[str]) -> Draft:
        """Return the draft with what was chosen or typed. Raises NotANumber, UnknownActivity or UnknownPanel."""
        draft, chosen = self.draft, press.chosen
        match action:
            case ["activity"]:
                return draft.choosing(chosen, self.catalogue)
            case ["length"]:
                return draft.with_choice(length_minutes=whole(chosen))
            case ["strategy"]:
                return draft.with_choice(strategy=chosen)
            case ["teams"]:
                return draft.with_choice(teams=whole(chosen))
            case ["size"]:
                return draft.with_choice(team_size=whole(chosen))
            case ["counts", wanted]:
                return draft.with_choice(counts=wanted == "yes")
            case ["name"]:
                return draft.with_choice(subject=press.fields["name"].strip() or None)
            case ["seats"]:
                return draft.with_choice(seats=_seats(press.fields["seats"]))
            case _:
                raise UnknownPanel

    @property
    def _length(self) -> int | None:
        return self.draft.length_minutes or usual_length(self.activity)

    @property
    def _strategy(self) -> str | None:
        template = self.activity
        usual = template.strategies[0].name if isinstance(template, Template) and template.strategies else None
        return self.draft.strategy or usual

    @property
    def _teams(self) -> int:
        return USUAL_TEAMS if self.draft.teams is None else self.draft.teams

    def _template_rows(self) -> tuple[Row, ...]:
        template = self.activity
        if not isinstance(template, Template):
            return ()
        found: list[Row] = []
        if len(template.lengths) > 1:
            lengths = [(str(minutes), spoken_length(minutes)) for minutes in template.lengths]
            found.append(self._select("length", "How long?", lengths, str(self._length)))
        if template.strategies:
            strategies = [(strategy.name, strategy.name) for strategy in template.strategies]
            found.append(self._select("strategy", "Which strategy?", strategies, self._strategy))
        return tuple(found)

    def _team_rows(self) -> tuple[Row, ...]:
        if "teams" not in self.asks:
            return ()
        counts = [(str(n), f"{n} team" if n == 1 else f"{n} teams") for n in range(1, MAX_TEAMS + 1)]
        sizes = [(str(n), f"{n} seats in a team") for n in TEAM_SIZES]
        return (
            self._select("teams", "How many teams?", counts, str(self._teams)),
            self._select("size", "How large is a team?", sizes, str(self.draft.team_size)),
        )

    def _select(self, action: str, hint: str, choices: Sequence[tuple[str, str]], chosen: str | None) -> Row:
        named = [(value, clean_name(name, MAX_LABEL_LENGTH)) for value, name in choices]
        return (self.controls.select(hint, action, options(named, chosen)),)


def whole(text: str) -> int:
    """Parse a number that the panel itself wrote. Raises UnknownPanel."""
    if not text.isdecimal() or len(text) > _MAX_DIGITS:
        raise UnknownPanel
    return int(text)


def _seats(text: str) -> int:
    if not text.strip().isdecimal():
        raise NotANumber(text)
    seats = int(text)
    if seats not in MUSEUM_SEATS:
        raise NotANumber(text)
    return seats
