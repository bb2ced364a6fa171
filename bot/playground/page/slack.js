// One colleague's Slack: the channel, a thread beside it, and the words for them only.

import { avatar } from "./avatar.js";
import { blocks } from "./blocks.js";
import { draw, h, icon } from "./dom.js";
import { modal } from "./modal.js";
import { mrkdwn } from "./mrkdwn.js";
import { comeBack, keepUp, noteScroll } from "./newest.js";
import { note, tryTo } from "./notes.js";
import { choice, sight } from "./state.js";
import { day, time } from "./when.js";
import { sitWith } from "./wire.js";

let errorCount = null;
let inModal = null;

const instant = (ts) => Number(ts) * 1000;
const zone = () => sight.clock?.zone ?? "UTC";

function use(message, channel, me) {
  const where = { colleague: me, channel: channel.id, message: message.ts };
  return {
    press: (element) => tryTo("click", { ...where, button: element.action_id }),
    choose: (element, value) => tryTo("select", { ...where, menu: element.action_id, value }),
  };
}

function openThread(ts) {
  choice.thread = ts;
  comeBack(ts);
  drawDesk();
}

function replies(message) {
  const count = message.replies.length;
  const last = message.replies.at(-1);
  const people = [...new Set(message.replies.map((each) => each.user))];
  return h("button", { class: "replies", onclick: () => openThread(message.ts) },
    people.slice(0, 3).map((id) => face(id, "tiny")),
    h("b", {}, `${count} ${count === 1 ? "reply" : "replies"}`), h("span", {}, `Last reply at ${time(instant(last.ts), zone())}`));
}

function face(id, more = "") {
  const { slack } = sight;
  return id === slack.bot ? h("span", { class: `avatar app ${more}`, "aria-hidden": "true" }, icon("box")) : avatar(slack.people[id] ?? id, `square ${more}`);
}

function message(each, channel, me, inside = false) {
  const { slack } = sight;
  const name = slack.people[each.user] ?? each.user;
  const hasBlocks = each.blocks.length > 0;
  return h("article", { key: each.ts, class: each.only_you ? "post only-you" : "post", "aria-label": `${name}, ${time(instant(each.ts), zone())}` },
    face(each.user),
    h("div", { class: "post-body" },
      each.only_you ? h("p", { class: "whisper" }, icon("eye"), "Only visible to you") : null,
      h("p", { class: "byline" }, h("b", {}, name), each.is_bot ? h("span", { class: "app-tag" }, "APP") : null, h("time", {}, time(instant(each.ts), zone()))),
      hasBlocks ? blocks(each.blocks, use(each, channel, me), slack.people) : h("div", { class: "section" }, mrkdwn(each.text, slack.people)),
      each.edited ? h("small", { class: "edited" }, "(edited)") : null,
      !inside && each.replies.length ? replies(each) : null,
      inside || each.only_you ? null : h("button", { class: "hover-reply", "aria-label": "Reply in thread", title: "Reply in thread", onclick: () => openThread(each.ts) }, icon("hash"), "Thread")));
}

function log(messages, channel, me) {
  const out = [];
  let last = "";
  for (const each of messages) {
    const today = day(instant(each.ts), zone());
    if (today !== last) out.push(h("p", { key: `day-${today}`, class: "divider-day" }, h("span", {}, today)));
    last = today;
    out.push(message(each, channel, me));
  }
  return out;
}

// As in Slack, what begins with a slash is a command and is posted nowhere.
const written = (where, text) => tryTo(text.startsWith("/") ? "slash" : "post", { ...where, text });

function composer(key, label, placeholder, where) {
  const send = (text) => written(where, text);
  const go = async (field) => {
    const text = field.value.trim();
    if (!text) return;
    field.value = "";
    comeBack(where.thread ?? where.channel);
    if (!(await send(text)).ok) field.value = text;
  };
  return h("form", { key, class: "slack-composer", onsubmit: (event) => { event.preventDefault(); go(event.target.elements.words); } },
    h("textarea", { name: "words", rows: 1, placeholder, "aria-label": label, maxlength: 12000,
      onkeydown: (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); go(event.target); } } }),
    h("button", { class: "send", "aria-label": `Send: ${label}` }, icon("send")));
}

