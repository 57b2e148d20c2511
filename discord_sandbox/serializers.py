"""Serialize the sandbox's state as Discord's JSON, for REST and the gateway."""

from datetime import datetime

from discord_sandbox.attachments import attachment, unembedded, with_files
from discord_sandbox.permissions import Permission, in_guild
from discord_sandbox.store import (
    Channel,
    ChannelType,
    Command,
    Emoji,
    Guild,
    Json,
    Member,
    Message,
    Reaction,
    Role,
    Store,
    User,
)

BURST_COLORS = ["#ffcc4d", "#dd2e44"]
"""Discord takes the colours of a super reaction from the emoji's picture; these stand for all of them."""


def time(moment: datetime) -> str:
    """Format a time as Discord does: microseconds and `+00:00`."""
    return moment.isoformat(timespec="microseconds")


def maybe_time(moment: datetime | None) -> str | None:
    return None if moment is None else time(moment)


def maybe_id(value: int | None) -> str | None:
    return None if value is None else str(value)


def user(of: User) -> Json:
    body: Json = {
        "id": str(of.id),
        "username": of.username,
        "avatar": None,
        "discriminator": of.discriminator,
        "public_flags": 0,
        "flags": 0,
        "banner": None,
        "accent_color": None,
        "global_name": of.global_name,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
    }
    if of.bot:
        body["bot"] = True
    return body


def own_user(of: User) -> Json:
    return user(of) | {"mfa_enabled": True, "locale": of.locale, "verified": True, "email": None, "bio": ""}


