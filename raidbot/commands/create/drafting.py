"""Load, save and show a draft: its panel, its preview, its pages, and the question for the time zone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from raidbot.commands.create import views
from raidbot.commands.create.checks import Checked, checked, recalled, usual_channel
from raidbot.commands.create.views import DraftView
from raidbot.commands.posting import pictures
from raidbot.commands.posting.channels import ChannelGone, ChannelNotVisible, NoSignupChannel
from raidbot.commands.posting.mentions import members_with
from raidbot.commands.posting.preview import Parts, changes, parts_of
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.permissions import MissingPermissions
from raidbot.db import activity_defaults, drafts
from raidbot.db.drafts import DraftId
from raidbot.delivery.drawing.render import board
from raidbot.raids.deadlines.deadline import DeadlinePassed
from raidbot.raids.drafts import ActivityGone, Draft
from raidbot.raids.model import GuildId
from raidbot.raids.permissions import Permission, allowed
from raidbot.raids.settings import GuildSettings
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.times.parse import depends_on_zone, parse_time
from raidbot.raids.times.zones import suggested_zones
from raidbot.state import State
from raidbot.utils.clean_text import clean_name
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Name, Text, paragraph, render, say

_MAX_ZONES = 4
"""Discord's five buttons in a row, without the one for any other zone."""
_NO_CHANNEL = (NoSignupChannel, ChannelGone, ChannelNotVisible, MissingPermissions)


