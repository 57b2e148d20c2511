"""Words for the parts of an announcement."""

from raidbot.raids.announcements.model import Ping, Place
from raidbot.raids.model import ChannelId
from raidbot.utils.words import Raw, Text, say


def channel_words(place: Place, channel: ChannelId | None) -> Text:
    match place:
        case Place.BOARD:
            return say("in the board’s channel")
        case Place.THREAD:
            return say("in the raid’s thread")
        case Place.CHANNEL:
            return say("in {channel}", channel=Raw(f"<#{channel}>"))


def ping_words(ping: Ping, role: int | None) -> Text:
    match ping:
        case Ping.NOBODY:
            return say("notifies nobody")
        case Ping.SEATED:
            return say("notifies everyone with a seat")
        case Ping.ROLE:
            return say("notifies {role}", role=Raw(f"<@&{role}>"))
