"""The commands that Discord shows to managers only, and how a server opens them to others."""

from collections.abc import Iterable

from raidbot.utils.text import joined


def how_to_open(commands: Iterable[str]) -> str:
    """Return a sentence on how to show these commands to members without Manage Server."""
    named = joined([f"`/{command}`" for command in commands], "and")
    return (
        f"Discord hides {named} from members without **Manage Server**. To show it to a role: **Server Settings →"
        " Integrations → RaidBot**, choose the command, add the role."
    )
