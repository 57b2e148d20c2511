"""The context of a press on the panel of announcements."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar, Self

from raidbot.commands.announcements import views
from raidbot.commands.announcements.mentions import check_may_notify, lacking, reach_of
from raidbot.commands.announcements.subjects import Subject, subject_of
from raidbot.commands.ui import permissions
from raidbot.commands.ui.components import Controls
from raidbot.commands.ui.panel_context import PanelContext
from raidbot.commands.ui.router import number_of
from raidbot.db import announcements as rows
from raidbot.db import guilds
from raidbot.raids.announcements import edits
from raidbot.raids.announcements.edits import Announcements, NoSuchAnnouncement
from raidbot.raids.announcements.model import Announcement, Owner, OwnerKind, planned
from raidbot.raids.announcements.text import message_of
from raidbot.utils.errors import Refusal

LABELS = {"when": "When", "text": "Text (optional)"}


@dataclass(frozen=True, slots=True)
class AnnouncementContext(PanelContext):
    """`subject` is the owner whose announcements the panel shows, as it was when the press arrived."""

    subject: Subject

    labels: ClassVar[Mapping[str, str]] = LABELS
    gone: ClassVar[tuple[type[Refusal], ...]] = (NoSuchAnnouncement,)

    @property
    def controls(self) -> Controls:
        return views.controls(self.subject)

    @property
    def number(self) -> int:
        """The id of the announcement in the `custom_id`. Raises UnknownPanel."""
        return number_of(self.part(0))

    async def reloaded(self) -> Self:
        text = f"{self.subject.kind}-{self.subject.key}"
        return replace(self, subject=await subject_of(self.state, self.interaction, text))

    async def own(self) -> Announcements:
        of_owner = partial(rows.of_owner, guild=self.guild, owner=self.subject.owner)
        return await self.state.set_aside.read(of_owner)

    async def found(self, number: int) -> Announcement:
        """Raises NoSuchAnnouncement."""
        return edits.find(await self.own(), number)

    async def change(self, rule: rows.Rule) -> Announcements:
        """Apply the rule to the announcements as they are now. Raises what the rule raises."""
        subject = self.subject
        change = partial(
            rows.change,
            guild=self.guild,
            owner=subject.owner,
            rule=rule,
            cause=permissions.cause_of(self.interaction),
            now=self.state.now(),
            name=None if subject.kind is OwnerKind.RAID else subject.name,
        )
        return await self.state.db.write(change)

    async def save(self, changed: Announcement) -> None:
        """Put it in place of the one with its id, and show it.

        Raises NoSuchAnnouncement or SameAnnouncement, and as `check_may_notify` does.
        """
        await check_may_notify(self.interaction, self.subject, changed)
        await self.change(partial(edits.change, changed=changed))
        await self.show(changed.id, "Saved.")

    async def show(self, number: int, text: str = "") -> None:
        """Show one announcement with the message that it will be. Raises NoSuchAnnouncement."""
        one = await self.found(number)
        example, guild = self.subject.example, permissions.guild_of(self.interaction)
        (post,) = planned(example, [one])
        doubled = [owner for owner in self.subject.others if post.key in await self._keys_of(owner)]
        names = partial(guilds.names, guild=self.guild, members=[example.leader or example.creator])
        message = message_of(example, post, await self.state.db.read(names), preview_at=self.state.now())
        reach = await reach_of(self.interaction, self.subject, one)
        page = views.Page(self.subject, one, message, reach, lacking(guild, self.subject, one), tuple(doubled))
        await self.page(text, *views.page_rows(page), embeds=(views.page_embed(page),))

    async def home(self, text: str = "") -> None:
        """Show the list of the owner's announcements, and those that its raids have besides."""
        own = await self.own()
        others = [(owner, await self._of(owner)) for owner in self.subject.others]
        listed = views.Listing(self.subject, own, tuple((owner, found) for owner, found in others if found))
        await self.page(text, *views.list_rows(listed), embeds=(views.list_embed(listed),))

    async def _of(self, owner: Owner) -> Announcements:
        return await self.state.set_aside.read(partial(rows.of_owner, guild=self.guild, owner=owner))

    async def _keys_of(self, owner: Owner) -> set[str]:
        return {post.key for post in planned(self.subject.example, await self._of(owner))}
