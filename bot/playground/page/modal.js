// A modal over the colleague's Slack: filled in, submitted, or cancelled.

import { blocks } from "./blocks.js";
import { h, icon } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { tryTo } from "./notes.js";

const MISSING = "Please complete this required field.";
const errors = new Map();
let busy = false;

function typed(form, view) {
  const values = {};
  for (const block of view.blocks) {
    const control = block.type === "input" && form.elements[block.block_id];
    if (control) values[block.block_id] = control.value || null;
  }
  return values;
}

function missing(values, view) {
  const empty = view.blocks.filter((block) => block.block_id in values && !block.optional && !values[block.block_id]);
  return Object.fromEntries(empty.map((block) => [block.block_id, MISSING]));
}

export function modal(view, { colleague, people, redraw }) {
  const id = view.id;
  const close = () => tryTo("close", { colleague, view: id });
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    const form = event.target;
    const values = typed(form, view);
    const wrong = missing(values, view);
    if (!Object.keys(wrong).length) {
      busy = true;
      redraw();
      Object.assign(wrong, (await tryTo("submit", { colleague, view: id, values })).fields);
      busy = false;
    }
    errors.set(id, wrong);
    redraw();
    form.querySelector('[aria-invalid="true"]')?.focus();
  };
  const held = (block) => view.state?.values?.[block.block_id]?.[block.element.action_id]?.value;
  const title = plainText(view.title.text);
  return h("div", { key: id, class: "scrim", onkeydown: (event) => { if (event.key === "Escape") close(); } },
    h("form", { class: "modal", role: "dialog", "aria-modal": "true", "aria-label": title, onsubmit: submit },
      h("header", {}, h("h2", {}, title), h("button", { type: "button", class: "plain", "aria-label": "Close", onclick: close }, icon("close"))),
      h("div", { class: "modal-body" }, blocks(view.blocks, { errors: errors.get(id), held, press: () => {}, choose: () => {} }, people)),
      h("footer", {},
        h("button", { type: "button", class: "slack-button", onclick: close }, view.close ? plainText(view.close.text) : "Cancel"),
        view.submit ? h("button", { class: "slack-button primary", disabled: busy }, busy ? "…" : plainText(view.submit.text)) : null)));
}
