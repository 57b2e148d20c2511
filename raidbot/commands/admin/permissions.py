"""/permissions: a persistent panel to grant permissions to roles and to choose the roles that may sign up."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.admin.hidden_commands import how_to_open
from raidbot.commands.posting.channels import shown_kinds
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.components import MAX_OPTIONS, Controls, RoleSelect, Select, options, panel_embed
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.router import Press, UnknownPanel, address
from raidbot.db import audit
from raidbot.raids.audit.entry import AuditAction, Entry
from raidbot.raids.audit.role_lists import role_ids
from raidbot.raids.kinds import KIND_NAMES
from raidbot.raids.model import GuildId, Kind
from raidbot.raids.permissions import (
    Asker,
    ManagersOnly,
    MoreThanHeld,
    Permission,
    granted,
    held_in,
    hidden_with,
    who_may,
)
from raidbot.raids.permissions import commands as known_commands
from raidbot.raids.settings import GuildSettings
from raidbot.state import State
from raidbot.utils.text import fit_lines

PANEL = "permissions"
_EVERYTHING = "everything"
_GATE = "gate."
_CONTROLS = Controls(partial(address, PANEL))
_MAX_DESCRIPTION_LENGTH = 4096
_GRANT_RULE = "The owner and people with Manage Server may do everything. You can only grant what you have yourself."
_GATE_RULE = "Members need one of these roles to sign up. Raid leaders may give a seat to anybody."
_EVERYONE_RULE = "With @everyone everybody may sign up, whatever raids ask for."


class Permissions(commands.Cog):
    def __init__(self, state: State) -> None:
        self._state = state

    @app_commands.command(description="Which roles may do what, and who may sign up")
    @app_commands.default_permissions(manage_guild=True)
    async def permissions(self, interaction: Interaction) -> None:
        await permissions.check(interaction, Permission.PERMISSIONS)
        await responses.defer(interaction)
        await self._show(interaction, _EVERYTHING)

    async def press(self, press: Press) -> None:
        """Show the chosen subject, or save the roles chosen for it."""
        interaction = press.interaction
        await permissions.check(interaction, Permission.PERMISSIONS)
        match press.parts:
            case ("open", _):
                subject = press.chosen
            case ("roles", subject):
                await self._save(press, _known(subject))
            case _:
                raise UnknownPanel
        await self._show(interaction, _known(subject))

    async def _save(self, press: Press, subject: str) -> None:
        guild = permissions.guild_of(press.interaction)
        chosen = permissions.chosen_roles(press.interaction, press.values)
        if guild.id in chosen and subject in (_EVERYTHING, f"{_GATE}{Kind.RAID}"):
            raise permissions.NotEveryone
        rule = partial(_with, subject, chosen, permissions.asker_of(press.interaction))
        try:
            await self._state.change_settings(GuildId(guild.id), rule, permissions.cause_of(press.interaction))
        except (ManagersOnly, MoreThanHeld):
            target = None if subject == _EVERYTHING else subject
            wanted = {"target": target, "roles": role_ids(chosen, GuildId(guild.id))}
            await self._note(press.interaction, Entry(AuditAction.GRANT_REFUSED, None, wanted))
            raise

    async def _note(self, interaction: Interaction, entry: Entry) -> None:
        """Write an audit entry for an attempt that changed nothing."""
        cause = permissions.cause_of(interaction)
        record = partial(
            audit.record,
            entries=(entry,),
            guild=permissions.guild_id(interaction),
            raid=None,
            at=self._state.now(),
            actor=cause.actor,
            source=cause.source,
        )
        await self._state.db.write(record)

    async def _show(self, interaction: Interaction, subject: str) -> None:
        guild = permissions.guild_of(interaction)
        settings = await self._state.settings(GuildId(guild.id))
        kinds = await shown_kinds(self._state, settings.guild)
        await responses.edit_response(
            interaction, embeds=(_summary(guild, settings, subject),), rows=_rows(guild, settings, subject, kinds)
        )


def _known(subject: str) -> str:
    """Return `subject`. Raises UnknownPanel unless it is everything, a gate, a command or an action."""
    if subject == _EVERYTHING or subject in _gates() or held_in(subject):
        return subject
    raise UnknownPanel


def _gates() -> dict[str, Kind]:
    return {f"{_GATE}{kind}": kind for kind in Kind}


def _roles(settings: GuildSettings, subject: str) -> frozenset[int]:
    """Return the roles chosen for the subject itself, without those it inherits."""
    if subject == _EVERYTHING:
        return settings.grants.admins
    if subject in _gates():
        return settings.signup_roles.get(_gates()[subject], frozenset())
    return settings.grants.of(subject)


def _with(subject: str, roles: frozenset[int], asker: Asker, before: GuildSettings) -> GuildSettings:
    """Return the settings with these roles for the subject. Raises ManagersOnly or MoreThanHeld."""
    if subject in _gates():
        kind = _gates()[subject]
        others = {other: needed for other, needed in before.signup_roles.items() if other is not kind}
        return replace(before, signup_roles=others | ({kind: roles} if roles else {}))
    target = None if subject == _EVERYTHING else subject
    return replace(before, grants=granted(before.grants, target, roles, asker))


def _summary(guild: discord.Guild, settings: GuildSettings, subject: str) -> discord.Embed:
    lines = fit_lines(_lines(guild, settings, subject), _MAX_DESCRIPTION_LENGTH)
    return panel_embed(_title(subject), lines).set_footer(text=_rule(subject))


def _rule(subject: str) -> str:
    if subject not in _gates():
        return _GRANT_RULE
    return _GATE_RULE if _gates()[subject] is Kind.RAID else f"{_GATE_RULE} {_EVERYONE_RULE}"


def _title(subject: str) -> str:
    if subject in _gates():
        return f"Who may sign up for {_plural(_gates()[subject])}"
    return who_may(None if subject == _EVERYTHING else subject)


def _lines(guild: discord.Guild, settings: GuildSettings, subject: str) -> list[str]:
    roles = _roles(settings, subject)
    chosen = _mentioned(guild, roles)
    if subject in _gates():
        if guild.id in roles:
            return ["Everybody, whatever raids ask for."]
        if roles and not any(map(guild.get_role, roles)):
            return [chosen, "Nobody can sign up until you choose another role, or none."]
        return [chosen or _nobody_chosen(guild, settings, _gates()[subject])]
    lines = [chosen or "No role has been chosen.", *_opened(subject, roles)]
    grants = settings.grants
    if subject == _EVERYTHING:
        granted = (
            f"`/{target.replace('.', ' ')}` → {_mentioned(guild, roles)}" for target, roles in grants.roles.items()
        )
        return [*lines, *granted]
    command = held_in(subject)[0].command
    if command != subject and grants.of(command):
        lines.append(f"With all of `/{command}`: {_mentioned(guild, grants.of(command))}")
    if grants.admins:
        lines.append(f"With everything: {_mentioned(guild, grants.admins)}")
    return lines


def _opened(subject: str, roles: frozenset[int]) -> Iterator[str]:
    """Yield how to show the roles what they may use, if Discord hides it from them."""
    hidden = () if subject in _gates() else hidden_with(None if subject == _EVERYTHING else subject)
    if roles and hidden:
        yield f"⚠️ {how_to_open(hidden)}"


def _nobody_chosen(guild: discord.Guild, settings: GuildSettings, kind: Kind) -> str:
    fallback = _mentioned(guild, settings.signup_roles_for(kind))
    return f"As for raids: {fallback}" if fallback else "Everybody."


def _mentioned(guild: discord.Guild, roles: frozenset[int]) -> str:
    return ", ".join(_role(guild, role) for role in sorted(roles))


def _role(guild: discord.Guild, role: int) -> str:
    if role == guild.id:
        return "@everyone"  # Discord renders its mention as “@@everyone”
    return f"<@&{role}>" if guild.get_role(role) else f"deleted role `{role}`"


def _plural(kind: Kind) -> str:
    return {Kind.RAID: "raids", Kind.MUSEUM: "museums", Kind.KEY: "key bosses", Kind.CHALLENGE: "challenges"}[kind]


def _rows(
    guild: discord.Guild, settings: GuildSettings, subject: str, kinds: tuple[Kind, ...]
) -> tuple[responses.Row, ...]:
    command = "" if subject in (_EVERYTHING, *_gates()) else held_in(subject)[0].command
    offered = [
        (_EVERYTHING, "Everything"),
        *((gate, f"Signing up: {KIND_NAMES[kind]}") for gate, kind in _gates().items() if kind in kinds),
    ]
    offered += [(name, f"/{name}") for name in known_commands()]
    rows: list[responses.Row] = [(_choice("What is it about?", offered, command or subject),)]
    actions = held_in(command) if command else ()
    if len(actions) > 1:
        named = [
            (command, f"All of /{command}"),
            *((one.value, one.does[:1].upper() + one.does[1:]) for one in actions),
        ]
        rows.append((_choice("All of it, or one action?", named, subject, "action"),))
    rows.append((_role_select(guild, settings, subject),))
    return tuple(rows)


def _choice(hint: str, offered: list[tuple[str, str]], current: str, part: str = "subject") -> Select:
    return _CONTROLS.select(hint, "open", options(offered, current), part)


def _role_select(guild: discord.Guild, settings: GuildSettings, subject: str) -> RoleSelect:
    chosen = [role for role in sorted(_roles(settings, subject)) if guild.get_role(role)][:MAX_OPTIONS]
    return _CONTROLS.role_select("Which roles?", "roles", subject, chosen=chosen, min_values=0, max_values=MAX_OPTIONS)
