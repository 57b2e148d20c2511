"""The tag by which the log names a member."""

from pathlib import Path

from raidbot.utils import member_tags
from raidbot.utils.errors import Refusal


class NoTag(Refusal):
    """The key of the tags is not there, or cannot be read."""


def member_tag(database: Path, member: int) -> str:
    """Return the tag by which the log of the bot on this database names the member. Raises NoTag."""
    file = member_tags.key_file(database)
    try:
        key = member_tags.read_key(database)
    except OSError as error:
        raise NoTag(f"{file}, the key of the tags, cannot be read: {error.strerror}.") from error
    if key is None:
        raise NoTag(f"There is no tag for member {member} yet: the first start makes its key, {file}.")
    return member_tags.tag(key, member)
