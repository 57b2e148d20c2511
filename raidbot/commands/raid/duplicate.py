"""Duplicate a raid from its panel at another time, with or without its roster, after a confirmation."""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

import discord

from raidbot.commands.posting import pictures
from raidbot.commands.posting.channels import signup_channel
from raidbot.commands.posting.emoji_check import EmojiGone, unreactable
from raidbot.commands.posting.preview import changes, mark_of, parts_of
from raidbot.commands.raid.context import RaidContext
from raidbot.commands.raid.member_lookup import current_members
from raidbot.commands.ui import permissions
from raidbot.commands.ui.components import BLUE, GREEN
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.router import number_of
from raidbot.commands.ui.time_forms import deadline_lines, understood, when_field
from raidbot.db import drafts
from raidbot.db.drafts import DraftId, NoSuchDraft
from raidbot.delivery.drawing.render import board
from raidbot.raids import duplicate, labels
from raidbot.raids.model import ChannelId, Raid
from raidbot.raids.permissions import Permission
from raidbot.raids.settings import SignupStyle
from raidbot.raids.times.parse import parse_time
from raidbot.utils.clean_text import clean_name


async def _ask_copy(context: RaidContext) -> None:
    zone = (await context.state.settings(context.guild)).zone
    await context.ask("copy", "When again?", when_field(zone))


async def _copy(context: RaidContext) -> None:
    """Show how the typed time was understood and what would be posted; nothing is posted yet."""
    said, now = context.press.fields["when"], context.state.now()
    settings = await context.state.settings(context.guild)
    when = parse_time(said, zone=settings.tzinfo, now=now, locale=str(context.interaction.locale))
    asked = _Asked(when.instant, when.zone.key, said, when.assumptions)
    copies = await _planned(context, asked)
    add = partial(drafts.add, guild=context.guild, member=context.asker, payload={}, now=now)
    await _show(context, await context.state.db.write(add), asked, copies)


async def _confirm_copy(context: RaidContext) -> None:
    """Post the copy if it is what the preview showed; else show how it is now."""
    state = context.state
    draft, which, mark = DraftId(number_of(context.part(0))), context.part(1), "".join(context.rest[2:])
    payload = await state.db.read(partial(drafts.load, draft=draft, guild=context.guild, member=context.asker))
    if payload.get("copy_of") != context.raid.code:
        raise NoSuchDraft
    starts_at, said, assumptions = payload["starts_at"], payload.get("said", ""), payload.get("assumptions", ())
    asked = _Asked(datetime.fromisoformat(starts_at), payload["zone"], said, tuple(assumptions))
    copies = await _planned(context, asked)
    plan = copies.with_roster if which == "roster" else copies.empty
    if mark != mark_of(parts_of(plan, copies.style)):
        seen = payload.get("seen", {}).get(which, {})
        now = parts_of(plan, copies.style)
        await _show(context, draft, asked, copies, changes(seen if mark == mark_of(seen) else {}, now))
        return
    await state.learn_names(context.guild, {plan.creator: clean_name(context.interaction.user.display_name)})
    cause, asker = permissions.cause_of(context.interaction), permissions.asker_of(context.interaction)
    async with context.post_waiter.created(plan, cause, asker=asker, draft=draft) as copy:
        await context.change_for_good(partial(duplicate.duplicated, code=copy.code))
        await context.home(f"{labels.coded(copy)} is being posted in {copies.channel.mention}.")
        outcome = await context.post_waiter.outcome(copy, copies.channel.mention)
    await context.home(outcome.line)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The start of the copy, how it was typed, and what was assumed to understand it."""

    starts_at: datetime
    zone: str
    said: str
    assumptions: tuple[str, ...]

    def written(self) -> dict[str, object]:
        return asdict(self) | {"starts_at": self.starts_at.isoformat()}


@dataclass(frozen=True, slots=True)
class _Copies:
    """The two raids that can be posted."""

    empty: Raid
    with_roster: Raid
    channel: discord.TextChannel
    style: SignupStyle


async def _planned(context: RaidContext, asked: _Asked) -> _Copies:
    """Plan the copies as they would be posted now. Raises Refusal for anything that prevents posting."""
    settings = await context.state.settings(context.guild)
    raid = await _reactable(context, settings.signup_style)
    channel = signup_channel(permissions.guild_of(context.interaction), settings, raid.kind)
    here = await current_members(context, [seat.member for seat in raid.seats])
    plan = partial(
        duplicate.duplicate,
        raid,
        by=context.asker,
        channel=ChannelId(channel.id),
        starts_at=asked.starts_at,
        zone=asked.zone,
        now=context.state.now(),
    )
    return _Copies(plan(keeping=()), plan(keeping=here), channel, settings.signup_style)


async def _reactable(context: RaidContext, style: SignupStyle) -> Raid:
    """Return the raid to copy: roles whose emoji was deleted have the emoji of the template. Raises EmojiGone."""
    raid = await pictures.without_lost_file(context.state, context.raid)
    gone = await unreactable(context.interaction, raid, style)
    if not gone:
        return raid
    catalogue = await context.state.templates(raid.guild)
    renewed = duplicate.with_emoji_of_template(raid, catalogue, {role.key for role in gone})
    if gone := await unreactable(context.interaction, renewed, style):
        raise EmojiGone(gone, has_template=raid.template is not None and catalogue.has(raid.template))
    return renewed


async def _show(context: RaidContext, draft: DraftId, asked: _Asked, copies: _Copies, note: str = "") -> None:
    """Show what would be posted, and keep its parts with the draft."""
    seen = {"empty": parts_of(copies.empty, copies.style), "roster": parts_of(copies.with_roster, copies.style)}
    payload = {"copy_of": context.raid.code, "seen": seen, **asked.written()}
    await context.state.db.write(partial(drafts.save, draft=draft, payload=payload))
    await pictures.keep_file(context.state, copies.empty)
    what = labels.quoted(context.raid.name)
    lines = [
        *([note] if note else []),
        *understood(asked.said, asked.starts_at, asked.zone, asked.assumptions),
        *deadline_lines(copies.empty),
        *filter(None, (pictures.warning(copies.empty, copies.channel),)),
        f"The copy of {what} goes to {copies.channel.mention}. Who keeps their seat is told and may drop out.",
    ]
    name = clean_name(context.interaction.user.display_name)
    shown = board(copies.empty, {copies.empty.creator: name}, copies.style)
    seats, button = len(copies.with_roster.seats), context.controls.button
    roster, empty = (mark_of(seen[which]) for which in ("roster", "empty"))
    keeping = (button(f"With its roster ({seats})", "copy-go", BLUE, draft, "roster", roster),) if seats else ()
    await context.page(
        "\n".join(lines),
        (
            *keeping,
            button("Without anybody", "copy-go", GREEN, draft, "empty", empty),
            button("Change", "ask-copy"),
            context.back,
        ),
        embeds=(shown.embed(),),
        files=await pictures.preview_files(context.state, copies.empty),
    )


_DUPLICATE = (Permission.RAID_DUPLICATE,)
_POST = (Permission.CREATE,)
ACTIONS = {
    "ask-copy": Action(_DUPLICATE, _ask_copy, also=_POST),
    "copy": Action(_DUPLICATE, _copy, again="ask-copy", also=_POST),
    "copy-go": Action(_DUPLICATE, _confirm_copy, also=_POST),
}
