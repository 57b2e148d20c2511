"""Check that members can react with a raid's emoji before it is posted."""

import aiohttp
import discord

from raidbot.commands.ui import permissions
from raidbot.commands.ui.interaction import Interaction
from raidbot.raids.emoji.model import parse_emoji
from raidbot.raids.labels import quoted
from raidbot.raids.model import Raid, Role
from raidbot.raids.settings import SignupStyle
from raidbot.raids.templates.model import MAX_REACTIONS
from raidbot.utils.errors import Refusal
from raidbot.utils.text import joined

_MAX_NAMED_ROLES = 5
_MAX_GUILDS_ASKED = 10
"""In more guilds the check is skipped: asking all would take too long, and an unasked one may have the emoji."""


class EmojiGone(Refusal):
    """`has_template`: the emoji can be changed in the raid's template."""

    def __init__(self, roles: list[Role], *, has_template: bool = True) -> None:
        others = ["others"] if len(roles) > _MAX_NAMED_ROLES else []
        named = joined([*(str(quoted(role.name)) for role in roles[:_MAX_NAMED_ROLES]), *others])
        have = "has an emoji that was" if len(roles) == 1 else "have emoji that were"
        super().__init__(
            f"{named} {have} deleted, so nobody could react with it. {_choose(has_template)},"
            " or let members sign up by buttons in `/settings`."
        )


def _choose(has_template: bool) -> str:
    if has_template:
        return "Choose another with `/templates edit`"
    return "Its template is gone, so put up another with `/create`"


async def check_reactable(interaction: Interaction, raid: Raid, style: SignupStyle) -> None:
    """Raise EmojiGone if there are `unreactable` roles."""
    if gone := await unreactable(interaction, raid, style):
        raise EmojiGone(gone)


async def unreactable(interaction: Interaction, raid: Raid, style: SignupStyle) -> list[Role]:
    """Return the roles whose custom emoji is in none of the bot's guilds, if members sign up by reactions only."""
    here, guilds = permissions.guild_of(interaction), interaction.client.guilds
    if style is not SignupStyle.REACTIONS or len(raid.roles) > MAX_REACTIONS or len(guilds) > _MAX_GUILDS_ASKED:
        return []
    gone = [role for role in raid.roles if parse_emoji(role.emoji).id is not None]
    for guild in (here, *(other for other in guilds if other != here)):
        if not gone:
            return []
        try:
            known = {emoji.id for emoji in await guild.fetch_emojis()}
        except (discord.HTTPException, aiohttp.ClientError, OSError):
            return []  # without a response the emoji may exist
        gone = [role for role in gone if parse_emoji(role.emoji).id not in known]
    return gone
