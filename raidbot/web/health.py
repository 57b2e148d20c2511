"""`python -m raidbot.web.health`: ask the web server of a running bot whether its process lives.

It is the health check of a container, so it starts quickly and needs nothing but Python.
"""

import http.client
import ipaddress
import os
import sys

_TIMEOUT_SECONDS = 5.0


def main() -> int:
    """Print what the web server answers; return 0 if the process lives, else 1."""
    port = os.environ.get("RAIDBOT_WEB_PORT", "")
    if not port.isdecimal():
        print("RAIDBOT_WEB_PORT is not set, so there is no web server to ask.", file=sys.stderr)
        return 1
    connection = http.client.HTTPConnection(_address(), int(port), timeout=_TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        print(answer.status, answer.read(200).decode(errors="replace").strip())
    except (OSError, http.client.HTTPException) as error:
        print(f"no answer: {error}", file=sys.stderr)
        return 1
    finally:
        connection.close()
    return 0 if answer.status == http.HTTPStatus.OK else 1


def _address() -> str:
    """The address to ask at: a server that listens on every address is asked on this machine's own."""
    host = os.environ.get("RAIDBOT_WEB_HOST") or "127.0.0.1"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"


if __name__ == "__main__":
    sys.exit(main())
