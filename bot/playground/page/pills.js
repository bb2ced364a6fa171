// The date over a chat floats while one scrolls, and fades so as to cover no words.

const LINGERS = 900;
let timer = null;

function covers(pill) {
  const next = pill.nextElementSibling;
  return Boolean(next) && next.offsetTop < pill.offsetTop + pill.offsetHeight;
}

export function restPills(chat) {
  for (const pill of chat.querySelectorAll(".day")) pill.toggleAttribute("data-own-covers", covers(pill));
}

export function movePills(chat) {
  restPills(chat);
  chat.toggleAttribute("data-own-moving", true);
  clearTimeout(timer);
  timer = setTimeout(() => chat.removeAttribute("data-own-moving"), LINGERS);
}
