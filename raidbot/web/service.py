"""Build the web server of a bot."""

from raidbot.delivery.feeds.service import CalendarFeeds
from raidbot.ops.watching.readiness import Readiness
from raidbot.web.feeds import FeedPages
from raidbot.web.pages import OperatorPages
from raidbot.web.server import WebServer


def server_of(readiness: Readiness, *, host: str, port: int, feeds: CalendarFeeds | None) -> WebServer:
    """Return the server with all pages of the bot, and with its calendar feeds if it has any."""
    routes = OperatorPages(readiness.facts, readiness).routes()
    if feeds is not None:
        routes += FeedPages(feeds).routes()
    return WebServer(routes, host=host, port=port)
