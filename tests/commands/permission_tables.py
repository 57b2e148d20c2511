"""The permissions of every command, subcommand and panel action; a new one needs a line in COMMANDS or PRESSES."""

from typing import Any

from discord_sandbox.command_input import Upload
from raidbot.commands.announcements.actions import ACTIONS as ANNOUNCEMENT_ACTIONS
from raidbot.commands.raid.cog import ACTIONS
from raidbot.commands.recurring.cog import ACTIONS as SERIES_ACTIONS
from raidbot.commands.recurring.cog import DRAFT_ACTIONS
from raidbot.commands.templates.cog import ACTIONS as TEMPLATE_ACTIONS
from raidbot.raids.permissions import Permission
from raidbot.raids.setting_kinds import LeadTimes, OnPanel, RoleChoice, Switch, Typed
from raidbot.raids.settings import ON_PANEL

P = Permission
ABOUT_A_RAID = tuple(permission for permission in Permission if permission.is_about_a_raid)
ABOUT_TEMPLATES = tuple(permission for permission in Permission if permission.command == "templates")
EVERYBODY: tuple[Permission, ...] = ()

COMMANDS: dict[str, tuple[tuple[Permission, ...], dict[str, Any]]] = {
    "create": ((P.CREATE,), {}),
    "raid": (ABOUT_A_RAID, {"code": "CODE"}),
    "settings": ((P.SETTINGS,), {}),
    "setup": ((P.SETUP,), {}),
    "permissions": ((P.PERMISSIONS,), {}),
    "setchannel set": ((P.SETCHANNEL_SET,), {"what": "audit", "channel": "CHANNEL"}),
    "setchannel clear": ((P.SETCHANNEL_CLEAR,), {"what": "audit"}),
    "setchannel show": ((P.SETCHANNEL_SHOW,), {}),
    "raidsignup assign": ((P.RAIDSIGNUP_ASSIGN,), {"raid": "CODE", "member": "MEMBER", "role": "Museum"}),
    "raidsignup remove": ((P.RAIDSIGNUP_REMOVE,), {"raid": "CODE", "member": "MEMBER"}),
    "raidsignup waitlist": ((P.RAIDSIGNUP_WAITLIST,), {"raid": "CODE", "member": "MEMBER", "role": "Museum"}),
    "raidsignup side": ((P.RAIDSIGNUP_SIDE,), {"raid": "CODE", "member": "MEMBER", "side": "x"}),
    "raidinfo list": (EVERYBODY, {"kind": "museum"}),
    "raidinfo detail": (EVERYBODY, {"code": "CODE"}),
    "raidinfo history": (EVERYBODY, {}),
    "raidinfo export": (EVERYBODY, {"what": "raid", "code": "CODE"}),
    "leaderboard top": (EVERYBODY, {}),
    "leaderboard role": (EVERYBODY, {"role": "Museum"}),
    "leaderboard achievements": (EVERYBODY, {}),
    "stats user": (EVERYBODY, {}),
    "stats server": ((P.STATS_SERVER,), {}),
    "stats weekly": ((P.STATS_SERVER,), {}),
    "stats monthly": ((P.STATS_SERVER,), {}),
    "stats export": ((P.STATS_EXPORT,), {"what": "everything"}),
    "mysignups": (EVERYBODY, {}),
    "recurring create": ((P.RECURRING_CREATE,), {"template": "museum"}),
    "recurring list": (EVERYBODY, {}),
    "recurring edit": ((P.RECURRING_EDIT,), {"series": "SERIES"}),
    "recurring skip": ((P.RECURRING_SKIP,), {"series": "SERIES"}),
    "recurring pause": ((P.RECURRING_PAUSE,), {"series": "SERIES"}),
    "recurring revive": ((P.RECURRING_PAUSE,), {"series": "SERIES"}),
    "recurring trigger": ((P.RECURRING_TRIGGER,), {"series": "SERIES"}),
    "recurring delete": ((P.RECURRING_DELETE,), {"series": "SERIES"}),
    "recurring holiday": ((P.RECURRING_SKIP,), {}),
    "recurring join": (EVERYBODY, {"series": "SERIES", "role": "museum"}),
    "recurring leave": (EVERYBODY, {"series": "SERIES"}),
    "calendar": (EVERYBODY, {}),
    "reminders": (EVERYBODY, {}),
    "stats inactive": ((P.STATS_INACTIVE,), {"weeks": 0}),
    "templates list": (ABOUT_TEMPLATES, {}),
    "templates edit": (ABOUT_TEMPLATES, {"template": "dragonspyre"}),
    "templates create": ((P.TEMPLATES_CREATE,), {}),
    "templates export": ((P.TEMPLATES_EXPORT,), {}),
    "templates import": ((P.TEMPLATES_IMPORT,), {"file": Upload("x.json", b"{}")}),
    **dict.fromkeys(("mysignups", "reminders", "ping", "testalert"), (EVERYBODY, {})),
    **dict.fromkeys(("privacy export", "privacy forget", "privacy delete-server"), (EVERYBODY, {})),
}
"""Permissions for each command, of which any one is enough, and valid options."""