@dataclass(frozen=True, slots=True)
class Drafting:
    """One interaction with a draft."""

    state: State
    interaction: Interaction

    @property
    def guild(self) -> GuildId:
        return permissions.guild_id(self.interaction)

    @property
    def locale(self) -> str:
        return str(self.interaction.locale)

    async def settings(self) -> GuildSettings:
        return await self.state.settings(self.guild)

    async def catalogue(self) -> Catalogue:
        return await self.state.templates(self.guild)

    async def uses(self) -> Mapping[str, int]:
        """Return how often each activity was chosen on this server."""
        return await self.state.db.read(partial(activity_defaults.uses, guild=self.guild))

    # Rows

    async def add(self, draft: Draft, assumptions: tuple[str, ...] = ()) -> DraftView:
        add = partial(
            drafts.add,
            guild=self.guild,
            member=permissions.member_id(self.interaction),
            payload=_payload(draft, assumptions, {}),
            now=self.state.now(),
        )
        id_ = await self.state.db.write(add)
        return DraftView(id_, draft, await self.catalogue(), assumptions, uses=await self.uses())

    async def load(self, draft: DraftId) -> DraftView:
        """Load the draft. Raises NoSuchDraft, also for another member's draft, and DraftUsed."""
        load = partial(drafts.load, draft=draft, guild=self.guild, member=permissions.member_id(self.interaction))
        payload = await self.state.db.read(load)
        catalogue = await self.catalogue()
        return DraftView(
            draft,
            Draft.from_json(payload).fitting(catalogue),
            catalogue,
            tuple(payload.get("assumptions", ())),
            dict(payload.get("seen", {})),
            await self.uses(),
        )

    async def save(self, draft_view: DraftView) -> DraftView:
        payload = _payload(draft_view.draft, draft_view.assumptions, draft_view.seen)
        await self.state.db.write(partial(drafts.save, draft=draft_view.id, payload=payload))
        return draft_view

    async def save_choice(self, draft_view: DraftView, draft: Draft) -> DraftView:
        """Save the changed draft, whose preview has not been seen yet."""
        return await self.save(replace(draft_view, draft=draft, seen={}))

    async def choose(self, draft: Draft, activity: str, catalogue: Catalogue) -> Draft:
        """Return the draft with this activity and what was chosen the last time. Raises UnknownActivity."""
        return await recalled(self.state, self.interaction, draft.choosing(activity, catalogue), catalogue)

    async def checked(self, draft_view: DraftView) -> Checked:
        return await checked(self.state, self.interaction, draft_view.draft, draft_view.catalogue)

    # Time

    async def needs_zone(self, text: str) -> bool:
        """Return True if nobody chose the server's time zone yet, and the typed time depends on it."""
        if (await self.settings()).zone_chosen:
            return False
        return depends_on_zone(text, now=self.state.now(), locale=self.locale)

    async def timed(self, draft_view: DraftView, text: str, zone: ZoneInfo | None = None) -> DraftView:
        """Return the draft at the time that `text` means, by default in the server's zone. Raises NotATime.

        While nobody chose that zone, a time that does not depend on it is shown in one that the member may live in.
        """
        settings = await self.settings()
        likely = settings.tzinfo if settings.zone_chosen else ZoneInfo(suggested_zones(self.locale)[0])
        when = parse_time(text, zone=zone or likely, now=self.state.now(), locale=self.locale)
        timed = replace(draft_view.draft, starts_at=when.instant, zone=when.zone.key, said=text.strip())
        return replace(draft_view, draft=timed, assumptions=when.assumptions, seen={})

    async def ask_zone(self, draft_view: DraftView, text: str, problem: str = "") -> None:
        """Keep the typed time, and ask for the zone that it is meant in, below what else is wrong."""
        untimed = replace(draft_view.draft, starts_at=None, zone=None, said=text.strip())
        saved = await self.save_choice(draft_view, untimed)
        offered = suggested_zones(self.locale)
        if saved.uses:  # there were raids before zones were asked for, and their times were read in this one
            offered = tuple(dict.fromkeys([(await self.settings()).zone, *offered]))
        question = _joined(problem, render(await self._question(text)))
        rows = views.zone_rows(saved, offered[:_MAX_ZONES], self.state.now())
        await responses.edit_response(self.interaction, question, rows=rows)

    async def _question(self, text: str) -> Text:
        said = Name(text.strip())
        if await self._may_choose_zone():
            return paragraph(
                say("Which time zone is this server in? Then I know when “{text}” is.", text=said),
                say("`/settings` changes it later."),
            )
        return paragraph(
            say("Which time zone do you mean by “{text}”?", text=said),
            say("It counts for this raid. A manager can choose the server’s zone in `/setup`."),
        )

    async def _may_choose_zone(self) -> bool:
        grants = await permissions.grants_of(self.interaction)
        return allowed(permissions.asker_of(self.interaction), Permission.SETTINGS, grants)

    async def choose_zone(self, zone: ZoneInfo) -> ZoneInfo:
        """Make it the server's zone, unless one was chosen meanwhile; return the zone that counts.

        For members who may not change settings, it counts for their raid only.
        """

        def chosen(before: GuildSettings) -> GuildSettings:
            return before if before.zone_chosen else before.with_fields({"zone": zone.key})

        if (await self.settings()).zone_chosen or await self._may_choose_zone():
            cause = permissions.cause_of(self.interaction)
            return (await self.state.change_settings(self.guild, chosen, cause)).tzinfo
        return zone

    # Pages

    async def show_next(self, draft_view: DraftView, problem: str = "") -> None:
        """Show the preview, or the panel if something is missing or wrong. A deadline that has passed is left out."""
        if draft_view.missing:
            await self.show_panel(draft_view, problem)
            return
        try:
            await self.show_preview(draft_view, above=problem)
        except _NO_CHANNEL as refusal:
            await self.show_channels(draft_view, _joined(problem, str(refusal)))
        except DeadlinePassed as refusal:
            undated = await self.save_choice(draft_view, draft_view.draft.with_choice(signup_lead=None))
            await self.show_next(undated, _joined(problem, str(refusal)))
        except Refusal as refusal:
            await self.show_panel(draft_view, _joined(problem, str(refusal)))

    async def show_panel(self, draft_view: DraftView, problem: str = "", *, page: int | None = None) -> None:
        if draft_view.draft.activity is not None and draft_view.activity is None:
            problem = problem or str(ActivityGone())
        await responses.edit_response(
            self.interaction, problem, embeds=(views.summary(draft_view),), rows=views.rows(draft_view, page)
        )

    async def show_preview(self, draft_view: DraftView, *, was: Parts | None = None, above: str = "") -> None:
        """Show what would be posted, below what changed since the preview `was`. Raises Refusal if nothing would be."""
        found = await self.checked(draft_view)
        raid = found.raid
        shown = board(raid, {raid.creator: clean_name(self.interaction.user.display_name)}, found.style)
        parts = parts_of(raid, found.style)
        seen = await self.save(replace(draft_view, draft=found.draft, seen=parts))
        people = None if raid.mention_role is None else await members_with(self.interaction, raid.mention_role)
        text = _joined(
            "" if was is None else changes(was, parts),
            above,
            *found.problems,
            pictures.warning(raid, found.channel),
            views.preview_text(seen, found, people),
        )
        files = await pictures.preview_files(self.state, raid)
        rows = views.preview_rows(seen)
        await responses.edit_response(self.interaction, text, embeds=(shown.embed(),), rows=rows, files=files)

    async def show_channels(self, draft_view: DraftView, problem: str = "") -> None:
        guild = permissions.guild_of(self.interaction)
        shown = draft_view.draft.channel or usual_channel(guild, await self.settings(), draft_view.kind)
        text = _joined(problem, render(say("Where should the signup go?")))
        await responses.edit_response(self.interaction, text, rows=views.channel_rows(draft_view, shown))

    async def show_mentions(self, draft_view: DraftView, problem: str = "") -> None:
        text = _joined(problem, render(say("Which role should I ping once, when the signup is posted?")))
        await responses.edit_response(self.interaction, text, rows=views.mention_rows(draft_view))


def _payload(draft: Draft, assumptions: tuple[str, ...], seen: Parts) -> dict[str, Any]:
    return draft.to_json() | {"assumptions": list(assumptions), "seen": dict(seen)}


def _joined(*texts: str) -> str:
    return "\n".join(text for text in texts if text)
