"""/templates: text, look, lengths and sides of a template. Forms keep refused input and others' changes."""

import pytest

from discord_sandbox import SandboxGuild
from raidbot.raids.templates.builtin import builtin
from raidbot.raids.templates.model import DEFAULT_COLOUR
from tests.commands.templates.panel_helpers import create_template, entry_of, panel_of, stored_template, submit_form
from tests.conftest import Start
from tests.raid_boards import run_create

VOID = builtin()[0]


async def test_words_and_looks_are_changed_and_blanks_clear(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await panel_of(guild)

        await submit_form(panel, "Words and look", name="Void", label="", emoji="", colour="", description="")

        assert "Saved. Raids that are posted stay as they are." in panel.text()
        assert "changed here: name, label, emoji, description and colour" in panel.text()
        template = await stored_template(bot, guild, "Void")
        assert (template.label, template.emoji, template.description) == ("", "", "")
        assert template.colour == DEFAULT_COLOUR
    async with start() as bot:
        assert await stored_template(bot, guild, "Void") == template
        assert "Void" in (await run_create(guild, activity="Void", strategy="triple storm", length="1.5")).text()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"colour": "blue"}, "“blue” is not a colour. Write # and six of 0–9 and A–F, such as #1ABC9C."),
        ({"emoji": "x"}, "“x” is not an emoji."),
        ({"emoji": "<:far:123456789012345678>"}, "“:far:” is not an emoji of this server"),
        ({"name": "   "}, "The name is empty."),
        ({"name": "Gold Key Boss"}, "called “Gold Key Boss” already"),
        ({"label": "Challenge Mode"}, "called “Challenge Mode” already"),
        ({"label": "Lemuria (Ghastly Conspiracy)"}, "called “Lemuria (Ghastly Conspiracy)” already"),
    ],
)
async def test_wrong_words_change_nothing_and_are_shown_again(
    guild: SandboxGuild, start: Start, typed: dict[str, str], said: str
) -> None:
    async with start() as bot:
        panel = await panel_of(guild)

        await submit_form(panel, "Words and look", description="Kept as typed", **typed)

        assert said in panel.text()
        assert "Nothing was saved" in panel.text()
        assert "Kept as typed" in panel.text()
        assert await stored_template(bot, guild) == VOID
        await panel.click("Give up")
        assert "comes with the bot for Wizard101" in panel.text()


async def test_nothing_different_is_said_to_be_so(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await panel_of(guild)
        for button in ("Words and look", "Lengths", "Sides"):
            await submit_form(panel, button)
            assert "Nothing was different." in panel.text()

        assert not (await entry_of(bot, guild)).is_changed


@pytest.mark.parametrize(
    ("typed", "minutes"), [("2", (120,)), ("0.5, 1.25", (30, 75)), ("", ()), ("3, 1.5", (180, 90))]
)
async def test_lengths_are_typed_in_hours(
    guild: SandboxGuild, start: Start, typed: str, minutes: tuple[int, ...]
) -> None:
    async with start() as bot:
        panel = await panel_of(guild)

        await submit_form(panel, "Lengths", lengths=typed)

        assert (await stored_template(bot, guild)).lengths == minutes


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("soon", "“soon” is not a length"),
        ("25", "“25” is not a length"),
        (",".join(f"{n / 2}" for n in range(1, 28)), "There are 27 lengths"),
    ],
)
async def test_wrong_lengths_are_refused(guild: SandboxGuild, start: Start, typed: str, said: str) -> None:
    async with start() as bot:
        panel = await panel_of(guild)

        await submit_form(panel, "Lengths", lengths=typed)

        assert said in panel.text()
        form = await panel.click("Try again")
        assert typed in form.text()
        assert await stored_template(bot, guild) == VOID


async def test_sides_are_lines(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await panel_of(guild, "lemuria")
        await submit_form(panel, "Sides", sides="Left\n\n  Right ")
        assert "Sides: Left, Right" in panel.text()
        assert (await stored_template(bot, guild, "The Ghastly Conspiracy Raid")).sides == ("Left", "Right")

        await submit_form(panel, "Sides", sides="Left\nleft")
        assert "Two sides are the same." in panel.text()
        await submit_form(panel, "Try again", sides="")

        assert (await stored_template(bot, guild, "The Ghastly Conspiracy Raid")).sides == ()


async def test_what_was_typed_into_an_outdated_form_stays_on_the_panel(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await panel_of(guild)
        form = await panel.click("Words and look")
        assert form.modal is not None
        form.modal["custom_id"] += "abcdef"  # the mark of a field more

        await form.submit(description="A long story.")

        assert "older version of the bot" in panel.text()
        assert "A long story." in panel.text()
        assert "[Try again]" not in panel.text()
        assert await stored_template(bot, guild) == VOID


async def test_two_managers_who_edit_at_once_both_win(guild: SandboxGuild, start: Start) -> None:
    bob = guild.add_member("bob", permissions=["manage_guild"])
    async with start() as bot:
        panels = [await panel_of(guild), await panel_of(guild, by=bob)]
        forms = [await panel.click("Words and look") for panel in panels]

        await forms[0].submit(name="Void", label="V")
        await forms[1].submit(description="Otherwise.", colour="#010203")

        template = await stored_template(bot, guild, "Void")
        assert (template.label, template.description, template.colour) == ("V", "Otherwise.", 0x010203)


async def test_a_form_left_open_for_one_template_changes_no_other(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await panel_of(guild)
        first = await panel.click("Words and look")
        second = await (await panel_of(guild, "lemuria")).click("Words and look")

        await second.submit(description="For Lemuria.")
        assert await stored_template(bot, guild) == VOID
        await first.submit(description="For Dragonspyre.")

        assert (await stored_template(bot, guild)).description == "For Dragonspyre."
        assert (await stored_template(bot, guild, "The Ghastly Conspiracy Raid")).description == "For Lemuria."


async def test_a_custom_emoji_of_this_server_goes_by_name(guild: SandboxGuild, start: Start) -> None:
    emoji = guild.add_emoji("Ember")
    async with start() as bot:
        panel = await panel_of(guild)

        await submit_form(panel, "Words and look", emoji=":ember:")
        assert (await stored_template(bot, guild)).emoji == f"<:Ember:{emoji.id}>"
        await submit_form(panel, "Words and look", name="Void", emoji=f"<:Ember:{emoji.id}>")

        assert (await stored_template(bot, guild, "Void")).emoji == f"<:Ember:{emoji.id}>"


async def test_what_people_wrote_is_shown_as_they_wrote_it(guild: SandboxGuild, start: Start) -> None:
    hostile = f"# big <@{guild.owner.id}> [free](https://example.com)"
    async with start():
        panel = await create_template(guild, "Ember", description=hostile, roles="| 🛡️ | Tank | 1")
        assert hostile in panel.text()
        await submit_form(await panel.click("Strategies"), "Add a strategy", name="storm", description=hostile)

        await panel.select("Edit or remove a strategy", ["storm"])

        assert hostile in panel.text()


async def test_trying_again_takes_back_nothing_that_others_did_meanwhile(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel, other = await panel_of(guild), await panel_of(guild)
        await submit_form(panel, "Words and look", name="Void", colour="red")
        await submit_form(other, "Words and look", description="Theirs.")

        await submit_form(panel, "Try again", colour="#000001")

        void = await stored_template(bot, guild, "Void")
        assert (void.description, void.colour) == ("Theirs.", 1)
