// The shop's side: orders, deliveries, decisions, letters for its mailer, and rules.

import { deliveries, forgetPlaces } from "./deliveries.js";
import { draw, h } from "./dom.js";
import { orders } from "./orders.js";
import { decisions, notices, openDecisions, unsentNotices } from "./papers.js";
import { rules } from "./rules.js";
import { choice, sight } from "./state.js";

const TABS = [["orders", "Orders", () => 0], ["deliveries", "Deliveries", () => 0], ["decisions", "Decisions", openDecisions], ["mailer", "Mailer", unsentNotices], ["rules", "Rules", () => 0]];

function pick(tab) {
  forgetPlaces();
  choice.shopTab = tab;
  drawShop();
}

function toDelivery(supply) {
  choice.delivery = supply.id;
  pick("deliveries");
  document.querySelector(`#shop [data-id="${CSS.escape(supply.id)}"]`)?.scrollIntoView({ block: "center" });
}

function content() {
  switch (choice.shopTab) {
    case "deliveries": return deliveries();
    case "decisions": return decisions(drawShop);
    case "mailer": return notices();
    case "rules": return rules(drawShop);
    default: return orders({ redraw: drawShop, toDelivery });
  }
}

export function drawShop() {
  // Whose orders stand on top is known with the first phone; then nothing jumps.
  if (!sight.shop || choice.customer === null) return;
  draw(document.getElementById("shop"),
    h("header", { class: "shop-head" }, h("h2", {}, `${sight.clock?.shop ?? "Shop"}'s back office`)),
    h("div", { class: "shop-tabs", role: "tablist", "aria-label": "Shop" }, TABS.map(([id, text, count]) =>
      h("button", { role: "tab", "aria-selected": String(choice.shopTab === id), onclick: () => pick(id) }, text, count() ? h("span", { class: "badge" }, String(count())) : null))),
    h("div", { key: choice.shopTab, class: "shop-list", role: "tabpanel", "aria-label": choice.shopTab }, content()));
}
