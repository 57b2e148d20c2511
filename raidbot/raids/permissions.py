"""Permissions for commands, subcommands and panel actions, and the roles that hold them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from raidbot.raids.events import Change, Revived
from raidbot.raids.model import MemberId, Raid
from raidbot.utils.errors import Refusal
from raidbot.utils.text import escape, joined
from raidbot.utils.words import Listed, Raw, say


class Permission(StrEnum):
    """The value is the command with its subcommand or action, as in “raid.close”; `does` completes “You may not …”."""

    does: str

    def __new__(cls, key: str, does: str) -> "Permission":
        permission = str.__new__(cls, key)
        permission._value_ = key
        permission.does = does
        return permission

    CREATE = "create", "create raids"

    RAID_CLOSE = "raid.close", "close a raid’s signups"
    RAID_REOPEN = "raid.reopen", "reopen a raid’s signups"
    RAID_CANCEL = "raid.cancel", "cancel a raid"
    RAID_TIME = "raid.time", "change when a raid begins"
    RAID_LENGTH = "raid.length", "change how long a raid takes"
    RAID_EDIT = "raid.edit", "edit a raid’s title and description"
    RAID_LEADER = "raid.leader", "choose who leads a raid"
    RAID_NOSHOW = "raid.noshow", "mark who did not come to a raid"
    RAID_FINDSUB = "raid.findsub", "look for a substitute"
    RAID_DUPLICATE = "raid.duplicate", "duplicate a raid"
    RAID_ROSTER = "raid.roster", "edit a raid’s roster on its panel"
    RAID_ANNOUNCE = "raid.announce", "announce a raid"
    RAID_UNDO = "raid.undo", "undo what was done to a raid"

    RAIDSIGNUP_ASSIGN = "raidsignup.assign", "give a seat to somebody"
    RAIDSIGNUP_REMOVE = "raidsignup.remove", "take somebody off a raid"
    RAIDSIGNUP_WAITLIST = "raidsignup.waitlist", "put somebody on a waitlist"
    RAIDSIGNUP_SIDE = "raidsignup.side", "assign a side"

    RAIDINFO_OTHERS = "raidinfo.others", "see the raid history of others"

    STATS_SERVER = "stats.server", "see this server’s statistics"
    STATS_OTHERS = "stats.others", "see the statistics of others"
    STATS_INACTIVE = "stats.inactive", "see who is inactive"
    STATS_EXPORT = "stats.export", "export the statistics"

    RECURRING_CREATE = "recurring.create", "create series"
    RECURRING_EDIT = "recurring.edit", "edit series"
    RECURRING_PAUSE = "recurring.pause", "pause and resume series"
    RECURRING_SKIP = "recurring.skip", "skip dates of series"
    RECURRING_TRIGGER = "recurring.trigger", "post raids of series early"
    RECURRING_DELETE = "recurring.delete", "delete series"

    TEMPLATES_LIST = "templates.list", "see the templates’ settings"
    TEMPLATES_ENABLE = "templates.enable", "enable and disable templates"
    TEMPLATES_EDIT = "templates.edit", "edit templates"
    TEMPLATES_CREATE = "templates.create", "create and duplicate templates"
    TEMPLATES_RESET = "templates.reset", "reset templates"
    TEMPLATES_DELETE = "templates.delete", "delete templates"
    TEMPLATES_EXPORT = "templates.export", "export templates"
    TEMPLATES_IMPORT = "templates.import", "import templates"

    PINGS = "pings", "let announcements notify people"

    SETTINGS = "settings", "change this server’s settings"
    SETCHANNEL_SET = "setchannel.set", "choose channels"
    SETCHANNEL_CLEAR = "setchannel.clear", "take the choice of a channel back"
    SETCHANNEL_SHOW = "setchannel.show", "see which channels are chosen"
    SETUP = "setup", "set this server up"
    PERMISSIONS = "permissions", "decide who may do what"

    @property
    def command(self) -> str:
        """The command this permission belongs to; granting the command grants all its permissions."""
        return self.value.split(".")[0]

    @property
    def is_about_a_raid(self) -> bool:
        """True for actions on a raid's own panel, where its leader and creator may do everything."""
        return self.command == "raid"


def commands() -> tuple[str, ...]:
    """Return the commands that require a permission, in display order."""
    return tuple(dict.fromkeys(permission.command for permission in Permission))


def targets() -> tuple[str, ...]:
    """Return everything that can be granted: the commands, then their single permissions, each once."""
    return tuple(dict.fromkeys((*commands(), *(permission.value for permission in Permission))))


def held_in(target: str) -> tuple[Permission, ...]:
    """Return the permissions granted with a target (a command or one of its actions); empty for an unknown target."""
    return tuple(permission for permission in Permission if target in (permission.command, permission.value))


HIDDEN_COMMANDS = ("setup", "settings", "permissions", "setchannel", "templates")
"""The commands that Discord shows to nobody without Manage Server, until a server opens them."""


def hidden_with(target: str | None) -> tuple[str, ...]:
    """Return the hidden commands that are granted, or a part of which is granted, with a target (None: everything)."""
    return tuple(one for one in HIDDEN_COMMANDS if target is None or target.split(".")[0] == one)


def who_may(target: str | None) -> str:
    """Return the words above the roles that hold a target; None stands for everything."""
    if target is None:
        return "Who may do everything"
    found = held_in(target)
    return f"Who may {found[0].does}" if len(found) == 1 else f"Who may use all of /{target}"


