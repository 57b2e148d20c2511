/** One message on the page, updated part by part. */

import { arrange, el, Keyed } from "./dom.js";
import { componentRows, emojiText } from "./components.js";
import { attachmentElement, embedElement } from "./embeds.js";
import { focusAgain } from "./focus.js";
import { markdown } from "./markdown.js";
import { openEmoji, openMenu } from "./popup.js";
import { preview } from "./preview.js";
import { format, written } from "./times.js";

const NOTICES = { 6: "pinned a message.", 7: "joined the server.", 18: "started a thread:", 21: "started a thread." };
const HUES = ["#8a3b12", "#7a2e6f", "#1f5fa8", "#3f6212", "#8d2343", "#5b4b9a", "#6b5200"];
const BOT_HUE = "#0b6b78";
const TIMESTAMP_SHIFT_BITS = 22n; // bits of an id below its time in milliseconds
const COMMON = ["✅", "👍", "❤️", "🎉", "😂", "👀", "🛡️", "💚", "⚔️", "1️⃣", "2️⃣", "3️⃣", "4️⃣", "❌", "⏰", "🔥"];

/** A round avatar with the first letter of a name, coloured per person; all bots share one colour. */
export function avatar({ id, name, bot: isBot }, kind = "") {
  const hue = isBot ? BOT_HUE : HUES[Number((BigInt(id) >> TIMESTAMP_SHIFT_BITS) % BigInt(HUES.length))];
  return el(
    "span",
    { class: `avatar ${kind}`, "aria-hidden": "true", style: { "--hue": hue } },
    [...name][0]?.toUpperCase() ?? "?",
  );
}

/**
 * The element of a message. `view` has `names` and the actions `react(message, emoji, isOn)`,
 * `use(message, component, values)`, `dismiss(message)` and `tools(message)`, a menu of `{label, act}`.
 */
export class MessageView {
  #said = {};
  #failure = el("div", { class: "failure", role: "alert", hidden: true });

  constructor(view) {
    this.view = view;
    this.parts = {
      reply: el("div", { class: "reply" }),
      head: el("div", { class: "message-head" }),
      content: el("div", { class: "content" }),
      below: el("div"),
      components: el("div", { class: "components" }),
      thread: el("div"),
      reactions: el("div", { class: "reactions", role: "group", "aria-label": "Reactions" }),
      note: el("div", { class: "private-note" }),
    };
    const { reply, head, content, below, components, thread, reactions, note } = this.parts;
    this.picture = el("span");
    const parts = [this.picture, reply, head, content, below, components, this.#failure, thread, reactions, note];
    this.element = el("li", { class: "message", on: { contextmenu: (event) => this.#rightClick(event) } }, parts, this.#tools());
    this.buttons = new Keyed(
      (reaction) => reaction.key,
      () => this.#reaction(),
      showReaction,
    );
  }

  /** Show a message; `starts` when it does not continue the previous one. */
  show(message, starts) {
    this.message = message;
    const { names } = this.view;
    this.element.id = `message-${message.id}`;
    this.element.classList.toggle("starts", starts);
    this.element.classList.toggle("is-private", message.ephemeral);
    this.element.classList.toggle("pings-me", message.mentions_me && !message.ephemeral);
    this.#part("reply", [message.used, message.reply_to], () => origin(message, names));
    this.#part("head", [message.author, message.at], () => this.#head());
    this.#part("content", [message.content, message.thinking, message.edited, message.type, message.isLate], () =>
      this.#content(),
    );
    this.#part("below", [message.embeds, message.attachments], () => [
      ...message.embeds.map((embed) => embedElement(embed, names)),
      message.attachments.length
        ? el("div", { class: "attachments" }, message.attachments.map(attachmentElement))
        : null,
    ]);
    this.#part("components", message.components, () =>
      componentRows(message.components, names, (component, values) => this.#use(component, values)),
    );
    this.#part("thread", message.thread, () => this.#thread());
    this.#part("note", message.ephemeral, () => this.#note());
    arrange(this.parts.reactions, this.buttons.of(message.reactions));
    this.parts.reactions.hidden = !message.reactions.length;
  }

  /** Redraw a part if `basis` changed; the focus is kept. */
  #part(name, basis, draw) {
    const said = JSON.stringify(basis);
    if (this.#said[name] === said) return;
    this.#said[name] = said;
    const focused = this.parts[name].contains(document.activeElement) ? document.activeElement.dataset.customId : null;
    const drawn = [draw()].flat().filter(Boolean);
    this.parts[name].replaceChildren(...drawn);
    this.parts[name].hidden = !drawn.length;
    if (focused) focusAgain(this.parts[name], focused);
  }

  #head() {
    const { author, at } = this.message;
    const moment = new Date(at);
    const fresh = avatar(author);
    this.picture.replaceWith(fresh);
    this.picture = fresh;
    return [
      el("span", { class: "author" }, author.name),
      author.bot ? el("span", { class: "app-tag" }, "APP") : null,
      el(
        "time",
        { datetime: moment.toISOString(), title: format(moment, "F"), data: { written: "" } },
        written(moment),
      ),
    ];
  }

