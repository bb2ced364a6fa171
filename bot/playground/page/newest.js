// Logs stay at their newest line until a person scrolls away from it.

const away = new Set();

export const atEnd = (log) => log.scrollHeight - log.scrollTop - log.clientHeight < 80;

// A hidden log has no height and tells nothing about its reader.
export function noteScroll(key, log) {
  if (!log.clientHeight) return;
  if (atEnd(log)) away.delete(key);
  else away.add(key);
}

export const comeBack = (key) => away.delete(key);

export function keepUp(key, log) {
  if (away.has(key)) return false;
  log.scrollTop = log.scrollHeight;
  for (const img of log.querySelectorAll("img")) if (!img.complete) img.onload = () => { if (!away.has(key)) log.scrollTop = log.scrollHeight; };
  return true;
}
