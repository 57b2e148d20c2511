"""Views of /privacy: what forgetting does, and that it is done."""

from datetime import datetime
from functools import partial

import discord

from raidbot.commands.ui.components import GREY, RED, Controls, panel_embed
from raidbot.commands.ui.forms import Field, form
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import address
from raidbot.utils.text import escape
from raidbot.utils.words import Instant, Text, count, lines, render, say

PANEL = "privacy"
CONTROLS = Controls(partial(address, PANEL))
MINUTES = 15
"""Within which a member is forgotten, unless the database or Discord cannot be reached, or a backup is being made."""


def forget_panel(*, is_silent: bool, backups_gone_at: datetime | None) -> discord.Embed:
    """Say exactly what forgetting does."""
    return panel_embed("Forget you?", render(_consequences(is_silent=is_silent, backups_gone_at=backups_gone_at)))


def forget_rows() -> tuple[Row, ...]:
    return (
        (
            CONTROLS.button("Forget me on this server", "forget", RED, "here"),
            CONTROLS.button("Forget me on all servers", "forget", RED, "all"),
            CONTROLS.button("Keep me", "keep", GREY),
        ),
    )


def delete_panel(server: str) -> discord.Embed:
    said = lines(
        say(
            "All raids, figures, series, templates, settings and history of this server, and everything about its"
            " members here, are deleted at once. Nobody can undo it."
        ),
        say("Then I leave the server. Invite me again, and I start afresh."),
        say("My messages stay. Delete the channels, or the messages, to remove them."),
        say("Automatic backups hold the server for up to five weeks. Whoever runs me can delete them earlier."),
    )
    return panel_embed(f"Delete everything of {escape(server)}?", render(said))


def delete_rows() -> tuple[Row, ...]:
    return (
        (CONTROLS.button("Delete everything", "ask-delete", RED), CONTROLS.button("Keep everything", "keep", GREY)),
    )


def delete_form() -> discord.ui.Modal:
    name = Field("name", "Type the name of this server", hint="Exactly as Discord shows it")
    return form(CONTROLS.custom_id("delete"), "Delete everything", name)


def done(*, is_over: bool) -> Text:
    if is_over:
        return say("I have forgotten you. If you sign up again, you start afresh.")
    return count(
        "I am forgetting you. That takes up to {n} minute, also if I am restarted meanwhile.",
        "I am forgetting you. That takes up to {n} minutes, also if I am restarted meanwhile.",
        MINUTES,
    )


def _backups(gone_at: datetime | None) -> Text:
    if gone_at is None:
        return say(
            "- No automatic backups are made. Older backups, if there are any, hold you until whoever runs me deletes"
            " them; copies from before an update, until there are three newer ones. If one is put back, I forget you"
            " again."
        )
    return say(
        "- Automatic backups hold you until {until}, and copies from before an update until there are three newer"
        " ones. If one is put back, I forget you again.",
        until=Instant(gone_at, "D"),
    )


def _consequences(*, is_silent: bool, backups_gone_at: datetime | None) -> Text:
    silent = (
        say("- You chose to get no unasked messages. That stays: I keep a tag of you for it, and no name.")
        if is_silent
        else say("- Your /reminders choices go. To get no unasked messages later, switch them off there first.")
    )
    return lines(
        say("**At once**"),
        say("- You leave upcoming raids. Whoever waits for your seat moves up and is notified."),
        say("- Your standing places end. Upcoming raids and series that you lead have no leader."),
        say("- Your name, your drafts, your messages, and what I know about your direct messages are deleted."),
        silent,
        say("- Past raids keep their numbers. They call you “former member”."),
        say("**What stays**"),
        say(
            "- Boards that I still follow are shown without you. My messages on older boards, in threads, in log"
            " channels and in direct messages stay as they are. A manager of the server can delete them."
        ),
        say("- Titles and texts that somebody typed stay. Where they mention you, they say “former member”."),
        _backups(backups_gone_at),
        say("**Later**"),
        say("- Your old reactions no longer count. If you react or press again, you start afresh."),
        count(
            "- It takes up to {n} minute. Nobody can undo it.",
            "- It takes up to {n} minutes. Nobody can undo it.",
            MINUTES,
        ),
    )
