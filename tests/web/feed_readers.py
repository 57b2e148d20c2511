"""Ask for addresses of calendar feeds with /calendar, and fetch them as a calendar program would."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from icalendar import Calendar

from discord_sandbox import SandboxGuild
from discord_sandbox.people import Person
from raidbot.raids.feeds.model import FeedKind
from tests.delivery.feeds.rfc5545 import Properties, instant, parsed
from tests.web.serving import Pages

URL = "https://raids.example.org/bot"
ON = {"web_port": 9464, "web_url": URL}
"""Options of a bot with feeds."""
LABELS = {FeedKind.MINE: "My raids", FeedKind.SERVER: "All raids of this server"}
_ADDRESS = re.compile(re.escape(URL) + r"(/calendar/[A-Za-z0-9_-]{43}\.ics)")


async def path_of(guild: SandboxGuild, by: Person, kind: FeedKind = FeedKind.MINE) -> str:
    """Return the path of a new address that the person gets with /calendar."""
    panel = await by.slash(guild.channel("raid-signups"), "calendar")
    assert panel.ephemeral
    label = next(one for one in ("get an", "new") if f"{LABELS[kind]}: {one} address" in panel.text())
    await panel.click(f"{LABELS[kind]}: {label} address")
    assert panel.message is not None
    found = _ADDRESS.search(str(panel.message.embeds))  # as it was sent: two underscores are no italics in it
    assert found, panel.text()
    return found[1]


@dataclass(frozen=True, slots=True)
class Fetched:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def events(self) -> list[Properties]:
        """Return the events, of which two readers agree when they are."""
        assert self.status == 200, self.body
        _, events = parsed(self.body)
        others = Calendar.from_ical(self.body).events
        assert [(str(one["uid"]), one.start) for one in others] == [
            (one["UID"], instant(one["DTSTART"])) for one in events
        ]
        return events

    def titles(self) -> list[str]:
        return [one["SUMMARY"] for one in self.events()]


async def fetch(pages: Pages, path: str, method: str = "GET", **headers: str) -> Fetched:
    async with pages.session.request(method, pages.url + path, headers=headers) as answer:
        return Fetched(answer.status, answer.headers, await answer.read())
