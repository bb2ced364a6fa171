// Coloured initials for people.

import { h } from "./dom.js";

export function avatar(name, more = "") {
  const letters = name.split(/\s+/).map((each) => each[0] ?? "").slice(0, 2).join("");
  let hue = 0;
  for (const character of name) hue = (hue * 31 + character.codePointAt(0)) % 8;
  return h("span", { class: `avatar hue-${hue} ${more}`, "aria-hidden": "true" }, letters);
}
