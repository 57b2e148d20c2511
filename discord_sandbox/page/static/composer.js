/** The message box: write a message, or a slash command with its options. */

import { Combo } from "./combo.js";
import { knownValues, matching, typedValue } from "./commands.js";
import { byId, el } from "./dom.js";
import { FileField } from "./files.js";

const MAX_MESSAGE_LENGTH = 2000; // characters per message
const MAX_COMMANDS_LISTED = 60; // commands listed at once

/**
 * The message box. `view` has `names`, `commands()`, `uploadLimit()` in bytes, `say(text)`, `upload(file)`,
 * `slash(path, options)` and `autocomplete(path, options, focused)`; the last four return promises that may reject
 * with an Error for the person.
 */
export class Composer {
  constructor(view) {
    this.view = view;
    this.root = byId("composer");
    this.input = el("textarea", { class: "input", rows: "1", maxlength: MAX_MESSAGE_LENGTH, "aria-label": "Message" });
    this.slash = el(
      "button",
      { type: "button", class: "icon-button", title: "Commands", on: { click: () => this.#offerCommands() } },
      el("span", { "aria-hidden": "true" }, "/"),
      el("span", { class: "hidden" }, "Commands"),
    );
    this.failure = el("div", { class: "failure", role: "alert", hidden: true });
    this.lines = new Combo({
      input: this.input,
      suggest: (text) => this.#suggest(text),
      mustChoose: true,
      onEnter: () => this.#send(),
      onInput: () => this.#typed(),
      onChoose: (command) => this.#begin(command),
    });
    this.input.addEventListener("keydown", (event) => this.#newLine(event), { capture: true });
    this.#plain();
  }

  /** Switch the channel or person: show `placeholder`, and disable the box when `isClosed`. */
  settle(placeholder, isClosed) {
    if (this.placeholder === placeholder && this.input.disabled === isClosed) return;
    this.placeholder = placeholder;
    this.input.placeholder = placeholder;
    this.input.setAttribute("aria-label", placeholder);
    this.input.disabled = isClosed;
    this.slash.disabled = isClosed;
    this.#plain();
  }

  focus() {
    this.input.focus();
  }

  #plain() {
    this.command = null;
    this.fields = null;
    this.input.value = "";
    this.#fit();
    this.root.replaceChildren(this.failure, this.lines.list, el("div", { class: "box" }, this.slash, this.input));
    this.failure.hidden = true;
  }

  #typed() {
    this.failure.hidden = true;
    this.#fit();
  }

  #offerCommands() {
    this.input.value = "/";
    this.focus();
    this.input.dispatchEvent(new Event("input"));
  }

