"""Owners of announcements as the panel knows them: what they are called, who may change them, and the way back."""

from dataclasses import dataclass
from datetime import timedelta

from raidbot.commands.ui import permissions
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.raid_autocomplete import find_raid
from raidbot.commands.ui.router import UnknownPanel, address
from raidbot.raids.announcements.model import Owner, OwnerKind
from raidbot.raids.model import ChannelId, Kind, Raid, RaidCode, RaidId
from raidbot.raids.permissions import Permission
from raidbot.state import State

_EXAMPLE_LEAD = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An owner. `key` is the one in a `custom_id`; `example` is its raid, or one as it would be made of it."""

    kind: OwnerKind
    key: str
    owner: Owner
    name: str
    example: Raid
    permission: Permission
    back: str

    @property
    def raid(self) -> Raid | None:
        return self.example if self.kind is OwnerKind.RAID else None

    @property
    def seats(self) -> int:
        """The number of people who can have a seat."""
        return self.example.capacity


async def subject_of(state: State, interaction: Interaction, text: str) -> Subject:
    """Return the owner named in a `custom_id`. Raises UnknownPanel, UnknownRaid or NoSuchTemplate."""
    kind, _, key = text.partition("-")
    match kind:
        case OwnerKind.RAID:
            return _of_raid(await find_raid(state, interaction, key))
        case OwnerKind.TEMPLATE:
            return await _of_template(state, interaction, key)
        case _:
            raise UnknownPanel


def _of_raid(raid: Raid) -> Subject:
    return Subject(
        kind=OwnerKind.RAID,
        key=raid.code,
        owner=Owner.of(raid),
        name=raid.name,
        example=raid,
        permission=Permission.RAID_ANNOUNCE,
        back=address("raid", raid.code, "panel"),
    )


async def _of_template(state: State, interaction: Interaction, key: str) -> Subject:
    guild = permissions.guild_id(interaction)
    template = (await state.templates(guild)).entry(key).template
    now, asker = state.now(), permissions.member_id(interaction)
    example = Raid(
        id=RaidId(0),
        guild=guild,
        code=RaidCode(""),
        kind=Kind.RAID,
        template=key,
        title=template.name,
        roles=template.roles,
        creator=asker,
        channel=ChannelId(interaction.channel_id or 0),
        starts_at=now + _EXAMPLE_LEAD,
        zone=(await state.settings(guild)).zone,
        created_at=now,
    )
    return Subject(
        kind=OwnerKind.TEMPLATE,
        key=key,
        owner=Owner(OwnerKind.TEMPLATE, key),
        name=template.name,
        example=example,
        permission=Permission.TEMPLATES_EDIT,
        back=address("templates", "panel", key),
    )
