// Drawing: build the wanted tree, then change the shown one only where they differ.
// What a person types, where they scrolled and what has the focus stays untouched.

const SVG = "http://www.w3.org/2000/svg";

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  element._on = {};
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value == null || value === false) continue;
    if (name === "key") element._key = String(value);
    else if (name.startsWith("on")) {
      element[name] = value;
      element._on[name] = value;
    } else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children) {
    if (child == null || child === false) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child);
  }
}

export function draw(root, ...children) {
  const wanted = document.createDocumentFragment();
  append(wanted, children);
  morphChildren(root, wanted);
}

function isSame(have, want) {
  return have.nodeType === want.nodeType && have.nodeName === want.nodeName && have._key === want._key;
}

function morph(have, want) {
  if (have.nodeType !== Node.ELEMENT_NODE) {
    if (have.data !== want.data) have.data = want.data;
    return;
  }
  for (const { name } of [...have.attributes]) {
    // A person opened it, or a part marked itself: the next picture must not undo that.
    const own = name.startsWith("data-own-") || name === "open" && have.tagName === "DETAILS";
    if (!want.hasAttribute(name) && !own) have.removeAttribute(name);
  }
  for (const { name, value } of want.attributes) {
    if (have.getAttribute(name) !== value) have.setAttribute(name, value);
  }
  for (const name of Object.keys({ ...have._on, ...want._on })) have[name] = want._on[name] ?? null;
  have._on = want._on;
  morphChildren(have, want);
}

function morphChildren(have, want) {
  const wanted = [...want.childNodes];
  const keys = new Set(wanted.map((each) => each._key));
  const keyed = new Map();
  for (const child of [...have.childNodes]) {
    if (child._key === undefined) continue;
    if (keys.has(child._key)) keyed.set(child._key, child);
    else child.remove();
  }
  let at = have.firstChild;
  for (const child of wanted) {
    const found = child._key === undefined ? at : keyed.get(child._key);
    if (found && isSame(found, child)) {
      if (found === at) at = at.nextSibling;
      else have.insertBefore(found, at);
      morph(found, child);
    } else have.insertBefore(child, at);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

const PATHS = {
  send: "M3 11.5 21 4l-5 17-4.5-6.5zM11.5 14.5 21 4",
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6 6 18",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  menu: "M4 7h16M4 12h16M4 17h10",
  clip: "M20 11.5l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.5 3.5 0 0 1 5 5L10 17.5a1.8 1.8 0 0 1-2.6-2.6l7.6-7.4",
  mail: "M3 6h18v12H3zM3 7l9 7 9-7",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3.5 2",
  next: "M5 5l8 7-8 7zM18 5v14",
  phone: "M8 2.5h8a1.5 1.5 0 0 1 1.5 1.5v16a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 20V4A1.5 1.5 0 0 1 8 2.5zM11 18.5h2",
  hash: "M9 4 7 20M17 4l-2 16M4 9h16M3.5 15h16",
  box: "M4 8l8-4 8 4v8.5l-8 4-8-4zM4 8l8 4 8-4M12 12v8.5",
  block: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM6 6l12 12",
  camera: "M4 8h4l1.5-2.5h5L16 8h4v11H4zM12 10.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  voice: "M12 3.5a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0V6A2.5 2.5 0 0 1 12 3.5zM6 11a6 6 0 0 0 12 0M12 17v3.5",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.300l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.700l1-1",
  down: "M6 9l6 6 6-6",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 9.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z",
  check: "M4.500 12.500l5 5 10-11",
  doublecheck: "M2 12.500l4.500 4.500 9-10M11 15.500l1.500 1.500 9-10",
  truck: "M3 6h11v10H3zM14 10h4l3 3v3h-7M7 16a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM17 16a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg._on = {};
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path._on = {};
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
