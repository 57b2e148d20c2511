"""The signup deadline and sign-up text of a template, from its panel to the board."""

from discord_sandbox import SandboxGuild
from tests.commands.raid.panel_helpers import stored_raid
from tests.commands.templates.panel_helpers import panel_of, stored_template, submit_form
from tests.conftest import Start
from tests.raid_boards import board_text, run_create


async def test_raids_of_a_template_have_its_deadline_and_text(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    async with start() as bot:
        panel = await panel_of(guild)
        await submit_form(panel, "Signups", closes="2 hours", signup_text="Bring **flasks**.")
        assert "Signups close: 2 hours before the start" in panel.text()
        template = await stored_template(bot, guild)
        await panel.click("Preview")
        assert "⏰ Signups close" in panel.text()
        assert "Whoever signs up reads: Bring **flasks**." in panel.text()
        await panel.click("Back")

        soon = await run_create(guild, activity="dragonspyre", strategy="triple storm", length="1.5", when="in 1 hour")
        assert "has passed: signups close at the start" in soon.text()
        preview = await run_create(guild, activity="dragonspyre", strategy="triple storm", length="1.5")
        assert "2 hours before the start" in preview.text()
        assert "Whoever signs up reads: Bring **flasks**." in preview.text()
        await submit_form(panel, "Signups", signup_text="")
        await preview.click("Confirm")

        assert "because the sign-up text changed since the preview" in preview.text()
        await preview.click("Confirm")
        await guild.until(lambda: any("⏰ Signups close" in board_text(one) for one in guild.messages(channel)))
        raid = await stored_raid(bot)
        assert (raid.signup_lead, raid.signup_text) == (template.signup_lead, "")
        wrong = await submit_form(panel, "Signups", closes="monday 10:00", signup_text="Kept as typed")
        assert "is no time before the start" in wrong.text()
        assert "Kept as typed" in wrong.text()
