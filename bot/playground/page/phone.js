// The phone in one's hand: one chat with the bot, as Telegram draws it.

import { bubble } from "./bubble.js";
import { draw, h, icon } from "./dom.js";
import { atEnd, comeBack, keepUp, noteScroll } from "./newest.js";
import { tryTo } from "./notes.js";
import { movePills, restPills } from "./pills.js";
import { choice, customerZone, markSeen, now, shown, sight } from "./state.js";
import { day, time } from "./when.js";

const answered = new Map();
const drafts = new Map();
let toast = null;
let toastTimer = null;
let inHand = null;
let lastShown = 0;

const orders = () => sight.shop?.orders.filter((each) => each.customer_id === choice.customer) ?? [];
const person = () => ({ person: choice.customer });

function openLink(order) {
  choice.menu = null;
  tryTo("start", { ...person(), order: order.id }).then(() => drawPhone());
}

function mailLinks(label) {
  return orders().map((order) =>
    h("button", { key: order.id, class: "mail-link", "aria-label": `Open the order mail's link for order ${order.number}`, onclick: () => openLink(order) },
      icon("mail"), h("span", {}, h("b", {}, `Order ${order.number}`), label)));
}

function toggle(menu) {
  choice.menu = choice.menu === menu ? null : menu;
  drawPhone();
}

function menuItem(name, text, act) {
  return h("button", { role: "menuitem", onclick: () => { choice.menu = null; act(); drawPhone(); } }, icon(name), text);
}

function chatMenu(phone) {
  const blocked = phone.access === "blocked";
  return h("div", { class: "popup chat-menu", role: "menu", "aria-label": "Chat menu" },
    orders().map((order) => menuItem("mail", `Open the order mail's link for order ${order.number}`, () => openLink(order))),
    phone.access === "never started" ? null
      : menuItem("block", blocked ? "Unblock the bot" : "Block the bot", () => tryTo(blocked ? "unblock" : "block", person())));
}

function head(phone, bot) {
  return h("header", { class: "chat-head" },
    h("span", { class: "bot-face" }, icon("box")),
    h("h2", {}, bot, h("small", {}, "bot")),
    h("button", { class: "round", "aria-label": "Chat menu", "aria-haspopup": "menu", "aria-expanded": String(choice.menu === "chat"),
      onclick: (event) => { event.stopPropagation(); toggle("chat"); } }, icon("more")),
    choice.menu === "chat" ? chatMenu(phone) : null);
}

function messages(phone, zone) {
  const out = [];
  let lastDay = "";
  phone.messages.forEach((message, index) => {
    const today = day(message.date, zone);
    if (today !== lastDay) out.push(h("p", { key: `day-${today}`, class: "day" }, today));
    lastDay = today;
    const next = phone.messages[index + 1];
    const tail = !next || next.from_bot !== message.from_bot || message.rows.length > 0;
    out.push(bubble(message, { all: phone.messages, zone, tail, tap: (id, data) => tryTo("tap", { ...person(), message: id, button: data }) }));
  });
  return out;
}

function welcome(bot) {
  return h("div", { key: "welcome", class: "welcome" }, h("span", { class: "bot-face big" }, icon("box")),
    h("h3", {}, bot), h("p", {}, "This chat is empty. Every order mail carries a link that opens it."),
    mailLinks("Open the order mail's link"));
}

async function say(input) {
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  drafts.delete(choice.customer);
  const answer = await tryTo("say", { ...person(), text });
  if (!answer.ok) input.value = text;
}

