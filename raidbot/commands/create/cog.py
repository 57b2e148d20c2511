"""/create: choose by options or on a panel, preview, confirm. Drafts are database rows, so a restart loses none."""

import math
from dataclasses import replace
from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.create import views
from raidbot.commands.create.views import DraftView
from raidbot.commands.posting import pictures
from raidbot.commands.posting.activity_panel import NotANumber, whole
from raidbot.commands.posting.channels import signup_channel
from raidbot.commands.posting.emoji_check import check_reactable
from raidbot.commands.posting.post_waiter import PostWaiter
from raidbot.commands.posting.preview import Parts, changes, mark_of, parts_of
from raidbot.commands.ui import form_retry, forms, permissions, responses
from raidbot.commands.ui.autocomplete import matching
from raidbot.commands.ui.forms import Field
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.router import Press, page_number
from raidbot.commands.ui.time_forms import when_field
from raidbot.db import drafts
from raidbot.db.drafts import DraftId, DraftUsed, NoSuchDraft
from raidbot.delivery.drawing.render import board
from raidbot.raids import labels
from raidbot.raids.deadlines.deadline import (
    MAX_DEADLINE_TEXT_LENGTH,
    DeadlinePassed,
    NotADeadline,
    parse_deadline,
)
from raidbot.raids.drafts import (
    MAX_SUBJECT_LENGTH,
    MAX_TEAMS,
    MUSEUM_SEATS,
    TEAM_SIZES,
    ActivityGone,
    Draft,
    activities,
    activity_named,
    check_choices,
    chosen_picture,
    key_of,
    missing,
    plan,
)
from raidbot.raids.model import NO_PICTURE, ChannelId, GuildId, Raid, Source
from raidbot.raids.permissions import NotAllowed, Permission
from raidbot.raids.pictures.addresses import MAX_ADDRESS_LENGTH, PictureRefused
from raidbot.raids.schedules.refusals import NotASchedule
from raidbot.raids.settings import SignupStyle
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.model import Template, spoken_length
from raidbot.raids.times.parse import parse_time
from raidbot.raids.times.refusals import NotATime
from raidbot.state import Cause, State
from raidbot.utils.clean_text import clean_name
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
        hours="How long it takes, such as 1.5",
        strategy="Which strategy, where the activity has several",
        teams="How many teams (key boss, challenge)",
        team_size="Seats in each team (key boss, challenge)",
        seats="Number of seats (museum)",
        name="Boss or dungeon (key boss, challenge)",
        counts="Whether it counts for statistics (key boss, challenge)",
        closes="When signups close before the start, such as: 2 hours",
        image="A picture for the board: PNG, JPEG, GIF or WebP",
        image_url="Or its address, such as: https://example.org/raid.png",
    )
    async def create(
        self,
        interaction: Interaction,
        activity: str | None = None,
        when: app_commands.Range[str, 1, 100] | None = None,
        hours: app_commands.Range[float, 0.25, 24.0] | None = None,
        strategy: str | None = None,
        teams: app_commands.Range[int, 1, MAX_TEAMS] | None = None,
        team_size: app_commands.Range[int, TEAM_SIZES[0], TEAM_SIZES[-1]] | None = None,
        seats: app_commands.Range[int, 1, MUSEUM_SEATS[-1]] | None = None,
        name: app_commands.Range[str, 1, MAX_SUBJECT_LENGTH] | None = None,
        counts: bool | None = None,
        closes: app_commands.Range[str, 1, MAX_DEADLINE_TEXT_LENGTH] | None = None,
        image: discord.Attachment | None = None,
        image_url: app_commands.Range[str, 1, MAX_ADDRESS_LENGTH] | None = None,
    ) -> None:
        await permissions.check(interaction, Permission.CREATE)
        given: dict[str, Any] = {
            "length_minutes": None if hours is None else round(hours * 60),
            "strategy": strategy,
            "teams": teams,
            "team_size": team_size,
            "seats": seats,
            "subject": name,
            "counts": counts,
            "signup_lead": None if closes is None else parse_deadline(closes, locale=str(interaction.locale)),
        }
        catalogue = await self._state.templates(permissions.guild_id(interaction))
        draft = Draft()
        if activity is not None:
            draft = draft.choosing(key_of(activity_named(activity, catalogue)), catalogue)
        draft = replace(draft, **{key: value for key, value in given.items() if value is not None})
        check_choices(draft, catalogue)
        await responses.defer(interaction)
        problem = ""
        try:
            draft = replace(draft, picture=await pictures.take(self._state, interaction, image, image_url))
        except PictureRefused as refusal:
            problem = str(refusal)
        await self._begin(interaction, draft, when, problem)

    @create.autocomplete("activity")
    async def _activities(self, interaction: Interaction, typed: str) -> list[_Choice[str]]:
        return matching(typed, activities(await self._state.templates(permissions.guild_id(interaction))))

    @create.autocomplete("hours")
    async def _hours(self, interaction: Interaction, typed: str) -> list[_Choice[float]]:
        template = await self._template(interaction)
        offered = [(minutes, spoken_length(minutes)) for minutes in template.lengths] if template else []
        begun = _begun(typed)
        return [_Choice(name=name, value=minutes / 60) for minutes, name in offered if name.startswith(begun)]

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
        try:
            await self._handle(press)
        except (NotAllowed, NoSuchDraft, DraftUsed) as refusal:
            if not press.fields:
                raise
            await self._show_typed(press, refusal)

    async def _handle(self, press: Press) -> None:
        interaction = press.interaction
        await permissions.check(interaction, Permission.CREATE)
        number, *action = press.parts or ("",)
        draft_view = await self._load(interaction, DraftId(whole(number)))
        match action:
            case ["ask-time", *marks]:
                zone = (await self._state.settings(permissions.guild_id(interaction))).zone
                await self._ask(
                    press, draft_view, "time", "Time of the raid", when_field(zone, draft_view.draft.said), marks=marks
                )
            case ["ask-name", *marks]:
                await self._ask(press, draft_view, "name", "Name", draft_view.panel.name_field(), marks=marks)
            case ["ask-seats", *marks]:
                await self._ask(press, draft_view, "seats", "Seats", draft_view.panel.seats_field(), marks=marks)
            case ["ask-closes", *marks]:
                await self._ask(
                    press, draft_view, "closes", "Signup deadline", views.closes_field(draft_view), marks=marks
                )
            case ["ask-picture", *marks]:
                shown = pictures.fields_of(chosen_picture(draft_view.draft, draft_view.catalogue))
                await self._ask(press, draft_view, "picture", pictures.FORM_TITLE, *shown, marks=marks)
            case ["preview"]:
                await self._show_preview(interaction, draft_view)
            case ["change"]:
                await self._show_panel(interaction, draft_view)
            case ["page", page]:
                await self._show_panel(interaction, draft_view, page=page_number(page))
            case ["discard"]:
                await self._state.db.write(partial(drafts.discard, draft=draft_view.id))
                await responses.edit_response(interaction, "Discarded. Nothing was posted.")
            case ["confirm", *marks]:
                await self._confirm(interaction, draft_view, next(iter(marks), None))
            case ["time" | "name" | "seats" | "closes" | "picture" as form, *_]:
                await self._take_form(press, draft_view, form)
            case _:
                changed = await self._changed(press, draft_view, action)
                await self._show_panel(interaction, await self._save(replace(changed, seen={})))

    async def _ask(
        self, press: Press, draft_view: DraftView, action: str, title: str, *fields: Field, marks: list[str]
    ) -> None:
        custom_id = draft_view.controls.custom_id(action)
        await form_retry.open_form(
            self._state, press.interaction, custom_id, title, *fields, marks=next(iter(marks), None)
        )

    async def _take_form(self, press: Press, draft_view: DraftView, form: str) -> None:
        """Save the form. If the time or number is refused, show what was typed and offer to try again."""
        try:
            changed = await self._changed(press, draft_view, [form])
        except (NotATime, NotANumber, NotADeadline, NotASchedule, DeadlinePassed, PictureRefused) as refusal:
            await self._show_typed(press, refusal, views.summary(draft_view))
            return
        if form in ("closes", "picture"):
            await self._show_preview(press.interaction, changed)
        else:
            await self._show_panel(press.interaction, await self._save(replace(changed, seen={})))
        await form_retry.forget(self._state, press)

    async def _show_typed(self, press: Press, refusal: Refusal, *above: discord.Embed) -> None:
        """Show the refusal above what was typed, and offer to try again unless the draft is gone."""
        draft, form, *marks = press.parts
        rows: tuple[responses.Row, ...] = ()
        if not isinstance(refusal, NoSuchDraft | DraftUsed):
            rest = await form_retry.keep(self._state, press, tuple(marks))
            rows = views.again_rows(draft, f"ask-{form}", *rest)
        await responses.edit_response(
            press.interaction,
            form_retry.refusal_text(str(refusal)),
            embeds=(*above, *form_retry.embeds(press.fields, views.LABELS)),
            rows=rows,
        )

    async def _begin(self, interaction: Interaction, draft: Draft, when: str | None, problem: str) -> None:
        """Save a new draft and show its preview if it is complete and nothing is wrong, else the panel."""
        assumptions: tuple[str, ...] = ()
        if when is not None:
            try:
                draft, assumptions = await self._timed(interaction, draft, when)
            except NotATime as refusal:
                problem, draft = "\n".join(filter(None, (problem, str(refusal)))), replace(draft, said=when)
        catalogue = await self._state.templates(permissions.guild_id(interaction))
        if not missing(draft, catalogue):
            await self._checked(interaction, draft, catalogue)
        draft_view = DraftView(await self._add(interaction, draft, assumptions), draft, catalogue, assumptions)
        if problem or draft_view.missing:
            await self._show_panel(interaction, draft_view, problem)
        else:
            await self._show_preview(interaction, draft_view)

    async def _changed(self, press: Press, draft_view: DraftView, action: list[str]) -> DraftView:
        if action == ["time"]:
            timed, assumptions = await self._timed(press.interaction, draft_view.draft, press.fields["when"])
            return replace(draft_view, draft=timed, assumptions=assumptions)
        if action == ["closes"]:
            lead = parse_deadline(press.fields["closes"], locale=str(press.interaction.locale))
            closing = replace(draft_view, draft=replace(draft_view.draft, signup_lead=lead))
            await self._checked(press.interaction, closing.draft, draft_view.catalogue)
            return closing
        if action == ["picture"]:
            shown = chosen_picture(draft_view.draft, draft_view.catalogue)
            said = forms.changed(press.fields, press.parts[-1], *pictures.KEYS)
            return replace(
                draft_view, draft=replace(draft_view.draft, picture=pictures.typed(said, shown) or NO_PICTURE)
            )
        return replace(draft_view, draft=draft_view.panel.chosen(press, action))

    async def _timed(self, interaction: Interaction, draft: Draft, text: str) -> tuple[Draft, tuple[str, ...]]:
        """Return the draft at the time that `text` means, and the assumptions made. Raises NotATime."""
        zone = (await self._state.settings(permissions.guild_id(interaction))).tzinfo
        when = parse_time(text, zone=zone, now=self._state.now(), locale=str(interaction.locale))
        return replace(draft, starts_at=when.instant, zone=when.zone.key, said=text.strip()), when.assumptions

    async def _checked(
        self, interaction: Interaction, draft: Draft, catalogue: Catalogue
    ) -> tuple[Raid, discord.TextChannel, SignupStyle]:
        """Return the raid to post, its channel, and how members sign up. Raises Refusal if it cannot be posted."""
        guild = permissions.guild_of(interaction)
        raid = plan(
            draft,
            catalogue,
            guild=GuildId(guild.id),
            creator=permissions.member_id(interaction),
            channel=ChannelId(0),
            now=self._state.now(),
        )
        raid = await pictures.without_lost_file(self._state, raid)
        settings = await self._state.settings(raid.guild)
        channel = signup_channel(guild, settings, raid.kind)
        await check_reactable(interaction, raid, settings.signup_style)
        return replace(raid, channel=ChannelId(channel.id)), channel, settings.signup_style

    async def _show_panel(
        self,
        interaction: Interaction,
        draft_view: DraftView,
        problem: str = "",
        *,
        page: int | None = None,
    ) -> None:
        if draft_view.draft.activity is not None and draft_view.activity is None:
            problem = problem or str(ActivityGone())
        await responses.edit_response(
            interaction, problem, embeds=(views.summary(draft_view),), rows=views.rows(draft_view, page)
        )

    async def _show_preview(self, interaction: Interaction, draft_view: DraftView, *, was: Parts | None = None) -> None:
        """Show what would be posted, and what changed since the preview `was`."""
        raid, channel, style = await self._checked(interaction, draft_view.draft, draft_view.catalogue)
        shown = board(raid, {raid.creator: clean_name(interaction.user.display_name)}, style)
        parts = parts_of(raid, style)
        seen = await self._save(replace(draft_view, seen=parts))
        warned = pictures.warning(raid, channel)
        text = "\n".join(filter(None, (warned, views.preview_text(seen, channel, raid))))
        if was is not None:
            text = f"{changes(was, parts)}\n{text}"
        files = await pictures.preview_files(self._state, raid)
        await responses.edit_response(
            interaction, text, embeds=(shown.embed(),), rows=views.preview_rows(seen), files=files
        )

    async def _confirm(self, interaction: Interaction, draft_view: DraftView, mark: str | None) -> None:
        """Post the raid if it is what the preview with this mark showed; else show how it is now."""
        raid, channel, style = await self._checked(interaction, draft_view.draft, draft_view.catalogue)
        if mark != mark_of(parts_of(raid, style)):
            is_known = mark == mark_of(draft_view.seen)
            await self._show_preview(interaction, draft_view, was=draft_view.seen if is_known else {})
            return
        await self._state.learn_names(raid.guild, {raid.creator: clean_name(interaction.user.display_name)})
        cause, asker = Cause(Source.COMMAND, raid.creator), permissions.asker_of(interaction)
        async with self._post_waiter.created(raid, cause, asker=asker, draft=draft_view.id) as raid:
            name = labels.coded(raid)
            await responses.edit_response(interaction, f"{name} is being posted in {channel.mention}.")
            outcome = await self._post_waiter.outcome(raid, channel.mention)
        await responses.edit_response(interaction, outcome)

    async def _add(self, interaction: Interaction, draft: Draft, assumptions: tuple[str, ...]) -> DraftId:
        payload = _payload(draft, assumptions, {})
        add = partial(
            drafts.add,
            guild=permissions.guild_id(interaction),
            member=permissions.member_id(interaction),
            payload=payload,
            now=self._state.now(),
        )
        return await self._state.db.write(add)

    async def _load(self, interaction: Interaction, draft: DraftId) -> DraftView:
        """Load the draft. Raises NoSuchDraft, also for another member's draft, and DraftUsed."""
        load = partial(
            drafts.load, draft=draft, guild=permissions.guild_id(interaction), member=permissions.member_id(interaction)
        )
        payload = await self._state.db.read(load)
        catalogue = await self._state.templates(permissions.guild_id(interaction))
        fitting = Draft.from_json(payload).fitting(catalogue)
        return DraftView(
            draft, fitting, catalogue, tuple(payload.get("assumptions", ())), dict(payload.get("seen", {}))
        )

    async def _save(self, draft_view: DraftView) -> DraftView:
        payload = _payload(draft_view.draft, draft_view.assumptions, draft_view.seen)
        await self._state.db.write(partial(drafts.save, draft=draft_view.id, payload=payload))
        return draft_view


def _payload(draft: Draft, assumptions: tuple[str, ...], seen: Parts) -> dict[str, Any]:
    return draft.to_json() | {"assumptions": list(assumptions), "seen": dict(seen)}


def _begun(typed: str | float) -> str:
    """Return the typed number as text. discord.py passes a float, NaN for no input, or non-numeric text unchanged."""
    try:
        number = float(typed)
    except ValueError:
        return str(typed)
    return "" if math.isnan(number) else f"{number:g}"
