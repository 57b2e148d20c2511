"""/create: choose by options or on a panel, preview, confirm. Drafts are database rows, so a restart loses none."""

from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.create import options, presses
from raidbot.commands.create.drafting import Drafting
from raidbot.commands.posting import pictures
from raidbot.commands.posting.post_waiter import PostWaiter
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.autocomplete import matching
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.member_picker import picked_member
from raidbot.commands.ui.router import Press
from raidbot.raids.deadlines.deadline import MAX_DEADLINE_TEXT_LENGTH, parse_deadline
from raidbot.raids.drafts import (
    MAX_SUBJECT_LENGTH,
    MAX_TEAMS,
    MAX_TITLE_LENGTH,
    MUSEUM_SEATS,
    TEAM_SIZES,
    Draft,
    activities,
    activity_named,
    by_use,
    check_choices,
    key_of,
)
from raidbot.raids.model import ChannelId
from raidbot.raids.permissions import Permission
from raidbot.raids.pictures.addresses import MAX_ADDRESS_LENGTH, PictureRefused
from raidbot.raids.templates.length import MAX_LENGTH_TEXT, NotALength, parse_length
from raidbot.raids.templates.model import MAX_DESCRIPTION_LENGTH, Template
from raidbot.raids.templates.search import names_of
from raidbot.raids.times.refusals import NotATime
from raidbot.state import State
from raidbot.utils.errors import Refusal

_Choice = app_commands.Choice


class Create(commands.Cog):
    def __init__(self, state: State, post_waiter: PostWaiter) -> None:
        self._state = state
        self._post_waiter = post_waiter

    @app_commands.command(description="Prepare a signup; nothing is posted before you confirm")
    @app_commands.describe(
        activity="What you will do",
        when="When it begins, such as: friday 8pm",
        title="Title of the signup, instead of the template’s",
        description="What members should know",
        length="How long it takes, such as: 1.5, 90 min, 1h30",
        channel="Where the signup goes",
        mention="Role to ping once, when the signup is posted",
        leader="Who leads, if not you",
        strategy="Which strategy, where the activity has several",
        closes="When signups close before the start, such as: 2 hours",
        teams="How many teams (key boss, challenge)",
        team_size="Seats in each team (key boss, challenge)",
        seats="Number of seats (museum)",
        name="Boss or dungeon (key boss, challenge)",
        counts="Whether it counts for statistics (key boss, challenge)",
        image="A picture for the board: PNG, JPEG, GIF or WebP",
        image_url="Or its address, such as: https://example.org/raid.png",
    )
    async def create(
        self,
        interaction: Interaction,
        activity: str | None = None,
        when: app_commands.Range[str, 1, 100] | None = None,
        title: app_commands.Range[str, 1, MAX_TITLE_LENGTH] | None = None,
        description: app_commands.Range[str, 1, MAX_DESCRIPTION_LENGTH] | None = None,
        length: app_commands.Range[str, 1, MAX_LENGTH_TEXT] | None = None,
        channel: discord.TextChannel | None = None,
        mention: discord.Role | None = None,
        leader: discord.Member | None = None,
        strategy: str | None = None,
        closes: app_commands.Range[str, 1, MAX_DEADLINE_TEXT_LENGTH] | None = None,
        teams: app_commands.Range[int, 1, MAX_TEAMS] | None = None,
        team_size: app_commands.Range[int, TEAM_SIZES[0], TEAM_SIZES[-1]] | None = None,
        seats: app_commands.Range[int, 1, MUSEUM_SEATS[-1]] | None = None,
        name: app_commands.Range[str, 1, MAX_SUBJECT_LENGTH] | None = None,
        counts: bool | None = None,
        image: discord.Attachment | None = None,
        image_url: app_commands.Range[str, 1, MAX_ADDRESS_LENGTH] | None = None,
    ) -> None:
        await permissions.check(interaction, Permission.CREATE)
        given: dict[str, object] = {
            "title": title,
            "description": options.with_line_breaks(description),
            "channel": None if channel is None else ChannelId(channel.id),
            "mention_role": None if mention is None else mention.id,
            "leader": None if leader is None else (await picked_member(self._state, leader)).id,
            "strategy": strategy,
            "teams": teams,
            "team_size": team_size,
            "seats": seats,
            "subject": name,
            "counts": counts,
        }
        await self._begin(interaction, activity, when, length, closes, given, image, image_url)

    async def _begin(
        self,
        interaction: Interaction,
        activity: str | None,
        when: str | None,
        length: str | None,
        closes: str | None,
        given: dict[str, object],
        image: discord.Attachment | None,
        image_url: str | None,
    ) -> None:
        """Save a new draft and show its preview if it is complete, else the panel, with whatever is wrong above it."""
        drafting, problems = Drafting(self._state, interaction), list[str]()
        catalogue = await drafting.catalogue()
        draft = Draft()
        try:
            given["length_minutes"] = None if length is None else parse_length(length)
        except NotALength as refusal:
            problems.append(str(refusal))
        try:
            given["signup_lead"] = None if closes is None else parse_deadline(closes, locale=drafting.locale)
        except Refusal as refusal:
            problems.append(str(refusal))
        chosen = {key: value for key, value in given.items() if value is not None}
        if activity is not None:
            draft = await drafting.choose(draft, key_of(activity_named(activity, catalogue)), catalogue)
        draft = draft.with_choice(**chosen)
        check_choices(draft, catalogue)
        await responses.defer(interaction)
        try:
            draft = draft.with_choice(picture=await pictures.take(self._state, interaction, image, image_url))
        except PictureRefused as refusal:
            problems.append(str(refusal))
        begun = await drafting.add(draft)
        if when is not None:
            if await drafting.needs_zone(when):
                await drafting.ask_zone(begun, when, "\n".join(problems))
                return
            try:
                begun = await drafting.save(await drafting.timed(begun, when))
            except NotATime as refusal:
                problems.append(str(refusal))
                begun = await drafting.save(replace(begun, draft=replace(draft, said=when)))
        await drafting.show_next(begun, "\n".join(problems))

    @create.autocomplete("activity")
    async def _activities(self, interaction: Interaction, typed: str) -> list[_Choice[str]]:
        drafting = Drafting(self._state, interaction)
        catalogue = await drafting.catalogue()
        also = {template.key: names_of(template) for template in catalogue.offered()}
        offered = by_use(activities(catalogue), await drafting.uses())
        return matching(typed, ((key, label, *also.get(key, ())) for key, label in offered))

    @create.autocomplete("length")
    async def _lengths(self, interaction: Interaction, typed: str) -> list[_Choice[str]]:
        template = await self._template(interaction)
        return options.lengths(typed, template.lengths if template else ())

    @create.autocomplete("strategy")
    async def _strategies(self, interaction: Interaction, typed: str) -> list[_Choice[str]]:
        template = await self._template(interaction)
        return matching(typed, tuple((one.name, one.name) for one in template.strategies) if template else ())

    async def _template(self, interaction: Interaction) -> Template | None:
        """Return the template named in the command's `activity` option, or None."""
        return (await self._state.templates(permissions.guild_id(interaction))).find(
            str(interaction.namespace.activity or "")
        )

    async def press(self, press: Press) -> None:
        """Handle a press on a draft's panel or preview, or one of its forms; show what was typed if it is refused."""
        await presses.handle(self._state, self._post_waiter, press)
