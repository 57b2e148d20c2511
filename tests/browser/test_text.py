"""Text on the page is rendered as Discord renders it, and hostile text stays text."""

import pytest
from playwright.async_api import expect

from discord_sandbox import SandboxGuild
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's event loop

HOSTILE = (
    "<img src=x onerror=\"document.title='broken'\"> <script>document.title='broken'</script>",
    "[press me](javascript:document.title='broken') javascript:alert(1) <javascript:alert(1)>",
    "[data](data:text/html,hi) [half](https://good.example\"onclick=alert(1)) <a href='https://x'>y</a>",
    "\u202e\u2066reversed\u202c names\u2069 \u200f",
    "<t:99999999999999999:F> <t:0:R> <@0> <@&0> <#0> <:a:0>",
    "```" * 600,
    "*_~|`[<(" * 240,
)
MARKS = (
    ("**b** *i* _i_ __u__ ~~s~~", "<strong>b</strong> <em>i</em> <em>i</em> <u>u</u> <s>s</s>"),
    ("***both***", "<strong><em>both</em></strong>"),
    ("*a **b** c*", "<em>a <strong>b</strong> c</em>"),
    ("snake_case_name 2 * 3 * 4 ** 5", "snake_case_name 2 * 3 * 4 ** 5"),
    (r"\*a\* \_b\_ \\ \🛡️", r"*a* _b_ \ 🛡️"),
    ("`**a**` ``b`c``", "<code>**a**</code> <code>b`c</code>"),
    ("[a *b*](https://x.y/z)", "<a>a <em>b</em></a>"),
    ("[[NM] *a*](https://x.y/z)", "<a>[NM] <em>a</em></a>"),
    ("<https://x.y> https://x.y/a_b_c.", "<a>https://x.y</a> <a>https://x.y/a_b_c</a>."),
    ("<:tank:12>", "<span>:tank:</span>"),
    ("~~open **open ||open", "~~open **open ||open"),
)


async def test_hostile_text_stays_text(guild: SandboxGuild, open_page: OpenPage) -> None:
    screen = await open_page(be="Ana")
    await screen.open("general")
    title = await screen.page.title()

    for number, text in enumerate(HOSTILE):
        await screen.message_input.fill(f"{number}: {text}")
        await screen.message_input.press("Enter")
        await expect(screen.messages).to_have_count(number + 1)

    assert await screen.page.title() == title
    assert await screen.messages.locator("img, script, iframe, [onerror], [onclick]").count() == 0
    for link in await screen.messages.locator("a").all():
        assert str(await link.get_attribute("href")).startswith("https://")
    await expect(screen.messages.first).to_contain_text("<img src=x onerror=")
    await expect(screen.messages.nth(1)).to_contain_text("[press me](javascript:document.title='broken')")
    assert await screen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_link_to_a_message_keeps_its_label_and_leads_there(guild: SandboxGuild, open_page: OpenPage) -> None:
    there = await guild.owner.say(guild.channel("raid-signups"), "the board")
    link = f"https://discord.com/channels/{guild.id}/{there.channel_id}/{there.id}"
    await guild.owner.say(
        guild.channel("general"), f"see [the *board*]({link}), {link} or {link.replace('//', '//ptb.')}"
    )

    screen = await open_page(be="Ana")
    await screen.open("general")
    links = screen.messages.locator("button.mention")

    await expect(links).to_have_text(["the board", "#raid-signups › message", "#raid-signups › message"])
    await links.first.click()
    await expect(screen.messages).to_contain_text("the board")


async def test_a_long_embed_is_shown_whole_and_safe(guild: SandboxGuild, open_page: OpenPage) -> None:
    channel = guild.channel("general")
    text = "<b>" + "x" * 4090
    embed = {"title": "<i>T</i>", "description": text, "image": {"url": "https://elsewhere.example/picture.png"}}
    channel_message = await guild.owner.say(channel, "look")
    channel_message.embeds.append(embed)

    screen = await open_page(be="Ana")
    await screen.open("general")

    shown = screen.message("look").locator(".embed")
    await expect(shown.locator(".embed-title")).to_have_text("<i>T</i>")
    await expect(shown.locator(".embed-body")).to_have_text(text)
    assert await shown.locator("img, b, i").count() == 0


async def test_marks_are_read_as_discord_reads_them(guild: SandboxGuild, open_page: OpenPage) -> None:
    screen = await open_page()

    built = await screen.page.evaluate(
        """async (texts) => {
            const { inlineMarkdown } = await import("/static/markdown.js");
            const built = (text) => {
                const box = document.createElement("div");
                box.append(inlineMarkdown(text, {}));
                for (const inner of box.querySelectorAll("*")) {
                    for (const name of inner.getAttributeNames()) inner.removeAttribute(name);
                }
                return box.innerHTML;
            };
            return texts.map(built);
        }""",
        [written for written, _ in MARKS],
    )

    assert built == [shown for _, shown in MARKS]


async def test_mentions_times_quotes_lists_and_spoilers(guild: SandboxGuild, open_page: OpenPage) -> None:
    mara, gus, channel = guild.owner, guild.add_member("gus"), guild.channel("general")
    await mara.say(channel, f"<@{gus.id}> in <#{guild.channel('raid-signups').id}> <t:1893456000:F> <t:1893456000:R>")
    quoted = await mara.say(channel, "> quoted\n- one\n  - two\n# Large\n||hidden||\n```\ncode\n```")
    (await mara.say(channel, "answer")).reply_to = (channel.id, quoted.id)
    screen = await open_page(be="Gus")
    await screen.open("general")

    first = screen.message("Tuesday")
    await expect(first.locator(".mention-me")).to_have_text("@Gus")
    await expect(first.locator("time[data-relative]")).to_contain_text("in ")
    second = screen.messages.filter(has_text="quoted").first
    await expect(second.locator("blockquote")).to_have_text("quoted")
    await expect(second.locator("li")).to_have_text(["one", "two"])
    await expect(second.get_by_role("heading", name="Large")).to_be_visible()
    await expect(second.locator("pre")).to_have_text("code")
    await expect(second.get_by_text("hidden")).to_be_hidden()
    await second.get_by_role("button", name="Spoiler, hidden").press("Enter")
    await expect(second.get_by_text("hidden")).to_be_visible()

    await expect(screen.message("answer").locator(".reply")).to_have_text("↱ Mara: quoted one two Large ▮▮▮ code")
    await first.get_by_role("button", name="#raid-signups").click()
    await expect(screen.channel("raid-signups")).to_have_attribute("aria-current", "page")
