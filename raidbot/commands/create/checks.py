"""Check that a draft can be posted, and recall the choices of the last time."""

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import discord

from raidbot.commands.posting import pictures
from raidbot.commands.posting.channels import ChannelNotVisible, Use, needed_in, signup_channel
from raidbot.commands.posting.emoji_check import check_reactable
from raidbot.commands.posting.mentions import check_may_mention, permissions_in, text_channel
from raidbot.commands.ui import permissions
from raidbot.commands.ui.interaction import Interaction
from raidbot.db import activity_defaults
from raidbot.db.activity_defaults import ActivityDefaults
from raidbot.raids.drafts import Draft, activity_of, plan, usual_length
from raidbot.raids.model import ChannelId, GuildId, Kind, Raid
from raidbot.raids.settings import GuildSettings, SignupStyle
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.model import MAX_LENGTH_MINUTES, Template
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Raw, say


class MayNotWriteThere(Refusal):
    def __init__(self, channel: discord.TextChannel) -> None:
        super().__init__(
            say("You can’t write in {channel} yourself. Choose a channel where you can.", channel=Raw(channel.mention))
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """A raid that can be posted. `draft` is without what nobody may choose, and `problems` say why.

    `usual` is the channel in which it would be posted if nobody chose one.
    """

    draft: Draft
    raid: Raid
    channel: discord.TextChannel
    style: SignupStyle
    problems: tuple[str, ...]
    usual: ChannelId | None

    def to_remember(self, catalogue: Catalogue) -> ActivityDefaults:
        """Return what is offered for the next raid like this; nothing where it has the usual."""
        usual_minutes = usual_length(activity_of(self.draft, catalogue))
        channel, length = self.draft.channel, self.draft.length_minutes
        return ActivityDefaults(
            channel=None if channel == self.usual else channel,
            mention_role=self.draft.mention_role,
            length_minutes=None if length == usual_minutes else length,
        )


async def checked(state: State, interaction: Interaction, draft: Draft, catalogue: Catalogue) -> Checked:
    """Return the raid to post. Raises Refusal if none can be posted."""
    guild = permissions.guild_of(interaction)
    creator = permissions.member_id(interaction)
    raid = plan(draft, catalogue, guild=GuildId(guild.id), creator=creator, channel=ChannelId(0), now=state.now())
    raid = await pictures.without_lost_file(state, raid)
    settings = await state.settings(raid.guild)
    possible = draft
    problems: list[str] = []
    if draft.channel is not None:
        try:
            check_channel(interaction, settings, draft.channel, raid.kind)
        except Refusal as refusal:
            possible = _without(possible, "channel", refusal, problems)
    channel = _channel(guild, settings, possible, raid.kind)
    if possible.mention_role is not None:
        try:
            check_may_mention(interaction, possible.mention_role, channel.id)
        except Refusal as refusal:
            possible = _without(possible, "mention_role", refusal, problems)
    raid = replace(raid, channel=ChannelId(channel.id), mention_role=possible.mention_role)
    await check_reactable(interaction, raid, settings.signup_style)
    usual = usual_channel(guild, settings, raid.kind)
    return Checked(possible, raid, channel, settings.signup_style, tuple(problems), usual)


def check_channel(interaction: Interaction, settings: GuildSettings, channel: ChannelId, kind: Kind) -> None:
    """Check that boards can be posted in a channel other than the usual, and that this member may write there.

    Raises ChannelNotVisible, MissingPermissions or MayNotWriteThere.
    """
    guild = permissions.guild_of(interaction)
    found = text_channel(guild, channel)
    if found is None:
        raise ChannelNotVisible
    permissions.check_bot_permissions(found, needed_in(Use(kind.value), settings))
    granted = permissions_in(interaction, found)
    if not (granted.view_channel and granted.send_messages) and channel != usual_channel(guild, settings, kind):
        raise MayNotWriteThere(found)


def usual_channel(guild: discord.Guild, settings: GuildSettings, kind: Kind) -> ChannelId | None:
    """Return the channel in which raids of this kind are posted if nobody chooses another; None if there is none."""
    with suppress(Refusal):
        return ChannelId(signup_channel(guild, settings, kind).id)
    return None


async def recalled(state: State, interaction: Interaction, draft: Draft, catalogue: Catalogue) -> Draft:
    """Return the draft with what was chosen for the last such raid, as far as this member may choose it, too."""
    activity = activity_of(draft, catalogue)
    if draft.activity is None or activity is None:
        return draft
    guild = permissions.guild_of(interaction)
    settings = await state.settings(GuildId(guild.id))
    load = partial(activity_defaults.load, guild=settings.guild, activity=draft.activity)
    last = await state.db.read(load)
    kind = Kind.RAID if isinstance(activity, Template) else activity
    found = draft
    if last.channel is not None:
        with suppress(Refusal):
            check_channel(interaction, settings, last.channel, kind)
            found = found.remembering("channel", last.channel)
    if last.mention_role is not None:
        with suppress(Refusal):
            where = found.channel or usual_channel(guild, settings, kind)
            check_may_mention(interaction, last.mention_role, where)
            found = found.remembering("mention_role", last.mention_role)
    if last.length_minutes in range(1, MAX_LENGTH_MINUTES + 1):
        found = found.remembering("length_minutes", last.length_minutes)
    return found


def _channel(guild: discord.Guild, settings: GuildSettings, draft: Draft, kind: Kind) -> discord.TextChannel:
    """Return the channel to post in. Raises what `signup_channel` raises if none is chosen in the draft."""
    found = text_channel(guild, draft.channel)
    return signup_channel(guild, settings, kind) if found is None else found


def _without(draft: Draft, name: str, refusal: Refusal, problems: list[str]) -> Draft:
    """Return the draft without a choice that is refused. For one that was only remembered nobody hears why."""
    if name not in draft.remembered:
        problems.append(str(refusal))
    return draft.with_choice(**{name: None})
