"""/templates export and import: templates move between servers, all or nothing."""

import json
from typing import Any

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.command_input import Upload
from discord_sandbox.people import Person, PersonResponse
from raidbot.raids.templates.builtin import builtin
from raidbot.raids.templates.file_format import MAX_FILE_BYTES
from tests.commands.templates.panel_helpers import (
    create_template,
    entries,
    entry_of,
    panel_of,
    stored_template,
    submit_form,
)
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid


def content_of(answer: PersonResponse) -> bytes:
    assert answer.message is not None
    (file,) = answer.message.attachments
    return file.content


async def take_in(guild: SandboxGuild, content: bytes, by: Person | None = None) -> PersonResponse:
    file = Upload("templates.json", content)
    return await (by or guild.owner).slash(guild.channel("raid-signups"), "templates import", file=file)


def file_of(*templates: Any, **more: Any) -> bytes:
    whole = {"format": "raidbot-templates", "version": 1, "templates": list(templates)} | more
    return json.dumps(whole).encode()


def one(name: str = "Ember", **more: Any) -> dict[str, Any]:
    return {"name": name, "roles": [{"name": "Tank", "emoji": "🛡️"}]} | more


async def test_one_servers_templates_are_taken_to_another(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    elsewhere = sandbox.add_guild("Elsewhere")
    elsewhere.add_channel("raid-signups")
    async with start() as bot:
        await create_template(guild, "Ember", emoji="🔥")
        await submit_form(await panel_of(guild), "Words and look", name="Void")
        await (await panel_of(guild, "lemuria")).click("Disable")
        exported = await guild.owner.slash(guild.channel("raid-signups"), "templates export")
        assert exported.ephemeral
        assert exported.message is not None
        assert exported.message.attachments[0].filename == "templates.json"

        taken = await take_in(elsewhere, content_of(exported))

        assert "Added (1): Ember" in taken.text()
        assert "Changed (2): Void, The Ghastly Conspiracy Raid" in taken.text()
        assert f"Left as they were ({len(builtin()) - 2}):" in taken.text()
        assert await entries(bot, elsewhere) == await entries(bot, guild)
    async with start() as bot:
        assert await entries(bot, elsewhere) == await entries(bot, guild)
        again = await take_in(elsewhere, content_of(exported))
        assert f"Left as they were ({len(builtin()) + 1}):" in again.text()
        assert "Added" not in again.text()
        assert "Changed" not in again.text()
        assert "🔥 Ember" in board_text(await post_raid(elsewhere, activity="Ember"))


async def test_one_template_is_exported_by_command_and_on_its_panel(guild: SandboxGuild, start: Start) -> None:
    async with start():
        by_command = await guild.owner.slash(
            guild.channel("raid-signups"), "templates export", template="The Voracious Void Raid"
        )
        panel = await panel_of(guild)
        on_panel = await panel.click("Export")

        assert content_of(by_command) == content_of(on_panel)
        assert [found["key"] for found in json.loads(content_of(on_panel))["templates"]] == ["dragonspyre"]
        assert by_command.message is not None
        assert by_command.message.attachments[0].filename == "the-voracious-void-raid.json"
        assert "🐉 The Voracious Void Raid" in panel.text()


async def test_all_are_exported_from_the_list(guild: SandboxGuild, start: Start) -> None:
    async with start():
        listed = await guild.owner.slash(guild.channel("raid-signups"), "templates list")

        exported = await listed.click("Export all")

        assert len(json.loads(content_of(exported))["templates"]) == len(builtin())


async def test_an_unknown_template_is_not_exported(guild: SandboxGuild, start: Start) -> None:
    async with start():
        refused = await guild.owner.slash(guild.channel("raid-signups"), "templates export", template="nothing")

        assert "no template called “nothing”" in refused.text()


async def test_a_file_written_by_hand_is_taken_twice_as_once(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await take_in(guild, file_of(one(), one("Other", lengths=[90])))
        before = await entries(bot, guild)

        again = await take_in(guild, file_of(one(), one("Other", lengths=[90])))

        assert "Left as they were (2): Ember, Other" in again.text()
        assert await entries(bot, guild) == before
        assert (await stored_template(bot, guild, "Other")).lengths == (90,)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not json", "This is not a file of templates"),
        (b"\x89PNG\r\n\x1a\n\xff", "This is not a file of templates"),
        (file_of(one(), version=2), "The file is of version 2; this bot reads version 1"),
        (file_of(one(), one("B", roles=[{"name": "A", "emoji": "🛡️", "seats": "x"}])), "templates[1].roles[0].seats"),
        (file_of(one(), one("B", roles=[{"name": "A", "emoji": "🛡️", "seats": 99}])), "templates[1]: “A” has 99 seats"),
        (file_of(one(), one("B", wat=1)), "templates[1].wat: is not known"),
        (
            file_of(one(), one("Museum Signup")),
            "templates[1]: something else on this server is called “Museum Signup” already",
        ),
        (
            file_of(one(), one("B", emoji="<:far:123456789012345678>")),
            "templates[1]: these emoji are not of this server",
        ),
        (b" " * (MAX_FILE_BYTES + 1), "The file has 1025 KiB; at most 1024 KiB are read."),
    ],
)
async def test_a_wrong_file_changes_nothing_and_says_where(
    guild: SandboxGuild, start: Start, content: bytes, said: str
) -> None:
    async with start() as bot:
        before = await entries(bot, guild)

        refused = await take_in(guild, content)

        assert said in refused.text()
        assert await entries(bot, guild) == before


async def test_many_faults_fit_a_message(guild: SandboxGuild, start: Start) -> None:
    async with start():
        refused = await take_in(guild, file_of(*[one("x" * 300, **{"y" * 300: 1}) for _ in range(100)]))

        assert "Nothing was imported" in refused.text()


async def test_a_file_too_large_to_be_taken_in_says_so(guild: SandboxGuild, start: Start) -> None:
    roles = [{"name": f"{n} {'ü' * 70}", "emoji": chr(0x1F400 + n), "group": "ö" * 100} for n in range(40)]
    async with start():
        for part in range(4):
            await take_in(guild, file_of(*(one(f"{part} {n}", roles=roles) for n in range(20))))
        channel = guild.channel("raid-signups")

        everything = await guild.owner.slash(channel, "templates export")
        one_of_them = await guild.owner.slash(channel, "templates export", template="1 10")

        assert "`/templates import` takes 1024 KiB at once" in everything.text()
        assert "export them one by one" in everything.text()
        assert "takes this file in" in one_of_them.text()


async def test_custom_emoji_of_this_server_come_in(guild: SandboxGuild, start: Start) -> None:
    emoji = guild.add_emoji("ember")
    async with start() as bot:
        await take_in(guild, file_of(one(emoji=f"<:ember:{emoji.id}>")))

        assert (await entry_of(bot, guild, "Ember")).template.emoji == f"<:ember:{emoji.id}>"


async def test_a_file_that_cannot_be_downloaded_is_said_so(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        sandbox.world.base_url = "http://127.0.0.1:9"

        refused = await take_in(guild, file_of(one()))

        assert "Discord does not hand me the file right now" in refused.text()
        assert len(await entries(bot, guild)) == len(builtin())


@pytest.mark.parametrize("field", ["name", "description", "emoji", "game", "colour", "key", "\ud800"])
async def test_a_file_with_half_a_character_is_refused_with_a_sentence(
    guild: SandboxGuild, start: Start, field: str
) -> None:
    async with start():
        answer = await take_in(guild, file_of(one(**{field: "half \ud800"})))

        assert "templates[0]" in answer.text()