@dataclass(frozen=True, slots=True)
class Grants:
    """A guild's grants: `admins` are ids of roles that may do everything, `roles` maps a target to role ids."""

    admins: frozenset[int] = frozenset()
    roles: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def of(self, target: str) -> frozenset[int]:
        return self.roles.get(target, frozenset())

    def holders(self, permission: Permission) -> frozenset[int]:
        """Return the ids of the roles that hold the permission; any one of them is enough."""
        return self.admins | self.of(permission.command) | self.of(permission.value)

    def hidden_commands(self) -> tuple[str, ...]:
        """Return the hidden commands of which some role holds at least a part."""
        held = {target.split(".")[0] for target, roles in self.roles.items() if roles}
        return tuple(one for one in HIDDEN_COMMANDS if self.admins or one in held)

    def with_roles(self, target: str, roles: frozenset[int]) -> "Grants":
        others = {name: granted for name, granted in self.roles.items() if name != target}
        return Grants(self.admins, others | ({target: roles} if roles else {}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """The member asking to do something. `manages`: is the guild's owner, or has Administrator or Manage Server."""

    member: MemberId
    roles: frozenset[int] = frozenset()
    manages: bool = False


class NotAllowed(Refusal):
    """The asker has none of `permissions`, which all belong to one command; `roles` names the roles that hold them."""

    def __init__(self, permissions: tuple[Permission, ...], roles: list[str], *, is_of_raid: bool) -> None:
        what = _named(permissions, is_of_raid=is_of_raid)
        enough = ["the **Manage Server** permission"]
        if roles:
            enough.append(f"the role {joined([f'**{escape(role)}**' for role in roles], 'or')}")
        if is_of_raid:
            enough.append("to be the raid’s leader or creator")
        super().__init__(f"You may not {what}. You need {joined(enough, 'or')}.")


def _named(permissions: tuple[Permission, ...], *, is_of_raid: bool) -> str:
    if len(permissions) == 1:
        return f"{permissions[0].does} here"
    return "manage this raid" if is_of_raid else f"use `/{permissions[0].command}` here"


class MoreThanHeld(Refusal):
    def __init__(self) -> None:
        super().__init__("You cannot give or take what you do not hold yourself.")


class ManagersOnly(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "Only people with the **Manage Server** permission decide who may do everything,"
            " and who may use `/permissions`."
        )


class Lacking(Refusal):
    """The asker lacks `permissions`: what they do asks for them besides its own."""

    def __init__(self, *permissions: Permission) -> None:
        super().__init__(
            say(
                "That asks for more: you may not {deeds} here. You need the **Manage Server** permission, or a role"
                " that may. Nothing was changed.",
                deeds=Listed(tuple(Raw(permission.does) for permission in permissions), "or"),
            )
        )


class LeadsMore(Refusal):
    def __init__(self) -> None:
        super().__init__(
            say(
                "A raid’s leader may do everything on its panel, which you may not. Choose somebody who may do so"
                " anyway, or ask somebody with the **Manage Server** permission."
            )
        )


def allowed(asker: Asker, permission: Permission, grants: Grants, raid: Raid | None = None) -> bool:
    """Return True if the asker has the permission; `raid` is the raid it applies to, if any."""
    if asker.manages or asker.roles & grants.holders(permission):
        return True
    return raid is not None and permission.is_about_a_raid and asker.member in (raid.leader, raid.creator)


def check(asker: Asker, *permissions: Permission, grants: Grants) -> None:
    """Raise Lacking unless the asker has all these permissions."""
    lacking = [permission for permission in permissions if not allowed(asker, permission, grants)]
    if lacking:
        raise Lacking(*lacking)


def check_may_post(asker: Asker, grants: Grants) -> None:
    """Check that the asker may put up a raid, by whatever road. Raises Lacking."""
    check(asker, Permission.CREATE, grants=grants)


def check_may_lead(asker: Asker, leader: Asker, raid: Raid, grants: Grants) -> None:
    """Check that the asker may make `leader` the raid's leader, who then has every permission on its panel.

    Nobody gives a permission that they do not have. Raises LeadsMore.
    """
    about = [permission for permission in Permission if permission.is_about_a_raid]
    given = [permission for permission in about if not allowed(leader, permission, grants, raid)]
    if not all(allowed(asker, permission, grants, raid) for permission in given):
        raise LeadsMore


def check_may_restore(before: Raid, change: Change, *, asker: Asker, leader: Asker | None, grants: Grants) -> None:
    """Check what an undo gives: a leader, and a cancelled raid that is put up again.

    `leader` is the leader whom it brings back. Raises Lacking or LeadsMore.
    """
    if any(isinstance(event, Revived) for event in change.events):
        check_may_post(asker, grants)
    if change.raid.leader != before.leader and change.raid.leader is not None:
        check_may_lead(asker, leader or Asker(member=change.raid.leader), before, grants)


def granted(grants: Grants, target: str | None, roles: frozenset[int], asker: Asker) -> Grants:
    """Return the grants with these roles for a target (None: everything). Raises ManagersOnly or MoreThanHeld."""
    check_may_grant(asker, target, grants)
    return replace(grants, admins=roles) if target is None else grants.with_roles(target, roles)


def check_may_grant(asker: Asker, target: str | None, grants: Grants) -> None:
    """Check that the asker may set the roles for a target (None: everything). Raises ManagersOnly or MoreThanHeld."""
    if asker.manages:
        return
    if target is None or Permission.PERMISSIONS in held_in(target):
        raise ManagersOnly
    if not all(allowed(asker, permission, grants) for permission in held_in(target)):
        raise MoreThanHeld
