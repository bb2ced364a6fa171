// The merchant's rules, as the file has them: read, changed, and put in force.

import { h } from "./dom.js";
import { tryTo } from "./notes.js";
import { choice, sight } from "./state.js";

export function rules(redraw) {
  const save = async (event) => {
    event.preventDefault();
    const answer = await tryTo("policy", { source: event.target.elements.source.value });
    choice.rulesNote = answer.ok ? "In force: the next message follows it." : "";
    redraw();
  };
  return h("form", { key: "rules", class: "rules", onsubmit: save },
    h("p", { class: "hint" }, "policy.toml, as the bot reads it. Open choices keep the rules they were made on."),
    h("textarea", { name: "source", "aria-label": "Rules", spellcheck: false, rows: 22 }, sight.shop.policy.source),
    h("div", { class: "line-moves" },
      h("button", { class: "small strong" }, "Put in force"),
      h("span", { class: "count" }, choice.rulesNote ?? `version ${sight.shop.policy.version}`)));
}
