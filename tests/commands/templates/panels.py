"""What tests of /templates do over and over: open a panel, send a form, and look what is kept."""

from typing import Any

from discord_sandbox import SandboxGuild
from discord_sandbox.people import Answer, Person
from raidbot.bot import RaidBot
from raidbot.raids.model import GuildId
from raidbot.raids.templates.catalogue import Entry
from raidbot.raids.templates.model import Template

LINES = "| 🛡️ | Tank | 1\n| 💚 | Healer | 1\n| ⚔️ | Damage | 3"


async def panel_of(guild: SandboxGuild, template: str = "dragonspyre", by: Person | None = None) -> Answer:
    return await (by or guild.owner).slash(guild.channel("raid-signups"), "templates edit", template=template)


async def make(guild: SandboxGuild, name: str = "Ember", **typed: str) -> Answer:
    """The panel of a new template of the server's own, or what was wrong with it."""
    form = await guild.owner.slash(guild.channel("raid-signups"), "templates create")
    return await form.submit(name=name, **typed)


async def send(panel: Answer, button: str, **typed: Any) -> Answer:
    """What comes of the form that the button opens."""
    return await (await panel.click(button)).submit(**typed)


async def entries(bot: RaidBot, guild: SandboxGuild) -> tuple[Entry, ...]:
    return (await bot.state.templates(GuildId(guild.id))).entries


async def entry_of(bot: RaidBot, guild: SandboxGuild, name: str = "The Voracious Void Raid") -> Entry:
    return next(entry for entry in await entries(bot, guild) if entry.template.name == name)


async def kept(bot: RaidBot, guild: SandboxGuild, name: str = "The Voracious Void Raid") -> Template:
    return (await entry_of(bot, guild, name)).template
