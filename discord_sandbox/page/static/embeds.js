/** Embeds and attachments below a message's text. */

import { el } from "./dom.js";
import { size } from "./files.js";
import { inlineMarkdown, isWebAddress, markdown } from "./markdown.js";
import { format } from "./times.js";

/** One embed in Discord's format. */
export function embedElement(embed, names) {
  const stripe =
    embed.color === undefined || embed.color === null
      ? {}
      : { "--stripe": `#${embed.color.toString(16).padStart(6, "0")}` };
  return el(
    "div",
    { class: "embed", role: "article", "aria-label": embed.title ? `Embed: ${embed.title}` : "Embed", style: stripe },
    picture(embed.thumbnail, "thumbnail"),
    embed.author ? el("div", { class: "embed-author" }, addressed(embed.author.name, embed.author.url)) : null,
    embed.title ? el("div", { class: "embed-title" }, addressed(inlineMarkdown(embed.title, names), embed.url)) : null,
    embed.description ? el("div", { class: "embed-body content" }, markdown(embed.description, names)) : null,
    embed.fields?.length ? el("dl", { class: "fields" }, fieldElements(embed.fields, names)) : null,
    picture(embed.image, "embed-image"),
    foot(embed),
  );
}

function addressed(inside, url) {
  if (!url || !isWebAddress(url)) return el("span", {}, inside);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, inside);
}

/** Put up to three inline fields in a row, other fields in rows of their own. */
function fieldElements(fields, names) {
  const rows = [];
  for (const field of fields) {
    const row = rows.at(-1);
    if (field.inline && row?.[0].inline && row.length < 3) row.push(field);
    else rows.push([field]);
  }
  return rows.flatMap((row) => row.map((field) => fieldElement(field, row.length, names)));
}

function fieldElement(field, abreast, names) {
  return el(
    "div",
    { class: `field of-${abreast}` },
    el("dt", {}, inlineMarkdown(field.name, names)),
    el("dd", { class: "content" }, markdown(field.value, names)),
  );
}

function foot(embed) {
  const time = embed.timestamp ? new Date(embed.timestamp) : null;
  const parts = [
    embed.footer?.text,
    time ? el("time", { datetime: time.toISOString(), title: format(time, "F") }, format(time, "f")) : null,
  ].filter(Boolean);
  if (!parts.length) return null;
  return el(
    "div",
    { class: "embed-foot" },
    parts.flatMap((part, at) => (at ? [" • ", part] : [part])),
  );
}

function picture(image, kind) {
  if (!image?.url) return null;
  if (!isOwn(image.url)) return isWebAddress(image.url) ? pictureElsewhere(image.url, kind) : null;
  return el("img", {
    class: kind,
    src: image.url,
    alt: image.description ?? "",
    loading: "lazy",
    referrerpolicy: "no-referrer",
  });
}

/** The place of a picture that Discord would fetch: a link, because this page loads nothing from elsewhere. */
function pictureElsewhere(url, kind) {
  return el(
    "a",
    { class: `${kind} elsewhere`, href: url, target: "_blank", rel: "noopener noreferrer", title: url },
    el("span", { "aria-hidden": "true" }, "🖼️"),
    el("span", {}, el("span", { class: "hidden" }, "Picture at "), new URL(url).hostname),
  );
}

/** True for files of this server; the page loads no others. */
function isOwn(url) {
  return (
    URL.canParse(url, location.href) &&
    new URL(url, location.href).origin === location.origin &&
    url.startsWith("/attachments/")
  );
}

/** One attachment as a download link; pictures are shown. */
export function attachmentElement(file) {
  const address = isOwn(file.url) ? file.url : null;
  const title = `Download ${file.filename}, ${size(file.size)}`;
  if (address && /^image\/(?:png|jpe?g|gif|webp)$/.test(file.content_type ?? "")) {
    const shown = el("img", { src: address, alt: file.description ?? file.filename, loading: "lazy" });
    return el("a", { href: address, download: file.filename, title }, shown);
  }
  return el(
    "a",
    { class: "file", href: address, download: file.filename, title },
    el("span", { "aria-hidden": "true" }, "📎"),
    el("span", { class: "file-name" }, el("span", { class: "hidden" }, "Download "), file.filename),
    el("span", { class: "muted" }, size(file.size)),
  );
}
