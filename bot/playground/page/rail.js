// The customers: whose phone is in one's hand, and who has unread words.

import { avatar } from "./avatar.js";
import { draw, h } from "./dom.js";
import { choice, sight, unread } from "./state.js";

const STANDING = { blocked: "has blocked the bot", "never started": "has not opened the chat" };

function customer([id, phone], choose) {
  const count = unread(id);
  const words = [phone.full_name, count && `${count} unread`, STANDING[phone.access]].filter(Boolean);
  return h("button", { key: id, class: "person", "aria-pressed": String(id === choice.customer),
    "aria-label": words.join(", "), title: words.join(", "), onclick: () => choose(id) },
    avatar(phone.full_name, phone.access === "open" ? "" : "faint"),
    h("span", { class: "name" }, phone.name),
    count ? h("span", { class: "badge" }, String(count)) : null);
}

export function drawRail(choose) {
  draw(document.getElementById("rail"), [...sight.phones].map((each) => customer(each, choose)));
}
