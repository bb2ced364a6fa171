// Short notes at the foot of the page: what could not be done, and why.

import { h } from "./dom.js";
import { act } from "./wire.js";

export function note(text, kind = "error") {
  const shown = h("p", { class: `note ${kind}` }, text);
  document.getElementById("notes").append(shown);
  setTimeout(() => shown.remove(), 6000);
}

export async function tryTo(kind, more) {
  const answer = await act(kind, more);
  if (!answer.ok) note(answer.error);
  return answer;
}