function composer(phone) {
  if (phone.access === "never started") {
    return h("button", { key: "start", class: "wide", onclick: () => tryTo("start", person()) }, "Start");
  }
  if (phone.access === "blocked") {
    return h("button", { key: "unblock", class: "wide", onclick: () => tryTo("unblock", person()) }, "Unblock");
  }
  return h("form", { key: `say-${choice.customer}`, class: "composer", onsubmit: (event) => { event.preventDefault(); say(event.target.elements.words); } },
    phone.commands.length ? h("button", { type: "button", class: "round", "aria-label": "Commands", onclick: (event) => { event.stopPropagation(); toggle("commands"); } }, icon("menu")) : null,
    h("textarea", { name: "words", rows: 1, placeholder: "Message", "aria-label": "Message to the bot", autocomplete: "off", enterkeyhint: "send", maxlength: 4096,
      oninput: ({ target }) => drafts.set(choice.customer, target.value),
      onkeydown: (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); say(event.target); } } },
      drafts.get(choice.customer) ?? ""),
    h("button", { type: "button", class: "round", "aria-label": "Attach", "aria-haspopup": "menu", onclick: (event) => { event.stopPropagation(); toggle("attach"); } }, icon("clip")),
    h("button", { class: "round send", "aria-label": "Send message" }, icon("send")),
    choice.menu === "attach" ? h("div", { class: "popup attach-menu", role: "menu", "aria-label": "Attach" },
      menuItem("camera", "Send a picture", () => tryTo("send_photo", person())),
      menuItem("voice", "Send a voice message", () => tryTo("send_voice", person()))) : null,
    choice.menu === "commands" ? h("div", { class: "popup commands-menu", role: "menu", "aria-label": "Commands" },
      phone.commands.map(({ command, description }) =>
        h("button", { role: "menuitem", onclick: () => { choice.menu = null; tryTo("say", { ...person(), text: `/${command}` }); drawPhone(); } },
          h("span", {}, description), h("code", {}, `/${command}`)))) : null);
}

function keys(phone) {
  if (!phone.keys.length || phone.access !== "open") return null;
  return h("div", { class: "reply-keys" }, phone.keys.map((row) =>
    h("div", { class: "row" }, row.map((text) => h("button", { class: "key", onclick: () => tryTo("press_key", { ...person(), text }) }, text)))));
}

function frame(id, phone) {
  const zone = customerZone(id);
  const bot = sight.clock?.bot ?? "Bot";
  return h("div", { key: id, class: "device" },
    h("div", { class: "status-bar" }, h("b", {}, time(now(), zone)), h("span", {}, phone.full_name)),
    head(phone, bot),
    h("div", { class: "chat", tabindex: 0, role: "log", "aria-label": `Chat of ${phone.full_name}`, onscroll: ({ target }) => onScroll(id, target) },
      phone.messages.length ? messages(phone, zone) : welcome(bot)),
    keys(phone), composer(phone),
    h("div", { class: toast && !toast.alert ? "toast shown" : "toast", role: "status" }, toast && !toast.alert ? toast.toast : null),
    toast?.alert ? h("div", { class: "alert", role: "alertdialog", "aria-label": "Alert" }, h("p", {}, toast.toast), h("button", { onclick: hideToast }, "OK")) : null);
}

let onSeen = () => {};
export const whenSeen = (listener) => { onSeen = listener; };

function seeAll() {
  if (shown("phone") && !document.hidden && markSeen(choice.customer)) onSeen();
}

function onScroll(id, chat) {
  noteScroll(id, chat);
  if (atEnd(chat)) seeAll();
  else movePills(chat);
  restPills(chat);
}

export function drawPhone() {
  const phone = sight.phones.get(choice.customer);
  if (!phone) return;
  if (inHand !== choice.customer) toast = null;
  const root = document.getElementById("phone");
  const last = phone.messages.at(-1);
  if (inHand !== choice.customer || last?.from_bot === false && last.id > lastShown) comeBack(choice.customer);
  draw(root, frame(choice.customer, phone));
  const chat = root.querySelector(".chat");
  if (keepUp(choice.customer, chat)) seeAll();
  restPills(chat);
  inHand = choice.customer;
  lastShown = last?.id ?? 0;
}

function showToast(press) {
  toast = press;
  clearTimeout(toastTimer);
  if (!press.alert) toastTimer = setTimeout(hideToast, 4000);
  drawPhone();
}

function hideToast() {
  toast = null;
  drawPhone();
}

// Toasts pass: a phone shows only those that come while it is looked at.
export function takePhone(id, phone) {
  const known = answered.get(id);
  const done = phone.presses.filter((each) => each.answered);
  answered.set(id, new Set(done.map((each) => each.id)));
  sight.phones.set(id, phone);
  if (id !== choice.customer) return;
  drawPhone();
  if (known) for (const press of done) if (!known.has(press.id) && press.toast) showToast(press);
}

