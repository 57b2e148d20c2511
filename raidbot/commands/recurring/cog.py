"""/recurring: make, list and change series, and have a standing place in one.

What is being made or edited is a draft, a row; the panels of series hold the code of theirs in each `custom_id`.
"""

from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.posting.mentions import check_may_mention
from raidbot.commands.posting.post_waiter import PostWaiter
from raidbot.commands.recurring import dates, draft_actions, holidays, manage, places, trigger
from raidbot.commands.recurring.context import SeriesContext, is_series
from raidbot.commands.recurring.draft_context import LABELS, DraftContext, StoredDraft, add_draft, load_draft
from raidbot.commands.recurring.series_autocomplete import date_choices, date_named, series_choices
from raidbot.commands.recurring.views import NO_CODE
from raidbot.commands.ui import form_retry, permissions, responses
from raidbot.commands.ui.autocomplete import matching
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.member_picker import maybe_gone, picked_member
from raidbot.commands.ui.panel_context import Action, run_action
from raidbot.commands.ui.router import Press, UnknownPanel
from raidbot.db.drafts import NoSuchDraft
from raidbot.jobs.series_poster import SeriesPoster
from raidbot.raids.drafts import activities
from raidbot.raids.permissions import NotAllowed, Permission
from raidbot.raids.series.drafting.one_line import Typed, draft_from
from raidbot.raids.series.model import RosterMode, Series
from raidbot.raids.series.rules import NoSuchSeries
from raidbot.raids.series.samples import roles_of
from raidbot.raids.series.words import ROSTERS
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.length import MAX_LENGTH_TEXT, parse_length
from raidbot.raids.times import zones
from raidbot.state import State
from raidbot.utils.text import clip
from raidbot.utils.words import render

ACTIONS: dict[str, Action[SeriesContext]] = {
    **manage.ACTIONS,
    **dates.ACTIONS,
    **trigger.ACTIONS,
    **holidays.ACTIONS,
    **places.ACTIONS,
}
"""The actions of a series' panel, its pages and its forms, by their name in the `custom_id`."""
DRAFT_ACTIONS = draft_actions.ACTIONS
_Choice = app_commands.Choice
_WHICH = "Which series; choose it from the list as you type"
_ROSTERS = [_Choice(name=render(name), value=str(mode)) for mode, name in ROSTERS.items()]
_Text = app_commands.Range[str, 1, 500]


