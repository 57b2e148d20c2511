/** A text field with suggestions: fixed choices, or the bot's autocomplete choices. */

import { el } from "./dom.js";

const TYPING_PAUSE_MS = 200; // after the last key before the bot is asked
let count = 0;

/**
 * A field with suggestions. `suggest(text)` returns `[{name, value, description?}]` or a promise of it, and may
 * throw an Error. `value()` is the chosen value or the typed text. `onEnter` runs on Enter while the list is closed,
 * `onInput` on every change, `onChoose` with the value chosen from the list.
 */
export class Combo {
  #chosen = null;
  #asked = 0;
  #timer = 0;
  #offers = [];
  #active = 0;

  constructor({
    input,
    suggest,
    isLive = false,
    mustChoose = false,
    onEnter,
    onInput = () => {},
    onChoose = () => {},
  }) {
    Object.assign(this, { input, suggest, isLive, mustChoose, onEnter, onInput, onChoose });
    this.id = `combo-${(count += 1)}`;
    this.list = el("div", {
      class: "suggestions",
      role: "listbox",
      id: this.id,
      "aria-label": "Suggestions",
      hidden: true,
    });
    const roles = {
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": this.id,
      "aria-autocomplete": "list",
      autocomplete: "off",
    };
    if (suggest) for (const [name, value] of Object.entries(roles)) input.setAttribute(name, value);
    input.addEventListener("input", () => this.#typed());
    input.addEventListener("focus", () => this.#ask(0));
    input.addEventListener("blur", () => this.close());
    input.addEventListener("keydown", (event) => this.#key(event));
  }

  /** The chosen value or the typed text; undefined when the field is empty, null when a choice is missing. */
  value() {
    const text = this.input.value.trim();
    if (!text) return undefined;
    if (this.#chosen) return this.#chosen.value;
    return (
      this.#offers.find((offer) => offer.name.toLowerCase() === text.toLowerCase())?.value ??
      (this.mustChoose ? null : text)
    );
  }

  /** The list and its input field. */
  get elements() {
    return [this.list, this.input];
  }

  get isOpen() {
    return !this.list.hidden;
  }

  close() {
    clearTimeout(this.#timer);
    this.#asked += 1;
    if (this.list.hidden) return;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  #typed() {
    this.#chosen = null;
    this.onInput();
    this.#ask(this.isLive ? TYPING_PAUSE_MS : 0);
  }

  #ask(pause) {
    if (!this.suggest) return;
    clearTimeout(this.#timer);
    const turn = (this.#asked += 1);
    this.#timer = setTimeout(async () => {
      try {
        const offers = await this.suggest(this.#chosen ? "" : this.input.value);
        if (turn === this.#asked && document.activeElement === this.input) this.#show(offers);
      } catch (error) {
        if (turn === this.#asked) this.#say(error.message);
      }
    }, pause);
  }

  #say(text) {
    this.#offers = [];
    this.list.replaceChildren(el("div", { class: "option muted", role: "option", "aria-disabled": "true" }, text));
    this.#open();
  }

  #show(offers) {
    this.#offers = offers;
    this.#active = 0;
    if (!offers.length)
      return this.input.value && this.isLive ? this.#say("No options match your search.") : this.close();
    this.list.replaceChildren(...offers.map((offer, at) => this.#option(offer, at)));
    this.#open();
    return this.#mark();
  }

  #open() {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  #option(offer, at) {
    const choose = (event) => {
      event.preventDefault();
      this.#choose(offer);
    };
    return el(
      "div",
      {
        role: "option",
        id: `${this.id}-${at}`,
        class: "option",
        "aria-selected": "false",
        on: { pointerdown: choose },
      },
      el("span", { class: "label" }, offer.name, offer.description ? el("small", {}, offer.description) : null),
    );
  }

  #mark() {
    [...this.list.children].forEach((option, at) => {
      option.classList.toggle("is-active", at === this.#active);
      option.setAttribute("aria-selected", String(at === this.#active));
    });
    this.input.setAttribute("aria-activedescendant", `${this.id}-${this.#active}`);
    this.list.children[this.#active]?.scrollIntoView({ block: "nearest" });
  }

  #choose(offer) {
    this.#chosen = offer;
    this.input.value = offer.name;
    this.close();
    this.onInput();
    this.onChoose(offer.value);
  }

  #key(event) {
    const offers = this.isOpen ? this.#offers : [];
    if (event.key === "ArrowDown" && !this.isOpen) this.#ask(0);
    else if (offers.length && event.key === "ArrowDown") this.#active = (this.#active + 1) % offers.length;
    else if (offers.length && event.key === "ArrowUp")
      this.#active = (this.#active - 1 + offers.length) % offers.length;
    else if (offers.length && event.key === "Tab" && this.input.value && !event.shiftKey) {
      this.#choose(offers[this.#active]);
      if (document.activeElement === this.input) return undefined; // leave the focus to the Tab key
    } else if (event.key === "Enter" && !event.isComposing) {
      if (offers.length && (this.input.value || this.mustChoose)) this.#choose(offers[this.#active]);
      else this.onEnter?.();
    } else if (event.key === "Escape" && this.isOpen) {
      event.stopPropagation();
      this.close();
    } else return undefined;
    event.preventDefault();
    if (this.isOpen) this.#mark();
    return undefined;
  }
}
