"""Build the web server of a bot."""

from raidbot.ops.watching.readiness import Readiness
from raidbot.web.pages import OperatorPages
from raidbot.web.server import WebServer


def server_of(readiness: Readiness, *, host: str, port: int) -> WebServer:
    """Return the server with all pages of the bot."""
    pages = OperatorPages(readiness.facts, readiness)
    return WebServer(pages.routes(), host=host, port=port)
