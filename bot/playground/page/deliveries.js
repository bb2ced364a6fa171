// What suppliers still send: late, without a date, or there at last.

import { h, icon } from "./dom.js";
import { tryTo } from "./notes.js";
import { amount, chip, thumb } from "./orders.js";
import { choice, sight } from "./state.js";
import { date } from "./when.js";

const move = (name, more) => tryTo("shop", { move: name, ...more });

function waiting(supply) {
  return sight.shop.orders.flatMap((order) => order.lines
    .filter((line) => line.stock_sku === supply.sku && line.backordered)
    .map((line) => `${order.number} ${order.customer_name}${line.backordered > 1 ? ` (${line.backordered})` : ""}`));
}

function picture(supply) {
  const shelf = sight.shop.stock.find((each) => each.sku === supply.sku);
  return thumb(shelf?.products[0]);
}

function delivery(supply) {
  const rest = supply.quantity - supply.received;
  const who = waiting(supply);
  const receive = (event) => { event.preventDefault(); move("receive", { supply: supply.id, quantity: amount(event.target) }); };
  const slip = (event) => { event.preventDefault(); move("slip_supply", { supply: supply.id, day: event.target.elements.day.value }); };
  return h("article", { key: supply.id, class: choice.delivery === supply.id ? "order picked" : "order", "aria-label": `Delivery of ${supply.sku}`, "data-id": supply.id },
    h("header", {}, picture(supply), h("div", {}, h("h4", {}, supply.sku), h("span", { class: "where" }, `${rest} from ${supply.supplier}`)),
      supply.expected_on ? chip("work", date(supply.expected_on)) : chip("short", "no date")),
    who.length ? h("p", { class: "parcel" }, icon("clock"), `Waited for by ${who.join("; ")}`) : null,
    supply.reason ? h("p", { class: "parcel" }, supply.reason) : null,
    h("form", { class: "line-moves", onsubmit: slip },
      h("input", { type: "date", name: "day", required: true, value: supply.expected_on ?? "", "aria-label": "New date" }),
      h("button", { class: "small" }, "Change date"),
      h("button", { type: "button", class: "small", disabled: !supply.expected_on, onclick: () => move("slip_supply", { supply: supply.id, day: "" }) }, "No date")),
    h("form", { class: "line-moves", onsubmit: receive },
      h("input", { type: "number", name: "quantity", min: 1, max: rest, value: rest, "aria-label": "Units received" }),
      h("button", { class: "small strong" }, "Receive goods")));
}

// The order in which the list was opened: a moved date moves no card away.
let places = null;
export const forgetPlaces = () => { places = null; };

export function deliveries() {
  const open = sight.shop.supplies.filter((each) => each.status === "open");
  const wanted = (each) => (waiting(each).length ? 0 : 1);
  places ??= new Map([...open].sort((a, b) => wanted(a) - wanted(b)).map((each, index) => [each.id, index]));
  const place = (each) => places.get(each.id) ?? places.size;
  const sorted = [...open].sort((a, b) => place(a) - place(b));
  return sorted.length ? sorted.map(delivery) : h("p", { class: "empty" }, "No supplier owes us anything.");
}

