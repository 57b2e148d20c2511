/** One line of plain text from a message's Markdown, for replies and for screen readers. */

import { markdown } from "./markdown.js";

const BLOCKS = "li, blockquote, pre, .heading, .subtext, .lines";
const HIDDEN = "▮▮▮"; // in place of a spoiler

/** The text as it reads when rendered, on one line, with spoilers covered. */
export function preview(text, names) {
  const rendered = document.createElement("div");
  rendered.append(markdown(text, names));
  for (const covered of rendered.querySelectorAll(".spoiler")) covered.replaceWith(HIDDEN);
  for (const block of rendered.querySelectorAll(BLOCKS)) block.after(" ");
  return rendered.textContent.replace(/\s+/g, " ").trim();
}
