// The way to the server: what it shows comes over one socket, what one does goes by POST.

const KEEP = "playground-token";

function readToken() {
  const given = location.hash.slice(1);
  if (given) {
    sessionStorage.setItem(KEEP, given);
    history.replaceState(null, "", location.pathname);
  }
  return given || sessionStorage.getItem(KEEP) || "";
}

const token = readToken();
let socket = null;
let seat = "";

export const hasToken = token !== "";

export async function act(kind, more = {}) {
  try {
    const response = await fetch("/act", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Playground-Token": token },
      body: JSON.stringify({ kind, ...more }),
    });
    if (response.status === 401) return { ok: false, error: "This page is from an earlier start. Open the address in the terminal." };
    return await response.json();
  } catch {
    return { ok: false, error: "The playground doesn't answer. Is it still running?" };
  }
}

export function follow({ onPart, onConnection }) {
  let pause = 300;
  const connect = () => {
    socket = new WebSocket(`ws://${location.host}/sight`, ["playground", token]);
    socket.onopen = () => {
      pause = 300;
      if (seat) socket.send(seat);
      onConnection(true);
    };
    socket.onmessage = ({ data }) => {
      const { part, value } = JSON.parse(data);
      onPart(part, value);
    };
    socket.onclose = () => {
      onConnection(false);
      setTimeout(connect, pause);
      pause = Math.min(pause * 2, 5000);
    };
  };
  connect();
}

export function sitWith(colleague) {
  seat = colleague;
  if (socket?.readyState === WebSocket.OPEN) socket.send(seat);
}
