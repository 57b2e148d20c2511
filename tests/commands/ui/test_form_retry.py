"""A refused form is filled in again with what was typed, for whoever typed it and nobody else."""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from raidbot.commands.create import views as create_views
from raidbot.commands.raid.context import LABELS
from raidbot.commands.templates.context import LABELS as TEMPLATE_LABELS
from tests.commands.raid.panel_helpers import form_values, panel_of
from tests.commands.templates.panel_helpers import create_template, stored_template
from tests.commands.templates.panel_helpers import panel_of as templates_panel
from tests.conftest import Start
from tests.raid_boards import post_raid

NO_TITLE = "\u200b\u3164"
FENCED = "```\nBring bread.\n```"


def again_id(panel: PersonResponse) -> str:
    """Return the `custom_id` of “Try again”."""
    (found,) = (
        str(button["custom_id"])
        for row in panel.components
        for button in row["components"]
        if button["label"] == "Try again"
    )
    return found


async def press(person: Person, panel: PersonResponse, custom_id: str) -> PersonResponse:
    """Press a button with this `custom_id` on the panel's message; return the form it opens."""
    assert panel.message is not None
    return await person.use(panel.message, {"type": 2, "custom_id": custom_id})


def kept(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM refused_forms").fetchone()[0])


async def refused_text(guild: SandboxGuild, by: Person | None = None) -> PersonResponse:
    """Return the panel of a new raid above a form refused for its title."""
    panel = await panel_of(guild, await post_raid(guild), by=by)
    await (await panel.click("Change text")).submit(title=NO_TITLE, description=FENCED)
    assert "A raid needs a title." in panel.text()
    return panel


async def test_labels_may_be_worded_anew_between_the_refusal_and_the_next_try(
    guild: SandboxGuild, start: Start, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with start():
        panel = await refused_text(guild)
        template = await refused_colour(guild)
        draft = await guild.owner.slash(guild.channel("raid-signups"), "create", activity="museum")
        await (await draft.click("Time")).submit(when="flurbsday")
    monkeypatch.setitem(LABELS, "description", "Words below the title")
    monkeypatch.setitem(TEMPLATE_LABELS, "colour", "Tint")
    monkeypatch.setitem(create_views.LABELS, "when", "Beginning")
    async with start():
        form = await panel.click("Try again")
        assert "Words below the title" in form.text()
        assert form_values(form) == {"title": NO_TITLE, "description": FENCED, "signup_text": ""}
        assert form_values(await template.click("Try again"))["colour"] == "red"
        assert form_values(await draft.click("Try again")) == {"when": "flurbsday"}

        await form.submit(title="Silver Key")

        assert "Board updated." in panel.text()
        await guild.until(lambda: kept(database) == 2)


async def refused_colour(guild: SandboxGuild) -> PersonResponse:
    """Return what answers a form for a new template, refused for its colour."""
    return await create_template(guild, name="Ember", colour="red")


async def refused_seats(guild: SandboxGuild) -> PersonResponse:
    """Return the panel of a new draft above a form refused for its number of seats."""
    panel = await guild.owner.slash(guild.channel("raid-signups"), "create", activity="museum")
    await (await panel.click("Seats")).submit(seats="x")
    return panel


@pytest.mark.parametrize(
    ("begin", "refused", "accepted"),
    [
        (refused_text, {"title": "\u3164"}, {"title": "Silver Key"}),
        (refused_colour, {"colour": "blue"}, {"colour": ""}),
        (refused_seats, {"seats": "y"}, {"seats": "7"}),
    ],
)
async def test_an_accepted_form_is_not_kept_and_one_refused_twice_is_kept_once(
    guild: SandboxGuild,
    start: Start,
    database: Path,
    begin: Callable[[SandboxGuild], Awaitable[PersonResponse]],
    refused: dict[str, str],
    accepted: dict[str, str],
) -> None:
    async with start():
        panel = await begin(guild)
        await (await panel.click("Try again")).submit(**refused)
        assert kept(database) == 1

        form = await panel.click("Try again")

        assert form_values(form).items() >= refused.items()
        await form.submit(**accepted)
        assert "Nothing was saved" not in panel.text()
        await guild.until(lambda: kept(database) == 0)


async def test_nobody_gets_what_somebody_else_typed(guild: SandboxGuild, start: Start, database: Path) -> None:
    bob = guild.add_member("bob", permissions=["manage_guild"])
    async with start():
        panel = await refused_text(guild)
        own = await panel_of(guild, guild.messages(guild.channel("raid-signups"))[-1], by=bob)
        forged = again_id(panel)

        form = await press(bob, own, forged)
        assert form_values(form) == {"title": "Museum Signup", "description": "", "signup_text": ""}
        await form.submit(title="\u3164", description="Bob’s.")
        await (await own.click("Try again")).submit(title="Bob’s")

        await guild.until(lambda: kept(database) == 1)
        assert form_values(await panel.click("Try again"))["description"] == FENCED


async def test_a_panel_of_a_version_that_kept_it_in_the_message_only(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await refused_text(guild)
        draft = await guild.owner.slash(guild.channel("raid-signups"), "create", activity="museum")
        await (await draft.click("Time")).submit(when="flurbsday")
        await bot.state.db.write(lambda tx: tx.execute("DELETE FROM refused_forms"))
    old = [again_id(one).removesuffix("~") for one in (panel, draft)]
    async with start():
        assert form_values(await press(guild.owner, panel, old[0])) == {
            "title": NO_TITLE,
            "description": FENCED,
            "signup_text": "",
        }
        assert form_values(await press(guild.owner, draft, old[1])) == {"when": "flurbsday"}


async def test_while_the_database_cannot_be_written_what_was_typed_is_shown_and_filled_in(
    guild: SandboxGuild, start: Start
) -> None:
    async with start() as bot:
        board = await post_raid(guild)
        panel = await panel_of(guild, board)
        writer = bot.state.db._writer
        await writer.execute("PRAGMA query_only = ON")

        await (await panel.click("Change text")).submit(title=NO_TITLE, description=FENCED)

        assert "A raid needs a title." in panel.text()
        assert "Bring bread." in panel.text()
        form = await panel.click("Try again")
        assert form_values(form)["description"] == FENCED
        await writer.execute("PRAGMA query_only = OFF")
        await form.submit(title="Silver Key")
        assert "Board updated." in panel.text()


async def test_what_was_kept_is_gone_after_a_day(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    async with start():
        panel = await refused_text(guild)
        sandbox.advance(timedelta(days=1, minutes=1))
        await sandbox.until(lambda: kept(database) == 0)

        assert form_values(await panel.click("Try again")) == {
            "title": "Museum Signup",
            "description": "",
            "signup_text": "",
        }


async def test_who_lost_the_right_meanwhile_does_not_lose_what_they_typed(guild: SandboxGuild, start: Start) -> None:
    helpers = guild.add_role("helpers", permissions=["manage_guild"])
    bob = guild.add_member("bob", roles=[helpers])
    async with start() as bot:
        panels = (
            (await panel_of(guild, await post_raid(guild), by=bob), "Change text", {"description": FENCED}),
            (await templates_panel(guild, by=bob), "Sides", {"sides": "Left\nRight"}),
            (await bob.slash(guild.channel("raid-signups"), "create", activity="museum"), "Seats", {"seats": "7"}),
        )
        forms = [await panel.click(button) for panel, button, _ in panels]
        await guild.take_role(bob, helpers)

        for form, (panel, _, typed) in zip(forms, panels, strict=True):
            await form.submit(**typed)
            assert panel.text().startswith("You may not")
            assert "Nothing was saved. This is what you typed:" in panel.text()
            assert all(line in panel.text() for value in typed.values() for line in value.splitlines())
            assert "You may not" in (await panel.click("Try again")).text()
        assert (await stored_template(bot, guild)).sides == ()

        await guild.give_role(bob, helpers)
        for panel, _, typed in panels:
            form = await panel.click("Try again")
            assert form_values(form).items() >= typed.items()
            await form.submit()
        assert (await stored_template(bot, guild)).sides == ("Left", "Right")
        assert "Seats: 7" in panels[2][0].text()


@pytest.mark.parametrize(("button", "said"), [("Discard", "no longer there"), ("Confirm", "created already")])
async def test_what_was_typed_for_a_draft_that_is_gone_can_still_be_copied(
    guild: SandboxGuild, start: Start, button: str, said: str
) -> None:
    async with start():
        panel = await guild.owner.slash(guild.channel("raid-signups"), "create", activity="museum", when="in 3 hours")
        await panel.click("Change")
        form = await panel.click("Time")
        await panel.click("Preview")
        await panel.click(button)
        await guild.until(lambda: "[Discard]" not in panel.text())

        await form.submit(when="in 9 hours, after dinner")

        assert said in panel.text()
        assert "in 9 hours, after dinner" in panel.text()
        assert "[Try again]" not in panel.text()
