"""The panel of /calendar: the feeds that somebody has, and once the address of a new one."""

from collections.abc import Mapping
from functools import partial

import discord

from raidbot.commands.ui.components import BLUE, RED, Controls, panel_embed, pressable
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import address
from raidbot.raids.feeds.model import Feed, FeedKind
from raidbot.utils.text import escape
from raidbot.utils.words import Instant, Raw, Text, lines, render, say

PANEL = "calendar"
_CONTROLS = Controls(partial(address, PANEL))
_TITLES = {FeedKind.MINE: "My raids", FeedKind.SERVER: "All raids of this server"}
_SHOWS = {
    FeedKind.MINE: say("Raids you are signed up for, and your standing places."),
    FeedKind.SERVER: say("Every raid, and what is planned next. It names nobody."),
}
_ABOUT = lines(
    say("Add an address to your calendar as a subscription, and raids appear there by themselves."),
    say("Your program decides how often it looks: Google about once a day, others about once an hour."),
)
OFF = say(
    "Calendar feeds are off on this server. `/raidinfo export` gives you a calendar file (.ics); a manager can"
    " switch feeds on in `/settings`."
)


def notice(guild_name: str, text: Text) -> discord.Embed:
    """Return what is shown where nobody can have a feed."""
    return panel_embed(f"Calendar of {escape(guild_name)}", render(text))


def panel(guild_name: str, feeds: Mapping[FeedKind, Feed], *, new: tuple[FeedKind, str] | None = None) -> discord.Embed:
    """Return the panel; `new` is a feed that was given this address just now."""
    embed = panel_embed(f"Calendar of {escape(guild_name)}", render(_ABOUT))
    for kind, title in _TITLES.items():
        said = lines(_SHOWS[kind], _state(feeds.get(kind)))
        embed.add_field(name=title, value=render(said), inline=False)
    if new is not None:
        kind, url = new
        said = lines(
            Raw(f"```\n{url}\n```"),
            say("Copy it now: it isn’t shown again. Keep it to yourself, as whoever has it can read this calendar."),
        )
        embed.add_field(name=f"Your new address: {_TITLES[kind]}", value=render(said), inline=False)
    return embed


def rows(feeds: Mapping[FeedKind, Feed]) -> tuple[Row, ...]:
    return tuple(
        pressable(
            _CONTROLS.button(f"{title}: {'new' if kind in feeds else 'get an'} address", "new", BLUE, kind),
            _CONTROLS.button(f"{title}: revoke", "end", RED, kind, disabled=kind not in feeds),
        )
        for kind, title in _TITLES.items()
    )


def _state(feed: Feed | None) -> Text:
    if feed is None:
        return say("You have no address.")
    return say("You’ve had an address since {day}. A new one ends it.", day=Instant(feed.made_at, "D"))
