"""Give SQL a function `sleep(seconds)` in a bot process, with which a trigger makes its writes slow."""

import sqlite3
import time
from collections.abc import Callable


def install() -> None:
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def connected(*arguments: object, **options: object) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.create_function("sleep", 1, time.sleep)
        return connection

    vars(sqlite3)["connect"] = connected
