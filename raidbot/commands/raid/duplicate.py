"""Duplicate a raid from its panel at another time, with or without its roster, after a confirmation."""

from datetime import datetime
from functools import partial

from raidbot.commands.posting.channels import signup_channel
from raidbot.commands.posting.emoji_check import check_reactable
from raidbot.commands.raid.context import RaidContext
from raidbot.commands.raid.member_lookup import current_members
from raidbot.commands.ui import permissions
from raidbot.commands.ui.components import BLUE, GREEN
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.router import number_of
from raidbot.commands.ui.time_forms import understood, when_field
from raidbot.db import drafts
from raidbot.db.drafts import DraftId, NoSuchDraft
from raidbot.raids import duplicate, labels
from raidbot.raids.model import ChannelId
from raidbot.raids.permissions import Permission
from raidbot.raids.times.parse import parse_time
from raidbot.utils.clean_text import clean_name


async def _ask_copy(context: RaidContext) -> None:
    zone = (await context.state.settings(context.guild)).zone
    await context.ask("copy", "When again?", when_field(zone))


async def _copy(context: RaidContext) -> None:
    """Show how the typed time was understood and where the copy goes; nothing is posted yet."""
    raid, said, now = context.raid, context.press.fields["when"], context.state.now()
    settings = await context.state.settings(raid.guild)
    when = parse_time(said, zone=settings.tzinfo, now=now, locale=str(context.interaction.locale))
    channel = signup_channel(permissions.guild_of(context.interaction), settings, raid.kind)
    await check_reactable(context.interaction, raid, settings.signup_style)
    payload = {"copy_of": raid.code, "starts_at": when.instant.isoformat(), "zone": when.zone.key}
    add = partial(drafts.add, guild=raid.guild, member=context.asker, payload=payload, now=now)
    draft = await context.state.db.write(add)
    name = labels.quoted(raid.name)
    lines = [
        *understood(said, when.instant, when.zone.key, when.assumptions),
        f"The copy of {name} goes to {channel.mention}. Who keeps their seat is told and may drop out.",
    ]
    seats = len(raid.seats)
    await context.page(
        "\n".join(lines),
        (
            context.controls.button(f"With its roster ({seats})", "copy-go", BLUE, draft, "roster", disabled=not seats),
            context.controls.button("Without anybody", "copy-go", GREEN, draft, "empty"),
            context.controls.button("Change", "ask-copy"),
            context.back,
        ),
    )


async def _confirm_copy(context: RaidContext) -> None:
    raid, state, now = context.raid, context.state, context.state.now()
    draft, which = DraftId(number_of(context.part(0))), context.part(1)
    load = partial(drafts.load, draft=draft, guild=raid.guild, member=context.asker)
    payload = await state.db.read(load)
    if payload.get("copy_of") != raid.code:
        raise NoSuchDraft
    guild = permissions.guild_of(context.interaction)
    settings = await state.settings(raid.guild)
    channel = signup_channel(guild, settings, raid.kind)
    await check_reactable(context.interaction, raid, settings.signup_style)
    plan = duplicate.duplicate(
        raid,
        by=context.asker,
        channel=ChannelId(channel.id),
        starts_at=datetime.fromisoformat(payload["starts_at"]),
        zone=payload["zone"],
        keeping=await current_members(context, [seat.member for seat in raid.seats]) if which == "roster" else (),
        now=now,
    )
    await state.learn_names(raid.guild, {plan.creator: clean_name(context.interaction.user.display_name)})
    async with context.post_waiter.created(plan, permissions.cause_of(context.interaction), draft=draft) as copy:
        await context.change_for_good(partial(duplicate.duplicated, code=copy.code))
        await context.home(f"{labels.coded(copy)} is being posted in {channel.mention}.")
        outcome = await context.post_waiter.outcome(copy, channel.mention)
    await context.home(outcome)


_DUPLICATE = (Permission.RAID_DUPLICATE,)
ACTIONS = {
    "ask-copy": Action(_DUPLICATE, _ask_copy),
    "copy": Action(_DUPLICATE, _copy, again="ask-copy"),
    "copy-go": Action(_DUPLICATE, _confirm_copy),
}
