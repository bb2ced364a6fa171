// The page: three columns, drawn anew wherever something changed.

import { drawBar } from "./bar.js";
import { draw, h, icon } from "./dom.js";
import { drawPhone, takePhone, whenSeen } from "./phone.js";
import { openDecisions, unsentNotices } from "./papers.js";
import { drawRail } from "./rail.js";
import { drawShop } from "./shop.js";
import { drawDesk } from "./slack.js";
import { choice, markSeen, setClock, shown, sight, unread } from "./state.js";
import { follow, hasToken } from "./wire.js";

const CUSTOMER = "playground-customer";
let connected = true;
let deskCount = null;
let deskSeen = 0;

function choose(id) {
  choice.customer = id;
  choice.menu = null;
  sessionStorage.setItem(CUSTOMER, id);
  drawPhone();
  drawAround();
  drawShop();
}

function look(tab) {
  choice.tab = tab;
  document.body.dataset.tab = tab;
  if (tab === "phone") markSeen(choice.customer);
  drawPhone();
  drawDesk();
  drawAround();
}

function tabs() {
  if (shown("desk")) deskSeen = deskCount ?? 0;
  const unreadPhones = [...sight.phones.keys()].reduce((sum, id) => sum + unread(id), 0);
  return [["phone", "Phone", "phone", unreadPhones], ["desk", "Slack", "hash", (deskCount ?? 0) - deskSeen], ["shop", "Shop", "box", openDecisions() + unsentNotices()]];
}

function drawAround() {
  drawRail(choose);
  draw(document.getElementById("tabs"), tabs().map(([id, text, image, count]) =>
    h("button", { "aria-pressed": String(choice.tab === id), onclick: () => look(id) }, icon(image), h("span", {}, text), count > 0 ? h("span", { class: "badge" }, String(count)) : null)));
}

function onPart(part, value) {
  const [name, id] = part.split(":");
  if (name === "phone") {
    choice.customer ??= sessionStorage.getItem(CUSTOMER) ?? id;
    const isNew = !sight.phones.has(id);
    takePhone(id, value);
    drawAround();
    if (isNew && id === choice.customer) drawShop();
  } else if (name === "clock") {
    setClock(value);
    drawBar(connected);
    drawPhone();
  } else if (name === "slack") {
    sight.slack = value;
    const count = value.channels.reduce((sum, channel) => sum + channel.messages.reduce((inner, each) => inner + 1 + each.replies.length, 0), 0);
    if (deskCount === null) deskSeen = count;
    deskCount = count;
    drawDesk();
    drawAround();
  } else {
    sight.shop = value;
    drawShop();
    drawPhone();
    drawAround();
  }
}

function onConnection(up) {
  connected = up;
  drawBar(connected);
}

function closeMenu() {
  if (choice.menu === null) return;
  choice.menu = null;
  drawPhone();
}

if (hasToken) {
  follow({ onPart, onConnection });
  whenSeen(drawAround);
  document.addEventListener("click", ({ target }) => { if (!target.closest(".popup")) closeMenu(); });
  document.addEventListener("keydown", ({ key }) => { if (key === "Escape") closeMenu(); });
  document.addEventListener("visibilitychange", drawPhone);
  matchMedia("(min-width: 1100px)").addEventListener("change", () => look(choice.tab));
  setInterval(() => { drawBar(connected); drawPhone(); }, 5000);
} else {
  draw(document.querySelector("main"), h("p", { class: "closed" }, "This page opens with the whole address that the terminal shows, up to its last character."));
}
