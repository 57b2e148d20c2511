/** Attachment options of commands: choose a file and upload it. */

import { el } from "./dom.js";

const BYTES_PER_KIB = 1024;

/** Format a number of bytes for people. */
export function size(bytes) {
  if (bytes < BYTES_PER_KIB) return `${bytes} B`;
  if (bytes < BYTES_PER_KIB * BYTES_PER_KIB) return `${tenths(bytes / BYTES_PER_KIB)} kB`;
  return `${tenths(bytes / BYTES_PER_KIB / BYTES_PER_KIB)} MB`;
}

function tenths(number) {
  return Number(number.toFixed(1));
}

/**
 * The field of an attachment option. `tell(error)` gets an Error, or null once there is none. Enter runs `onEnter` if a
 * file is chosen, else it opens the file dialog as Space does.
 */
export class FileField {
  constructor(option, id, { limit, tell, onEnter }) {
    Object.assign(this, { limit, tell, onEnter });
    this.input = el("input", {
      id,
      class: "input",
      type: "file",
      "aria-required": String(Boolean(option.required)),
      "aria-describedby": `${id}-note`,
      on: { change: () => this.#chosen(), keydown: (event) => this.#key(event) },
    });
    this.remove = el(
      "button",
      { type: "button", class: "action", hidden: true, on: { click: () => this.#remove() } },
      "Remove",
      el("span", { class: "hidden" }, " the file"),
    );
    const most = el("span", { class: "whole" }, `at most ${size(limit)}`);
    const note = el("span", { class: "file-note muted", id: `${id}-note` }, `${option.description} · `, most);
    this.elements = [el("div", { class: "file-field" }, this.input, this.remove), note];
  }

  /** The chosen file; undefined when there is none. */
  value() {
    return this.input.files[0];
  }

  #chosen() {
    const file = this.value();
    const isTooLarge = file && file.size > this.limit;
    if (isTooLarge) this.input.value = "";
    this.remove.hidden = !this.value();
    this.tell(isTooLarge ? new Error(`“${file.name}” is too large: at most ${size(this.limit)} can be sent.`) : null);
  }

  #key(event) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (this.value()) this.onEnter();
    else this.input.click();
  }

  #remove() {
    this.input.value = "";
    this.#chosen();
    this.input.focus();
  }
}

/** Upload a file; resolves to the option's value, or rejects with an Error that gives the reason. */
export async function upload(file) {
  const refuse = (what) => () => {
    throw new Error(`“${file.name}” could not be ${what}. Try again, or choose it anew.`);
  };
  const body = await file.arrayBuffer().catch(refuse("read"));
  const headers = { "Content-Type": file.type || "application/octet-stream" };
  const answer = await fetch(`/files?name=${encodeURIComponent(file.name)}`, { method: "POST", headers, body })
    .then((response) => response.json())
    .catch(refuse("sent"));
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer;
}
