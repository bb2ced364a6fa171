// One message on a phone, with its keyboard.

import { h, icon } from "./dom.js";
import { outside, plain, safe } from "./safe_html.js";
import { time } from "./when.js";

const KINDS = {
  voice: () => h("p", { class: "voice" }, h("span", { class: "play" }, icon("voice")), h("span", { class: "wave" }), "0:03"),
  contact: () => h("p", { class: "card-like" }, icon("phone"), "Shared a contact"),
};

function button(each, message, tap) {
  const url = each.url && outside(each.url);
  if (url) return h("a", { class: "key link", href: url, target: "_blank", rel: "noopener noreferrer" }, each.text, icon("link"));
  return h("button", { key: each.data, class: each.spinning ? "key spinning" : "key", "aria-busy": each.spinning ? "true" : null,
    onclick: () => tap(message.id, each.data) }, each.text);
}

function quoted(message, all) {
  const found = all.find((each) => each.id === message.reply_to);
  if (!found) return null;
  return h("p", { class: "quoted" }, h("b", {}, found.sender), plain(found.html).slice(0, 90) || "Picture");
}

function stamp(message, zone) {
  return h("span", { class: "stamp" }, message.edited ? "edited " : "", time(message.date, zone),
    message.from_bot ? null : icon("doublecheck"));
}

export function bubble(message, { all, zone, tap, tail }) {
  const kind = message.kinds.map((each) => KINDS[each]).find(Boolean);
  const classes = ["bubble", message.from_bot ? "theirs" : "mine", tail && "tail", message.photo && "has-photo", message.photo && !message.html && "bare"];
  return h("article", { key: message.id, class: "message", "aria-label": `${message.sender}, ${time(message.date, zone)}` },
    h("div", { class: classes.filter(Boolean).join(" ") },
      quoted(message, all),
      message.photo ? h("img", { class: "photo", src: `/photos/${message.photo}`, alt: "Picture" }) : null,
      kind ? kind() : null,
      message.html ? h("div", { class: "text" }, safe(message.html)) : null,
      message.kinds.length && !kind ? h("p", { class: "card-like" }, message.kinds.join(", ")) : null,
      stamp(message, zone)),
    message.rows.length
      ? h("div", { class: "keyboard" }, message.rows.map((row) => h("div", { class: "row" }, row.map((each) => button(each, message, tap)))))
      : null);
}
