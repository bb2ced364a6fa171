// The shop's orders: what is ready, short or sent, and the hand moves on each line.

import { h, icon } from "./dom.js";
import { tryTo } from "./notes.js";
import { choice, sight } from "./state.js";
import { date, day, money } from "./when.js";

const move = (name, more) => tryTo("shop", { move: name, ...more });

export const productName = (line) => [line.title, line.color, line.size].filter(Boolean).join(", ");
export const thumb = (sku) => (sku ? h("img", { class: "thumb", src: `/pictures/${encodeURIComponent(sku)}.png`, alt: "", loading: "lazy", width: 44, height: 44 }) : h("span", { class: "thumb" }));

export function amount(form) {
  return Math.max(1, Math.trunc(Number(form.elements.quantity?.value ?? 1)));
}

export function quantityField(most, label) {
  return most > 1 ? h("input", { type: "number", name: "quantity", min: 1, max: most, value: 1, "aria-label": label }) : null;
}

export function chip(kind, text) {
  return h("span", { class: `chip ${kind}` }, text);
}

function states(line) {
  const parts = [["ready", line.allocated, "ready"], ["short", line.backordered, "backordered"], ["sent", line.shipped, "sent"], ["gone", line.cancelled, "cancelled"]];
  return parts.filter(([, count]) => count).map(([kind, count, text]) => chip(kind, line.quantity > 1 ? `${count} ${text}` : text));
}

function awaited(line, toDelivery) {
  if (!line.backordered) return null;
  const supply = sight.shop.supplies.find((each) => each.status === "open" && each.sku === line.stock_sku);
  if (!supply) return h("p", { class: "awaited none" }, icon("truck"), "No delivery on its way");
  return h("button", { class: "awaited", onclick: () => toDelivery(supply) }, icon("truck"), supply.expected_on ? `Delivery expected ${date(supply.expected_on)}` : "Delivery without a date");
}

function moves(line) {
  if (!line.allocated) return null;
  const submit = (event) => { event.preventDefault(); move("mark_backordered", { line: line.id, quantity: amount(event.target) }); };
  return h("form", { class: "line-moves", onsubmit: submit },
    quantityField(line.allocated, "Units not there"),
    h("button", { key: "mark", class: "small" }, "Mark backordered"),
    line.work_started_at ? chip("work", "in work") : h("button", { key: "work", type: "button", class: "small", onclick: () => move("start_work", { line: line.id }) }, "Start work"));
}

function orderLine(line, order, toDelivery) {
  return h("li", { key: line.id, "aria-label": productName(line) }, thumb(line.sku),
    h("div", { class: "line-body" },
      h("p", { class: "line-title" }, h("b", {}, line.title), h("span", {}, [line.color, line.size].filter(Boolean).join(", "))),
      h("p", { class: "line-states" }, h("span", { class: "count" }, `${line.quantity} × ${money(line.unit_price_minor, order.currency)}`), states(line)),
      awaited(line, toDelivery), moves(line)));
}

function parcels(order) {
  return order.parcels.map((each) => h("p", { key: each.id, class: "parcel" }, icon("truck"), `${each.carrier} ${each.tracking_number}`, each.delivered_at ? ", delivered" : ", on its way"));
}

function order(each, toDelivery) {
  const zone = sight.clock?.zone ?? "UTC";
  const ready = each.lines.some((line) => line.allocated);
  return h("article", { key: each.id, class: "order", "aria-label": `Order ${each.number}` },
    h("header", {}, h("div", {}, h("h4", {}, each.number, h("span", { class: "who" }, each.customer_name)), h("span", { class: "where" }, [each.market, day(each.placed_at, zone), each.shipping_policy === "as_ready" && "sent as ready"].filter(Boolean).join(" · "))),
      each.status === "open" ? null : chip(each.status === "cancelled" ? "gone" : "sent", each.status),
      ready ? h("button", { class: "small", onclick: () => move("ship", { order: each.id }) }, "Ship what is ready") : null),
    h("ul", {}, each.lines.map((line) => orderLine(line, each, toDelivery))), parcels(each),
    each.refunds.map((refund) => h("p", { key: refund.id, class: "parcel" }, `Refunded ${money(refund.amount_minor, refund.currency)}`)));
}

function found(each) {
  const words = choice.filter.toLowerCase();
  return !words || [each.number, each.customer_name, ...each.lines.map(productName)].join(" ").toLowerCase().includes(words);
}

// Newest first, whatever becomes of them: nothing moves away under the pointer.
export function orders({ redraw, toDelivery }) {
  const all = sight.shop.orders.filter(found);
  const theirs = all.filter((each) => each.customer_id === choice.customer);
  const others = all.filter((each) => each.customer_id !== choice.customer);
  const name = sight.phones.get(choice.customer)?.full_name ?? "This customer";
  return [
    h("input", { key: "filter", class: "filter", type: "search", placeholder: "Find an order, a name or a product", "aria-label": "Find an order", oninput: ({ target }) => { choice.filter = target.value; redraw(); } }),
    theirs.length ? h("h3", { key: "theirs" }, name) : null,
    theirs.map((each) => order(each, toDelivery)),
    others.length ? h("h3", { key: "others" }, "Other customers") : null,
    others.map((each) => order(each, toDelivery)),
  ];
}
