// The bar on top: business time and how to move it, and how much the bot may do.

import { draw, h, icon } from "./dom.js";
import { tryTo } from "./notes.js";
import { now, sight } from "./state.js";
import { day, dayAndTime, span, time, zoneName } from "./when.js";

const HOURS = [1, 4, 24];
const MODES = [
  ["watch", "Watch", "The bot decides and shows in Slack what it would send. Nothing goes out."],
  ["ask", "Ask", "A colleague releases each message in Slack."],
  ["act", "Act", "The bot writes to customers by itself."],
];

function mover(hours, moving) {
  const label = `Move the clock ${hours} ${hours === 1 ? "hour" : "hours"}`;
  return h("button", { class: "move", "aria-label": label, title: label, disabled: moving,
    onclick: () => tryTo("move", { hours }) }, `+${hours} h`);
}

function toNext({ next_due, moving, zone }) {
  const gap = next_due ? Date.parse(next_due) - now() : 0;
  const title = next_due ? `The bot acts by itself on ${dayAndTime(next_due, zone)}` : "Nothing is due";
  return h("button", { class: "move next", "aria-label": "Move the clock to the next deadline", title,
    disabled: moving || !next_due, onclick: () => tryTo("move", { to: "next" }) },
    icon("next"), h("span", {}, next_due ? `Next, ${gap > 60000 ? `in ${span(gap)}` : "now"}` : "Nothing due"));
}

function modeButton([mode, text, title], current) {
  return h("button", { class: "mode", role: "radio", "aria-checked": String(mode === current), title,
    onclick: () => mode !== current && tryTo("mode", { mode }) }, text);
}

export function drawBar(connected) {
  const { clock } = sight;
  if (!clock) return;
  const instant = now();
  draw(document.getElementById("bar"),
    h("div", { class: "brand" }, h("img", { src: "/page/icon.svg", alt: "", width: 28, height: 28 }),
      h("h1", {}, clock.shop, h("small", {}, "playground of backorder-bot"))),
    h("div", { class: "clock", role: "group", "aria-label": "Clock" },
      h("p", { class: clock.moving ? "now moving" : "now", role: "timer", "aria-label": "Business time" },
        h("b", {}, time(instant, clock.zone)),
        h("span", {}, day(instant, clock.zone), h("small", {}, clock.moving ? "moving …" : zoneName(clock.zone)))),
      h("div", { class: "moves" }, HOURS.map((hours) => mover(hours, clock.moving)), toNext(clock))),
    h("div", { class: "modes", role: "radiogroup", "aria-label": "What the bot may do" },
      MODES.map((each) => modeButton(each, clock.mode))),
    connected ? null : h("p", { class: "offline", role: "alert" }, "The playground doesn't answer; trying again …"));
}
