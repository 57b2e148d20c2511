"""Actions on the panel of announcements. Each is saved at once; what reaches many people asks first."""

from dataclasses import replace
from functools import partial

import discord

from raidbot.commands.announcements.context import LABELS, AnnouncementContext
from raidbot.commands.announcements.mentions import check_channel, check_may_notify, reach_of
from raidbot.commands.announcements.views import confirm_rows
from raidbot.commands.posting.channels import ChannelNotVisible
from raidbot.commands.ui import permissions
from raidbot.commands.ui.forms import Field
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.router import UnknownPanel, number_of
from raidbot.raids.announcements import edits
from raidbot.raids.announcements.labels import ping_words
from raidbot.raids.announcements.model import MAX_TEXT_LENGTH, Announcement, Ping, Place
from raidbot.raids.announcements.parse import parse_moment
from raidbot.raids.announcements.text import accepted_text
from raidbot.raids.model import ChannelId
from raidbot.raids.permissions import Permission
from raidbot.utils.words import paragraph, render, say

_WHEN_HINT = "15 min before, at the start, 10 min after"
_TEXT_HINT = "Empty: {title} starts {in}. {board}"
_MAX_WHEN_LENGTH = 60


async def _panel(context: AnnouncementContext) -> None:
    await context.home()


async def _ask_new(context: AnnouncementContext) -> None:
    await context.ask("new", "New announcement", *_fields())


async def _new(context: AnnouncementContext) -> None:
    fields = context.press.fields
    new = Announcement(moment=parse_moment(fields["when"]), text=accepted_text(fields["text"]))
    after = await context.change(partial(edits.add, new=new))
    await context.show(max(one.id for one in after), "Added. Nobody is notified by it yet.")


async def _open(context: AnnouncementContext) -> None:
    await context.show(number_of(context.chosen))


async def _show(context: AnnouncementContext) -> None:
    await context.show(context.number)


async def _ask_text(context: AnnouncementContext) -> None:
    one = await context.found(context.number)
    await context.ask("text", "Time and text", *_fields(one), about=(str(one.id),))


async def _text(context: AnnouncementContext) -> None:
    one, said = await context.found(context.number), context.changed_fields("when", "text")
    moment = parse_moment(said["when"]) if "when" in said else one.moment
    text = accepted_text(said["text"]) if "text" in said else one.text
    await context.save(replace(one, moment=moment, text=text))


async def _board(context: AnnouncementContext) -> None:
    await context.save(replace(await context.found(context.number), place=Place.BOARD, channel=None))


async def _thread(context: AnnouncementContext) -> None:
    await context.save(replace(await context.found(context.number), place=Place.THREAD, channel=None))


async def _channel(context: AnnouncementContext) -> None:
    one = await context.found(context.number)
    if not context.press.chosen:
        await context.save(replace(one, place=Place.BOARD, channel=None))
        return
    channel = permissions.guild_of(context.interaction).get_channel(number_of(context.chosen))
    if not isinstance(channel, discord.TextChannel):
        raise ChannelNotVisible
    check_channel(context.interaction, channel)
    await context.save(replace(one, place=Place.CHANNEL, channel=ChannelId(channel.id)))


async def _silence(context: AnnouncementContext) -> None:
    await context.save(replace(await context.found(context.number), ping=Ping.NOBODY, role=None))


async def _seated(context: AnnouncementContext) -> None:
    await _notify_if_few(context, replace(await context.found(context.number), ping=Ping.SEATED, role=None))


async def _role(context: AnnouncementContext) -> None:
    role = number_of(context.chosen)
    await _notify_if_few(context, replace(await context.found(context.number), ping=Ping.ROLE, role=role))


async def _notify_if_few(context: AnnouncementContext, wanted: Announcement) -> None:
    """Save it, or ask first if it reaches many people."""
    await check_may_notify(context.interaction, context.subject, wanted)
    reach = await reach_of(context.interaction, context.subject, wanted)
    if not reach.asks_first:
        await context.save(wanted)
        return
    about = say("This announcement {notifies}.", notifies=ping_words(wanted.ping, wanted.role))
    await context.page(render(paragraph(about, reach.words)), *confirm_rows(context.subject, wanted))


async def _notify(context: AnnouncementContext) -> None:
    """Save what was confirmed."""
    ping, role = context.part(1), number_of(context.part(2))
    if ping not in (Ping.SEATED, Ping.ROLE):
        raise UnknownPanel
    one = await context.found(context.number)
    await context.save(replace(one, ping=Ping(ping), role=role if ping == Ping.ROLE else None))


async def _remove(context: AnnouncementContext) -> None:
    await context.change(partial(edits.remove, number=context.number))
    await context.home("Removed.")


def _fields(one: Announcement | None = None) -> tuple[Field, Field]:
    when, text = (render(one.moment.words), one.text) if one else ("", "")
    return (
        Field("when", LABELS["when"], when, _WHEN_HINT, max_length=_MAX_WHEN_LENGTH),
        Field("text", LABELS["text"], text, _TEXT_HINT, max_length=MAX_TEXT_LENGTH, required=False, is_long=True),
    )


_OF_SUBJECT = ()
"""The right depends on the owner; the cog puts it in."""
_PINGS = (Permission.PINGS,)
ACTIONS: dict[str, Action[AnnouncementContext]] = {
    "panel": Action(_OF_SUBJECT, _panel),
    "ask-new": Action(_OF_SUBJECT, _ask_new),
    "new": Action(_OF_SUBJECT, _new, again="ask-new"),
    "open": Action(_OF_SUBJECT, _open),
    "show": Action(_OF_SUBJECT, _show),
    "ask-text": Action(_OF_SUBJECT, _ask_text),
    "text": Action(_OF_SUBJECT, _text, again="ask-text"),
    "board": Action(_OF_SUBJECT, _board),
    "thread": Action(_OF_SUBJECT, _thread),
    "channel": Action(_OF_SUBJECT, _channel),
    "silence": Action(_OF_SUBJECT, _silence),
    "seated": Action(_OF_SUBJECT, _seated, also=_PINGS),
    "role": Action(_OF_SUBJECT, _role, also=_PINGS),
    "notify": Action(_OF_SUBJECT, _notify, also=_PINGS),
    "remove": Action(_OF_SUBJECT, _remove),
}
