"""Save the series on the panel: what is stored is what was shown, and nothing if that cannot be posted."""

from dataclasses import replace
from functools import partial

import discord

from raidbot.commands.posting.channels import ChannelNotVisible, signup_channel
from raidbot.commands.posting.emoji_check import check_reactable
from raidbot.commands.posting.mentions import check_may_mention
from raidbot.commands.posting.preview import mark_of
from raidbot.commands.recurring import draft_views
from raidbot.commands.recurring.draft_context import DraftContext
from raidbot.commands.recurring.draft_views import DraftView
from raidbot.commands.recurring.posted import posted_ahead
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.components import BLUE, GREEN
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.member_picker import look_up
from raidbot.commands.ui.router import UnknownPanel, number_of
from raidbot.db import drafts
from raidbot.delivery.drawing.render import board
from raidbot.raids.model import ChannelId
from raidbot.raids.permissions import Permission, check_may_lead, check_may_post
from raidbot.raids.schedules.refusals import NotASchedule
from raidbot.raids.series import rules
from raidbot.raids.series.drafting.draft import SeriesDraft, applied, check_turns, draft_of, named
from raidbot.raids.series.drafting.merging import ChangedMeanwhile, check_unchanged, is_changed, merged
from raidbot.raids.series.model import Series
from raidbot.raids.series.samples import sample_raids
from raidbot.utils.clean_text import clean_name
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Code, Listed, Text, count, lines, paragraph, render, say


async def save(context: DraftContext) -> None:
    """Save the series if it is what the panel with this mark showed; else show how it is now."""
    permission = Permission.RECURRING_CREATE if context.stored.editing is None else Permission.RECURRING_EDIT
    await permissions.check(context.interaction, permission)
    mark, is_confirmed = context.part(0), context.rest[1:] == ("yes",)
    view = await context.view()
    parts = draft_views.parts(view)
    if mark != mark_of(parts):
        seen = context.stored.seen if mark == mark_of(context.stored.seen) else {}
        await context.home(render(draft_views.changed_since(seen, parts)))
        return
    plan = await checked_plan(context, view)
    asked = draft_views.questions(view)
    if asked and not is_confirmed:
        button = context.controls.button
        await context.page(
            render(lines(*asked, say("Save it anyway?"))),
            (button("Yes, save", "save", GREEN, mark, "yes"), button("Back", "panel")),
        )
        return
    if context.stored.editing is None:
        await _create(context, plan)
    else:
        await _edit(context)


async def _create(context: DraftContext, plan: Series) -> None:
    cause, asker = permissions.cause_of(context.interaction), permissions.asker_of(context.interaction)
    check_may_post(asker, (await context.state.settings(plan.guild)).grants)
    await context.state.learn_names(plan.guild, {plan.creator: clean_name(context.interaction.user.display_name)})
    series = await context.state.series.create(plan, cause, within=partial(drafts.take, draft=context.stored.id))
    await _show_saved(context, series)


async def _edit(context: DraftContext) -> None:
    """Apply the draft to the series as it is now, unless somebody changed it meanwhile."""
    stored, state = context.stored, context.state
    if stored.editing is None or stored.base is None:
        raise UnknownPanel
    if not is_changed(stored.base, stored.draft):
        await _close(context, say("Nothing was different."))
        return
    cause, from_id = permissions.cause_of(context.interaction), stored.draft.from_id
    rule = partial(_edited, base=stored.base, draft=named(stored.draft, context.catalogue))
    try:
        if from_id is None:
            series = await state.series.change(stored.editing, rule, cause)
        else:
            series = await state.series.split(stored.editing, from_id, rule, cause)
    except ChangedMeanwhile as refusal:
        draft = merged(stored.base, stored.draft, refusal.now)
        await (await context.save(draft, base=refusal.now)).home(str(refusal))
        return
    await context.state.db.write(partial(drafts.discard, draft=stored.id))
    ahead = await posted_ahead(state, series)
    stay = count(
        "{n} raid is posted already and stays as it is. Change it with `/raid`.",
        "{n} raids are posted already and stay as they are. Change them with `/raid`.",
        len(ahead),
    )
    await _show_saved(context, series, stay if ahead else None)


async def _show_saved(context: DraftContext, series: Series, also: Text | None = None) -> None:
    """Show the series' own panel."""
    saved = say("✅ **{name}** (`{code}`) is saved.", name=series.name, code=Code(series.code))
    await context.on_series.for_series(series).home(render(paragraph(saved, also)))


