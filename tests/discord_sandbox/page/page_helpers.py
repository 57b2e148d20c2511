"""Helpers for tests of the page's server."""

from collections.abc import Awaitable, Callable

from discord_sandbox.people import Person
from discord_sandbox.store import Message
from tests.discord_sandbox.page.page_client import Json, PageClient

Open = Callable[[Person | None], Awaitable[PageClient]]


def message_address(message: Message) -> Json:
    return {"channel": str(message.channel_id), "message": str(message.id)}