  #fit() {
    this.input.style.height = "auto";
    if (this.input.value) this.input.style.height = `${this.input.scrollHeight + 2}px`;
  }

  #newLine(event) {
    if (event.key === "Enter" && event.shiftKey) event.stopImmediatePropagation();
  }

  #suggest(text) {
    if (!text.startsWith("/") || text.includes("\n")) return [];
    return matching(this.view.commands(), text.slice(1))
      .slice(0, MAX_COMMANDS_LISTED)
      .map((line) => ({ name: `/${line.path}`, value: line, description: line.description }));
  }

  async #send() {
    const text = this.input.value.trim();
    if (!text) return;
    if (text.startsWith("/")) {
      this.#fail(new Error(`There is no command ${text.split(/\s/)[0]} that you may use here.`));
      return;
    }
    this.input.value = "";
    this.#fit();
    try {
      await this.view.say(text);
    } catch (error) {
      this.input.value ||= text;
      this.#fail(error);
    }
  }

  #fail(error) {
    this.failure.textContent = error.message;
    this.failure.hidden = false;
  }

  // The fields of a command

  #begin(command) {
    this.command = command;
    const required = command.options.filter((option) => option.required);
    const optional = command.options.filter((option) => !option.required);
    this.fields = [...required, ...optional].map((option) => this.#field(option));
    this.run = el("button", { type: "submit", class: "button button-1" }, "Send");
    const cancel = el("button", { type: "button", class: "button", on: { click: () => this.#cancel() } }, "Cancel");
    const form = el(
      "form",
      {
        class: "command",
        novalidate: true,
        "aria-label": `/${command.path}`,
        on: { keydown: (event) => event.key === "Escape" && this.#cancel() },
      },
      el(
        "div",
        { class: "command-head" },
        el("span", { class: "command-name" }, `/${command.path}`),
        el("span", { class: "muted" }, command.description),
      ),
      el(
        "div",
        { class: "options" },
        this.fields.map((field) => field.element),
      ),
      el("div", { class: "row" }, this.run, cancel),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#run();
    });
    this.failure.hidden = true;
    this.root.replaceChildren(this.failure, form);
    (this.fields[0]?.entry.input ?? this.run).focus();
  }

  #field(option) {
    const id = `option-${option.name}`;
    const label = el(
      "label",
      { for: id },
      option.name,
      option.required ? el("span", { class: "asterisk" }, " *") : el("span", { class: "muted" }, " optional"),
    );
    const entry = option.type === "attachment" ? this.#fileField(option, id) : this.#combo(option, id);
    return { option, entry, element: el("div", { class: "option-field" }, label, entry.elements) };
  }

  #fileField(option, id) {
    return new FileField(option, id, {
      limit: this.view.uploadLimit(),
      tell: (error) => (error ? this.#fail(error) : (this.failure.hidden = true)),
      onEnter: () => this.#run(),
    });
  }

  #combo(option, id) {
    const input = el("input", {
      id,
      class: "input",
      type: "text",
      "aria-required": String(Boolean(option.required)),
      placeholder: option.description,
      title: option.description,
      maxlength: option.max_length,
      autocomplete: "off",
    });
    const known = knownValues(option, this.view.names);
    return new Combo({
      input,
      isLive: Boolean(option.autocomplete),
      mustChoose: known !== null,
      suggest: known ? (text) => narrowed(known, text) : option.autocomplete ? () => this.#autocomplete(option) : null,
      onEnter: () => this.#run(),
      onInput: () => (this.failure.hidden = true),
    });
  }

  async #autocomplete(focused) {
    const given = {};
    for (const { option, entry } of this.fields) {
      const value = entry.value();
      if (option === focused) given[option.name] = entry.input.value;
      else if (value !== undefined && value !== null && !(value instanceof File)) given[option.name] = value;
    }
    const command = this.command;
    const offers = await this.view.autocomplete(command.path, given, focused.name);
    return command === this.command ? offers : [];
  }

  #cancel() {
    this.#plain();
    this.focus();
  }

  async #run() {
    const { command, fields } = this;
    if (this.sent === fields) return;
    this.sent = fields;
    this.run.classList.add("is-waiting");
    let options;
    try {
      options = await this.#withFilesSent(this.#values());
      if (fields !== this.fields) return; // cancelled in the meantime
    } catch (error) {
      if (fields === this.fields) this.#refuse(error);
      return;
    }
    this.#plain();
    this.focus();
    try {
      await this.view.slash(command.path, options);
    } catch (error) {
      this.#fail(error);
    }
  }

  #refuse(error) {
    this.sent = null;
    this.run.classList.remove("is-waiting");
    this.#fail(error);
  }

  async #withFilesSent(options) {
    const sent = { ...options };
    for (const [name, value] of Object.entries(options)) {
      if (value instanceof File) sent[name] = await this.view.upload(value);
    }
    return sent;
  }

  #values() {
    const options = {};
    for (const { option, entry } of this.fields) {
      const value = entry.value();
      if (value !== undefined) options[option.name] = typedValue(option, value);
      else if (option.required) {
        entry.input.focus();
        throw new Error(`“${option.name}” is required.`);
      }
    }
    return options;
  }
}

function narrowed(values, text) {
  const wanted = text.trim().toLowerCase();
  return values.filter((value) => value.name.toLowerCase().includes(wanted)).slice(0, 25);
}