  #content() {
    const { author, content, edited, thinking, type, isLate } = this.message;
    if (isLate) return el("span", { class: "failure" }, "The application did not respond");
    if (thinking) return el("span", { class: "thinking" }, `${author.name} is thinking…`);
    if (NOTICES[type]) return el("span", { class: "muted" }, `${author.name} ${NOTICES[type]} ${content}`);
    if (!content) return null;
    return [markdown(content, this.view.names), edited ? el("span", { class: "edited" }, " (edited)") : null];
  }

  #thread() {
    const { thread } = this.message;
    if (!thread) return null;
    const name = this.view.names.channel(thread)?.name ?? "Thread";
    return el(
      "button",
      { type: "button", class: "action", on: { click: () => this.view.names.openChannel(thread) } },
      `↳ ${name}`,
    );
  }

  #note() {
    if (!this.message.ephemeral) return null;
    const dismiss = () => this.view.dismiss(this.message);
    return [
      el("span", {}, "👁 Only you can see this ·"),
      el("button", { type: "button", class: "as-link", on: { click: dismiss } }, "Dismiss message"),
    ];
  }

  async #use(component, values) {
    this.#failure.hidden = true;
    const pressed = this.parts.components.querySelector(`[data-custom-id="${CSS.escape(component.custom_id)}"]`);
    pressed?.classList.add("is-waiting");
    try {
      await this.view.use(this.message, component, values);
    } catch (error) {
      this.#failure.textContent = error.message;
      this.#failure.hidden = false;
    } finally {
      pressed?.classList.remove("is-waiting");
    }
  }

  #reaction() {
    const press = (event) => {
      const pressed = event.currentTarget;
      this.view.react(this.message, pressed.dataset.key, pressed.getAttribute("aria-pressed") !== "true");
    };
    return el(
      "button",
      { type: "button", class: "reaction", on: { click: press } },
      el("span"),
      el("span", { class: "count" }),
    );
  }

  #tools() {
    const react = (event) => {
      const own = this.view.names
        .emojis()
        .map((emoji) => ({ text: `:${emoji.name}:`, value: `${emoji.name}:${emoji.id}`, isNamed: true }));
      const choices = [...COMMON.map((text) => ({ text, value: text })), ...own];
      openEmoji(event.currentTarget, choices, (emoji) => this.view.react(this.message, emoji, true));
    };
    const more = () => this.#openMenu();
    this.more = tool("⋯", "More", more);
    return el("div", { class: "message-tools" }, tool("☺︎", "Add a reaction", react), this.more);
  }

  #openMenu() {
    openMenu(this.more, "Message", this.view.tools(this.message));
  }

  /** Open the menu as Discord does, unless the browser’s own is of more use: on links, and on text that is selected. */
  #rightClick(event) {
    if (event.target.closest("a, input, textarea") || !getSelection().isCollapsed) return;
    event.preventDefault();
    this.#openMenu();
  }
}

function tool(sign, label, click) {
  return el(
    "button",
    {
      type: "button",
      class: "icon-button",
      title: label,
      "aria-haspopup": "true",
      "aria-expanded": "false",
      on: { click },
    },
    el("span", { "aria-hidden": "true" }, sign),
    el("span", { class: "hidden" }, label),
  );
}

/** The command that a message responds to, or the message it replies to. */
function origin({ used, reply_to: replied }, names) {
  const sign = used?.menu ? "" : "/";
  if (used?.command) return [el("b", {}, used.by), " used ", el("span", { class: "mention" }, sign + used.command)];
  if (used || !replied) return null;
  if (replied.content === null) return "↱ This message was deleted.";
  return `↱ ${replied.author}${replied.content && ": "}${preview(replied.content, names)}`;
}

function showReaction(element, reaction) {
  const text = emojiText(reaction.emoji);
  const [sign, count] = element.children;
  const people = `${reaction.count} ${reaction.count === 1 ? "person" : "people"}`;
  const named = reaction.names.join(", ") + (reaction.count > reaction.names.length ? " and others" : "");
  if (sign.textContent !== text) sign.textContent = text;
  if (count.textContent !== String(reaction.count)) count.textContent = reaction.count;
  element.dataset.key = reaction.key;
  element.title = `${named} reacted with ${text}`;
  element.setAttribute("aria-pressed", String(reaction.me));
  element.setAttribute("aria-label", `${text}, ${people}`);
}
