/** The messages of the open channel: newest at the bottom, older ones loaded while the page is idle. */

import { arrange, byId, el } from "./dom.js";
import { MessageView } from "./message.js";

const FIRST_MESSAGES = 20; // messages drawn at once when a channel is opened
const MESSAGES_PER_STEP = 10; // further messages drawn per step
const GROUPING_MS = 7 * 60 * 1000; // within which messages of one author are grouped
const LOAD_OLDER_PX = 600; // from the top at which older messages are loaded
const NEAR_BOTTOM_PX = 80; // from the bottom that count as reading the newest

export class Conversation {
  #views = new Map();
  #messages = [];
  #drawn = 0;
  #channel = null;
  #isFollowing = true;

  constructor(view) {
    this.view = view;
    this.scroller = byId("scroller");
    this.list = byId("messages");
    this.jump = byId("jump");
    this.empty = el("li", { class: "empty" });
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.jump.addEventListener("click", () => this.#toBottom());
    new ResizeObserver(() => this.#isFollowing && this.#toBottom()).observe(this.list);
  }

  /** Show a channel's messages, or the text `nothing` if there are none. */
  show(channel, log, nothing) {
    if (channel !== this.#channel) this.#open(channel);
    this.#messages = log.messages;
    this.hasOlder = log.hasMore;
    if (this.empty.textContent !== nothing) this.empty.textContent = nothing;
    this.#draw();
  }

  /** Scroll to a message, if it is drawn. */
  reveal(id) {
    this.#views.get(id)?.view.element.scrollIntoView({ block: "center" });
  }

  /** Redraw all messages, for example after switching to another person. */
  forget() {
    this.#channel = null;
    this.#views.clear();
  }

  #open(channel) {
    this.#channel = channel;
    this.#views.clear();
    this.#drawn = FIRST_MESSAGES;
    this.#isFollowing = true;
  }

  #draw() {
    const from = Math.max(0, this.#messages.length - this.#drawn);
    const elements = [];
    const seen = new Set();
    for (let at = from; at < this.#messages.length; at += 1) {
      const message = this.#messages[at];
      elements.push(this.#element(message, this.#messages[at - 1], at === from));
      seen.add(message.id);
    }
    for (const id of this.#views.keys()) if (!seen.has(id)) this.#views.delete(id);
    // At scroll position 0 browsers do not keep the position when content is inserted above.
    if (!this.#isFollowing && !this.scroller.scrollTop) this.scroller.scrollTop = 1;
    arrange(this.list, elements.length ? elements : [this.empty]);
    if (this.#isFollowing) this.#toBottom();
    else this.jump.hidden = this.#isNearBottom();
    if (from > 0) this.#later();
    else if (this.scroller.scrollHeight <= this.scroller.clientHeight) this.#wantOlder();
  }

  #element(message, before, isFirst) {
    let held = this.#views.get(message.id);
    const starts = isFirst || !continues(before, message);
    if (!held) {
      held = { view: new MessageView(this.view) };
      this.#views.set(message.id, held);
    }
    if (held.message !== message || held.starts !== starts) held.view.show(message, starts);
    Object.assign(held, { message, starts });
    return held.view.element;
  }

  #later() {
    if (this.isWaiting) return;
    this.isWaiting = true;
    setTimeout(() => {
      this.isWaiting = false;
      this.#drawn += MESSAGES_PER_STEP;
      this.#draw();
    }, 16);
  }

  #isNearBottom() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR_BOTTOM_PX;
  }

  #scrolled() {
    this.#isFollowing = this.#isNearBottom();
    if (this.#isFollowing) this.jump.hidden = true;
    if (this.#drawn >= this.#messages.length && this.scroller.scrollTop < LOAD_OLDER_PX) this.#wantOlder();
  }

  #wantOlder() {
    if (this.hasOlder) this.view.older();
  }

  #toBottom() {
    this.#isFollowing = true;
    this.jump.hidden = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }
}

function continues(before, message) {
  return (
    before !== undefined &&
    before.author.id === message.author.id &&
    !message.reply_to &&
    !message.used &&
    before.ephemeral === message.ephemeral &&
    new Date(message.at) - new Date(before.at) < GROUPING_MS
  );
}
