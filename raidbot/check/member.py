"""Say by which tag the log names a member."""

from pathlib import Path

from raidbot.check.findings import Finding, Part, ok, wrong
from raidbot.utils import member_tags


def member_tag(database: Path, member: int) -> Finding:
    """Say by which tag the log of the bot on this database names the member."""
    file = member_tags.key_file(database)
    try:
        key = member_tags.read_key(database)
    except OSError as error:
        return wrong(Part.DATABASE, "tag", f"{file}, the key of the tags, cannot be read: {error.strerror}.")
    if key is None:
        sentence = f"There is no tag for member {member} yet: the first start makes its key, {file}."
        return wrong(Part.DATABASE, "tag", sentence)
    return ok(Part.DATABASE, "tag", f"The log names member {member} as {member_tags.tag(key, member)}.")
