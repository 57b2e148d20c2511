"""Presses on a draft of /create: on its panel, its pages and its preview, and its forms."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import discord

from raidbot.commands.create import views
from raidbot.commands.create.checks import check_channel, usual_channel
from raidbot.commands.create.drafting import Drafting
from raidbot.commands.create.views import DraftView
from raidbot.commands.posting import pictures
from raidbot.commands.posting.activity_panel import whole
from raidbot.commands.posting.mentions import check_may_mention
from raidbot.commands.posting.post_waiter import PostWaiter
from raidbot.commands.posting.preview import mark_of, parts_of
from raidbot.commands.ui import form_retry, permissions, responses
from raidbot.commands.ui.forms import Field, changed
from raidbot.commands.ui.router import Press, UnknownPanel, number_of, page_number
from raidbot.commands.ui.time_forms import when_field
from raidbot.db import drafts
from raidbot.db.drafts import DraftId, DraftUsed, NoSuchDraft
from raidbot.raids import labels
from raidbot.raids.deadlines.deadline import parse_deadline
from raidbot.raids.drafts import chosen_picture, usual_length
from raidbot.raids.model import NO_PICTURE, ChannelId, Source
from raidbot.raids.permissions import NotAllowed, Permission
from raidbot.raids.templates.length import parse_length
from raidbot.raids.times import zones
from raidbot.raids.times.refusals import NotATime
from raidbot.state import Cause, State
from raidbot.utils.clean_text import clean_name
from raidbot.utils.errors import Refusal

_FORMS = {
    "time": "Time of the raid",
    "name": "Name",
    "seats": "Seats",
    "closes": "Signup deadline",
    "words": "Title and text",
    "takes": "Length",
    "zone": "Time zone",
    "picture": pictures.FORM_TITLE,
}
"""The titles of the forms by the action that a form submits to; `ask-` and the action opens it."""
_FROM_PREVIEW = {"closes", "words", "takes", "picture"}
"""Forms that are opened below the preview, and lead back there."""


async def handle(state: State, post_waiter: PostWaiter, press: Press) -> None:
    """Handle the press; show what was typed if it is refused."""
    drafting = Drafting(state, press.interaction)
    try:
        await permissions.check(press.interaction, Permission.CREATE)
        number, *action = press.parts or ("",)
        draft_view = await drafting.load(DraftId(whole(number)))
        await _Presses(drafting, draft_view, post_waiter, press).run(action)
    except (NotAllowed, NoSuchDraft, DraftUsed) as refusal:
        if not press.fields:
            raise
        await _show_typed(state, press, refusal)


@dataclass(frozen=True, slots=True)
class _Presses:
    """A press on a draft, with the draft as it was then."""

    drafting: Drafting
    draft_view: DraftView
    post_waiter: PostWaiter
    press: Press

    async def run(self, action: list[str]) -> None:
        drafting, draft_view = self.drafting, self.draft_view
        match action:
            case ["preview"]:
                await drafting.show_next(draft_view)
            case ["change"]:
                await drafting.show_panel(draft_view)
            case ["page", page]:
                await drafting.show_panel(draft_view, page=page_number(page))
            case ["activity"]:
                await self._choose_activity()
            case ["ask-channel"]:
                await drafting.show_channels(draft_view)
            case ["channel"]:
                await self._choose_channel()
            case ["ask-mention"]:
                await drafting.show_mentions(draft_view)
            case ["mention"] | ["no-mention"]:
                await self._choose_mention()
            case ["in-zone", name]:
                await self._choose_zone(name)
            case ["discard"]:
                await drafting.state.db.write(partial(drafts.discard, draft=draft_view.id))
                await responses.edit_response(self.press.interaction, "Discarded. Nothing was posted.")
            case ["confirm", *marks]:
                await self._confirm(next(iter(marks), None))
            case [form, *marks] if form in _FORMS:
                await self._take(form, next(iter(marks), ""))
            case [ask, *marks] if ask.removeprefix("ask-") in _FORMS:
                await self.ask(ask.removeprefix("ask-"), next(iter(marks), None))
            case _:
                draft = draft_view.panel.chosen(self.press, action)
                await drafting.show_panel(await drafting.save_choice(draft_view, draft))

    # Forms

    async def ask(self, form: str, marks: str | None = None) -> None:
        custom_id = self.draft_view.controls.custom_id(form)
        fields = await self._fields(form)
        state, interaction = self.drafting.state, self.press.interaction
        await form_retry.open_form(state, interaction, custom_id, _FORMS[form], *fields, marks=marks)

    async def _fields(self, form: str) -> tuple[Field, ...]:
        draft_view = self.draft_view
        match form:
            case "time":
                settings = await self.drafting.settings()
                return (when_field(settings.zone if settings.zone_chosen else "", draft_view.draft.said),)
            case "name":
                return (draft_view.panel.name_field(),)
            case "seats":
                return (draft_view.panel.seats_field(),)
            case "closes":
                return (views.closes_field(draft_view),)
            case "words":
                return views.words_fields((await self.drafting.checked(draft_view)).raid)
            case "picture":
                return pictures.fields_of(chosen_picture(draft_view.draft, draft_view.catalogue))
            case "takes":
                return (views.length_field(draft_view.draft.length_minutes or usual_length(draft_view.activity)),)
            case _:
                return (views.zone_field(),)

    async def _take(self, form: str, marks: str) -> None:
        """Save what was typed. If it is refused, show it and offer to try again."""
        try:
            saved = await self._typed(form, marks)
        except UnknownPanel:
            raise
        except Refusal as refusal:
            await _show_typed(self.drafting.state, self.press, refusal, views.summary(self.draft_view))
            return
        if saved is not None:
            await self.drafting.show_next(saved)
        await form_retry.forget(self.drafting.state, self.press)

    async def _typed(self, form: str, marks: str) -> DraftView | None:
        """Return the saved draft with what was typed, or None if another question was asked. Raises Refusal."""
        drafting, draft_view, fields = self.drafting, self.draft_view, self.press.fields
        draft = draft_view.draft
        match form:
            case "time":
                if await drafting.needs_zone(fields["when"]):
                    await drafting.ask_zone(draft_view, fields["when"])
                    return None
                return await drafting.save(await drafting.timed(draft_view, fields["when"]))
            case "zone":
                zone = await drafting.choose_zone(zones.zone_named(fields["zone"]))
                return await drafting.save(await drafting.timed(draft_view, draft.said, zone))
            case "closes":
                draft = draft.with_choice(signup_lead=parse_deadline(fields["closes"], locale=drafting.locale))
                await drafting.checked(replace(draft_view, draft=draft))
            case "words":
                draft = draft.with_choice(**_words(changed(fields, marks, "title", "description")))
            case "picture":
                shown = chosen_picture(draft, draft_view.catalogue)
                picture = pictures.typed(changed(fields, marks, *pictures.KEYS), shown) or NO_PICTURE
                draft = draft.with_choice(picture=picture)
            case "takes":
                text = fields["length"].strip()
                draft = draft.with_choice(length_minutes=parse_length(text) if text else None)
            case _:
                draft = draft_view.panel.chosen(self.press, [form])
        return await drafting.save_choice(draft_view, draft)

    # Menus and buttons

    async def _choose_activity(self) -> None:
        """Save the activity, and ask for the time if that is all that is missing."""
        drafting, draft_view = self.drafting, self.draft_view
        draft = await drafting.choose(draft_view.draft, self.press.chosen, draft_view.catalogue)
        saved = await drafting.save_choice(draft_view, draft)
        if draft.starts_at is None:
            await replace(self, draft_view=saved).ask("time")
        else:
            await drafting.show_next(saved)

    async def _choose_channel(self) -> None:
        drafting, draft_view = self.drafting, self.draft_view
        channel = ChannelId(number_of(self.press.chosen)) if self.press.chosen else None
        if channel is not None:
            try:
                check_channel(self.press.interaction, await drafting.settings(), channel, draft_view.kind)
            except Refusal as refusal:
                await drafting.show_channels(draft_view, str(refusal))
                return
        draft = draft_view.draft.with_choice(channel=channel)
        await drafting.show_next(await drafting.save_choice(draft_view, draft))

    async def _choose_mention(self) -> None:
        drafting, draft_view, interaction = self.drafting, self.draft_view, self.press.interaction
        role = number_of(self.press.chosen) if self.press.chosen else None
        if role is not None:
            guild = permissions.guild_of(interaction)
            usual = usual_channel(guild, await drafting.settings(), draft_view.kind)
            try:
                check_may_mention(interaction, role, draft_view.draft.channel or usual)
            except Refusal as refusal:
                await drafting.show_mentions(draft_view, str(refusal))
                return
        draft = draft_view.draft.with_choice(mention_role=role)
        await drafting.show_next(await drafting.save_choice(draft_view, draft))

    async def _choose_zone(self, name: str) -> None:
        zone = zones.place_named(name)
        if zone is None:
            raise UnknownPanel
        drafting, draft_view = self.drafting, self.draft_view
        zone = await drafting.choose_zone(zone)
        try:
            timed = await drafting.timed(draft_view, draft_view.draft.said, zone)
        except NotATime as refusal:
            await drafting.show_panel(draft_view, str(refusal))
            return
        await drafting.show_next(await drafting.save(timed))

    async def _confirm(self, mark: str | None) -> None:
        """Post the raid if it is what the preview with this mark showed; else show how it is now."""
        drafting, draft_view, interaction = self.drafting, self.draft_view, self.press.interaction
        found = await drafting.checked(draft_view)
        raid = found.raid
        if mark != mark_of(parts_of(raid, found.style)):
            is_known = mark == mark_of(draft_view.seen)
            await drafting.show_preview(draft_view, was=draft_view.seen if is_known else {})
            return
        await drafting.state.learn_names(raid.guild, {raid.creator: clean_name(interaction.user.display_name)})
        cause, asker = Cause(Source.COMMAND, raid.creator), permissions.asker_of(interaction)
        remember = found.to_remember(draft_view.catalogue)
        async with self.post_waiter.created(raid, cause, asker=asker, draft=draft_view.id, remember=remember) as raid:
            where = found.channel.mention
            await responses.edit_response(interaction, f"{labels.coded(raid)} is being posted in {where}.")
            outcome = await self.post_waiter.outcome(raid, where)
        await responses.edit_response(interaction, outcome.text, rows=outcome.rows)


def _words(said: Mapping[str, str]) -> dict[str, str | None]:
    """Return the typed texts as choices. Without a title of its own the raid has the template's."""
    return {key: text.strip() or (None if key == "title" else "") for key, text in said.items()}


async def _show_typed(state: State, press: Press, refusal: Refusal, *above: discord.Embed) -> None:
    """Show the refusal above what was typed, and offer to try again unless the draft is gone."""
    draft, form, *marks = press.parts
    rows: tuple[responses.Row, ...] = ()
    if not isinstance(refusal, NoSuchDraft | DraftUsed):
        rest = await form_retry.keep(state, press, tuple(marks))
        rows = views.again_rows(draft, f"ask-{form}", *rest, back="preview" if form in _FROM_PREVIEW else "change")
    await responses.edit_response(
        press.interaction,
        form_retry.refusal_text(str(refusal)),
        embeds=(*above, *form_retry.embeds(press.fields, views.LABELS)),
        rows=rows,
    )
