"""A discord.py client with the bot's intents and no listeners; clients.py runs it as a program."""

import os

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


def main() -> None:
    Route.BASE = os.environ["BARE_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["BARE_GATEWAY_URL"])
    intents = discord.Intents(guilds=True, members=True, guild_messages=True, guild_reactions=True)
    client = discord.AutoShardedClient(intents=intents, chunk_guilds_at_startup=False)
    client.run(os.environ["BARE_TOKEN"], log_handler=None)


if __name__ == "__main__":
    main()
