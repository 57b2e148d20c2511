"""The table of all routes of the sandbox."""

from discord_sandbox.rest import applications, commands, expressions, interactions, users
from discord_sandbox.rest.channels import channels, messages, pins, reactions, threads
from discord_sandbox.rest.guilds import guilds, members, roles
from discord_sandbox.rest.routing import Routes

ROUTES = Routes()
for family in (
    applications,
    channels,
    commands,
    expressions,
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
