"""Every action on the panels of /templates, one step at a time, and their forms. See `panel_stories`."""

from collections.abc import Mapping

from raidbot.raids.model import GuildId, Source
from raidbot.raids.schedules.model import Lead
from raidbot.raids.templates import catalogue
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.model import Template
from raidbot.state import Cause
from tests.commands.raid.panel_helpers import options_of, panel_option
from tests.commands.templates.panel_helpers import LINES, entries, stored_template
from tests.e2e.restarts.story_runner import Steps, Story, StoryContext

LIST, ROLE, PLAN = "Look at a template, and change it", "Edit or remove one role", "Edit or remove a strategy"


def _with_copies(count: int, before: Catalogue) -> Catalogue:
    for number in range(count):
        before = catalogue.duplicate(before, key="dragonspyre", new=f"custom-{number}")
    return before


async def templates_list(on: StoryContext) -> Steps:
    await on.running.state.change_templates(
        GuildId(on.guild.id), lambda before: _with_copies(30, before), Cause(Source.COMMAND)
    )
    panel = await on.ask("templates list")
    yield
    await panel.click("Next page")
    yield
    await panel.click("Previous page")
    yield
    exported = await panel.click("Export all")
    assert exported.message is not None
    assert [file.filename for file in exported.message.attachments] == ["templates.json"]
    yield
    await panel.select(LIST, [options_of(panel, LIST)[0]["value"]])
    for button in ("Disable", "Enable", "Preview", "Back", "Duplicate"):
        yield
        await panel.click(button)
    assert "This is the copy" in panel.text()
    for button in ("Export", "Delete", "Keep it", "Delete", "Yes, delete it"):
        yield
        await panel.click(button)
    assert "is deleted" in panel.text()


async def create_from_many(on: StoryContext) -> Steps:
    await on.running.state.change_templates(
        GuildId(on.guild.id), lambda before: _with_copies(30, before), Cause(Source.COMMAND)
    )
    panel = await on.ask("create")
    yield
    await panel.click("Next page")
    yield
    await panel.click("Previous page")
    yield
    form = await panel.select("What is it? (page 1 of 2)", [panel_option(panel, "Lemuria")])
    yield
    await form.submit(when="in 3 hours")
    assert "Ghastly" in panel.text()


async def template_new(on: StoryContext) -> Steps:
    form = await on.ask("templates create")
    yield
    panel = await form.submit(name="Ember", roles=LINES)
    assert "Saved." in panel.text()
    yield
    await panel.click("All templates")
    yield
    form = await panel.click("New template")
    yield
    await form.submit(name="Ember", roles=LINES)
    assert "Nothing was saved" in panel.text()
    yield
    form = await panel.click("Try again")
    yield
    await form.submit(name="Embers")
    assert (await stored_template(on.running, on.guild, "Embers")).roles == (
        await stored_template(on.running, on.guild, "Ember")
    ).roles


async def template_words(on: StoryContext) -> Steps:
    panel = await on.ask("templates edit", template="dragonspyre")
    for button, typed in (
        ("Words and look", {"description": "Otherwise.", "colour": "#010203"}),
        ("Lengths", {"lengths": "1, 2.5"}),
        ("Sides", {"sides": "Left\nRight"}),
    ):
        yield
        form = await panel.click(button)
        yield
        await form.submit(**typed)
    now = await stored_template(on.running, on.guild)
    assert (now.description, now.colour, now.lengths, now.sides) == (
        "Otherwise.",
        0x010203,
        (60, 150),
        ("Left", "Right"),
    )
    for button in ("Reset", "Keep it", "Reset", "Yes, reset it"):
        yield
        await panel.click(button)
    assert (await stored_template(on.running, on.guild)).sides == ()


