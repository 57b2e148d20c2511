"""What tests of the page's server share."""

from collections.abc import Awaitable, Callable

from raidbot.sandbox.people import Person
from raidbot.sandbox.store import Message
from tests.sandbox.browser import Browser, Json

Open = Callable[[Person | None], Awaitable[Browser]]


def here(message: Message) -> Json:
    return {"channel": str(message.channel_id), "message": str(message.id)}