def role(of: Role) -> Json:
    body: Json = {
        "id": str(of.id),
        "name": of.name,
        "description": None,
        "permissions": str(int(of.permissions)),
        "position": of.position,
        "color": of.color,
        "colors": {"primary_color": of.color, "secondary_color": None, "tertiary_color": None},
        "hoist": of.hoist,
        "managed": of.managed,
        "mentionable": of.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if of.bot_id is not None:
        body["tags"] = {"bot_id": str(of.bot_id)}
    return body


def partial_member(of: Member) -> Json:
    """Return a member without its user, as in messages and interactions."""
    return {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "flags": 0,
        "joined_at": time(of.joined_at),
        "nick": of.nick,
        "pending": False,
        "premium_since": None,
        "roles": [str(role_id) for role_id in of.roles],
        "mute": False,
        "deaf": False,
    }


def member(of: Member) -> Json:
    return partial_member(of) | {"user": user(of.user)}


def acting_member(of: Member, permissions: Permission) -> Json:
    """Return a member with their permissions in the channel, as in interactions."""
    return member(of) | {"permissions": str(int(permissions))}


def presence(user_id: int, guild_id: int, told: Json | None, *, now: datetime) -> Json:
    """Return a user's presence in a guild; `told` is what the user's client said of itself."""
    told = told or {}
    status = str(told.get("status") or "online")
    older = [told["game"]] if told.get("game") else []  # the field before `activities`; hikari sends it
    return {
        "user": {"id": str(user_id)},
        "guild_id": str(guild_id),
        "status": status,
        "activities": [one | {"created_at": int(now.timestamp() * 1000)} for one in told.get("activities") or older],
        "client_status": {"web": status},
    }


def emoji(of: Emoji) -> Json:
    return {
        "id": str(of.id),
        "name": of.name,
        "roles": [],
        "require_colons": True,
        "managed": False,
        "animated": of.animated,
        "available": True,
    }


def reaction_emoji(of: Reaction) -> Json:
    body: Json = {"id": maybe_id(of.emoji_id), "name": of.name}
    if of.animated:
        body["animated"] = True
    return body


def channel(of: Channel, store: Store) -> Json:
    if of.type is ChannelType.DM:
        return _direct(of, store)
    if of.thread is not None:
        return thread(of)
    body: Json = {
        "id": str(of.id),
        "type": int(of.type),
        "flags": 0,
        "guild_id": str(of.guild_id),
        "name": of.name,
        "parent_id": maybe_id(of.parent_id),
        "position": of.position,
        "permission_overwrites": [
            {"id": str(entry.id), "type": entry.kind, "allow": str(int(entry.allow)), "deny": str(int(entry.deny))}
            for entry in of.overwrites.values()
        ],
    }
    if of.type is ChannelType.CATEGORY:
        return body
    body |= {"nsfw": of.nsfw, "rate_limit_per_user": of.slowmode, "last_message_id": maybe_id(of.last_message_id)}
    if of.type in (ChannelType.VOICE, ChannelType.STAGE):
        return body | {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    body["topic"] = of.topic
    if of.last_pin_at is not None:
        body["last_pin_timestamp"] = time(of.last_pin_at)
    return body


def _direct(of: Channel, store: Store) -> Json:
    """Return a DM channel as the bot sees it: the recipient is the other person."""
    people = [store.users[user_id] for user_id in of.recipients]
    return {
        "id": str(of.id),
        "type": int(of.type),
        "flags": 0,
        "last_message_id": maybe_id(of.last_message_id),
        "recipients": [user(person) for person in people if not person.bot],
    }


def thread(of: Channel, *, viewer: int | None = None) -> Json:
    """Return a thread; with `viewer`, also that user's membership in it."""
    state = of.state
    metadata: Json = {
        "archived": state.archived,
        "archive_timestamp": time(state.archive_changed_at),
        "auto_archive_duration": state.auto_archive_minutes,
        "locked": state.locked,
        "create_timestamp": time(state.created_at),
    }
    if of.is_private_thread:
        metadata["invitable"] = state.invitable
    body: Json = {
        "id": str(of.id),
        "type": int(of.type),
        "flags": 0,
        "guild_id": str(of.guild_id),
        "name": of.name,
        "parent_id": str(of.parent_id),
        "owner_id": str(state.owner_id),
        "rate_limit_per_user": of.slowmode,
        "last_message_id": maybe_id(of.last_message_id),
        "thread_metadata": metadata,
        "message_count": min(state.messages_sent, len(of.messages)),
        "member_count": min(len(state.members), 50),
        "total_message_sent": state.messages_sent,
    }
    if viewer is not None and viewer in state.members:
        body["member"] = thread_member(of, viewer)
    return body


def thread_member(of: Channel, user_id: int) -> Json:
    return {"id": str(of.id), "user_id": str(user_id), "join_timestamp": time(of.state.members[user_id]), "flags": 0}


def reaction(of: Reaction, viewer: int) -> Json:
    return {
        "emoji": reaction_emoji(of),
        "count": of.count,
        "count_details": {"burst": len(of.super_users), "normal": len(of.users)},
        "burst_colors": BURST_COLORS if of.super_users else [],
        "me_burst": viewer in of.super_users,
        "burst_me": viewer in of.super_users,
        "me": viewer in of.users,
        "burst_count": len(of.super_users),
    }


def message(of: Message, store: Store, *, viewer: int, base_url: str) -> Json:
    """Return a message as `viewer` gets it, with the message it replies to."""
    body = _message(of, store, viewer, base_url)
    if of.reply_to is not None:
        answered = store.message(*of.reply_to)
        body["message_reference"] = _reference(of, *of.reply_to)
        body["referenced_message"] = None if answered is None else _message(answered, store, viewer, base_url)
    return body


def _reference(of: Message, channel_id: int, message_id: int) -> Json:
    reference: Json = {"type": 0, "channel_id": str(channel_id), "message_id": str(message_id)}
    if of.guild_id is not None:
        reference["guild_id"] = str(of.guild_id)
    return reference


def _message(of: Message, store: Store, viewer: int, base_url: str) -> Json:
    body: Json = {
        "id": str(of.id),
        "channel_id": str(of.channel_id),
        "type": of.type,
        "content": of.content,
        "mentions": [user(store.users[user_id]) for user_id in of.mentions],
        "mention_roles": [str(role_id) for role_id in of.mention_roles],
        "attachments": [attachment(file, of.channel_id, base_url) for file in unembedded(of)],
        "embeds": [with_files(given, of, base_url) for given in of.embeds],
        "timestamp": time(of.timestamp),
        "edited_timestamp": maybe_time(of.edited_at),
        "flags": of.flags,
        "components": of.components,
        "author": user(of.author),
        "pinned": of.pinned_at is not None,
        "mention_everyone": of.mention_everyone,
        "tts": of.tts,
    }
    if of.reactions:
        body["reactions"] = [reaction(entry, viewer) for entry in of.reactions.values()]
    if of.nonce is not None and viewer == of.author.id:
        body["nonce"] = of.nonce
    if of.webhook_id is not None:
        body["webhook_id"] = str(of.webhook_id)
    if of.application_id is not None:
        body["application_id"] = str(of.application_id)
    if of.interaction is not None:
        body["interaction_metadata"] = of.interaction
    started = store.channels.get(of.id)
    if started is not None and started.thread is not None:
        body["thread"] = thread(started)
    return body


def command(of: Command, application_id: int) -> Json:
    body: Json = {"id": str(of.id), "application_id": str(application_id), "version": str(of.version)}
    if of.guild_id is not None:
        body["guild_id"] = str(of.guild_id)
    return body | of.payload


def guild(of: Guild) -> Json:
    """Return a guild as in `GET /guilds/{id}` and GUILD_UPDATE; GUILD_CREATE adds to it."""
    return {
        "id": str(of.id),
        "name": of.name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": [],
        "banner": None,
        "owner_id": str(of.owner_id),
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "roles": [role(entry) for entry in of.roles.values()],
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": of.locale,
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [emoji(entry) for entry in of.emojis.values()],
        "stickers": [],
        "incidents_data": None,
    }


def own_guild(of: Guild, viewer: int, *, counts: bool) -> Json:
    """Return a guild as in `GET /users/@me/guilds`."""
    body: Json = {
        "id": str(of.id),
        "name": of.name,
        "icon": None,
        "banner": None,
        "owner": of.owner_id == viewer,
        "permissions": str(int(in_guild(of, of.members[viewer]))),
        "features": [],
    }
    if counts:
        body |= {"approximate_member_count": len(of.members), "approximate_presence_count": 1}
    return body


def guild_create(of: Guild, store: Store, *, viewer: int) -> Json:
    """Return the payload of GUILD_CREATE as for a session without the presence intent: `members` has only the bot."""
    return guild(of) | {
        "joined_at": time(of.bot_joined_at),
        "large": len(of.members) > 250,
        "unavailable": False,
        "member_count": len(of.members),
        "voice_states": [],
        "members": [member(of.members[viewer])] if viewer in of.members else [],
        "channels": [channel(entry, store) for entry in of.channels.values()],
        "threads": [
            thread(entry, viewer=viewer)
            for entry in of.threads.values()
            if entry.thread is not None
            and not entry.thread.archived
            and (not entry.is_private_thread or viewer in entry.thread.members)
        ],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }
