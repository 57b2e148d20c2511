"""Validate messages, threads and allowed mentions."""

from collections.abc import Callable
from typing import Any

from discord_sandbox.api_errors import Unsupported, refused
from discord_sandbox.store import Json, MessageFlag
from discord_sandbox.validation.components import components
from discord_sandbox.validation.embeds import embeds
from discord_sandbox.validation.form import (
    Check,
    Form,
    boolean,
    integer,
    listing,
    no_emoji,
    one_of,
    shape,
    snowflake,
    text,
)


def _exclusive(form: Form, value: Json) -> None:
    for parsed in value.get("parse") or ():
        if value.get(parsed) and parsed in ("users", "roles"):
            form.wrong(
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{parsed}"] and {parsed}: [ids...] are mutually exclusive.',
            )


allowed_mentions = shape(
    "allowed mentions",
    {
        "parse": listing(one_of("users", "roles", "everyone"), most=3),
        "users": listing(snowflake, most=100),
        "roles": listing(snowflake, most=100),
        "replied_user": boolean,
    },
    then=_exclusive,
)


def _nonce(form: Form, value: int | str) -> None:
    if isinstance(value, int):
        return
    text(most=25)(form, value)


def _flags(form: Form, value: int) -> None:
    integer(least=0)(form, value)
    if isinstance(value, int) and value & MessageFlag.COMPONENTS_V2:
        raise Unsupported("message components v2")


_attachment = shape(
    "an attachment",
    {
        "id": snowflake,
        "filename": text(least=1, most=1024),
        "description": text(most=1024),
        "title": text(most=1024),
        "is_spoiler": boolean,
    },
    required=["id"],
    unmodelled=["duration_secs", "waveform", "is_remix"],
)


def _not_forwarded(form: Form, value: Any) -> None:
    one_of(0, 1)(form, value)
    if value == 1:
        raise Unsupported("a forwarded message")


_reference = shape(
    "a message reference",
    {
        "type": _not_forwarded,
        "message_id": snowflake,
        "channel_id": snowflake,
        "guild_id": snowflake,
        "fail_if_not_exists": boolean,
    },
    required=["message_id"],
)
_written: dict[str, Check] = {
    "content": text(most=2000),
    "embeds": embeds,
    "components": components,
    "allowed_mentions": allowed_mentions,
    "flags": _flags,
    "attachments": listing(_attachment, most=10),
    "tts": boolean,
    "nonce": _nonce,  # discord.py also sends both with edits and interaction responses
    "enforce_nonce": boolean,
}
_new = shape(
    "a message",
    {
        **_written,
        "message_reference": _reference,
        "sticker_ids": listing(snowflake, most=3),
    },
    unmodelled=["poll", "shared_client_theme"],
)
_edit = shape("a message edit", {**_written, "sticker_ids": listing(snowflake, most=3)}, unmodelled=["poll"])
_hooked = shape(
    "a webhook's message",
    {**_written, "username": text(least=1, most=80), "avatar_url": text(most=2048)},
    unmodelled=["poll", "thread_name", "applied_tags"],
)


def is_empty(message: Json, *, files: int = 0) -> bool:
    """Return True if the message would show nothing."""
    said = (message.get("content") or "").strip()
    parts = ("embeds", "components", "sticker_ids", "attachments", "poll")
    return not said and not files and not any(message.get(part) for part in parts)


def _check(check: Check, payload: Json, has_emoji: Callable[[int], bool], *path: str) -> None:
    form = Form(has_emoji).at(*path)
    check(form, payload)
    form.settle()


def check_message(payload: Json, *, files: int = 0, has_emoji: Callable[[int], bool] = no_emoji) -> None:
    """Raise ApiError if Discord refuses this new message of a channel."""
    _check(_new, payload, has_emoji)
    _must_say_something(payload, files)


def check_edit(payload: Json, *, has_emoji: Callable[[int], bool] = no_emoji) -> None:
    """Raise ApiError if Discord refuses this edit; check the merged message with `is_empty` separately."""
    _check(_edit, payload, has_emoji)


def check_followup(payload: Json, *, files: int = 0, has_emoji: Callable[[int], bool] = no_emoji) -> None:
    """Raise ApiError if Discord refuses this message of a webhook, such as an interaction's follow-up."""
    _check(_hooked, payload, has_emoji)
    _must_say_something(payload, files)


def check_reply(payload: Json, *, files: int = 0, has_emoji: Callable[[int], bool] = no_emoji) -> None:
    """Raise ApiError if Discord refuses this `data` of a callback of type 4."""
    _check(_edit, payload, has_emoji, "data")
    _must_say_something(payload, files)


def check_deferral(payload: Json, *, has_emoji: Callable[[int], bool] = no_emoji) -> None:
    """Raise ApiError if Discord refuses this `data` of a callback of type 5; it uses the `flags` only."""
    _check(_edit, payload, has_emoji, "data")


def check_update(payload: Json, *, has_emoji: Callable[[int], bool] = no_emoji) -> None:
    """Raise ApiError if Discord refuses this `data` of a callback of type 7."""
    _check(_edit, payload, has_emoji, "data")


def _must_say_something(payload: Json, files: int) -> None:
    if is_empty(payload, files=files):
        raise refused(50006)


_thread_options: dict[str, Check] = {
    "name": text(least=1, most=100, required=True),
    "auto_archive_duration": one_of(60, 1440, 4320, 10080),
    "rate_limit_per_user": integer(least=0, most=21600),
}
_new_thread = shape(
    "a thread",
    {**_thread_options, "type": one_of(10, 11, 12), "invitable": boolean},
    required=["name"],
    unmodelled=["applied_tags", "message"],
)
_thread_edit = shape(
    "a thread edit",
    {
        **_thread_options,
        "archived": boolean,
        "locked": boolean,
        "invitable": boolean,
    },
    unmodelled=["flags", "applied_tags", "bitrate", "user_limit", "rtc_region", "video_quality_mode"],
)


def check_thread(payload: Json) -> None:
    """Raise ApiError if Discord refuses this new thread."""
    _check(_new_thread, payload, no_emoji)


def check_thread_edit(payload: Json) -> None:
    _check(_thread_edit, payload, no_emoji)
