/** Popup lists beside the pressed element: one at a time, closed by Escape, by choosing or by leaving them. */

import { el } from "./dom.js";

const MIN_OPTIONS_FOR_FILTER = 9; // number of options from which the list has a filter

let current = null;

/** Close the open popup, if any; `refocus` returns the focus to the element that opened it. */
export function closePopup({ refocus = false } = {}) {
  if (!current) return;
  const { box, anchor, onClose } = current;
  current = null;
  box.remove();
  anchor.setAttribute("aria-expanded", "false");
  if (refocus) anchor.focus();
  onClose?.();
}

document.addEventListener("pointerdown", (event) => {
  if (current && !current.box.contains(event.target) && !current.anchor.contains(event.target)) closePopup();
});
window.addEventListener("resize", () => closePopup());

/** Show `content` beside `anchor`; false if this closed the popup of the same anchor. */
function openPopup(anchor, content, onClose) {
  const wasOurs = current?.anchor === anchor;
  closePopup();
  if (wasOurs) return false;
  const box = el("div", { class: "popup", on: { keydown: onEscape } }, content);
  (anchor.closest("dialog") ?? document.body).append(box);
  place(box, anchor);
  anchor.setAttribute("aria-expanded", "true");
  current = { box, anchor, onClose };
  box.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !box.contains(event.relatedTarget) && event.relatedTarget !== anchor) closePopup();
  });
  return true;
}

function onEscape(event) {
  if (event.key !== "Escape") return;
  event.preventDefault();
  event.stopPropagation();
  closePopup({ refocus: true });
}

function place(box, anchor) {
  const edge = anchor.getBoundingClientRect();
  const below = window.innerHeight - edge.bottom;
  const left = Math.max(8, Math.min(edge.left, window.innerWidth - Math.max(box.offsetWidth, 200) - 8));
  box.style.left = `${left}px`;
  box.style.minWidth = `${Math.min(edge.width, window.innerWidth - 16)}px`;
  box.style.maxWidth = `${window.innerWidth - left - 8}px`;
  if (below >= Math.min(box.offsetHeight, 320) + 8 || below > edge.top) {
    box.style.top = `${edge.bottom + 4}px`;
    box.style.maxHeight = `${Math.min(320, below - 12)}px`;
  } else {
    box.style.bottom = `${window.innerHeight - edge.top + 4}px`;
    box.style.maxHeight = `${Math.min(320, edge.top - 12)}px`;
  }
}

/** Show a menu of `entries`: `{label, act}`. */
export function openMenu(anchor, label, entries) {
  const choose = (entry) => {
    closePopup({ refocus: true });
    entry.act();
  };
  const items = entries.map((entry) =>
    el(
      "button",
      { type: "button", role: "menuitem", class: "option", on: { click: () => choose(entry) } },
      entry.label,
    ),
  );
  const menu = el("div", { role: "menu", "aria-label": label, on: { keydown: (event) => walk(event, items) } }, items);
  if (openPopup(anchor, menu)) items[0]?.focus();
}

function walk(event, items) {
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  items[to % items.length].focus();
}

/** Show an emoji picker with `choices`: `{text, value, isNamed}`. */
export function openEmoji(anchor, choices, onChoose) {
  const choose = (value) => {
    closePopup({ refocus: true });
    onChoose(value);
  };
  const buttons = choices.map((choice) =>
    el(
      "button",
      {
        type: "button",
        class: choice.isNamed ? "named" : null,
        "aria-label": `React with ${choice.text}`,
        on: { click: () => choose(choice.value) },
      },
      choice.text,
    ),
  );
  const grid = el(
    "div",
    { class: "emoji-grid", role: "group", "aria-label": "Emoji", on: { keydown: (event) => walk(event, buttons) } },
    buttons,
  );
  if (openPopup(anchor, grid)) buttons[0]?.focus();
}

/**
 * Show a list to pick between `min` and `max` of `options`: `{value, label, description?, isPicked?}`. A single choice
 * takes effect at once, several when the list closes; `onChoose` gets the values and runs only after a change.
 */
export function openList(anchor, { label, options, min, max }, onChoose) {
  const isSingle = max === 1;
  const before = options.filter((option) => option.isPicked).map((option) => option.value);
  const picked = new Set(before);
  let shown = options;
  let active = Math.max(
    0,
    options.findIndex((option) => option.isPicked),
  );

  const listbox = el("div", {
    role: "listbox",
    id: "popup-list",
    "aria-label": label,
    "aria-multiselectable": isSingle ? null : "true",
  });
  const holder =
    options.length >= MIN_OPTIONS_FOR_FILTER
      ? el("input", {
          class: "input",
          type: "text",
          role: "combobox",
          "aria-label": `Filter ${label}`,
          placeholder: "Search",
          autocomplete: "off",
          "aria-expanded": "true",
          "aria-controls": "popup-list",
        })
      : listbox;
  if (holder === listbox) listbox.tabIndex = 0;

  const choose = (option) => {
    if (isSingle) {
      const isSame = picked.has(option.value) && min === 0;
      closePopup({ refocus: true });
      onChoose(isSame ? [] : [option.value]);
      return;
    }
    if (picked.has(option.value)) picked.delete(option.value);
    else if (picked.size < max) picked.add(option.value);
    draw();
  };
  const draw = () => {
    active = Math.min(active, shown.length - 1);
    listbox.replaceChildren(
      ...shown.map((option, at) => optionElement(option, at, at === active, picked, () => choose(option))),
    );
    holder.setAttribute("aria-activedescendant", shown.length ? `pick-${active}` : "");
    listbox.children[active]?.scrollIntoView({ block: "nearest" });
  };
  const onKey = (event) => {
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (to !== undefined) active = (to + shown.length) % (shown.length || 1);
    else if (event.key === "Tab") return closePopup({ refocus: true });
    else if (event.key === "Enter" || (event.key === " " && holder === listbox)) {
      if (shown[active]) choose(shown[active]);
    } else return undefined;
    event.preventDefault();
    if (current) draw();
    return undefined;
  };
  holder.addEventListener("keydown", onKey);
  holder.addEventListener("input", () => {
    const wanted = holder.value.trim().toLowerCase();
    shown = options.filter((option) => option.label.toLowerCase().includes(wanted));
    active = 0;
    draw();
  });

  const finish = () => {
    const values = options.map((option) => option.value).filter((value) => picked.has(value));
    const isAltered = values.length !== before.length || values.some((value) => !before.includes(value));
    if (!isSingle && isAltered && values.length >= min) onChoose(values);
  };
  const done = isSingle
    ? null
    : el("button", { type: "button", class: "action", on: { click: () => closePopup({ refocus: true }) } }, "Done");
  if (openPopup(anchor, [holder === listbox ? null : holder, listbox, done].filter(Boolean), finish)) {
    draw();
    holder.focus();
  }
}

function optionElement(option, at, isActive, picked, onClick) {
  return el(
    "div",
    {
      role: "option",
      id: `pick-${at}`,
      class: isActive ? "option is-active" : "option",
      "aria-selected": String(picked.has(option.value)),
      on: { click: onClick },
    },
    option.emoji ? el("span", { "aria-hidden": "true" }, option.emoji) : null,
    el("span", { class: "label" }, option.label, option.description ? el("small", {}, option.description) : null),
  );
}
