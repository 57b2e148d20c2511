"""Let one name take longer to find than anybody waits; imports little, as bot processes have to do it, too."""

import socket
import time
from collections.abc import Callable

NAME = "hooks.example.com"
SAID = "looking for a name"
_SECONDS = 40


def install() -> None:
    """Make looking for the name hang in its thread, which nobody can end."""
    real: Callable[..., object] = socket.getaddrinfo

    def find(host: object, *others: object, **more: object) -> object:
        if host == NAME:
            print(SAID, flush=True)
            time.sleep(_SECONDS)
        return real(host, *others, **more)

    vars(socket)["getaddrinfo"] = find
