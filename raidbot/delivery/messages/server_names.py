"""The server's name before a direct message, because a person may be on many servers with this bot."""

import discord

from raidbot.utils.cache import Cache
from raidbot.utils.words import Name, Raw, render, say

_BETWEEN = " · "


class ServerNames:
    """Knows the names of the bot's servers, and of those that it was removed from while it runs."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._gone: Cache[int, str] = Cache(1000)

    def remember(self, guild: int, name: str) -> None:
        """Keep the name of a server that removed the bot: perhaps by mistake, so its messages wait for an hour."""
        self._gone.put(guild, name)

    def before(self, guild: int | None, content: str) -> str:
        """Put the server's name before the text, as far as the bot knows it. `guild` is its id."""
        if guild is None or not content:
            return content
        server = self._client.get_guild(guild)
        name = self._gone.get(guild) if server is None else server.name
        return content if name is None else render(say("{server} · {text}", server=Name(name), text=Raw(content)))


def says(message: str, content: str) -> bool:
    """Return True if the message has this text, behind the name that a server has or had when it was sent."""
    return message == content or message.endswith(f"{_BETWEEN}{content}")
