"""The server's name before a direct message, because a person may be on many servers with this bot."""

import discord

from raidbot.utils.words import Name, Raw, render, say

_BETWEEN = " · "


def with_server(client: discord.Client, guild: int | None, content: str) -> str:
    """Put the server's name before the text, as far as the bot knows it. `guild` is its id."""
    server = None if guild is None else client.get_guild(guild)
    if server is None or not content:
        return content
    return render(say("{server} · {text}", server=Name(server.name), text=Raw(content)))


def says(message: str, content: str) -> bool:
    """Return True if the message has this text, behind the name that a server has or had when it was sent."""
    return message == content or message.endswith(f"{_BETWEEN}{content}")
