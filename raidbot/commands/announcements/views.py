"""Views of the panel of announcements: the list of an owner, and one announcement with its message."""

from collections.abc import Iterator
from dataclasses import dataclass

import discord

from raidbot.commands.announcements.address import announcements_of
from raidbot.commands.announcements.mentions import Reach
from raidbot.commands.announcements.subjects import Subject
from raidbot.commands.ui.components import BLUE, GREEN, GREY, RED, Button, Controls, option, panel_embed
from raidbot.commands.ui.responses import Row
from raidbot.raids.announcements.edits import Announcements
from raidbot.raids.announcements.labels import channel_words, ping_words
from raidbot.raids.announcements.model import MAX_PER_OWNER, Announcement, Owner, OwnerKind, Ping, Place
from raidbot.raids.announcements.text import PLACEHOLDERS, Message
from raidbot.utils.text import clip, escape
from raidbot.utils.words import Name, Text, lines, render, say

_MAX_SHOWN_TEXT = 80
_MAX_FIELD_LENGTH = 1024
_DOUBLED = {
    OwnerKind.TEMPLATE: say("Its template has the same one. They are one message, which notifies the people of both."),
    OwnerKind.SERIES: say("Its series has the same one. They are one message, which notifies the people of both."),
}
_FROM = {OwnerKind.TEMPLATE: say("From its template"), OwnerKind.SERIES: say("From its series")}


@dataclass(frozen=True, slots=True)
class Listing:
    """The announcements of an owner, and those that its raids have besides from a template or series."""

    subject: Subject
    own: Announcements
    others: tuple[tuple[Owner, Announcements], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One announcement with the message that it is at present; `warning` says what keeps it from reaching people.

    `doubled` have an equal one.
    """

    subject: Subject
    one: Announcement
    message: Message
    reach: Reach
    warning: Text | None
    doubled: tuple[Owner, ...] = ()


def controls(subject: Subject) -> Controls:
    return Controls(lambda action, *more: announcements_of(subject.kind, subject.key, action, *more))


def list_embed(listed: Listing) -> discord.Embed:
    title = say("Announcements of {name}", name=Name(listed.subject.name))
    about = say("Each is posted once, some time before or after the start.")
    embed = panel_embed(render(title), render(about))
    own = "\n".join(_lines(listed.own)) or render(say("None yet."))
    embed.add_field(name=render(say("Its own")), value=clip(own, _MAX_FIELD_LENGTH), inline=False)
    for owner, found in listed.others:
        shown = clip("\n".join(_lines(found)), _MAX_FIELD_LENGTH)
        embed.add_field(name=render(_FROM[owner.kind]), value=shown, inline=False)
    return embed


def list_rows(listed: Listing) -> tuple[Row, ...]:
    on = controls(listed.subject)
    offered = [option(one.id, render(one.moment.words), _text(one)) for one in listed.own]
    chosen: tuple[Row, ...] = ((on.select("Change or remove one", "open", offered),),) if offered else ()
    adding = on.button("Add", "ask-new", GREEN, disabled=len(listed.own) >= MAX_PER_OWNER)
    return (*chosen, (adding, Button(label="Back", style=GREY, custom_id=listed.subject.back)))


def page_embed(page: Page) -> discord.Embed:
    one = page.one
    facts = (
        say("**When:** {when}", when=one.moment.words),
        say("**Where:** {where}", where=channel_words(one.place, one.channel)),
        say("**Who:** {whom}. {reach}", whom=ping_words(one.ping, one.role), reach=page.reach.words)
        if one.ping is not Ping.NOBODY
        else say("**Who:** {whom}", whom=ping_words(one.ping, one.role)),
        *(_DOUBLED[kind] for kind in dict.fromkeys(owner.kind for owner in page.doubled)),
        page.warning,
    )
    embed = panel_embed(render(say("Announcement")), render(lines(*facts)))
    embed.add_field(name=render(say("This is how it will look")), value=clip(page.message.content, _MAX_FIELD_LENGTH))
    known = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    return embed.set_footer(text=f"In the text you can use {known}")


def page_rows(page: Page) -> tuple[Row, ...]:
    one, on = page.one, controls(page.subject)
    return (
        (on.channel_select("Post it in another channel", "channel", one.id, chosen=one.channel),),
        (on.role_select("Notify a role", "role", one.id, chosen=[one.role] if one.role else []),),
        (
            on.button("Board’s channel", "board", _marked(one.place is Place.BOARD), one.id),
            on.button("Raid’s thread", "thread", _marked(one.place is Place.THREAD), one.id),
            on.button("Notify nobody", "silence", _marked(one.ping is Ping.NOBODY), one.id),
            on.button("Notify the seated", "seated", _marked(one.ping is Ping.SEATED), one.id),
        ),
        (
            on.button("Time and text", "ask-text", BLUE, one.id),
            on.button("Remove", "remove", RED, one.id),
            on.button("Back", "panel"),
        ),
    )


def confirm_rows(subject: Subject, one: Announcement) -> tuple[Row, ...]:
    """Return the buttons under the question before an announcement that reaches many."""
    on = controls(subject)
    yes = on.button("Notify them", "notify", RED, one.id, one.ping, one.role or 0)
    return ((yes, on.button("Keep it as it was", "show", GREY, one.id)),)


def _marked(is_chosen: bool) -> discord.ButtonStyle:
    return GREEN if is_chosen else GREY


def _lines(found: Announcements) -> Iterator[str]:
    for one in found:
        where, whom = channel_words(one.place, one.channel), ping_words(one.ping, one.role)
        said = escape(clip(_text(one), _MAX_SHOWN_TEXT))
        yield f"**{render(one.moment.words)}** {render(where)}, {render(whom)}" + (f": {said}" if said else "")


def _text(one: Announcement) -> str:
    return " ".join(one.text.split())
