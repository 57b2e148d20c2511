"""Owners of announcements as the panel knows them: what they are called, who may change them, and the way back."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from raidbot.commands.ui import permissions
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.raid_autocomplete import find_raid
from raidbot.commands.ui.router import UnknownPanel, address
from raidbot.db.announcements import owners_of
from raidbot.raids.announcements.model import Owner, OwnerKind
from raidbot.raids.model import ChannelId, GuildId, Kind, MemberId, Raid, RaidCode, RaidId, Role
from raidbot.raids.permissions import Permission
from raidbot.raids.series.model import Series
from raidbot.raids.series.rules import NoSuchSeries
from raidbot.raids.series.samples import next_raid, sample_raids
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.state import State
from raidbot.utils.errors import Refusal

_EXAMPLE_LEAD = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An owner. `key` is the one in a `custom_id`; `example` is its raid, or one as it would be made of it.

    `seats` is the number of people who can have a seat. `channel` is that of its boards, if it is known. What belongs
    to `others` is announced for the same raids.
    """

    kind: OwnerKind
    key: str
    owner: Owner
    name: str
    example: Raid
    seats: int
    channel: ChannelId | None = None
    others: tuple[Owner, ...] = ()
    permission: Permission
    back: str

    @property
    def raid(self) -> Raid | None:
        return self.example if self.kind is OwnerKind.RAID else None


async def subject_of(state: State, interaction: Interaction, text: str) -> Subject:
    """Return the owner named in a `custom_id`. Raises UnknownPanel, UnknownRaid, NoSuchTemplate or NoSuchSeries."""
    kind, _, key = text.partition("-")
    match kind:
        case OwnerKind.RAID:
            return await _of_raid(state, await find_raid(state, interaction, key))
        case OwnerKind.SERIES:
            try:
                return await _of_series(state, await state.series.find(permissions.guild_id(interaction), key))
            except NoSuchSeries:  # nobody typed the code
                raise NoSuchSeries from None
        case OwnerKind.TEMPLATE:
            return await _of_template(state, interaction, key)
        case _:
            raise UnknownPanel


async def _of_raid(state: State, raid: Raid) -> Subject:
    owner, owners = Owner.of(raid), await state.db.read(partial(owners_of, raid=raid))
    return Subject(
        kind=OwnerKind.RAID,
        key=raid.code,
        owner=owner,
        name=raid.name,
        example=raid,
        seats=raid.capacity,
        channel=raid.channel,
        others=tuple(one for one in owners if one != owner),
        permission=Permission.RAID_ANNOUNCE,
        back=address("raid", raid.code, "panel"),
    )


async def _of_series(state: State, series: Series) -> Subject:
    catalogue = await state.templates(series.guild)
    templates = dict.fromkeys(turn.template for turn in series.rotation)
    example = _example_of(state, series, catalogue)
    with suppress(Refusal):
        example = next_raid(series, catalogue, state.now())
    seats = example.capacity
    with suppress(Refusal):
        seats = max(raid.capacity for raid in sample_raids(series, catalogue, state.now()))
    return Subject(
        kind=OwnerKind.SERIES,
        key=series.code,
        owner=Owner.of_series(series.id),
        name=series.name,
        example=example,
        seats=seats,
        channel=series.channel,
        others=tuple(Owner(OwnerKind.TEMPLATE, key) for key in templates),
        permission=Permission.RECURRING_EDIT,
        back=address("series", "panel", series.code),
    )


async def _of_template(state: State, interaction: Interaction, key: str) -> Subject:
    guild = permissions.guild_id(interaction)
    template = (await state.templates(guild)).entry(key).template
    example = _example(
        state,
        guild,
        key,
        title=template.name,
        roles=template.roles,
        creator=permissions.member_id(interaction),
        channel=ChannelId(interaction.channel_id or 0),
        zone=(await state.settings(guild)).zone,
    )
    return Subject(
        kind=OwnerKind.TEMPLATE,
        key=key,
        owner=Owner(OwnerKind.TEMPLATE, key),
        name=template.name,
        example=example,
        seats=example.capacity,
        permission=Permission.TEMPLATES_EDIT,
        back=address("templates", "panel", key),
    )


def _example_of(state: State, series: Series, catalogue: Catalogue) -> Raid:
    """Return a raid for a series whose template is gone or switched off."""
    key = series.rotation[0].template
    template = catalogue.find(key)
    return _example(
        state,
        series.guild,
        key,
        title=series.name,
        roles=template.roles if template else (),
        creator=series.creator,
        channel=series.channel or ChannelId(0),
        zone=series.schedule.zone,
    )


def _example(
    state: State,
    guild: GuildId,
    template: str,
    *,
    title: str,
    roles: tuple[Role, ...],
    creator: MemberId,
    channel: ChannelId,
    zone: str,
) -> Raid:
    now = state.now()
    return Raid(
        id=RaidId(0),
        guild=guild,
        code=RaidCode(""),
        kind=Kind.RAID,
        template=template,
        title=title,
        roles=roles,
        creator=creator,
        channel=channel,
        starts_at=now + _EXAMPLE_LEAD,
        zone=zone,
        created_at=now,
    )
