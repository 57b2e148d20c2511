/** Theme, drawers on small screens, toasts and screen reader announcements. */

import { byId, el } from "./dom.js";
import { preview } from "./preview.js";

const TOAST_MS = 6000;
const MAX_SPOKEN_LENGTH = 200; // characters of a message read aloud
const MAX_SPOKEN_MESSAGES = 20; // messages kept for reading aloud

/** Follow the system's dark or light theme until the person switches. */
export function setUpTheme() {
  const root = document.documentElement;
  const kept = localStorage.getItem("theme");
  if (kept) root.dataset.theme = kept;
  byId("theme").addEventListener("click", () => {
    const isDark =
      (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
    root.dataset.theme = isDark ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
  });
}

/** Let buttons open people, channels and the panel on small screens; returns a function that closes them. */
export function setUpDrawers() {
  const backdrop = byId("backdrop");
  const drawers = [
    [byId("open-channels"), byId("channels")],
    [byId("open-panel"), byId("panel")],
    [byId("open-people"), byId("people")],
  ];
  const set = (opened) => {
    for (const [button, drawer] of drawers) {
      const isLeft = drawer !== opened && drawer.classList.contains("is-open");
      if (isLeft && drawer.contains(document.activeElement)) button.focus();
      drawer.classList.toggle("is-open", drawer === opened);
      button.setAttribute("aria-expanded", String(drawer === opened));
    }
    backdrop.hidden = !opened;
  };
  const close = () => set(null);
  for (const [button, drawer] of drawers) {
    button.addEventListener("click", () => {
      const isOpen = drawer.classList.contains("is-open");
      set(isOpen ? null : drawer);
      if (!isOpen) drawer.querySelector("[aria-checked=true], [aria-current], button")?.focus();
    });
  }
  backdrop.addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    const opened = drawers.find(([, drawer]) => drawer.classList.contains("is-open"));
    if (event.key !== "Escape" || !opened) return;
    close();
    opened[0].focus();
  });
  return close;
}

/** Show a sentence for six seconds. */
export function toast(text) {
  const note = el("div", { class: "toast" }, text);
  byId("toasts").append(note);
  setTimeout(() => note.remove(), TOAST_MS);
}

/** Announce a new message to screen readers. */
export function announce(message, names) {
  const log = byId("announcer");
  const title = message.embeds[0]?.title ?? "";
  const text = [message.author.name, preview(message.content || title, names)].filter(Boolean).join(": ");
  log.append(el("p", {}, text.slice(0, MAX_SPOKEN_LENGTH)));
  while (log.children.length > MAX_SPOKEN_MESSAGES) log.firstChild.remove();
}
