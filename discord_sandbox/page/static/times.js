/** Format times for people, relative to the sandbox's clock instead of the machine's. */

import { el } from "./dom.js";

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};
const SPANS = [
  ["year", 365 * 86400],
  ["month", 30 * 86400],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
const formats = new Map();
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const MAX_DATE_SECONDS = 8.64e12; // seconds before or after 1970 that a Date can hold

let lastDay = "";
let ahead = 0; // milliseconds the sandbox's clock is ahead of the machine's

/** Set the sandbox's current time from an ISO string. */
export function setClock(iso) {
  ahead = Date.parse(iso) - Date.now();
}

/** The sandbox's current time. */
export function now() {
  return new Date(Date.now() + ahead);
}

/** Format a time in one of Discord's styles (`t T d D f F R`), in the reader's time zone. */
export function format(moment, style) {
  if (style === "R") return formatRelative(moment);
  const chosen = style in STYLES ? style : "f";
  if (!formats.has(chosen)) formats.set(chosen, new Intl.DateTimeFormat(undefined, STYLES[chosen]));
  return formats.get(chosen).format(moment);
}

function formatRelative(moment) {
  const seconds = Math.round((moment - now()) / 1000);
  const [unit, length] = SPANS.find(([, span]) => Math.abs(seconds) >= span) ?? SPANS.at(-1);
  return relative.format(Math.round(seconds / length), unit);
}

/** A `<time>` element, or null outside a Date's range; `refreshTimes` keeps relative times current. */
export function timeElement(seconds, style) {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > MAX_DATE_SECONDS) return null;
  const moment = new Date(seconds * 1000);
  return el(
    "time",
    { datetime: moment.toISOString(), title: format(moment, "F"), data: style === "R" ? { relative: "" } : {} },
    format(moment, style),
  );
}

/** Update the relative times on the page, and the dates of messages when the day changes. */
export function refreshTimes() {
  refresh("time[data-relative]", formatRelative);
  const today = now().toDateString();
  if (today !== lastDay) refresh("time[data-written]", written);
  lastDay = today;
}

function refresh(which, spoken) {
  for (const element of document.querySelectorAll(which)) {
    const text = spoken(new Date(element.dateTime));
    if (element.textContent !== text) element.textContent = text;
  }
}

/** The time of a message as its header shows it. */
export function written(moment) {
  const days = Math.round((startOfDay(now()) - startOfDay(moment)) / 86400000);
  const time = format(moment, "t");
  if (days === 0) return `Today at ${time}`;
  if (days === 1) return `Yesterday at ${time}`;
  if (days === -1) return `Tomorrow at ${time}`;
  return `${format(moment, "d")} ${time}`;
}

function startOfDay(moment) {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
}
