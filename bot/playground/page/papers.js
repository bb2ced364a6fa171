// Decisions the shop carries out, and notices its mailer sends.

import { h, icon } from "./dom.js";
import { tryTo } from "./notes.js";
import { chip, productName, thumb } from "./orders.js";
import { choice, now, sight } from "./state.js";
import { dayAndTime, money } from "./when.js";

const zone = () => sight.clock?.zone ?? "UTC";

function lineOf(decision) {
  const order = sight.shop.orders.find((each) => each.id === decision.order_id);
  return { order, line: order?.lines.find((each) => each.id === decision.line_id) };
}

function rule(decision) {
  return decision.rule && decision.rule !== decision.reason ? `rule “${decision.rule}”` : "";
}

function who(decision) {
  switch (decision.decided_by) {
    case "customer": return "the customer chose";
    case "silence": return "nobody answered";
    case "policy": return ["by policy", [decision.reason, rule(decision)].filter(Boolean).join(", ")].filter(Boolean).join(": ");
    default: return ["a colleague", sight.slack?.people[decision.decided_by.replace("staff:", "")]].filter(Boolean).join(", ");
  }
}

function what(decision, line) {
  const units = decision.quantity > 1 ? `${decision.quantity} × ` : "";
  const title = line ? productName(line) : "the order";
  switch (decision.kind) {
    case "substitute": return [`Send ${units}${decision.substitute ? productName(decision.substitute) : "another product"}`, h("small", { class: "sku" }, decision.substitute_sku), h("span", { class: "instead" }, `instead of ${title}`)];
    case "change_request": return `Change the order: “${decision.reason}”`;
    case "wait": return `Wait for ${units}${title}`;
    case "cancel_refund": return `Cancel ${units}${title}${decision.refund_minor ? `, refund ${money(decision.refund_minor, decision.currency)}` : ""}`;
    case "split_shipment": return `Send ahead what is ready: ${title}`;
    case "release": return `Release ${title}`;
    default: return `${decision.kind.replaceAll("_", " ")}: ${units}${title}`;
  }
}

function state(decision) {
  if (decision.withdrawn_at) return ["gone", "withdrawn"];
  if (decision.rejected_at) return ["short", "rejected"];
  if (decision.applied_at) return ["ready", "applied"];
  if (decision.claimed_at) return ["work", "claimed"];
  if (decision.apply_after?.startsWith("9999")) return ["sent", "waits until the customer was told"];
  if (decision.apply_after && Date.parse(decision.apply_after) > now()) return ["sent", `customer may still change it until ${dayAndTime(decision.apply_after, zone())}`];
  return ["short", "to be done"];
}

const isOpen = (each) => !each.withdrawn_at && !each.rejected_at && !each.applied_at;

function rejection(decision, redraw) {
  const send = async (event) => {
    event.preventDefault();
    const answer = await tryTo("decision", { move: "reject", id: decision.id, reason: event.target.elements.reason.value });
    if (answer.ok) choice.rejecting = null;
    redraw();
  };
  return h("form", { key: "reject", class: "line-moves", onsubmit: send },
    h("input", { name: "reason", required: true, maxlength: 500, placeholder: "Why?", "aria-label": "Reason for rejecting" }),
    h("button", { class: "small danger" }, "Reject"),
    h("button", { type: "button", class: "small", onclick: () => { choice.rejecting = null; redraw(); } }, "Keep"));
}

function decision(each, redraw) {
  const { order, line } = lineOf(each);
  const [kind, text] = state(each);
  const make = (move) => tryTo("decision", { move, id: each.id });
  return h("article", { key: each.id, class: isOpen(each) ? "order" : "order done", "aria-label": `Decision ${each.id}` },
    h("header", {}, thumb(each.substitute_sku ?? line?.sku), h("div", {}, h("h4", {}, what(each, line)),
      h("span", { class: "where" }, `Order ${order?.number ?? each.order_id}, ${who(each)}`))),
    h("p", { class: "line-states" }, chip(kind, text)),
    each.rejection ? h("p", { class: "parcel" }, `Rejected: ${each.rejection}`) : null,
    !isOpen(each) ? null : choice.rejecting === each.id ? rejection(each, redraw)
      : h("div", { key: "moves", class: "line-moves" },
        each.claimed_at ? null : h("button", { key: "claim", class: "small", onclick: () => make("claim") }, "Claim"),
        h("button", { key: "apply", class: "small strong", disabled: !each.claimed_at, title: each.claimed_at ? null : "Claim it first", onclick: () => make("apply") }, "Apply"),
        h("button", { key: "reject", class: "small", onclick: () => { choice.rejecting = each.id; redraw(); } }, "Reject …")));
}

export function decisions(redraw) {
  const all = sight.shop.decisions;
  const sorted = [...all].sort((a, b) => isOpen(b) - isOpen(a));
  return all.length ? sorted.map((each) => decision(each, redraw)) : h("p", { class: "empty" }, "No decisions yet. They appear when a customer chooses, or stays silent.");
}

function notice(each) {
  const settled = each.sent_at || each.failed_at;
  return h("article", { key: each.id, class: settled ? "order done" : "order", "aria-label": `Notice ${each.id}` },
    h("header", {}, icon("mail"), h("div", {}, h("h4", {}, each.subject), h("span", { class: "where" }, `To ${each.email ?? "an unknown address"}`))),
    h("p", { class: "letter" }, each.text),
    h("div", { class: "line-moves" }, settled ? chip("ready", each.sent_at ? "sent" : "failed")
      : h("button", { class: "small strong", onclick: () => tryTo("notice_sent", { id: each.id }) }, "Mailer sends it")));
}

export function notices() {
  const all = sight.shop.notices;
  return all.length ? all.map(notice) : h("p", { class: "empty" }, "No letters. They are for customers whom no chat reaches.");
}

export const openDecisions = () => sight.shop?.decisions.filter(isOpen).length ?? 0;
export const unsentNotices = () => sight.shop?.notices.filter((each) => !each.sent_at && !each.failed_at).length ?? 0;
