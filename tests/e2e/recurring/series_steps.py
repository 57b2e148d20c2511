"""Steps with /recurring: make a series, open its panel, and read what is stored."""

from typing import TypeAlias

from discord_sandbox import SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.store import Role
from raidbot.bot import RaidBot
from raidbot.raids.model import GuildId
from raidbot.raids.series.model import Series

Option: TypeAlias = str | float | Role | Person | None


async def use(guild: SandboxGuild, command: str, by: Person | None = None, /, **options: Option) -> PersonResponse:
    """Run a subcommand of /recurring."""
    return await (by or guild.owner).slash(guild.channel("raid-signups"), f"recurring {command}", **options)


async def create_series(guild: SandboxGuild, by: Person | None = None, /, **options: Option) -> PersonResponse:
    """Make a series in one line and save it; return its panel. By default a museum every Tuesday at 20:00."""
    panel = await use(guild, "create", by, **({"template": "museum", "when": "every tuesday 20:00"} | options))
    return await panel.click("Save")


async def all_series(bot: RaidBot, guild: SandboxGuild) -> list[Series]:
    return await bot.state.series.of(GuildId(guild.id))


async def only_series(bot: RaidBot, guild: SandboxGuild) -> Series:
    (series,) = await all_series(bot, guild)
    return series


async def submit(panel: PersonResponse, button: str, **typed: str) -> PersonResponse:
    """Press the button and submit the form that it opens."""
    return await (await panel.click(button)).submit(**typed)


async def drafts_of(bot: RaidBot) -> int:
    return await bot.state.db.read(lambda rows: int(rows.execute("SELECT count(*) FROM drafts").fetchone()[0]))


def dates_in(panel: PersonResponse) -> list[str]:
    """Return the dates that a panel shows, without what is said behind them."""
    lines = [line.lstrip("│ ").strip() for line in panel.text().splitlines()]
    return [line[1:].strip("\ufe0f ").split(" · ")[0] for line in lines if line.startswith(("▪", "▫"))]
