// Slack's mrkdwn as nodes. Nothing is ever parsed as HTML.

import { h } from "./dom.js";
import { outside } from "./safe_html.js";

const EMOJI = { white_check_mark: "✅", warning: "⚠️", package: "📦", hourglass: "⌛", eyes: "👀", wave: "👋", bell: "🔔", x: "❌", truck: "🚚", speech_balloon: "💬", "+1": "👍", tada: "🎉", information_source: "ℹ️", lock: "🔒", raised_hand: "✋", question: "❓", pray: "🙏", heart: "❤️", calendar: "📅" };
const MARKS = { "*": "b", _: "i", "~": "s" };
const PIECE = /```([\s\S]+?)```|`([^`\n]+)`|<([^<>\n]+)>|(?<![\w*_~])([*_~])(?=\S)([^\n]*?\S)\4(?![\w*_~])|:([a-z0-9_+-]+):/g;

const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

function control(body, people) {
  const [target, label] = body.split(/\|(.*)/s);
  if (target.startsWith("@")) return h("span", { class: "mention" }, `@${people[target.slice(1)] ?? label ?? target.slice(1)}`);
  if (target.startsWith("#")) return h("span", { class: "mention" }, `#${label ?? target.slice(1)}`);
  if (target.startsWith("!")) return h("span", { class: "mention" }, label ?? `@${target.slice(1).split("^")[0]}`);
  const url = outside(unescape(target));
  return url ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, unescape(label ?? target)) : unescape(`<${body}>`);
}

function inline(text, people) {
  const out = [];
  let at = 0;
  for (const found of text.matchAll(PIECE)) {
    const [whole, block, code, angle, mark, inner, emoji] = found;
    out.push(unescape(text.slice(at, found.index)));
    if (block) out.push(h("pre", {}, unescape(block.replace(/^\n|\n$/g, ""))));
    else if (code) out.push(h("code", {}, unescape(code)));
    else if (angle) out.push(control(angle, people));
    else if (mark) out.push(h(MARKS[mark], {}, inline(inner, people)));
    else out.push(EMOJI[emoji] ?? whole);
    at = found.index + whole.length;
  }
  out.push(unescape(text.slice(at)));
  return out.filter((each) => each !== "");
}

// Lines that begin with > stand together in one quotation.
export function mrkdwn(text, people) {
  const out = [];
  let lines = [];
  let quotes = false;
  const flush = () => {
    if (lines.length) out.push(h(quotes ? "blockquote" : "p", {}, inline(lines.join("\n"), people)));
    lines = [];
  };
  let fenced = false;
  for (const line of text.split("\n")) {
    const quote = !fenced && /^(&gt;|>)\s?/.exec(line);
    if (Boolean(quote) !== quotes) { flush(); quotes = Boolean(quote); }
    lines.push(quote ? line.slice(quote[0].length) : line);
    if ((line.split("```").length - 1) % 2) fenced = !fenced;
  }
  flush();
  return out;
}

export const plainText = (text) => unescape(text).replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] ?? whole);