function thread(channel, me) {
  const root = channel.messages.find((each) => each.ts === choice.thread);
  if (!root) return null;
  const close = () => { choice.thread = null; drawDesk(); };
  return h("aside", { key: `thread-${root.ts}`, class: "thread", "aria-label": "Thread" },
    h("header", {}, h("h3", {}, "Thread", h("small", {}, `#${channel.name}`)), h("button", { class: "plain", "aria-label": "Close thread", onclick: close }, icon("close"))),
    h("div", { class: "thread-log", role: "log", "aria-label": "Thread messages", tabindex: 0, onscroll: ({ target }) => noteScroll(root.ts, target) },
      message(root, channel, me, true),
      h("p", { class: "reply-count" }, h("span", {}, root.replies.length ? `${root.replies.length} ${root.replies.length === 1 ? "reply" : "replies"}` : "No replies yet")),
      root.replies.map((each) => message(each, channel, me, true))),
    composer(`reply-${root.ts}`, "Reply to thread", "Reply…", { colleague: me, channel: channel.id, thread: root.ts }));
}

function seatMenu(slack) {
  return h("label", { class: "seat" }, face(slack.me, "tiny"),
    h("select", { "aria-label": "Colleague", onchange: ({ target }) => { choice.colleague = target.value; errorCount = null; sitWith(target.value); } },
      slack.colleagues.map((id) => h("option", { value: id, selected: id === slack.me }, slack.people[id]))));
}

function channelTabs(slack, current) {
  if (slack.channels.length < 2) return null;
  return h("div", { class: "channel-tabs" }, slack.channels.map((each) =>
    h("button", { key: each.id, "aria-pressed": String(each.id === current.id), onclick: () => { choice.channel = each.id; choice.thread = null; drawDesk(); } },
      each.kind === "im" ? slack.people[slack.bot] : `# ${each.name}`)));
}

function tellErrors(slack) {
  if (errorCount !== null) for (const text of slack.errors.slice(errorCount)) note(`Slack: ${text}`);
  errorCount = slack.errors.length;
}

export function drawDesk() {
  const { slack } = sight;
  if (!slack) return;
  const root = document.getElementById("desk");
  const channel = slack.channels.find((each) => each.id === choice.channel) ?? slack.channels[0];
  const view = slack.modals.at(-1);
  if (channel) {
    draw(root,
      h("header", { class: "workspace" }, h("h2", {}, slack.team), slack.is_connected ? null : h("span", { class: "unplugged" }, "app offline"), seatMenu(slack)),
      channelTabs(slack, channel),
      h("div", { class: "channel-head" }, icon("hash"), h("h3", {}, channel.name)),
      h("div", { key: channel.id, class: "channel-log", role: "log", "aria-label": `Messages in #${channel.name}`, tabindex: 0, onscroll: ({ target }) => noteScroll(channel.id, target) },
        channel.messages.length ? log(channel.messages, channel, slack.me) : h("p", { class: "empty" }, "Nothing here yet. What needs a person appears as a card.")),
      composer(`talk-${channel.id}-${slack.me}`, `Message #${channel.name}`, `Message #${channel.name}`, { colleague: slack.me, channel: channel.id }),
      thread(channel, slack.me),
      view ? modal(view, { colleague: slack.me, people: slack.people, redraw: drawDesk }) : null);
  }
  for (const [key, selector] of [[channel?.id, ".channel-log"], [choice.thread, ".thread-log"]]) {
    const found = root.querySelector(selector);
    if (found) keepUp(key, found);
  }
  if (view && view.id !== inModal) (root.querySelector(".modal [data-focus]") ?? root.querySelector(".modal footer button"))?.focus();
  inModal = view?.id ?? null;
  tellErrors(slack);
}