def _edited(series: Series, *, base: SeriesDraft, draft: SeriesDraft) -> Series:
    """Return the edited series. Raises ChangedMeanwhile."""
    check_unchanged(base, replace(draft_of(series), from_id=draft.from_id))
    return applied(draft, series)


async def _close(context: DraftContext, text: Text) -> None:
    await context.state.db.write(partial(drafts.discard, draft=context.stored.id))
    await responses.edit_response(context.interaction, render(text))


async def checked_plan(context: DraftContext, view: DraftView) -> Series:
    """Return the series to store. Raises Refusal for anything that would keep its raids from being posted."""
    state, guild, draft = context.state, permissions.guild_of(context.interaction), view.draft
    if view.missing:
        raise Refusal(say("Still to choose: {parts}.", parts=Listed(view.missing, "and")))
    check_turns(draft, context.catalogue)
    draft = named(draft, context.catalogue)
    before = await _edited_or_new(context)
    series = applied(draft, before)
    shown = view.shown
    if shown is not None and not shown.raids and context.stored.editing is None:
        raise NotASchedule(say("No raid of this series lies ahead. Choose another rule or a later end."))
    settings = await state.settings(context.guild)
    channels: set[int] = set()
    for raid in sample_raids(series, context.catalogue, context.state.now()):
        if series.channel is None:
            channels.add(signup_channel(guild, settings, raid.kind).id)
        else:
            channels.add(channel_to_post(context.interaction, series.channel))
        await check_reactable(context.interaction, raid, settings.signup_style)
    if draft.mention is not None and (draft.mention, draft.channel) != (before.mention, before.channel):
        for channel in sorted(channels):
            check_may_mention(context.interaction, draft.mention, channel)
    await _check_leaders(context, series)
    return series


def channel_to_post(interaction: Interaction, channel: ChannelId) -> ChannelId:
    """Return the channel if the bot can post boards there. Raises ChannelNotVisible or MissingPermissions."""
    found = permissions.guild_of(interaction).get_channel(channel)
    if not isinstance(found, discord.TextChannel):
        raise ChannelNotVisible
    permissions.check_bot_permissions(found, permissions.TO_POST)
    return channel


async def _edited_or_new(context: DraftContext) -> Series:
    if context.stored.editing is not None:
        series = await context.state.series.get(context.stored.editing)
        from_id = context.draft.from_id
        return series if from_id is None else rules.split(series, from_id)[1]
    now = context.state.now()
    return Series(
        guild=context.guild,
        name="",
        schedule=context.draft.schedule,
        rotation=(),
        creator=context.asker,
        created_at=now,
        looked_at=now,
    )


async def _check_leaders(context: DraftContext, series: Series) -> None:
    """Check leaders chosen in this draft, of the series or a turn, as `/raid` does. Raises LeadsMore or NotAMember."""
    base = context.stored.base
    led_by = None if base is None else base.leader
    known = {led_by, *(turn.leader for turn in base.turns)} if base is not None else {None}
    led_as_before = replace(
        series, leader=led_by, rotation=tuple(replace(turn, leader=None) for turn in series.rotation)
    )
    samples = sample_raids(led_as_before, context.catalogue, context.state.now())
    led = [(None if series.leader == led_by else series.leader, samples[0])]
    turns = zip(series.rotation, samples, strict=True)
    led += [(None if turn.leader in known else turn.leader, sample) for turn, sample in turns]
    asker, grants = permissions.asker_of(context.interaction), await permissions.grants_of(context.interaction)
    for leader, sample in led:
        if leader is not None:
            check_may_lead(asker, (await look_up(context.interaction, leader)).asker, sample, grants)


async def show_board(context: DraftContext) -> None:
    """Show the board of the next raid, or of a turn."""
    view = await context.view()
    check_turns(view.draft, context.catalogue)
    series = applied(named(view.draft, context.catalogue), await _edited_or_new(context))
    samples = sample_raids(series, context.catalogue, context.state.now())
    number = min(number_of(context.rest[0]), len(samples) - 1) if context.rest else 0
    style = (await context.state.settings(context.guild)).signup_style
    name = clean_name(context.interaction.user.display_name)
    shown = board(samples[number], {samples[number].creator: name}, style)
    turns = context.controls.page_buttons(number, len(samples), "board")
    await context.page(
        render(say("A raid of this series looks like this:")),
        (context.controls.button("Back", "panel", BLUE), *turns),
        embeds=(shown.embed(),),
    )
