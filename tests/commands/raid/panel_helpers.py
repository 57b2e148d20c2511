"""Helpers for tests of /raid: open its panel and read its options."""

from datetime import timedelta
from typing import Any

from discord_sandbox import SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.store import Message
from raidbot.raids.model import Raid, RaidId
from tests.raid_boards import board_text, post_raid


def code_of(board: Message) -> str:
    return str(board.embeds[0]["footer"]["text"]).split()[-1]


async def panel_of(guild: SandboxGuild, board: Message, by: Person | None = None) -> PersonResponse:
    return await (by or guild.owner).slash(guild.channel("raid-signups"), "raid", code=code_of(board))


async def press_hidden(guild: SandboxGuild, board: Message, by: Person, action: str) -> PersonResponse:
    """Press a button that the member's panel does not show, as a panel of an earlier moment or a forged press does."""
    panel = await panel_of(guild, board, by)
    assert panel.message is not None
    return await by.use(panel.message, {"type": 2, "custom_id": f"raid:{code_of(board)}:{action}"})


async def stored_raid(bot: object, number: int = 1) -> Raid:
    raid: Raid = await bot.state.raid(RaidId(number))  # type: ignore[attr-defined]
    return raid


async def close_museum_with(guild: SandboxGuild, *members: Person) -> PersonResponse:
    """Return the panel of a museum raid that has just begun with these members seated."""
    board = await post_raid(guild, seats=50)
    for member in members:
        await member.react(board, "✅")
    await guild.until(lambda: f"{len(members)}/50" in board_text(board))
    await begin(guild, board)
    return await panel_of(guild, board)


async def begin(guild: SandboxGuild, board: Message) -> None:
    """Let the raid begin, which was posted to begin in three hours."""
    guild.sandbox.world.clock.advance(timedelta(hours=3, seconds=5))
    await guild.until(lambda: "the raid has" in board_text(board) and not board.reactions)


def panel_option(panel: PersonResponse, begins: str) -> str:
    """Return the label of the panel's only option that starts with `begins`."""
    labels = {
        str(option["label"])
        for row in panel.components
        for one in row["components"]
        for option in one.get("options", ())
        if option["label"].startswith(begins)
    }
    (label,) = labels
    return label


def options_of(panel: PersonResponse, select: str) -> list[dict[str, Any]]:
    """Return the options of the panel's select with the placeholder `select`."""
    (found,) = (
        one["options"] for row in panel.components for one in row["components"] if one.get("placeholder") == select
    )
    return list(found)


async def press_old(panel: PersonResponse, action: str, *values: str, code: str = "") -> PersonResponse:
    """Press a button, or with `values` choose in a menu, that a panel of a version before still has."""
    assert panel.message is not None
    code = code or code_of(panel.message)
    old: dict[str, Any] = {"type": 2, "custom_id": f"raid:{code}:{action}"}
    if values:
        old |= {"type": 3, "options": [{"label": value, "value": value} for value in values]}
    return await panel.person.use(panel.message, old, values)


def form_values(form: PersonResponse) -> dict[str, str]:
    """Return the values in an open form by custom id."""
    assert form.modal is not None
    return {one["component"]["custom_id"]: one["component"].get("value", "") for one in form.modal["components"]}


async def choose_zone(panel: PersonResponse, zone: str) -> None:
    """Press the button of this time zone, whose label shows its clock."""
    shown = [one["custom_id"] for row in panel.components for one in row["components"]]
    await panel.click(next(custom_id for custom_id in shown if custom_id.endswith(f":in-zone:{zone}")))
