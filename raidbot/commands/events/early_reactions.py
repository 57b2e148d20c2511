"""Reactions that come between the appearance of a new message of ours and Discord's answer to the posting."""

from collections.abc import Iterator

import discord

from raidbot.delivery.boards.posting import Posting

_MAX_REACTIONS = 1000


class EarlyReactions:
    """Holds reactions on unknown messages of the bot in channels where it is posting, up to `max_reactions` in all.

    What does not fit is left to the comparison that follows every posting.
    """

    def __init__(self, client: discord.Client, posting: Posting, *, max_reactions: int = _MAX_REACTIONS) -> None:
        self._client = client
        self._posting = posting
        self._max_reactions = max_reactions
        self._held: dict[int, list[discord.RawReactionActionEvent]] = {}
        self._count = 0

    def hold(self, event: discord.RawReactionActionEvent) -> None:
        """Hold the event if it may be about a message that becomes known. Called for every reaction on a server."""
        if not self._posting.is_posting_in(event.channel_id) or self._count >= self._max_reactions:
            return
        if event.event_type == "REACTION_REMOVE":  # Discord does not say whose message it is
            held = self._held.get(event.message_id)
            if held is None:
                return
        elif event.message_author_id not in (None, self._client.user and self._client.user.id):
            return
        else:
            held = self._held.setdefault(event.message_id, [])
        held.append(event)
        self._count += 1

    def take(self, message: int) -> list[discord.RawReactionActionEvent]:
        """Return the events held for the message, in order, and forget them."""
        held = self._held.pop(message, [])
        self._count -= len(held)
        return held

    def messages(self) -> Iterator[int]:
        yield from list(self._held)

    def drop_overdue(self) -> None:
        """Forget the events of channels where nothing is being posted any more."""
        for message, held in list(self._held.items()):
            if not self._posting.is_posting_in(held[0].channel_id):
                self.take(message)