async def template_roles(on: StoryContext) -> Steps:
    panel = await on.ask("templates edit", template="dragonspyre")
    yield
    await panel.click("Roles")
    yield
    form = await panel.click("Edit as text")
    yield
    await form.submit(roles=LINES)
    assert _names(await stored_template(on.running, on.guild)) == ["Tank", "Healer", "Damage"]
    yield
    await panel.click("Roles")
    yield
    form = await panel.click("Add a role")
    yield
    await form.submit(emoji="🐢", name="Late", seats="2")
    yield
    await panel.select(ROLE, [panel_option(panel, "💚 Healer")])
    yield
    form = await panel.click("Edit")
    yield
    await form.submit(name="Medic")
    yield
    await panel.select(ROLE, [panel_option(panel, "🛡️ Tank")])
    yield
    await panel.click("Remove")
    assert _names(await stored_template(on.running, on.guild)) == ["Medic", "Damage", "Late"]


async def template_strategies(on: StoryContext) -> Steps:
    panel = await on.ask("templates edit", template="dragonspyre")
    first = (await stored_template(on.running, on.guild)).strategies[0].name
    yield
    await panel.click("Strategies")
    yield
    form = await panel.click("Add a strategy")
    yield
    await form.submit(name="All at once", description="Run.")
    yield
    await panel.select(PLAN, ["All at once"])
    yield
    form = await panel.click("Edit")
    yield
    await form.submit(name="One by one")
    yield
    await panel.select(PLAN, [first])
    yield
    await panel.click("Remove")
    names = [one.name for one in (await stored_template(on.running, on.guild)).strategies]
    assert (first in names, "One by one" in names, "All at once" in names) == (False, True, False)


async def _own(on: StoryContext) -> list[Template]:
    return [entry.template for entry in await entries(on.running, on.guild) if entry.is_own]


def _names(template: Template) -> list[str]:
    return [role.name for role in template.roles]


_WORDS: Mapping[str, dict[str, str]] = {
    "Words and look": {"description": "Otherwise."},
    "Lengths": {"lengths": "5"},
    "Sides": {"sides": "Left"},
    "Picture": {"picture": "https://example.org/map.png"},
    "Signups": {"closes": "2 hours", "signup_text": "Bring flasks."},
}


async def forms_of_templates(on: StoryContext) -> Steps:
    """Open each form for one template and leave it; then open it for the copy and submit it."""
    first = await on.ask("templates edit", template="dragonspyre")
    before = await stored_template(on.running, on.guild)
    second = await on.ask("templates edit", template="dragonspyre")
    await second.click("Duplicate")
    for button, typed in _WORDS.items():
        yield
        await first.click(button)
        yield
        await (await second.click(button)).submit(**typed)
    for page, select, button, typed in (
        ("Strategies", "", "Add a strategy", {"name": "All at once"}),
        ("Strategies", PLAN, "Edit", {"description": "Slowly."}),
        ("Roles", "", "Add a role", {"emoji": "🐢", "name": "Late"}),
        ("Roles", ROLE, "Edit", {"name": "Renamed"}),
        ("Roles", "", "Edit as text", {"roles": LINES}),
    ):
        forms = []
        for panel in (first, second):
            await panel.click(page)
            if select:
                await panel.select(select, [options_of(panel, select)[0]["value"]])
            yield
            forms.append(await panel.click(button))
            yield
        await forms[-1].submit(**typed)
        for panel in (first, second):
            yield
            while "[Back]" in panel.text():
                await panel.click("Back")
    (after,) = await _own(on)
    assert await stored_template(on.running, on.guild) == before
    assert (after.description, after.lengths, after.sides) == ("Otherwise.", (300,), ("Left",))
    assert (after.signup_lead, after.signup_text) == (Lead(minutes=120), "Bring flasks.")
    assert _names(after) == ["Tank", "Healer", "Damage"]
    assert {"All at once", *(one.name for one in before.strategies)} == {one.name for one in after.strategies}
    assert any(one.description == "Slowly." for one in after.strategies)


async def form_of_a_new_template(on: StoryContext) -> Steps:
    await on.ask("templates create")
    yield
    form = await on.ask("templates create")
    yield
    await form.submit(name="Ember")
    assert [template.name for template in await _own(on)] == ["Ember"]


STORIES: dict[str, Story] = {
    story.__name__: story
    for story in (
        templates_list,
        create_from_many,
        template_new,
        template_words,
        template_roles,
        template_strategies,
    )
}
FORMS: dict[str, Story] = {story.__name__: story for story in (forms_of_templates, form_of_a_new_template)}
