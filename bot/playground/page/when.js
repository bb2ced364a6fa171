// Dates and amounts as people here read them.

const formats = new Map();

function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return formats.get(key);
}

const TIME = { hour: "2-digit", minute: "2-digit" };
const DAY = { weekday: "short", day: "numeric", month: "long" };

export const time = (instant, zone) => format(zone, TIME).format(new Date(instant));
export const day = (instant, zone) => format(zone, DAY).format(new Date(instant)).replace(",", "");
export const dayAndTime = (instant, zone) => `${day(instant, zone)}, ${time(instant, zone)}`;
export const date = (text) => day(`${text}T12:00:00Z`, "UTC");
export const zoneName = (zone) => `${zone.split("/").pop().replaceAll("_", " ")} time`;

export function span(milliseconds) {
  const minutes = Math.max(0, Math.round(milliseconds / 60000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.round(hours / 24)} days`;
  return minutes % 60 && hours < 10 ? `${hours} h ${minutes % 60} min` : `${Math.round(minutes / 60)} h`;
}

export function money(minor, currency) {
  if (minor == null || !currency) return "";
  const written = new Intl.NumberFormat("en", { style: "currency", currency });
  return written.format(minor / 10 ** written.resolvedOptions().maximumFractionDigits);
}
