/** The panel with the clock, the bot and its latest activity. */

import { arrange, byId, el } from "./dom.js";
import { format, now } from "./times.js";

const STEPS = [
  ["+10 min", 600],
  ["+1 h", 3600],
  ["+1 day", 86400],
  ["+1 week", 604800],
];
const SPOKEN = {
  "POST /interactions/callback": "answered a command or button",
  "PATCH /webhooks/messages/@original": "completed an answer",
  "POST /webhooks": "answered once more",
  "POST /channels/messages": "sent a message",
  "PATCH /channels/messages": "edited a board",
  "GET /channels/messages": "looked at a message",
  "PUT /channels/messages/reactions/@me": "put a reaction below a board",
  "DELETE /channels/messages/reactions": "took reactions away",
  "GET /channels/messages/reactions": "asked who reacted",
  "POST /users/@me/channels": "opened a direct message",
  "PUT /applications/commands": "registered its commands",
  "GET /users/@me": "asked who it is",
};
const MAX_ROUTES_SHOWN = 8; // rows of the table of calls

/** `act` has `advance(seconds)`, `operate(name)` and `dms(isOpen)`, which return promises. */
export class Panel {
  #sections = new Map();

  constructor(act) {
    this.act = act;
    this.root = byId("panel");
    this.now = el("time", { class: "now" });
    this.day = el("div", { class: "muted" });
    this.next = el("p", {});
    this.skip = button("To the next event", () => this.forward());
    this.bot = el("span", { class: "status", role: "status" });
    this.actions = el("div", { class: "row" });
    this.own = el("div", {});
    this.calls = el("div", {});
    this.more = el("div", {});
    this.gaps = el("p", { class: "failure", hidden: true });
    const steps = STEPS.map(([label, seconds]) => button(label, () => act.advance(seconds)));
    this.root.append(
      section("Clock", this.now, this.day, this.next, el("div", { class: "row" }, steps, this.skip)),
      section("You", this.own),
      section(
        "Bot",
        this.bot,
        el(
          "details",
          {},
          el("summary", {}, "What it does behind the scenes"),
          el("h4", {}, "Try to break it"),
          this.actions,
          this.more,
          el("h4", {}, "Its calls to Discord"),
          this.calls,
          this.gaps,
        ),
      ),
    );
    setInterval(() => this.tick(), 1000);
  }

  /** Move the clock to the next event, if there is one. */
  async forward() {
    if (this.due) await this.act.advance(Math.max(1, Math.ceil((new Date(this.due.at) - now()) / 1000) + 1));
  }

  /** Show the current person and the operator's actions. */
  settle(me, actions) {
    const label = me.dms ? "Close my direct messages" : "Open my direct messages";
    const state = me.dms ? "takes direct messages." : "takes no direct messages from the bot.";
    this.#part("own", this.own, [me.name, me.dms], () => [
      el("p", {}, el("b", {}, me.name), ` ${state}`),
      el(
        "div",
        { class: "row" },
        button(label, () => this.act.dms(!me.dms)),
      ),
    ]);
    this.#part("actions", this.actions, actions, () =>
      actions.map((action) => button(action.label, () => this.act.operate(action.name))),
    );
  }

  /** Show a `strip` push. */
  show(strip) {
    this.due = strip.next ?? null;
    this.bot.classList.toggle("is-on", strip.connected);
    setText(this.bot, strip.connected ? ["Connected", strip.presence].filter(Boolean).join(" · ") : "Not connected");
    setText(this.gaps, strip.gaps.length ? `Not modelled: ${strip.gaps.join(", ")}` : "");
    this.gaps.hidden = !strip.gaps.length;
    this.#part("calls", this.calls, strip.calls, () => calls(strip.calls));
    this.#part("more", this.more, strip.sections, () => (strip.sections ?? []).map(listing));
    this.tick();
  }

  /** Update the clock. */
  tick() {
    const moment = now();
    this.now.dateTime = moment.toISOString();
    setText(this.now, format(moment, "T"));
    setText(this.day, new Intl.DateTimeFormat(undefined, { dateStyle: "full" }).format(moment));
    const due = this.due ? new Date(this.due.at) : null;
    setText(this.next, due ? `Next: ${this.due.what}, ${format(due, "R")}` : "Nothing is due.");
    this.skip.hidden = !due || due <= moment;
  }

  #part(name, parent, basis, draw) {
    const said = JSON.stringify(basis ?? null);
    if (this.#sections.get(name) === said) return;
    this.#sections.set(name, said);
    arrange(parent, draw());
  }
}

function section(title, ...inside) {
  return el("section", {}, el("h3", {}, title), inside);
}

function button(label, act) {
  const pressed = el("button", { type: "button", class: "action" }, label);
  pressed.addEventListener("click", async () => {
    pressed.disabled = true;
    try {
      await act();
    } finally {
      pressed.disabled = false;
    }
  });
  return pressed;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function calls({ total, refused, failed, routes }) {
  const notes = [
    `${total} in all`,
    refused ? `Discord told it to slow down ${refused} times` : "",
    failed ? `${failed} failed` : "",
  ].filter(Boolean);
  const rows = routes.slice(0, MAX_ROUTES_SHOWN).map(({ route, count }) => row(spoken(route), count));
  return [el("p", {}, `${notes.join(", ")}.`), el("table", {}, el("tbody", {}, rows))];
}

/** What a call of this route does; the route itself if it is a rare one. */
function spoken(route) {
  const short = route.replace(/\{(\w+?)(?:_id)?\}/g, "…").replaceAll("/…", "");
  return SPOKEN[short] ?? short;
}

function listing({ title, rows, lines }) {
  return el(
    "div",
    {},
    el("h4", {}, title),
    rows?.length
      ? el(
          "table",
          {},
          el(
            "tbody",
            {},
            rows.map(({ label, value }) => row(label, value)),
          ),
        )
      : null,
    lines?.length
      ? el(
          "ul",
          { class: "lines", tabindex: "0", "aria-label": title },
          lines.map(({ at, text }) => el("li", {}, at ? `${format(new Date(at), "t")} ` : null, text)),
        )
      : null,
  );
}

function row(label, value) {
  return el("tr", {}, el("th", { scope: "row" }, label), el("td", { class: "number" }, String(value)));
}
