"""The steps about interactions, which are the same for every library in Python.

The bot offers, in whatever way its library does it: /echo, /later, /whisper, /hush, /more, /find, /raid show, /buttons,
/picks, /form, /file and the context menus Who and Quote.
"""

from steps import same

CHANNEL = "general"
ECHO = {
    "text": "hi there",
    "count": 3,
    "loud": True,
    "share": 0.5,
    "who": "bob",
    "place": "lounge",
    "role": "Raider",
    "thing": "carol",
}
ECHOED = "hi there 3 True 0.5 bob lounge Raider carol"
FRUIT = ("apple", "apricot", "banana")


def content(answer):
    return answer["message"]["content"]


def add_interactions(steps):
    """Add the steps about commands, components and forms."""
    _add_commands(steps)
    _add_components(steps)
    _add_forms(steps)


def _add_commands(steps):
    async def slash(command, **options):
        return await steps.act("alice", "slash", channel=CHANNEL, command=command, options=options)

    @steps.add("answers a command with options of every type")
    async def _():
        answer = await slash("echo", **ECHO)
        same(answer["text"], ECHOED)
        same(answer["ephemeral"], False)

    @steps.add("answers a command without its optional options")
    async def _():
        same((await slash("echo", text="only"))["text"], "only")

    @steps.add("defers, then edits the answer")
    async def _():
        same((await slash("later"))["text"], "done")

    @steps.add("answers for one person only")
    async def _():
        answer = await slash("whisper")
        same((content(answer), answer["ephemeral"]), ("psst", True))

    @steps.add("defers for one person only, then answers")
    async def _():
        answer = await slash("hush")
        same((content(answer), answer["ephemeral"]), ("hush", True))

    @steps.add("sends, edits and deletes follow-ups, and fetches the answer")
    async def _():
        first = await slash("more")

        async def over():
            messages = await steps.control("GET", f"/channels/{CHANNEL}/messages")
            return any(one["content"] == "one, two!" for one in messages)

        await steps.until(over)
        same(first["message"]["type"], 20)

    @steps.add("offers choices while somebody types")
    async def _():
        offered = await steps.act(
            "alice", "autocomplete", channel=CHANNEL, command="find", options={"word": "ap"}, focused="word"
        )
        same([one["name"] for one in offered], ["apple", "apricot"])
        same((await slash("find", word="apple"))["text"], "found apple")

    @steps.add("answers a subcommand")
    async def _():
        same((await slash("raid show", code="ABC"))["text"], "raid ABC")

    @steps.add("answers with an embed and a file")
    async def _():
        message = (await slash("file"))["message"]
        same([one["filename"] for one in message["attachments"]], ["hello.txt"])
        same([one["title"] for one in message["embeds"]], ["Hello"])

    @steps.add("answers the context menu of a member")
    async def _():
        answer = await steps.act("alice", "menu", channel=CHANNEL, command="Who", user="bob")
        same(answer["text"], "this is bob")

    @steps.add("answers the context menu of a message")
    async def _():
        said = await steps.act("bob", "say", channel=CHANNEL, content="to be quoted")
        answer = await steps.act("alice", "menu", channel=CHANNEL, command="Quote", message=said["id"])
        same(answer["text"], "> to be quoted")


def _add_components(steps):
    async def click(button):
        shown = await steps.act("alice", "slash", channel=CHANNEL, command="buttons")
        message = shown["message"]["id"]
        return await steps.act("alice", "click", channel=CHANNEL, message=message, button=button)

    @steps.add("answers a button with a message")
    async def _():
        answer = await click("Reply")
        same((content(answer), answer["ephemeral"]), ("pressed", True))

    @steps.add("answers a button by updating its message")
    async def _():
        answer = await click("Update")
        same((answer["message"]["content"], answer["message"]["components"]), ("updated", []))

    @steps.add("defers the update of a button's message")
    async def _():
        same((await click("Slow"))["message"]["content"], "slowly")

    async def pick(select, picked):
        shown = await steps.act("alice", "slash", channel=CHANNEL, command="picks")
        message = shown["message"]["id"]
        answer = await steps.act("alice", "select", channel=CHANNEL, message=message, select=select, picked=picked)
        return content(answer)

    ids = steps.guild["members"], steps.guild["roles"], steps.guild["channels"]
    for kind, picked, expected in (
        ("text", ["Tank", "Healer"], "T H"),
        ("user", ["bob"], ids[0]["bob"]),
        ("role", ["Raider"], ids[1]["Raider"]),
        ("mentionable", ["Raider", "carol"], f"{ids[1]['Raider']} {ids[0]['carol']}"),
        ("channel", ["lounge"], ids[2]["lounge"]),
    ):

        @steps.add(f"reads what was picked in a {kind} select")
        async def _(kind=kind, picked=picked, expected=expected):
            same(await pick(f"pick-{kind}", picked), f"{kind}: {expected}")


def _add_forms(steps):
    @steps.add("shows a form after a command and answers it")
    async def _():
        shown = await steps.act("alice", "slash", channel=CHANNEL, command="form")
        same(shown["modal"]["title"], "Sign up")
        values = {"name": "Alice", "note": "late"}
        answer = await steps.act("alice", "submit", interaction=shown["interaction"], values=values)
        same(answer["text"], "Alice/late")

    @steps.add("shows a form after a button and answers it")
    async def _():
        shown = await steps.act("alice", "slash", channel=CHANNEL, command="buttons")
        pressed = await steps.act("alice", "click", channel=CHANNEL, message=shown["message"]["id"], button="Form")
        answer = await steps.act("alice", "submit", interaction=pressed["interaction"], values={"name": "Ann"})
        same(answer["text"], "Ann/")
