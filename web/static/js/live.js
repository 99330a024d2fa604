// One WebSocket a page. Elements with data-live="topic" data-after="seq" are followed; what arrives becomes a DOM
// event on document: live:message, live:hint, live:ack, live:receipt, live:typing, live:open, live:closed.
// Whoever wants to send dispatches live:send. Elements with data-refresh are fetched again when a hint arrives.

const SILENCE = 60_000; // ms without any frame after which the line counts as dead
const BEAT = 25_000;
const topics = new Map();
const followed = [...document.querySelectorAll('[data-live]')];
for (const element of followed) topics.set(element.dataset.live, Number(element.dataset.after || 0));

let socket = null;
let tries = 0;
let heard = 0;
let timer = 0;

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));

function showState(connected) {
  for (const line of document.querySelectorAll('[data-live-state]')) line.hidden = connected;
}

function connect() {
  clearTimeout(timer);
  if (socket && socket.readyState <= WebSocket.OPEN) return;
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  socket = new WebSocket(`${scheme}://${location.host}/live`);
  socket.addEventListener('open', opened);
  socket.addEventListener('message', event => received(JSON.parse(event.data)));
  socket.addEventListener('close', closed);
}

function opened() {
  tries = 0;
  heard = Date.now();
  socket.send(JSON.stringify({ type: 'hello', topics: Object.fromEntries(topics) }));
  showState(true);
  tell('open', {});
}

function closed(event) {
  tell('closed', { code: event.code });
  // 4401 and 4403 are refusals; asking again with the same cookie would be refused again.
  if (event.code === 4401 || event.code === 4403) { location.reload(); return; }
  tries += 1;
  if (tries > 1) showState(false);
  // Full jitter: after a restart the server is not met by everybody at once.
  timer = setTimeout(connect, Math.random() * Math.min(30_000, 500 * 2 ** tries));
}

function received(frame) {
  heard = Date.now();
  if (frame.type === 'ping') { socket.send('{"type":"pong"}'); return; }
  if (frame.type === 'message') {
    const last = topics.get(frame.topic) || 0;
    if (frame.seq > last) topics.set(frame.topic, frame.seq);
  }
  if (frame.type === 'hint') refresh(frame.topic);
  tell(frame.type, frame);
}

document.addEventListener('live:send', event => {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(event.detail));
});

// Keep the line open, notice a dead one, and use a returning network or a woken phone at once.
setInterval(() => {
  if (socket?.readyState !== WebSocket.OPEN) return;
  if (Date.now() - heard > SILENCE) socket.close();
  else socket.send('{"type":"ping"}');
}, BEAT);
window.addEventListener('online', connect);
document.addEventListener('visibilitychange', () => { if (!document.hidden) connect(); });

const running = new Map();

// Several hints in a row fetch once more at the end, never two at a time for one place.
async function refresh(topic) {
  for (const place of followed.filter(element => element.dataset.live === topic && element.dataset.refresh)) {
    if (running.get(place)) { running.set(place, 'again'); continue; }
    do {
      running.set(place, 'now');
      await fetchPart(place);
    } while (running.get(place) === 'again');
    running.delete(place);
  }
}

async function fetchPart(place) {
  let reply;
  try {
    reply = await fetch(place.dataset.refresh, { headers: { accept: 'text/html' } });
  } catch (error) {
    if (error instanceof TypeError) return; // no network; the next hint or reconnection fetches again
    throw error;
  }
  if (reply.redirected || !reply.ok) return;
  const fresh = new DOMParser().parseFromString(await reply.text(), 'text/html');
  for (const part of fresh.querySelectorAll('[data-part]')) {
    const old = document.getElementById(part.id);
    if (!old) continue;
    [...old.querySelectorAll('details')].forEach((fold, n) => { if (fold.open) part.querySelectorAll('details')[n]?.setAttribute('open', ''); });
    old.replaceWith(document.adoptNode(part));
    tell('part', { id: part.id, part });
  }
}

document.addEventListener('live:open', () => followed.forEach(element => refresh(element.dataset.live)));
if (topics.size) connect();
