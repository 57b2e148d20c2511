"""One client of discord.py, or of a library made from it, and the order of the steps that all of these share."""

import asyncio

import forks_connection
import forks_messages
import forks_servers
from steps import Group, collected, same


class Bot:
    """One client with the library that it belongs to, and the places that the steps use."""

    def __init__(self, lib, client, steps):
        self.lib, self.client, self.steps = lib, client, steps

    @property
    def guild(self):
        return self.client.get_guild(int(self.steps.guild["id"]))

    def channel(self, name):
        return self.client.get_channel(int(self.steps.guild["channels"][name]))

    def role(self, name):
        return self.guild.get_role(int(self.steps.guild["roles"][name]))

    def member(self, name):
        return self.guild.get_member(int(self.steps.guild["members"][name]))

    async def refused(self, coroutine, code):
        """Expect that Discord refuses with an error code."""
        try:
            await coroutine
        except self.lib.HTTPException as error:
            same(error.code, code)
        else:
            raise AssertionError(f"not refused with {code}")

    async def heard(self, event, act, check=lambda *_: True):
        """Let `act` happen and return what the client hears of `event` then."""
        waiting = asyncio.ensure_future(self.client.wait_for(event, check=check, timeout=10))
        await asyncio.sleep(0)
        await act
        return await waiting


unsupported = Group()


@unsupported.add("creates a webhook", may_be_unsupported=True)
async def _(bot):
    await bot.channel("lounge").create_webhook(name="Reports")


@unsupported.add("creates an invite", may_be_unsupported=True)
async def _(bot):
    await bot.channel("lounge").create_invite(max_age=60)


@unsupported.add("lists scheduled events", may_be_unsupported=True)
async def _(bot):
    await collected(bot.guild.fetch_scheduled_events())


@unsupported.add("reads the audit log", may_be_unsupported=True)
async def _(bot):
    await collected(bot.guild.audit_logs(limit=5))


@unsupported.add("lists bans", may_be_unsupported=True)
async def _(bot):
    await collected(bot.guild.bans())


def include_all(steps, bot):
    """Add the steps that follow after the client is ready and has registered its commands."""
    for module in (forks_messages, forks_servers, forks_connection):
        steps.include(module.steps, bot)
    steps.include(unsupported, bot)
