/**
 * Markdown as Discord renders it. `parse` turns text into a tree, `render` turns the tree into nodes. Unknown syntax
 * stays text, and nothing becomes HTML.
 */

import { el } from "./dom.js";
import { timeElement } from "./times.js";

const MAX_NESTING = 12; // deeper nesting stays text
const BLOCK_CODE = /```(?:([\w+#.-]+)\n)?\n?([^]*?)\n?```/y;
const INLINE = [
  ["escape", /\\([^\p{L}\p{N}\s])/uy],
  ["code", /(`+)([^]*?[^`])\1(?!`)/y],
  ["time", /<t:(-?\d{1,17})(?::([tTdDfFR]))?>/y],
  ["user", /<@!?(\d{1,20})>/y],
  ["role", /<@&(\d{1,20})>/y],
  ["channel", /<#(\d{1,20})>/y],
  ["command", /<\/([-\w' ]{1,100}):(\d{1,20})>/y],
  ["emoji", /<a?:(\w{2,32}):(\d{1,20})>/y],
  ["everyone", /@(everyone|here)\b/y],
  // text in brackets, which may hold a pair of brackets, an address with balanced parentheses, optionally a title
  [
    "masked",
    /\[((?:\\.|\[[^\\[\]\n]*\]|[^\\[\]\n]){1,500})\]\(\s*<?(https?:\/\/[^\s<>()]+(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?:\s+"[^"\n]*")?\)/iy,
  ],
  ["bare", /<(https?:\/\/[^\s<>]+)>/iy],
  ["url", /https?:\/\/[^\s<>]+[^\s<>"'.,;:!?)\]*_~|]/iy],
];
const HERE = /^https:\/\/(?:(?:ptb|canary)\.)?discord(?:app)?\.com\/channels\/(?:\d+|@me)\/(\d+)(?:\/(\d+))?$/;
const STARTS = /[\\`<@[*_~|hH]/g;
const PAIRS = [
  { mark: "***", kinds: ["bold", "italic"] },
  { mark: "**", kinds: ["bold"] },
  { mark: "__", kinds: ["underline"] },
  { mark: "~~", kinds: ["strike"] },
  { mark: "||", kinds: ["spoiler"] },
  { mark: "*", kinds: ["italic"] },
  { mark: "_", kinds: ["italic"] },
];
const LINE = /^(?:(#{1,3})\s+(\S.*)|-#\s+(\S.*)|>\s(.*)|( *)([-*]|\d{1,9}\.)\s+(\S.*))$/;

/** Parse text into nodes `{kind, children | text, …}`. */
export function parse(text) {
  const source = text.replaceAll("\r\n", "\n");
  const nodes = [];
  let from = 0;
  for (let at = source.indexOf("```"); at >= 0; at = source.indexOf("```", Math.max(from, at + 3))) {
    BLOCK_CODE.lastIndex = at;
    const found = source[at - 1] === "\\" ? null : BLOCK_CODE.exec(source);
    if (!found || !found[2].trim()) continue;
    nodes.push(...parseLines(source.slice(from, at).replace(/\n$/, "")));
    nodes.push({ kind: "block", language: found[1], text: found[2] });
    from = BLOCK_CODE.lastIndex;
    if (source[from] === "\n") from += 1;
  }
  nodes.push(...parseLines(source.slice(from)));
  return nodes;
}

function parseLines(text) {
  if (!text) return [];
  const nodes = [];
  const plain = [];
  const lines = text.split("\n");
  const flush = () => {
    if (plain.length) nodes.push({ kind: "lines", children: parseInline(plain.splice(0).join("\n")) });
  };
  for (let i = 0; i < lines.length; i += 1) {
    if (lines[i].startsWith(">>> ")) {
      flush();
      nodes.push({
        kind: "quote",
        children: parse([lines[i].slice(4), ...lines.slice(i + 1)].join("\n").replace(/^>>> /gm, "")),
      });
      return nodes;
    }
    const line = LINE.exec(lines[i]);
    if (!line) {
      plain.push(lines[i]);
      continue;
    }
    flush();
    if (line[1]) nodes.push({ kind: "heading", level: line[1].length, children: parseInline(line[2]) });
    else if (line[3]) nodes.push({ kind: "small", children: parseInline(line[3]) });
    else if (line[4] !== undefined) i = takeQuote(nodes, lines, i);
    else addItem(nodes, { indent: line[5].length, mark: line[6], children: parseInline(line[7]) });
  }
  flush();
  return nodes;
}

function takeQuote(nodes, lines, first) {
  let last = first;
  while (last + 1 < lines.length && /^>\s/.test(lines[last + 1])) last += 1;
  const inner = lines.slice(first, last + 1).map((line) => line.replace(/^(?:>\s)+/, ""));
  nodes.push({ kind: "quote", children: parseLines(inner.join("\n")) });
  return last;
}

function addItem(nodes, item) {
  const isOrdered = /\d/.test(item.mark);
  let list = nodes.at(-1);
  if (list?.kind !== "list" || (item.indent < 2 && list.isOrdered !== isOrdered)) {
    list = { kind: "list", isOrdered, start: parseInt(item.mark, 10), items: [] };
    nodes.push(list);
  }
  list.items.push({ depth: Math.min(Math.floor(item.indent / 2), 4), children: item.children });
}

/** Parse inline text without blocks. */
export function parseInline(text, depth = 0) {
  const nodes = [];
  const unclosed = new Set();
  let plain = "";
  let at = 0;
  const push = (...found) => {
    if (plain) nodes.push({ kind: "text", text: plain });
    plain = "";
    nodes.push(...found);
  };
  while (at < text.length) {
    STARTS.lastIndex = at;
    const next = STARTS.exec(text)?.index ?? text.length;
    plain += text.slice(at, next);
    at = next;
    if (at >= text.length) break;
    const token = readToken(text, at, depth, unclosed) ?? readPair(text, at, depth, unclosed);
    if (token) {
      if (token.node.kind === "text") plain += token.node.text;
      else push(token.node);
      at = token.end;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  push();
  return nodes;
}

function readToken(text, at, depth, unclosed) {
  for (const [kind, pattern] of INLINE) {
    if (kind === "code" && (text[at] !== "`" || unclosed.has("`"))) continue;
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) return { node: tokenNode(kind, found, depth), end: at + found[0].length };
    if (kind === "code" && text[at - 1] !== "`") unclosed.add("`");
  }
  return null;
}

function tokenNode(kind, found, depth) {
  if (kind === "escape") return { kind: "text", text: found[1] };
  if (kind === "code") return { kind, text: found[2].replace(/^ (?=`)|(?<=`) $/g, "") };
  if (kind === "masked") {
    return { kind: "link", url: found[2], isNamed: true, children: parseInline(found[1], depth + 1).map(unlinked) };
  }
  if (kind === "bare") return { kind: "link", url: found[1], children: [{ kind: "text", text: found[1] }] };
  if (kind === "url") return { kind: "link", url: found[0], children: [{ kind: "text", text: found[0] }] };
  return { kind, text: found[0], value: found[1], extra: found[2] };
}

/** Replace links inside a link's text by their address. */
function unlinked(node) {
  if (node.kind === "link") return { kind: "text", text: node.url };
  return node.children ? { ...node, children: node.children.map(unlinked) } : node;
}

function readPair(text, at, depth, unclosed) {
  if (depth >= MAX_NESTING) return null;
  for (const { mark, kinds } of PAIRS) {
    if (!text.startsWith(mark, at) || unclosed.has(mark)) continue;
    const inside = at + mark.length;
    const end = closing(text, inside, mark);
    if (end < 0) {
      unclosed.add(mark);
      continue;
    }
    const children = parseInline(text.slice(inside, end), depth + 1);
    const node = kinds.reduceRight(
      (inner, kind) => ({ kind, children: Array.isArray(inner) ? inner : [inner] }),
      children,
    );
    return { node, end: end + mark.length };
  }
  return null;
}

/** The position of the closing mark for the mark just before `from`, or -1. */
function closing(text, from, mark) {
  const isSingle = mark.length === 1;
  if (isSingle && mark === "*" && /\s/.test(text[from] ?? " ")) return -1;
  if (mark === "_" && /\w/.test(text[from - 2] ?? " ")) return -1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text.startsWith(mark, at) && at > from) {
      let run = at;
      while (text[run] === mark[0]) run += 1;
      const isDouble = run - at >= 2;
      if (isSingle && isDouble) at = skipDouble(text, at, mark, run);
      else if (mark === "*" && /\s/.test(text[at - 1])) continue;
      else if (mark === "_" && /\w/.test(text[at + 1] ?? " ")) continue;
      else return mark.length === 2 ? run - 2 : at;
    }
  }
  return -1;
}

/** Skip a bold run inside an italic one: `*a **b** c*`. */
function skipDouble(text, at, mark, run) {
  const double = mark + mark;
  const end = text.indexOf(double, run);
  return end < 0 ? run - 1 : end + 1;
}

/**
 * Render a tree. `names` has `user(id)`, `role(id)` and `channel(id)`, which return `{name, colour?, isMe?}` or
 * undefined, and `openChannel(id, message?)`.
 */
export function render(nodes, names) {
  const fragment = document.createDocumentFragment();
  for (const node of nodes) fragment.append(RENDERERS[node.kind](node, names));
  return fragment;
}

/** Render text with blocks. */
export function markdown(text, names) {
  return render(parse(text), names);
}

/** Render text with inline marks only, such as a title. */
export function inlineMarkdown(text, names) {
  return render(parseInline(text), names);
}

const wrap =
  (tag, attributes = {}) =>
  (node, names) =>
    el(tag, attributes, render(node.children, names));

const RENDERERS = {
  text: (node) => document.createTextNode(node.text),
  lines: wrap("span", { class: "lines" }),
  bold: wrap("strong"),
  italic: wrap("em"),
  underline: wrap("u"),
  strike: wrap("s"),
  small: wrap("small", { class: "subtext" }),
  quote: wrap("blockquote"),
  heading: (node, names) =>
    el(
      "div",
      { class: `heading heading-${node.level}`, role: "heading", "aria-level": node.level + 3 },
      render(node.children, names),
    ),
  list: (node, names) =>
    el(
      node.isOrdered ? "ol" : "ul",
      node.isOrdered && node.start !== 1 ? { start: node.start } : {},
      node.items.map((item) =>
        el("li", { class: item.depth ? `deeper deeper-${item.depth}` : null }, render(item.children, names)),
      ),
    ),
  code: (node) => el("code", {}, node.text),
  block: (node) => el("pre", { tabindex: "0" }, el("code", {}, node.text)),
  spoiler: (node, names) => spoiler(render(node.children, names)),
  link: (node, names) => link(node, names),
  time: (node) => timeElement(Number(node.value), node.extra ?? "f") ?? node.text,
  user: (node, names) => mention("@", names.user(node.value), "unknown-user"),
  role: (node, names) => mention("@", names.role(node.value), "unknown-role"),
  channel: (node, names) => channelMention(node.value, names),
  command: (node) => el("span", { class: "mention" }, `/${node.value}`),
  emoji: (node) => el("span", { class: "custom-emoji", title: `:${node.value}:` }, `:${node.value}:`),
  everyone: (node) => el("span", { class: "mention" }, node.text),
};

function mention(sign, found, unknown) {
  const colour = found?.colour ? { "--role": found.colour } : {};
  return el(
    "span",
    { class: found?.isMe ? "mention mention-me" : "mention", style: colour },
    sign + (found?.name ?? unknown),
  );
}

function channelMention(id, names) {
  const found = names.channel(id);
  if (!found) return el("span", { class: "mention" }, "#unknown");
  return el(
    "button",
    { type: "button", class: "mention", on: { click: () => names.openChannel(id) } },
    `#${found.name}`,
  );
}

function link(node, names) {
  const place = placeOf(node.url, names);
  if (place) {
    const label = node.isNamed ? render(node.children, names) : place.name;
    return el("button", { type: "button", class: "mention", title: node.url, on: { click: place.open } }, label);
  }
  if (!isWebAddress(node.url)) return document.createTextNode(node.url);
  return el(
    "a",
    { href: node.url, target: "_blank", rel: "noopener noreferrer", title: node.url },
    render(node.children, names),
  );
}

/** Return the `name` of a channel or message that an address leads to, and `open`; null for places elsewhere. */
export function placeOf(url, names) {
  const [, id, message] = HERE.exec(url) ?? [];
  const channel = id && names.channel(id);
  if (!channel) return null;
  return {
    name: message ? `#${channel.name} › message` : `#${channel.name}`,
    open: () => names.openChannel(id, message),
  };
}

/** True for http and https addresses, the only ones the page links to. */
export function isWebAddress(text) {
  return URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
}

function spoiler(inside) {
  const hidden = el("span", { class: "spoiler-inside", inert: true }, inside);
  const box = el(
    "span",
    { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Spoiler, hidden", "aria-expanded": "false" },
    hidden,
  );
  const open = (event) => {
    if (event.type === "keydown" && !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    hidden.inert = false;
    box.classList.add("is-open");
    for (const name of ["role", "tabindex", "aria-label", "aria-expanded"]) box.removeAttribute(name);
    box.removeEventListener("click", open);
    box.removeEventListener("keydown", open);
  };
  box.addEventListener("click", open);
  box.addEventListener("keydown", open);
  return box;
}
