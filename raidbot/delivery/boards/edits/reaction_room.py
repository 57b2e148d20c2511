"""Make room for the bot's own reactions on a message that is full of others."""

import discord

from raidbot.delivery.boards.posted import PostedThing
from raidbot.delivery.discord_api import DiscordApi, Family
from raidbot.raids.emoji import model as emoji


async def make_room(api: DiscordApi, client: discord.Client, thing: PostedThing) -> bool:
    """Clear an emoji that belongs to no option, if there is one and the bot may."""
    own = {emoji.key_of(one) for one in thing.reactions}
    message = await api.call(thing.place.message_of(client).fetch, Family.READS, thing.place.guild)
    foreign = [one.emoji for one in message.reactions if emoji.key_of(str(one.emoji)) not in own]
    if not foreign:
        return False
    try:
        await api.call(lambda: message.clear_reaction(foreign[-1]), Family.REACTIONS, thing.place.guild)
    except discord.Forbidden:
        return False
    return True
