"""Give SQL a function `sleep(seconds)` in a bot process, with which a trigger makes its writes slow."""

import sqlite3
import sys
import time


def install() -> None:
    sys.addaudithook(_add_function)


def _add_function(event: str, arguments: tuple[object, ...]) -> None:
    if event == "sqlite3.connect/handle" and isinstance(arguments[0], sqlite3.Connection):
        arguments[0].create_function("sleep", 1, time.sleep)
