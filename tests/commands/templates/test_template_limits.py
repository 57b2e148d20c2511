"""/templates with the most and the longest templates, and with a slow Discord."""

from dataclasses import replace

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.model import GuildId, Role, RoleKey, Source
from raidbot.raids.templates import catalogue as rules
from raidbot.raids.templates.builtin import builtin
from raidbot.raids.templates.model import Strategy, Template
from raidbot.state import Cause
from tests.commands.templates.panel_helpers import create_template, panel_of, stored_template, submit_form
from tests.conftest import Start

LIST = "Look at a template, and change it"


async def test_answers_come_in_time_though_discord_is_slow(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    guild.add_emoji("ember")
    async with start() as bot:
        panel = await panel_of(guild)
        sandbox.faults.slow(0.5)

        answers = [
            await guild.owner.slash(guild.channel("raid-signups"), "templates list"),
            await submit_form(panel, "Words and look", emoji=":ember:"),
            await submit_form(panel, "Lengths", lengths="x"),
            await submit_form(panel, "Try again", lengths="2"),
            await panel.click("Preview"),
            await panel.click("Back"),
            await panel.click("Export"),
            await create_template(guild, "Ember", emoji=":ember:"),
        ]

        assert [answer.failed for answer in answers] == [False] * len(answers)
        assert (await stored_template(bot, guild)).lengths == (120,)
        assert (await stored_template(bot, guild, "Ember")).emoji


async def test_sixty_templates_are_paged(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await _fill(bot.state, guild, 60 - len(builtin()))
        listed = await guild.owner.slash(guild.channel("raid-signups"), "templates list")
        assert "Page 1 of 3" in listed.text()
        await listed.click("Next page")
        await listed.click("Next page")
        assert "Page 3 of 3" in listed.text()
        await listed.click("Previous page")
        await listed.select(LIST, [f"{59 - len(builtin())} {'long name ' * 10}"[:100].rstrip()])

        assert "Origin: this server’s own" in listed.text()
        offered = await guild.owner.autocomplete(
            guild.channel("raid-signups"), "templates edit", {"template": "14"}, focused="template"
        )
        assert offered[0].name.startswith("14")


async def test_the_widest_template_fits_every_page(guild: SandboxGuild, start: Start) -> None:
    """The sandbox refuses payloads beyond Discord's limits, and its refusal fails this test."""
    emoji = [guild.add_emoji("e" * 20) for _ in range(26)]
    roles = tuple(
        Role(
            key=RoleKey(f"{n:02d}" + "k" * 30),
            name=f"{n:02d}" + "*" * 8,
            emoji=f"<:{one.name}:{one.id}>",
            seats=1,
            group="_" * 98 + f"{n % 5:02d}",
            icon=f"<:{one.name}:{one.id}>",
        )
        for n, one in enumerate(emoji)
    )
    widest = Template(
        key="custom-" + "w" * 33,
        name="*" * 100,
        emoji=roles[0].emoji,
        roles=roles,
        strategies=tuple(Strategy(f"{n:02d}" + "_" * 98, "", (replace(roles[n], name="~" * 10),)) for n in range(25)),
        sides=tuple(f"{n:02d}" + "*" * 8 for n in range(24)),
    )
    async with start() as bot:
        await bot.state.change_templates(
            GuildId(guild.id), lambda catalogue: rules.add(catalogue, widest), Cause(Source.COMMAND)
        )
        panel = await panel_of(guild, widest.key)
        await panel.click("Words and look")
        await submit_form(panel, "Sides", sides="x\nx")
        await panel.click("Give up")
        await panel.click("Roles")
        assert "more than 4000 characters, so they are edited one by one" in panel.text()
        await panel.select("Edit or remove one role: 26 to 26", [roles[25].key])
        await submit_form(panel, "Edit", seats="x")
        await submit_form(panel, "Try again", seats="2")
        assert "Saved." in panel.text()
        await panel.click("Back")
        await panel.click("Strategies")
        await panel.select(None, [widest.strategies[0].name])
        await submit_form(panel, "Edit", description="~" * 1500)
        assert "Discord would not take a board made from" in panel.text()
        await panel.click("Give up")
        await panel.click("Strategies")
        await panel.click("Back")
        await panel.click("Preview")
        await panel.click("Back")
        await panel.click("Delete")

        assert "Yes, delete it" in panel.text()


async def _fill(state: object, guild: SandboxGuild, count: int) -> None:
    tank = Role(key=RoleKey("tank"), name="Tank", emoji="🛡️", seats=1)
    templates = [
        Template(key=f"custom-{n}", name=f"{n:02d} {'long name ' * 10}"[:100], roles=(tank,)) for n in range(count)
    ]
    await state.change_templates(  # type: ignore[attr-defined]
        GuildId(guild.id), lambda catalogue: rules.put(catalogue, templates), Cause(Source.COMMAND)
    )
