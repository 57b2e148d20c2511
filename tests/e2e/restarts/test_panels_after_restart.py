"""Panels and forms opened before a restart work after it, and forms change only their own target."""

from collections.abc import Iterable

from discord_sandbox import Sandbox
from raidbot.commands.raid.cog import ACTIONS
from raidbot.raids.notifications import REPLY
from tests.commands.permission_tables import PRESSES, SUBJECT_SEGMENTS
from tests.conftest import Start
from tests.e2e.random_play.test_concurrent_members import check_answers
from tests.e2e.restarts import (
    announcement_stories,
    figure_stories,
    form_stories,
    panel_stories,
    raid_stories,
    series_stories,
    settings_stories,
    signup_stories,
    template_stories,
)
from tests.e2e.restarts.story_runner import run_with_restarts, run_without_restarts

STORIES = (
    announcement_stories.STORIES
    | figure_stories.STORIES
    | panel_stories.STORIES
    | raid_stories.STORIES
    | series_stories.STORIES
    | settings_stories.STORIES
    | signup_stories.STORIES
    | template_stories.STORIES
)
FORMS = (
    announcement_stories.FORMS
    | figure_stories.FORMS
    | form_stories.FORMS
    | series_stories.FORMS
    | template_stories.FORMS
)
TEMPLATE_FORMS = (
    "look",
    "lengths",
    "sides",
    "signups",
    "lines",
    "add-role",
    "edit-role",
    "add-plan",
    "edit-plan",
    "new",
)

FORM_NAMES = {
    *(("raid", form) for form in ("time", "deadline", "text", "copy", "length", "cancel", "seats-set")),
    *(("create", form) for form in ("time", "name", "seats", "closes")),
    *(("announce", form) for form in ("new", "text")),
    *(("settings", form) for form in ("zone", "leader-leads", "member-leads")),
    ("reminders", "typed"),
    ("setup", "zone"),
    ("privacy", "delete"),
    *(("series", form) for form in ("pause", "one-said", "extra", "days")),
    *(("series-draft", form) for form in ("said", "posted", "end", "words", "series")),
    *(("templates", form) for form in TEMPLATE_FORMS),
}


def actions(custom_ids: Iterable[object]) -> set[tuple[str, str]]:
    """Return the (panel, action) pairs of the custom ids."""
    parts = [str(custom_id).split(":") for custom_id in custom_ids]
    return {(panel, rest[panel in SUBJECT_SEGMENTS or panel == REPLY]) for panel, *rest in parts if rest}


async def test_every_panel_works_through_a_restart_between_any_two_steps(sandbox: Sandbox, start: Start) -> None:
    await run_with_restarts(sandbox, start, STORIES)

    known = {(panel, action.split(":")[0]) for panel, listed in PRESSES.items() for action in listed}
    pressed = actions(one.payload.get("custom_id") for one in sandbox.store.interactions.values())
    opened = actions(one.modal["custom_id"] for one in sandbox.store.interactions.values() if one.modal)
    assert opened == FORM_NAMES  # a new form needs a story in FORMS
    known |= {("raid", action) for action in ACTIONS} | {(REPLY, "out"), (REPLY, "sub")}
    assert known - pressed == set()


async def test_forms_opened_for_one_thing_and_left_change_only_the_next(sandbox: Sandbox, start: Start) -> None:
    await run_with_restarts(sandbox, start, FORMS)

    opened = actions(one.modal["custom_id"] for one in sandbox.store.interactions.values() if one.modal)
    assert opened == FORM_NAMES


async def test_every_panel_and_form_answers_in_time_while_discord_is_slow(sandbox: Sandbox, start: Start) -> None:
    sandbox.faults.slow(0.5)

    await run_without_restarts(sandbox, start, STORIES)

    check_answers(sandbox)
