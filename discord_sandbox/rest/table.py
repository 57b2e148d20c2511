"""The table of all routes of the sandbox."""

from discord_sandbox.rest import (
    applications,
    channels,
    commands,
    guilds,
    interactions,
    members,
    messages,
    pins,
    reactions,
    roles,
    threads,
    users,
)
from discord_sandbox.rest.routing import Routes

ROUTES = Routes()
for family in (
    applications,
    channels,
    commands,
    guilds,
    interactions,
    members,
    messages,
    pins,
    reactions,
    roles,
    threads,
    users,
):
    ROUTES.extend(family.routes)