MENUS: dict[str, tuple[Permission, ...]] = {"Manage raid": ABOUT_A_RAID, "My place": EVERYBODY}
"""Permissions for each command in the menu of a raid's board, of which any one is enough."""


def setting_presses(setting: OnPanel) -> tuple[str, ...]:
    """Return the actions of a setting on the panel of /settings."""
    match setting:
        case Typed():
            return f"ask-{setting.key}", setting.key
        case Switch():
            return (f"{setting.key}:on",)
        case LeadTimes():
            return f"ask-{setting.key}", setting.key, f"{setting.key}:typed"
        case RoleChoice():
            return setting.key, f"no-{setting.key}"
        case _:
            return (setting.key,)


_CREATE: dict[str, tuple[Permission, ...]] = dict.fromkeys(
    (
        "ask-time",
        "ask-time:MARK",
        "ask-name",
        "ask-closes",
        "ask-words",
        "ask-channel",
        "channel",
        "ask-mention",
        "mention",
        "no-mention",
        "ask-takes",
        "ask-zone",
        "in-zone:UTC",
        "activity",
        "ask-picture",
        "preview",
        "time",
        "counts:no",
        "page:1",
        "confirm",
        "discard",
    ),
    (P.CREATE,),
)
_STATS: dict[str, tuple[Permission, ...]] = {
    "user:1": (P.STATS_OTHERS,),
    "everywhere:0": EVERYBODY,
    **dict.fromkeys(("week:2026-06-01", "month:2026-06-01"), (P.STATS_SERVER,)),
    **dict.fromkeys(("inactive:page:4:0:1", "inactive:refresh:0:0:0"), (P.STATS_INACTIVE,)),
}
PRESSES: dict[str, dict[str, tuple[Permission, ...]]] = {
    "create": _CREATE,
    "raid": {name: action.permissions for name, action in ACTIONS.items()},
    # Before the settings, in which a press opens statistics to everybody.
    "stats": _STATS,
    "settings": dict.fromkeys(
        ("page:2", *(press for _, setting in ON_PANEL for press in setting_presses(setting))), (P.SETTINGS,)
    ),
    "setup": dict.fromkeys(
        (
            *("ask-zone", "zone", "pick-zone:Europe/Berlin", "channel:raid", "page:logs"),
            *("games", "games:page:0", "games-page:0", "find", "found", "told"),
        ),
        (P.SETUP,),
    ),
    "permissions": dict.fromkeys(
        ("open:subject", "roles:create", "roles:everything", "roles:gate.raid"), (P.PERMISSIONS,)
    ),
    "board": {"place": EVERYBODY, "leave": EVERYBODY},
    "standing": {"away:1": EVERYBODY},
    "raids": {"page:0": EVERYBODY},
    "mysignups": dict.fromkeys(("page:0", "take:CODE", "stop:CODE", "leave:CODE", "spec:CODE:1"), EVERYBODY),
    "calendar": dict.fromkeys(("new:mine", "new:server", "end:mine", "end:server"), EVERYBODY),
    "reminders": dict.fromkeys(("ask", "typed", "leads", "kinds", "server", "silent:on"), EVERYBODY),
    "privacy": dict.fromkeys(("keep", "ask-delete"), EVERYBODY),
    "templates": {f"{name}:dragonspyre": action.permissions for name, action in TEMPLATE_ACTIONS.items()},
    "series": {f"{name}:SERIES": action.permissions for name, action in SERIES_ACTIONS.items()},
    "series-draft": {f"{name}:DRAFT": DRAFT_ACTIONS[name].permissions for name in ("panel", "said", "save", "discard")},
    "announce": dict.fromkeys(ANNOUNCEMENT_ACTIONS, (P.RAID_ANNOUNCE,)),
    "leaderboard": {"next:all::1": EVERYBODY, "open-my:all::0": EVERYBODY, "on": (P.SETTINGS,)},
    "raidinfo": {"list:all:all:0": EVERYBODY, "history:1:0": (P.RAIDINFO_OTHERS,)},
}
"""Permissions for each panel's actions, of which any one is enough."""
ALSO: dict[str, dict[str, Permission]] = {
    "raid": dict.fromkeys(("ask-copy", "copy", "copy-go"), P.CREATE),
    "announce": {name: P.PINGS for name, action in ANNOUNCEMENT_ACTIONS.items() if action.also},
    "setup": {
        "ask-zone": P.SETTINGS,
        "zone": P.SETTINGS,
        "pick-zone:Europe/Berlin": P.SETTINGS,
        "channel:raid": P.SETCHANNEL_SET,
        **dict.fromkeys(("games", "games:page:0", "find", "found"), P.TEMPLATES_ENABLE),
    },
    "series": {f"{name}:SERIES": P.CREATE for name, action in SERIES_ACTIONS.items() if action.also},
    "series-draft": {f"{name}:DRAFT": P.CREATE for name in DRAFT_ACTIONS},
    "": dict.fromkeys((f"recurring {one}" for one in ("create", "edit", "revive", "trigger")), P.CREATE),
}
"""Permissions that a panel's action, or a command (under no panel), needs besides: it does what they are about."""
SUBJECT_SEGMENTS = {"create": "DRAFT", "raid": "CODE", "announce": "raid-CODE"}
"""Segment between the panel's name and the action in a `custom_id`."""
