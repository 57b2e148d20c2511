/** Modals that the bot opens. */

import { el } from "./dom.js";
import { LABEL, SELECTS, select, TEXT_INPUT } from "./components.js";
import { rememberFocus } from "./focus.js";
import { markdown } from "./markdown.js";

const PARAGRAPH = 2;
const MAX_INPUT_LENGTH = 4000;
let open = null;

/** Show a modal. `submit(values)` gets the values by custom id and may reject with an Error, which the modal shows. */
export function openModal(modal, names, submit) {
  open?.close();
  const refocus = rememberFocus();
  const values = {};
  const error = el("div", { class: "failure", role: "alert", hidden: true });
  const send = el("button", { type: "submit", class: "button button-1" }, "Submit");
  const cancel = el("button", { type: "button", class: "button", on: { click: () => dialog.close() } }, "Cancel");
  const form = el(
    "form",
    { novalidate: true },
    el("h2", { id: "modal-title" }, modal.title),
    modal.components.flatMap((component) => fields(component, names, values)),
    error,
    el("div", { class: "buttons" }, cancel, send),
  );
  const dialog = el("dialog", { "aria-labelledby": "modal-title" }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const typed = Object.fromEntries(
      [...form.querySelectorAll("[data-text]")].map((input) => [input.name, input.value]),
    );
    send.disabled = true;
    send.classList.add("is-waiting");
    try {
      await submit({ ...values, ...typed });
      dialog.close();
    } catch (failure) {
      error.textContent = failure.message;
      error.hidden = false;
    } finally {
      send.disabled = false;
      send.classList.remove("is-waiting");
    }
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (open !== dialog) return;
    open = null;
    refocus();
  });
  document.body.append(dialog);
  open = dialog;
  dialog.showModal();
  form.querySelector("input, textarea, .picker")?.focus();
}

function fields(component, names, values) {
  if (component.type === LABEL)
    return [field(component.component, component.label, component.description, names, values)];
  if (component.components) return component.components.map((inner) => field(inner, inner.label, null, names, values));
  return [el("div", { class: "content" }, markdown(component.content ?? "", names))];
}

function field(input, label, description, names, values) {
  const id = `field-${input.custom_id}`;
  const isRequired = input.required ?? true;
  const asterisk = isRequired ? el("span", { class: "asterisk", "aria-hidden": "true" }, " *") : null;
  const note = description ? el("span", { class: "muted", id: `${id}-note` }, description) : null;
  if (input.type === TEXT_INPUT) {
    return el(
      "div",
      { class: "form-field" },
      el("label", { for: id }, label, asterisk),
      note,
      textInput(input, id, isRequired, note),
    );
  }
  if (!SELECTS.includes(input.type))
    return el("div", { class: "failure" }, `This page cannot show fields of type ${input.type} yet.`);
  const holder = el(
    "div",
    { class: "form-field", role: "group", "aria-label": label },
    el("span", { class: "label" }, label, asterisk),
    note,
  );
  drawSelect(holder, input, names, values);
  return holder;
}

function textInput(input, id, isRequired, note) {
  const isLong = input.style === PARAGRAPH;
  const element = el(isLong ? "textarea" : "input", {
    id,
    class: "input",
    name: input.custom_id,
    type: isLong ? null : "text",
    rows: isLong ? "4" : null,
    placeholder: input.placeholder,
    maxlength: input.max_length ?? MAX_INPUT_LENGTH,
    "aria-required": String(isRequired),
    "aria-describedby": note?.id,
    autocomplete: "off",
    data: { text: "" },
  });
  element.value = input.value ?? "";
  return element;
}

function drawSelect(holder, input, names, values) {
  const shown = values[input.custom_id] ? withPicked(input, values[input.custom_id]) : input;
  const picker = select(shown, names, (picked) => {
    values[input.custom_id] = picked;
    drawSelect(holder, input, names, values);
  });
  holder.querySelector(".picker")?.remove();
  holder.append(picker);
  if (values[input.custom_id]) picker.focus();
}

function withPicked(input, picked) {
  if (!input.options) return { ...input, default_values: picked.map((id) => ({ id })) };
  return { ...input, options: input.options.map((option) => ({ ...option, default: picked.includes(option.value) })) };
}
