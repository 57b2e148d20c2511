"""Members who were forgotten since a backup: a restored database is told of them before anybody opens it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from raidbot.db.forgetting import jobs, tag_list
from raidbot.utils import member_tags


def forget_again(part: Path, backup: Path, database: Path) -> int:
    """Note in what is to become the database who is to be forgotten again; return how many lines of the list it lacks.

    The lists beside the database and beside the backup count. A database of an older version, or without the key
    beside it, is gone through by the bot at its start. Raises OSError.
    """
    try:
        lines = [*tag_list.read(database), *tag_list.read_file(backup.parent / tag_list.file_of(database).name)]
        tag_list.add(database, lines)
    except tag_list.DamagedListError as error:
        raise OSError(0, f"the list {tag_list.file_of(database)} of those who were forgotten is damaged") from error
    if not lines:
        return 0
    key = member_tags.read_key(database)
    with closing(sqlite3.connect(part, isolation_level=None)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'forgotten'").fetchone():
            return len(lines)
        lacking = jobs.lacking(connection, lines)
        if lacking and key is not None:
            tags = {member_tags.tag(key, member): member for member in jobs.members(connection, lacking)}
            connection.execute("BEGIN IMMEDIATE")
            jobs.note_again(connection, lacking, tags)
            connection.execute("COMMIT")
    return len(lacking)