class Recurring(commands.GroupCog, group_name="recurring", group_description="Raids that repeat: every week, month …"):
    def __init__(self, state: State, poster: SeriesPoster, post_waiter: PostWaiter) -> None:
        self._state = state
        self._poster = poster
        self._post_waiter = post_waiter

    @app_commands.command(description="Set up a raid that repeats; nothing is saved before you confirm")
    @app_commands.describe(
        template="What you play",
        when="How often and when: every tuesday 8pm, last sunday of the month 19:00, 4 dec 20:00",
        posted="When each raid is posted: 3 days before, monday 10:00 (default: 24 hours before)",
        end="When it ends: until 16 nov 2027, 8 times",
        zone="Time zone (default: your server’s)",
        start="Counting from: 5 january, since 5 january",
        dates_off="No raids on: 24 dec - 1 jan",
        strategy="Which strategy, if the template has several",
        length="How long it takes, such as: 1.5, 90 min, 1h30",
        roster="Who is signed up from the start",
        mention="Role to notify with every raid",
        name="Name of the series",
    )
    @app_commands.choices(roster=_ROSTERS)
    async def create(
        self,
        interaction: Interaction,
        template: str | None = None,
        when: _Text | None = None,
        posted: _Text | None = None,
        end: _Text | None = None,
        zone: str | None = None,
        start: _Text | None = None,
        dates_off: _Text | None = None,
        strategy: str | None = None,
        length: app_commands.Range[str, 1, MAX_LENGTH_TEXT] | None = None,
        roster: str | None = None,
        mention: discord.Role | None = None,
        name: app_commands.Range[str, 1, 100] | None = None,
    ) -> None:
        await self._check(interaction, Permission.RECURRING_CREATE, Permission.CREATE)
        guild = permissions.guild_id(interaction)
        catalogue, settings = await self._state.templates(guild), await self._state.settings(guild)
        typed = Typed(
            template=template,
            when=when,
            posted=posted,
            end=end,
            zone=zone,
            start=start,
            dates_off=dates_off,
            strategy=strategy,
            minutes=None if length is None else parse_length(length),
            name=name,
        )
        draft = draft_from(typed, catalogue, settings.zone, now=self._state.now(), locale=str(interaction.locale))
        if roster is not None:
            draft = replace(draft, roster=RosterMode(roster))
        if mention is not None:
            draft = replace(draft, mention=check_may_mention(interaction, mention.id).id)
        await responses.defer(interaction)
        stored = await add_draft(self._state, interaction, draft)
        await self._draft_context(_no_press(interaction), (), stored, catalogue).home()

    @app_commands.command(name="list", description="All series with their next dates, and what is paused")
    async def list_(self, interaction: Interaction) -> None:
        permissions.guild_of(interaction)
        await responses.defer(interaction)
        await self._context(interaction).list(0)

    @app_commands.command(description="Change a series: one date, all later ones, or all")
    @app_commands.describe(series=_WHICH)
    async def edit(self, interaction: Interaction, series: str) -> None:
        await self._check(interaction, Permission.RECURRING_EDIT, Permission.CREATE)
        await manage.ask_edit(await self._found(interaction, series))

    @app_commands.command(description="Skip one date of a series")
    @app_commands.describe(series=_WHICH, date="Which date; leave it out to choose from the next ones")
    async def skip(self, interaction: Interaction, series: str, date: str | None = None) -> None:
        await self._check(interaction, Permission.RECURRING_SKIP)
        context = await self._found(interaction, series)
        if date is None:
            await dates.dates(context)
        else:
            await dates.skip(context, await date_named(context, date))

    @app_commands.command(description="Pause a series, until a date or until somebody resumes it")
    @app_commands.describe(series=_WHICH, until="The first day it takes place again, such as: 5 january")
    async def pause(self, interaction: Interaction, series: str, until: _Text | None = None) -> None:
        await self._check(interaction, Permission.RECURRING_PAUSE)
        await manage.pause(await self._found(interaction, series), until or "")

    @app_commands.command(description="Go on with a series that is paused, stopped or over")
    @app_commands.describe(series=_WHICH)
    async def revive(self, interaction: Interaction, series: str) -> None:
        await self._check(interaction, Permission.RECURRING_PAUSE, Permission.CREATE)
        await manage.revive(await self._found(interaction, series))

    @app_commands.command(description="Post the next raid of a series now, or an extra one; asks first")
    @app_commands.describe(series=_WHICH)
    async def trigger(self, interaction: Interaction, series: str) -> None:
        await self._check(interaction, Permission.RECURRING_TRIGGER, Permission.CREATE)
        await trigger.ask(await self._found(interaction, series))

    @app_commands.command(description="Delete a series; asks first, and posted raids can stay")
    @app_commands.describe(series=_WHICH)
    async def delete(self, interaction: Interaction, series: str) -> None:
        await self._check(interaction, Permission.RECURRING_DELETE)
        await manage.ask_delete(await self._found(interaction, series))

    @app_commands.command(description="Dates off for all series, or for one")
    @app_commands.describe(days="Such as: 24 dec - 1 jan; shows the dates off if left out", series="Only this series")
    async def holiday(self, interaction: Interaction, days: _Text | None = None, series: str | None = None) -> None:
        await self._check(interaction, Permission.RECURRING_SKIP)
        context = self._context(interaction)
        if series is None:
            await responses.defer(interaction)
        else:
            context = await self._found(interaction, series)
        if days is None:
            await holidays.show(context)
        else:
            await holidays.add(context, days)

    @app_commands.command(description="Have a place in every raid of a series")
    @app_commands.describe(
        series=_WHICH,
        role="In which role; choose it from the list as you type",
        member="Who gets the place, if not you",
    )
    async def join(self, interaction: Interaction, series: str, role: str, member: discord.User | None = None) -> None:
        somebody = await self._other(interaction, member)
        context = await self._found(interaction, series)
        await places.join(context, role, None if somebody is None else await picked_member(self._state, somebody))

    @app_commands.command(description="Give up your place in a series, or miss only one date")
    @app_commands.describe(
        series=_WHICH, date="Not on this date; for good if left out", member="Whose place, if not yours"
    )
    async def leave(
        self, interaction: Interaction, series: str, date: str | None = None, member: discord.User | None = None
    ) -> None:
        somebody = await self._other(interaction, member)
        context = await self._found(interaction, series)
        other = None if somebody is None else maybe_gone(somebody)
        if date is None:
            await places.leave(context, other)
        else:
            await places.stay_away(context, await date_named(context, date), other=other)

    @create.autocomplete("template")
    async def _templates(self, interaction: Interaction, typed: str) -> list[_Choice[str]]:
        return matching(typed, activities(await self._state.templates(permissions.guild_id(interaction))))

    @create.autocomplete("strategy")
    async def _strategies(self, interaction: Interaction, typed: str) -> list[_Choice[str]]:
        catalogue = await self._state.templates(permissions.guild_id(interaction))
        template = catalogue.find(str(interaction.namespace.template or ""))
        return matching(typed, tuple((one.name, one.name) for one in template.strategies) if template else ())

    @create.autocomplete("zone")
    async def _zones(self, _: Interaction, typed: str) -> list[_Choice[str]]:
        return [_Choice(name=name, value=name) for name in zones.suggest(typed)]

    @edit.autocomplete("series")
    @skip.autocomplete("series")
    @pause.autocomplete("series")
    @revive.autocomplete("series")
    @trigger.autocomplete("series")
    @delete.autocomplete("series")
    @holiday.autocomplete("series")
    @join.autocomplete("series")
    @leave.autocomplete("series")
    async def _series(self, interaction: Interaction, typed: str) -> list[_Choice[str]]:
        return await series_choices(self._state, interaction, typed)

    @skip.autocomplete("date")
    @leave.autocomplete("date")
    async def _dates(self, interaction: Interaction, typed: str) -> list[_Choice[str]]:
        return await date_choices(self._state, interaction, typed)

    @join.autocomplete("role")
    async def _roles(self, interaction: Interaction, typed: str) -> list[_Choice[str]]:
        try:
            guild = permissions.guild_id(interaction)
            found = await self._state.series.find(guild, str(interaction.namespace.series or ""))
        except NoSuchSeries:
            return []
        roles = roles_of(found, await self._state.templates(guild), self._state.now())
        return matching(typed, ((key, clip(name, 100), name) for key, name in roles.items()))

    async def press(self, press: Press) -> None:
        """Run an action on the panel of a series. Raises UnknownPanel or NotAllowed."""
        if len(press.parts) < 2 or press.parts[0] not in ACTIONS:
            raise UnknownPanel
        name, code, *rest = press.parts
        found = None
        if is_series(code):
            try:
                found = await self._state.series.find(permissions.guild_id(press.interaction), code)
            except NoSuchSeries:
                found = None
        await run_action(self._context_of(press, tuple(rest), code, found), ACTIONS[name])

    async def press_draft(self, press: Press) -> None:
        """Run an action on the panel of a draft; show what was typed if the draft is gone or the right was lost."""
        if len(press.parts) < 2 or press.parts[0] not in DRAFT_ACTIONS:
            raise UnknownPanel
        name, number, *rest = press.parts
        action = DRAFT_ACTIONS[name]
        try:
            stored = await self._loaded(press.interaction, action, number)
        except (NotAllowed, NoSuchDraft) as refusal:
            if not press.fields:
                raise
            typed = form_retry.embeds(press.fields, LABELS)
            await responses.edit_response(press.interaction, form_retry.refusal_text(str(refusal)), embeds=typed)
            return
        catalogue = await self._state.templates(permissions.guild_id(press.interaction))
        await run_action(self._draft_context(press, tuple(rest), stored, catalogue), action)

    async def _loaded(self, interaction: Interaction, action: Action[DraftContext], number: str) -> StoredDraft:
        """Return the member's draft. Raises NotAllowed before it says whether there is one, and NoSuchDraft."""
        await permissions.check_any(interaction, action.permissions)
        await self._check(interaction, *action.also)
        return await load_draft(
            self._state, permissions.guild_id(interaction), permissions.member_id(interaction), number
        )

    async def _check(self, interaction: Interaction, *needed: Permission) -> None:
        for permission in needed:
            await permissions.check(interaction, permission)

    async def _other(self, interaction: Interaction, member: discord.User | None) -> discord.User | None:
        """Return the member whose place is meant, None for whoever asks. Raises NotAllowed."""
        if member is None or member.id == interaction.user.id:
            return None
        await self._check(interaction, Permission.RECURRING_EDIT)
        return member

    async def _found(self, interaction: Interaction, text: str) -> SeriesContext:
        """Return the context of a command about a series, whose response is deferred. Raises NoSuchSeries."""
        series = await self._state.series.find(permissions.guild_id(interaction), text)
        await responses.defer(interaction)
        return self._context(interaction).for_series(series)

    def _context(self, interaction: Interaction) -> SeriesContext:
        """Return the context of a command that is about no series yet."""
        return self._context_of(_no_press(interaction), (), NO_CODE, None)

    def _context_of(self, press: Press, rest: tuple[str, ...], code: str, found: Series | None) -> SeriesContext:
        return SeriesContext(self._state, press, rest, code, found, self._poster, self._post_waiter)

    def _draft_context(
        self, press: Press, rest: tuple[str, ...], stored: StoredDraft, catalogue: Catalogue
    ) -> DraftContext:
        return DraftContext(self._state, press, rest, stored, catalogue, self._context(press.interaction))


def _no_press(interaction: Interaction) -> Press:
    return Press(interaction, (), (), {})
