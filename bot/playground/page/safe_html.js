// A message's HTML as nodes: only the tags Telegram knows, whatever else is text.

import { h } from "./dom.js";

const TAGS = new Set(["B", "I", "U", "S", "CODE", "PRE", "BLOCKQUOTE"]);

export function outside(url) {
  return /^(https?|mailto|tel):/i.test(url) ? url : null;
}

function kept(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE) return null;
  const inner = [...node.childNodes].map(kept);
  if (TAGS.has(node.tagName)) return h(node.tagName.toLowerCase(), {}, inner);
  if (node.tagName === "TG-SPOILER") {
    return h("span", { class: "spoiler", onclick: ({ currentTarget }) => currentTarget.classList.add("seen") }, inner);
  }
  const url = node.tagName === "A" ? outside(node.getAttribute("href") ?? "") : null;
  return url ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, inner) : inner;
}

export function safe(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  return [...parsed.body.childNodes].map(kept);
}

export function plain(html) {
  return new DOMParser().parseFromString(html, "text/html").body.textContent;
}
