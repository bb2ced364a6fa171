// What the server showed last, and what the person at this page has chosen.

export const sight = { clock: null, shop: null, slack: null, phones: new Map() };

export const choice = {
  customer: null,
  colleague: "",
  tab: "phone",
  shopTab: "orders",
  thread: null,
  channel: null,
  filter: "",
  menu: null,
};

const SEEN = "playground-seen";
const seen = JSON.parse(sessionStorage.getItem(SEEN) ?? "{}");
let skew = null;

export function customerZone(id) {
  const customer = sight.shop?.customers.find((each) => each.id === id);
  return customer?.time_zone ?? sight.clock?.zone ?? "UTC";
}

export function setClock(value) {
  sight.clock = value;
  skew = Date.parse(value.now) - Date.now();
}

export const now = () => Date.now() + (skew ?? 0);

export function unread(id) {
  const phone = sight.phones.get(id);
  if (!phone) return 0;
  return phone.messages.filter((each) => each.from_bot && each.id > (seen[id] ?? 0)).length;
}

export function markSeen(id) {
  const last = sight.phones.get(id)?.messages.at(-1)?.id ?? 0;
  if (last <= (seen[id] ?? 0)) return false;
  seen[id] = last;
  sessionStorage.setItem(SEEN, JSON.stringify(seen));
  return true;
}

export const shown = (part) => choice.tab === part || matchMedia("(min-width: 1100px)").matches;
