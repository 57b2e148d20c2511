"""Routes of application commands, global and per guild."""

from discord_sandbox import serializers
from discord_sandbox.api_errors import invalid, refused
from discord_sandbox.rest.routing import Answer, Call, Routes
from discord_sandbox.store import Command, Json
from discord_sandbox.validation.commands import check_command, check_commands

routes = Routes()
_GLOBAL = "/applications/{application_id}/commands"
_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"
_DEFAULTS: Json = {
    "type": 1,
    "name": "",
    "name_localizations": None,
    "description": "",
    "description_localizations": None,
    "default_member_permissions": None,
    "nsfw": False,
}


def _scope(call: Call) -> int | None:
    """Return the guild id of the request's commands, or None for global ones.

    Raises ApiError 20012 for another application.
    """
    if call.id("application_id") != call.world.application_id:
        raise refused(20012)
    return call.guild().id if "guild_id" in call.ids else None


def _in_scope(call: Call) -> list[Command]:
    scope = _scope(call)
    return [command for command in call.world.store.commands.values() if command.guild_id == scope]


def _found(call: Call) -> Command:
    command = call.world.store.commands.get(call.id("command_id"))
    if command is None or command.guild_id != _scope(call):
        raise refused(10063)
    return command


def _json(call: Call, command: Command) -> Json:
    return serializers.command(command, call.world.application_id)


def _complete(given: Json, scope: int | None) -> Json:
    """Return a definition as Discord does: with defaults and without empty fields."""
    body = _DEFAULTS | {name: value for name, value in given.items() if name != "id" and value is not None}
    if not body.get("options"):
        body.pop("options", None)
    if scope is None:
        body.setdefault("dm_permission", True)
        body.setdefault("contexts", None)
        body.setdefault("integration_types", [0])
    else:
        for name in ("dm_permission", "contexts", "integration_types"):
            body.pop(name, None)
    if body["default_member_permissions"] is not None:
        body["default_member_permissions"] = str(body["default_member_permissions"])
    return body


def _put(call: Call, scope: int | None, given: Json, same: Command | None) -> Command:
    """Store one definition, under the id of `same` if given."""
    store = call.world.store
    payload = _complete(given, scope)
    if same is not None and same.payload == payload:
        return same
    version = store.next_id()
    command = Command(id=same.id if same is not None else version, version=version, payload=payload, guild_id=scope)
    store.commands[command.id] = command
    store.structure_changed()
    return command


def _same(existing: list[Command], given: Json) -> Command | None:
    wanted = (given.get("type") or 1, given.get("name"))
    return next((command for command in existing if (command.type, command.name) == wanted), None)


@routes.add("GET", _GLOBAL, query=("with_localizations",))
@routes.add("GET", _GUILD, query=("with_localizations",))
def list_commands(call: Call) -> Answer:
    return 200, [_json(call, command) for command in _in_scope(call)]


@routes.add("PUT", _GLOBAL)
@routes.add("PUT", _GUILD)
def replace_commands(call: Call) -> Answer:
    if not isinstance(call.body, list):
        raise invalid("", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    scope, existing = _scope(call), _in_scope(call)
    check_commands(call.body)
    kept = [_put(call, scope, given, _same(existing, given)) for given in call.body]
    for command in existing:
        if command.id not in {one.id for one in kept}:
            del call.world.store.commands[command.id]
            call.world.store.structure_changed()
    return 200, [_json(call, command) for command in kept]


@routes.add("POST", _GLOBAL)
@routes.add("POST", _GUILD)
def create_command(call: Call) -> Answer:
    scope = _scope(call)
    check_command(call.form)
    same = _same(_in_scope(call), call.form)
    command = _put(call, scope, call.form, same)
    return 201 if same is None else 200, _json(call, command)


@routes.add("GET", _GLOBAL + "/{command_id}")
@routes.add("GET", _GUILD + "/{command_id}")
def get_command(call: Call) -> Answer:
    return 200, _json(call, _found(call))


@routes.add("PATCH", _GLOBAL + "/{command_id}")
@routes.add("PATCH", _GUILD + "/{command_id}")
def edit_command(call: Call) -> Answer:
    command = _found(call)
    merged = {name: value for name, value in command.payload.items() if value is not None} | call.form
    check_command(merged)
    return 200, _json(call, _put(call, command.guild_id, merged, command))


@routes.add("DELETE", _GLOBAL + "/{command_id}")
@routes.add("DELETE", _GUILD + "/{command_id}")
def delete_command(call: Call) -> Answer:
    del call.world.store.commands[_found(call).id]
    call.world.store.structure_changed()
    return 204, None
