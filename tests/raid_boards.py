"""Helpers for tests that post a raid and read its board."""

from typing import Any

from discord_sandbox import SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.store import Message


async def run_create(guild: SandboxGuild, by: Person | None = None, **options: Any) -> PersonResponse:
    """Run /create and return its answer; by default a museum in three hours."""
    chosen = {"activity": "museum", "when": "in 3 hours"} | options
    return await (by or guild.owner).slash(guild.channel("raid-signups"), "create", **chosen)


async def post_raid(guild: SandboxGuild, by: Person | None = None, **options: Any) -> Message:
    """Create and confirm a raid; return its board once the bot has reacted to it."""
    before = set(guild.channel("raid-signups").messages)
    preview = await run_create(guild, by, **options)
    await preview.click("Confirm")
    return (await guild.until(lambda: _boards(guild, before)))[0]


def _boards(guild: SandboxGuild, before: set[int]) -> list[Message]:
    found = guild.messages(guild.channel("raid-signups"))
    return [message for message in found if message.id not in before and message.embeds and message.reactions]


def board_text(board: Message) -> str:
    """Return the board's titles, descriptions and fields as text."""
    return "\n".join(
        [str(embed.get("title")) + "\n" + str(embed.get("description")) for embed in board.embeds]
        + [f"{field['name']}\n{field['value']}" for embed in board.embeds for field in embed.get("fields", ())]
    )


def reaction_count(board: Message, emoji: str) -> int:
    """Return the number of users who reacted to the board with `emoji`, the bot included."""
    return next((len(entry.users) for entry in board.reactions.values() if entry.name == emoji), 0)


def dm_text(person: Person) -> str:
    """Return the text of all DMs to the person, joined by newlines."""
    return "\n".join(message.content for message in person.dms)
