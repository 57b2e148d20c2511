"""Control the sandbox over HTTP when it runs as a program of its own.

All routes are JSON below `/_sandbox/`. People and channels are given by id or name. An action that Discord's client
would not allow is answered with 409 and a sentence; 404 says that somebody or something does not exist, 400 that the
request is not understood.
"""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from discord_sandbox import serializers, text_view
from discord_sandbox.builders import SandboxGuild
from discord_sandbox.command_input import NotPossible
from discord_sandbox.page.guard import is_own
from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.sandbox import Sandbox
from discord_sandbox.store import Channel, Json, Message

Act = Callable[[Person, Json], Awaitable[Any]]


class NoSuch(LookupError):  # noqa: N818 - named for what is missing
    """A person, channel, message or field does not exist."""


def mount(sandbox: Sandbox) -> None:
    """Add the control routes to the server of a sandbox that has not started yet."""
    sandbox.mounts.append(Control(sandbox).add_routes)


@web.middleware
async def _no_other_sites(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.path.startswith("/_sandbox/") and not is_own(request):
        return web.Response(status=403, text="This is not for other sites' pages.\n")
    return await handler(request)


async def _asked(request: web.Request) -> Json:
    """Return the body, an object; empty without one. Raises ValueError."""
    try:
        body = json.loads(await request.read() or b"{}")
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    if not isinstance(body, dict) or not isinstance(body.get("options", {}), dict):
        raise ValueError("the body and its `options` are objects")
    return body


def _refused(handle: Handler) -> Handler:
    """Answer what is missing, malformed or not possible with a status and a sentence."""

    async def handled(request: web.Request) -> web.StreamResponse:
        try:
            return await handle(request)
        except NoSuch as missing:
            return web.json_response({"error": str(missing)}, status=404)
        except NotPossible as refusal:
            return web.json_response({"error": str(refusal)}, status=409)
        except KeyError as missing:
            return web.json_response({"error": f"the field {missing} is missing"}, status=400)
        except (ValueError, TypeError, OverflowError) as wrong:
            return web.json_response({"error": f"that is not understood: {wrong}"}, status=400)

    return handled


def _within(number: float, least: int, most: int) -> float:
    if not least <= number <= most:
        raise ValueError(f"{number} is not between {least} and {most}")
    return number


def world_json(sandbox: Sandbox) -> Json:
    """Return the sandbox's addresses, and the ids of all people, guilds, members, channels and roles."""
    people = {user.username: str(user.id) for user in sandbox.store.users.values() if not user.bot}
    return {
        "api_url": sandbox.api_url,
        "gateway_url": sandbox.gateway_url,
        "control_url": f"{sandbox.world.base_url}/_sandbox",
        "token": sandbox.token,
        "application_id": str(sandbox.application_id),
        "now": serializers.time(sandbox.clock.now()),
        "people": people,
        "guilds": [
            {
                "id": str(guild.id),
                "name": guild.name,
                "owner": str(guild.owner_id),
                "members": {member.user.username: str(member.id) for member in guild.members.values()},
                "channels": {
                    channel.name: str(channel.id) for channel in (*guild.channels.values(), *guild.threads.values())
                },
                "roles": {role.name: str(role.id) for role in guild.roles.values()},
            }
            for guild in sandbox.store.guilds.values()
        ],
    }


class Control:
    """Handlers of the control routes."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._answers: dict[int, PersonResponse] = {}
        self._actions: dict[str, Act] = {
            "say": self._say,
            "react": self._react,
            "unreact": self._unreact,
            "delete": self._delete,
            "leave": self._leave,
            "slash": self._slash,
            "menu": self._menu,
            "autocomplete": self._autocomplete,
            "click": self._click,
            "select": self._select,
            "submit": self._submit,
            "open-dms": self._open_dms,
            "close-dms": self._close_dms,
        }

    def add_routes(self, app: web.Application) -> None:
        app.middlewares.append(_no_other_sites)
        app.router.add_get("/_sandbox/world", _refused(self.world))
        app.router.add_get("/_sandbox/calls", _refused(self.calls))
        app.router.add_get("/_sandbox/gateway", _refused(self.gateway))
        app.router.add_post("/_sandbox/gateway/{fault}", _refused(self.disturb))
        app.router.add_post("/_sandbox/faults", _refused(self.fault))
        app.router.add_post("/_sandbox/guilds/{guild}/commands/{command}", _refused(self.command))
        app.router.add_post("/_sandbox/clock", _refused(self.clock))
        app.router.add_get("/_sandbox/channels/{channel}/messages", _refused(self.messages))
        app.router.add_get("/_sandbox/people/{person}/dms", _refused(self.dms))
        app.router.add_post("/_sandbox/people/{person}/{act}", _refused(self.act))

    async def world(self, _request: web.Request) -> web.Response:
        return web.json_response(world_json(self.sandbox))

    async def calls(self, _request: web.Request) -> web.Response:
        """Return the number of calls per route and status, what the sandbox does not model, and what it ignored."""
        counted = Counter(f"{call.method} {call.route} {call.status}" for call in self.sandbox.calls)
        gaps, ignored = self.sandbox.unsupported, self.sandbox.ignored
        return web.json_response({"calls": counted, "gaps": gaps, "ignored": ignored})

    async def gateway(self, _request: web.Request) -> web.Response:
        """Return how often the bot identified and resumed, its connections, and its presence."""
        gateway = self.sandbox.gateway
        counts = {"identified": gateway.identified, "resumed": gateway.resumed}
        return web.json_response(counts | {"connections": len(gateway.connections), "presence": gateway.presence})

    async def disturb(self, request: web.Request) -> web.Response:
        """Disturb the bot's connections.

        `drop` closes them with `code`, or resets them without one; `reconnect` asks for a resume; `invalidate` ends
        their sessions unless `resumable`.
        """
        body = await _asked(request)
        match request.match_info["fault"]:
            case "drop":
                code = body.get("code")
                await self.sandbox.gateway.drop(None if code is None else int(_within(int(code), 1000, 4999)))
            case "reconnect":
                self.sandbox.gateway.reconnect()
            case "invalidate":
                self.sandbox.gateway.invalidate(resumable=bool(body.get("resumable")))
            case other:
                raise NoSuch(f"{other!r} is none of drop, reconnect, invalidate")
        return web.json_response({})

    async def fault(self, request: web.Request) -> web.Response:
        """Answer the next `calls` on `route` with an HTTP `status`; `retry_after` in seconds is for 429."""
        body = await _asked(request)
        self.sandbox.faults.answer(
            HTTPStatus(int(body["status"])),
            retry_after=_within(float(body.get("retry_after", 1.0)), 0, 3600),
            everywhere=bool(body.get("everywhere")),
            route=str(body["route"]),
            calls=int(body.get("calls", 1)),
        )
        return web.json_response({})

    async def command(self, request: web.Request) -> web.Response:
        """Allow or deny a command to a role or person (`to`), as on the server's Integrations page."""
        guild, body = self._guild(request.match_info["guild"]), await _asked(request)
        wanted = str(body["to"])
        role = next((one for one in guild.facts.roles.values() if wanted in (str(one.id), one.name)), None)
        allow = bool(body.get("allow", True))
        guild.allow_command(request.match_info["command"], role or self._person(wanted), allow=allow)
        return web.json_response({})

    async def clock(self, request: web.Request) -> web.Response:
        """Advance the clock by `seconds`."""
        body = await _asked(request)
        now = self.sandbox.advance(self.sandbox.clock.step(float(body["seconds"])))
        return web.json_response({"now": serializers.time(now)})

    async def messages(self, request: web.Request) -> web.Response:
        """Return the messages of a channel that are not ephemeral, oldest first."""
        channel = self._channel(request.match_info["channel"])
        found = [message for message in channel.messages.values() if message.visible_to is None]
        return web.json_response([self._message_json(message) for message in found])

    async def dms(self, request: web.Request) -> web.Response:
        """Return the bot's direct messages to a person, oldest first."""
        person = self._person(request.match_info["person"])
        return web.json_response([self._message_json(message) for message in person.dms])

    async def act(self, request: web.Request) -> web.Response:
        """Carry out a person's action."""
        person = self._person(request.match_info["person"])
        act = self._actions.get(request.match_info["act"])
        if act is None:
            raise NoSuch(f"nobody can {request.match_info['act']!r}; people can {', '.join(self._actions)}")
        return web.json_response(await act(person, await _asked(request)))

    async def _say(self, person: Person, body: Json) -> Json:
        return self._message_json(await person.say(self._channel(body["channel"]), str(body["content"])))

    async def _react(self, person: Person, body: Json) -> Json:
        message = self._message(body)
        await person.react(message, str(body["emoji"]), burst=bool(body.get("burst")))
        return self._message_json(message)

    async def _unreact(self, person: Person, body: Json) -> Json:
        message = self._message(body)
        await person.unreact(message, str(body["emoji"]))
        return self._message_json(message)

    async def _delete(self, person: Person, body: Json) -> Json:
        await person.delete(self._message(body))
        return {}

    async def _leave(self, person: Person, body: Json) -> Json:
        await person.leave(body["guild"])
        return {}

    async def _menu(self, person: Person, body: Json) -> Json:
        target = self._message(body) if "message" in body else self._person(str(body["user"]))
        return self._answer(await person.menu(self._channel(body["channel"]), str(body["command"]), target))

    async def _slash(self, person: Person, body: Json) -> Json:
        channel = self._channel(body["channel"])
        return self._answer(await person.slash(channel, str(body["command"]), **body.get("options", {})))

    async def _autocomplete(self, person: Person, body: Json) -> list[Json]:
        channel = self._channel(body["channel"])
        options = body.get("options", {})
        choices = await person.autocomplete(channel, str(body["command"]), options, focused=str(body["focused"]))
        return [choice._asdict() for choice in choices]

    async def _click(self, person: Person, body: Json) -> Json:
        return self._answer(await person.click(self._message(body), str(body["button"])))

    async def _select(self, person: Person, body: Json) -> Json:
        return self._answer(await person.select(self._message(body), body.get("select"), body["picked"]))

    async def _submit(self, person: Person, body: Json) -> Json:
        answer = self._answers.get(int(body["interaction"]))
        if answer is None or answer.person.id != person.id:
            raise NoSuch(f"{person.name} got no form from interaction {body['interaction']}")
        return self._answer(await answer.submit(**body["values"]))

    async def _open_dms(self, person: Person, _body: Json) -> Json:
        person.open_dms()
        return {}

    async def _close_dms(self, person: Person, _body: Json) -> Json:
        person.close_dms()
        return {}

    def _guild(self, which: str) -> SandboxGuild:
        for guild in self.sandbox.store.guilds.values():
            if which in (str(guild.id), guild.name):
                return SandboxGuild(self.sandbox, guild)
        raise NoSuch(f"there is no guild {which!r}")

    def _person(self, who: str) -> Person:
        for user in self.sandbox.store.users.values():
            if who in (str(user.id), user.username) and not user.bot:
                return Person(self.sandbox.world, user)
        raise NoSuch(f"there is nobody called {who!r}")

    def _channel(self, which: str | int) -> Channel:
        for channel in self.sandbox.store.channels.values():
            if str(which) in (str(channel.id), channel.name):
                return channel
        raise NoSuch(f"there is no channel {which!r}")

    def _message(self, body: Json) -> Message:
        channel = self._channel(body["channel"])
        message = channel.messages.get(int(body["message"]))
        if message is None:
            raise NoSuch(f"there is no message {body['message']} in #{channel.name}")
        return message

    def _message_json(self, message: Message) -> Json:
        """Return a message as Discord does, plus its visible `text` and the usernames of its `reactors`."""
        users = self.sandbox.store.users
        return self.sandbox.world.message_json(message) | {
            "text": text_view.message_text(message, self.sandbox.world),
            "reactors": {
                entry.name: [users[user_id].username for user_id in entry.everybody]
                for entry in message.reactions.values()
            },
        }

    def _answer(self, answer: PersonResponse) -> Json:
        if answer.modal is not None:
            self._answers[answer.interaction.id] = answer
        return {
            "interaction": str(answer.interaction.id),
            "failed": answer.failed,
            "ephemeral": answer.ephemeral,
            "text": answer.text(),
            "message": self._message_json(answer.message) if answer.message is not None else None,
            "followups": [self._message_json(message) for message in answer.followups],
            "modal": answer.modal,
        }
