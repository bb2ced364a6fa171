// Block Kit as Slack's client draws it. `use` says what pressing and choosing do.

import { h } from "./dom.js";
import { mrkdwn, plainText } from "./mrkdwn.js";
import { outside } from "./safe_html.js";

const caption = (element) => plainText((element.text ?? element.placeholder)?.text ?? "");

function words(text, people) {
  return text.type === "mrkdwn" ? mrkdwn(text.text, people) : h("p", {}, plainText(text.text));
}

function button(element, use) {
  const classes = `slack-button ${element.style ?? ""}`;
  const url = element.url && outside(element.url);
  // A card that loses a button must not turn the one under the pointer into another.
  const key = element.action_id;
  if (url) return h("a", { key, class: classes, href: url, target: "_blank", rel: "noopener noreferrer", onclick: () => use.press(element) }, caption(element));
  return h("button", { key, type: "button", class: classes, "aria-label": element.accessibility_label ?? null, onclick: () => use.press(element) }, caption(element));
}

function optionsOf(element) {
  return [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)];
}

function menu(element, use) {
  const label = caption(element) || "More actions";
  return h("select", { class: "slack-button", "aria-label": label, onchange: ({ target }) => { use.choose(element, target.value); if (element.type === "overflow") target.value = ""; } },
    h("option", { value: "", disabled: true, selected: !element.initial_option }, label),
    optionsOf(element).map((option) => h("option", { value: option.value, selected: option.value === element.initial_option?.value }, plainText(option.text.text))));
}

function element(each, use, people) {
  switch (each.type) {
    case "button": return button(each, use);
    case "image": return h("img", { class: "small-image", src: each.image_url, alt: each.alt_text });
    case "static_select":
    case "overflow": return menu(each, use);
    case "mrkdwn":
    case "plain_text": return h("span", {}, words(each, people));
    default: return h("span", { class: "unknown" }, each.type);
  }
}

function rich(each, people) {
  switch (each.type) {
    case "text": {
      const { bold, italic, strike, code } = each.style ?? {};
      return [[code, "code"], [strike, "s"], [italic, "i"], [bold, "b"]].reduce((inner, [on, tag]) => (on ? h(tag, {}, inner) : inner), each.text);
    }
    case "link": return outside(each.url) ? h("a", { href: each.url, target: "_blank", rel: "noopener noreferrer" }, each.text ?? each.url) : each.text ?? each.url;
    case "user": return h("span", { class: "mention" }, `@${people[each.user_id] ?? each.user_id}`);
    case "emoji": return plainText(`:${each.name}:`);
    case "rich_text_quote": return h("blockquote", {}, each.elements.map((one) => rich(one, people)));
    case "rich_text_preformatted": return h("pre", {}, each.elements.map((one) => rich(one, people)));
    case "rich_text_list": return h("ul", {}, each.elements.map((one) => h("li", {}, rich(one, people))));
    default: return h("p", {}, (each.elements ?? []).map((one) => rich(one, people)));
  }
}

function input(block, use, people) {
  const { element: field, block_id: id } = block;
  const error = use.errors?.[id];
  const label = plainText(block.label.text);
  const common = { name: id, "aria-label": label, "aria-invalid": error ? "true" : null, "data-focus": field.focus_on_load ?? null };
  const held = use.held?.(block) ?? field.initial_value ?? "";
  let control;
  if (field.type === "plain_text_input") {
    common.placeholder = field.placeholder ? plainText(field.placeholder.text) : null;
    common.maxlength = field.max_length ?? 3000;
    control = field.multiline ? h("textarea", { ...common, rows: 5 }, held) : h("input", { ...common, value: held });
  } else if (field.type === "static_select" || field.type === "radio_buttons") {
    control = h("select", common, h("option", { value: "" }, "Choose"), optionsOf(field).map((option) => h("option", { value: option.value, selected: option.value === field.initial_option?.value }, plainText(option.text.text))));
  } else if (field.type === "datepicker") control = h("input", { ...common, type: "date", value: field.initial_date ?? "" });
  else control = element(field, use, people);
  return h("div", { key: id, class: error ? "field wrong" : "field" },
    h("label", {}, h("span", {}, label, block.optional ? h("small", {}, " (optional)") : null), control),
    error ? h("p", { class: "field-error", role: "alert" }, error) : block.hint ? h("p", { class: "hint" }, plainText(block.hint.text)) : null);
}

function drawn(block, use, people) {
  switch (block.type) {
    case "header": return h("h3", {}, plainText(block.text.text));
    case "divider": return h("hr");
    case "image": return h("img", { class: "block-image", src: block.image_url, alt: block.alt_text });
    case "context": return h("div", { class: "context" }, block.elements.map((each) => element(each, use, people)));
    case "actions": return h("div", { class: "actions" }, block.elements.map((each) => element(each, use, people)));
    case "rich_text": return h("div", { class: "section" }, block.elements.map((each) => rich(each, people)));
    case "input": return input(block, use, people);
    case "section": return h("div", { class: "section" },
      h("div", {}, block.text ? words(block.text, people) : null,
        block.fields ? h("div", { class: "fields" }, block.fields.map((each) => h("div", {}, words(each, people)))) : null),
      block.accessory ? element(block.accessory, use, people) : null);
    default: return h("p", { class: "unknown" }, block.type);
  }
}

export const blocks = (list, use, people) => list.map((block) => drawn(block, use, people));
