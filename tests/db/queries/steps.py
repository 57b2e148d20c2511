"""The cost of a call, counted in steps of SQLite's virtual machine."""

import sqlite3
from collections.abc import Callable


def steps_of(connection: sqlite3.Connection, call: Callable[[sqlite3.Connection], object]) -> int:
    """Run the call in a transaction that is taken back; return the number of steps."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.execute("BEGIN")
    connection.set_progress_handler(count, 1)
    try:
        call(connection)
    finally:
        connection.set_progress_handler(None, 1)
        connection.execute("ROLLBACK")
    return steps
