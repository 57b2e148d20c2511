"""Count what a person does on the page, in the browser itself."""

from tests.browser.screen import Screen

_COUNTING = """() => {
  if (window.acts === undefined) {
    let typed = new WeakSet();
    const isText = (at) => at.matches("input[type=text], textarea");
    const isPicker = (at) => at.closest(".picker, .message-tools, [aria-haspopup]") && !at.closest("[role=menuitem]");
    addEventListener("click", (event) => {
      if (event.isTrusted && !isText(event.target) && !isPicker(event.target)) window.acts += 1;
    }, true);
    addEventListener("input", (event) => {
      if (typed.has(event.target)) return;
      typed.add(event.target);
      window.acts += 1;
    }, true);
    window.forget = () => { typed = new WeakSet(); };
  }
  window.acts = 0;
  window.forget();
}"""


class Clicks:
    """Counts acts on a screen: to press, to choose and to send are one each, and so is each field typed in.

    To open a list or menu belongs to choosing from it.
    """

    def __init__(self, screen: Screen) -> None:
        self._page = screen.page

    async def start(self) -> None:
        """Count from 0."""
        await self._page.evaluate(_COUNTING)

    async def count(self) -> int:
        counted: int = await self._page.evaluate("window.acts")
        return counted
