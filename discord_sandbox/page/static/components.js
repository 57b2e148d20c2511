/** Buttons and selects of messages and modals, with the type numbers of Discord's API. */

import { el } from "./dom.js";
import { isWebAddress, markdown, placeOf } from "./markdown.js";
import { openList } from "./popup.js";

export const BUTTON = 2;
export const STRING_SELECT = 3;
export const TEXT_INPUT = 4;
export const LABEL = 18;
const ROW = 1;
const TEXT_DISPLAY = 10;
const LINK = 5;
const USER_SELECT = 5;
const ROLE_SELECT = 6;
const MENTIONABLE_SELECT = 7;
const CHANNEL_SELECT = 8;
export const SELECTS = [STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT];

/** The component rows below a message; `use(component, values)` runs on a press or selection. */
export function componentRows(components, names, use) {
  return components.map((component) => {
    if (component.type === ROW) {
      return el(
        "div",
        { class: "component-row" },
        component.components.map((inner) => control(inner, names, use)),
      );
    }
    return control(component, names, use);
  });
}

function control(component, names, use) {
  if (component.type === BUTTON) return button(component, names, use);
  if (SELECTS.includes(component.type)) return select(component, names, (values) => use(component, values));
  if (component.type === TEXT_DISPLAY) return el("div", { class: "content" }, markdown(component.content, names));
  return el("div", { class: "failure" }, `This page cannot show components of type ${component.type} yet.`);
}

function button(component, names, use) {
  const inside = [emojiText(component.emoji), component.label].filter(Boolean).join(" ");
  if (component.style === LINK) {
    const place = placeOf(component.url, names);
    if (place) return el("button", { type: "button", class: "button", on: { click: place.open } }, inside);
    if (!isWebAddress(component.url)) return el("span", { class: "button" }, `${inside} (${component.url})`);
    return el(
      "a",
      { class: "button", href: component.url, target: "_blank", rel: "noopener noreferrer" },
      inside,
      " ↗︎",
    );
  }
  return el(
    "button",
    {
      type: "button",
      class: `button button-${component.style}`,
      disabled: component.disabled,
      data: { customId: component.custom_id },
      on: { click: () => use(component, []) },
    },
    inside || "\u00a0",
  );
}

/** A Discord emoji as text. */
export function emojiText(emoji) {
  if (!emoji?.name) return "";
  return emoji.id ? `:${emoji.name}:` : emoji.name;
}

/** A select; `onPick(values)` gets the values, or the ids of people, roles or channels. */
export function select(component, names, onPick) {
  const options = selectOptions(component, names);
  const picked = options.filter((option) => option.isPicked).map((option) => option.label);
  const label = component.placeholder ?? (picked.join(", ") || "Make a selection");
  const open = (event) =>
    openList(
      event.currentTarget,
      {
        label,
        options: selectOptions(component, names),
        min: component.min_values ?? 1,
        max: component.max_values ?? 1,
      },
      onPick,
    );
  return el(
    "button",
    {
      type: "button",
      class: "picker",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-label": picked.length ? `${label}: ${picked.join(", ")}` : label,
      disabled: component.disabled,
      data: { customId: component.custom_id },
      on: { click: open },
    },
    picked.length ? el("span", {}, picked.join(", ")) : el("span", { class: "placeholder" }, label),
  );
}

function selectOptions(component, names) {
  const defaults = new Set((component.default_values ?? []).map((value) => value.id));
  const found = {
    [STRING_SELECT]: () =>
      component.options.map((option) => ({
        value: option.value,
        label: option.label,
        description: option.description,
        emoji: emojiText(option.emoji),
        isPicked: Boolean(option.default),
      })),
    [USER_SELECT]: () => names.users(),
    [ROLE_SELECT]: () => names.roles(),
    [MENTIONABLE_SELECT]: () => [...names.users(), ...names.roles()],
    [CHANNEL_SELECT]: () => names.channels(component.channel_types),
  }[component.type]();
  return found.map((option) => ({ ...option, isPicked: option.isPicked || defaults.has(option.value) }));
}
