"""Helpers for tests of /templates: open a panel, submit a form, read the stored templates."""

from typing import Any

from discord_sandbox import SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from raidbot.bot import RaidBot
from raidbot.raids.model import GuildId
from raidbot.raids.templates.catalogue import Entry
from raidbot.raids.templates.model import Template

LINES = "| 🛡️ | Tank | 1\n| 💚 | Healer | 1\n| ⚔️ | Damage | 3"


async def panel_of(guild: SandboxGuild, template: str = "dragonspyre", by: Person | None = None) -> PersonResponse:
    return await (by or guild.owner).slash(guild.channel("raid-signups"), "templates edit", template=template)


async def create_template(guild: SandboxGuild, name: str = "Ember", **typed: str) -> PersonResponse:
    """Create a template and return its panel, or the refusal."""
    form = await guild.owner.slash(guild.channel("raid-signups"), "templates create")
    return await form.submit(name=name, **typed)


async def submit_form(panel: PersonResponse, button: str, **typed: Any) -> PersonResponse:
    """Press the button, submit the form it opens and return the answer."""
    return await (await panel.click(button)).submit(**typed)


async def entries(bot: RaidBot, guild: SandboxGuild) -> tuple[Entry, ...]:
    return (await bot.state.templates(GuildId(guild.id))).entries


async def entry_of(bot: RaidBot, guild: SandboxGuild, name: str = "The Voracious Void Raid") -> Entry:
    return next(entry for entry in await entries(bot, guild) if entry.template.name == name)


async def stored_template(bot: RaidBot, guild: SandboxGuild, name: str = "The Voracious Void Raid") -> Template:
    return (await entry_of(bot, guild, name)).template
