// One WebSocket a page. `connect` opens it and keeps it open; what is followed survives every reconnection, from the
// last number seen. On pages with elements data-live="topic" data-after="seq" it starts by itself: what arrives
// becomes a DOM event on document (live:message, live:hint, live:ack, live:receipt, live:typing, live:open,
// live:closed), live:send goes out, and elements with data-refresh are fetched again when a hint arrives.

import { moveOn, swap } from './parts.js';

const SILENCE = 60_000; // ms without any frame after which the line counts as dead
const BEAT = 25_000;
const REFUSED = [4401, 4403]; // asking again with the same cookie would be refused again
const TOGETHER = 200; // ms in which several messages are acknowledged at once

// Several roles can be signed in side by side in one browser; the page says which of them speaks.
const OTHERS = ['doctor', 'pharmacist', 'pharmacy', 'compliance', 'admin', 'operator', 'office', 'guest'];
const first = location.pathname.split('/')[1];
const role = document.body.dataset.as ?? (OTHERS.includes(first) ? first : '');
const asked = role && `?as=${role}`;

// Whoever is in a call needs the line sooner, for a way around a broken path.
const longest = () => ((document.body.dataset.calling ?? 'none') === 'none' ? 30_000 : 2000);

export function connect({ topics, after = {}, onEvent, onState = () => {} }) {
  const seen = new Map([...topics].map(topic => [topic, Number(after[topic] || 0)]));
  let socket = null;
  let tries = 0;
  let heard = 0;
  let timer = 0;
  const got = new Map();

  function open() {
    clearTimeout(timer);
    if (socket && socket.readyState <= WebSocket.OPEN) return;
    socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live${asked}`);
    socket.addEventListener('open', opened);
    socket.addEventListener('message', event => received(JSON.parse(event.data)));
    socket.addEventListener('close', closed);
  }

  function opened() {
    tries = 0;
    heard = Date.now();
    send({ type: 'hello', topics: Object.fromEntries(seen) });
    onState('open', {});
  }

  function closed(event) {
    tries += 1;
    const refused = REFUSED.includes(event.code);
    onState(refused ? 'refused' : 'closed', { code: event.code, tries });
    // Full jitter: after a restart the server is not met by everybody at once.
    if (!refused) timer = setTimeout(open, Math.random() * Math.min(longest(), 500 * 2 ** tries));
  }

  function received(frame) {
    heard = Date.now();
    if (frame.type === 'ping') send({ type: 'pong' });
    if (frame.type === 'ping' || frame.type === 'pong') return;
    if (frame.type === 'message' && frame.seq > (seen.get(frame.topic) || 0)) {
      seen.set(frame.topic, frame.seq);
      delivered(frame.topic);
    }
    onEvent(frame);
  }

  // The other side learns that its words arrived; only here, where they did.
  function delivered(topic) {
    if (got.has(topic)) return;
    got.set(topic, setTimeout(() => {
      got.delete(topic);
      send({ type: 'receipt', topic, seq: seen.get(topic), state: 'delivered' });
    }, TOGETHER));
  }

  function send(frame) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  }

  // Keep the line open, notice a dead one, and use a returning network or a woken phone at once.
  setInterval(() => {
    if (socket?.readyState !== WebSocket.OPEN) return;
    if (Date.now() - heard > SILENCE) socket.close();
    else send({ type: 'ping' });
  }, BEAT);
  window.addEventListener('online', open);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) open(); });
  open();
  return { send };
}

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));
const followed = [...document.querySelectorAll('[data-live]')];

function heardFrame(frame) {
  if (frame.type === 'hint') refresh(frame.topic);
  tell(frame.type, frame);
}

function stateChanged(state, detail) {
  if (state === 'refused') { moveOn(); return; }
  // One dropped line that comes back at once is not worth a word.
  if (state === 'open' || detail.tries > 1) {
    for (const line of document.querySelectorAll('[data-live-state]')) line.hidden = state === 'open';
  }
  tell(state, detail);
}

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
    reply = await fetch(place.dataset.refresh, { headers: { accept: 'text/html', 'x-seen': document.hidden ? 'no' : 'yes' } });
  } catch (error) {
    if (error instanceof TypeError) return; // no network; the next hint or reconnection fetches again
    throw error;
  }
  if (reply.redirected || !reply.ok) return;
  const fresh = new DOMParser().parseFromString(await reply.text(), 'text/html');
  for (const part of fresh.querySelectorAll('[data-part]')) {
    const made = await swap(part.id, part);
    if (made) tell('part', { id: part.id, part: made });
  }
}

document.addEventListener('live:open', () => followed.forEach(element => refresh(element.dataset.live)));
if (followed.length) {
  const line = connect({
    topics: followed.map(element => element.dataset.live),
    after: Object.fromEntries(followed.map(element => [element.dataset.live, element.dataset.after || 0])),
    onEvent: heardFrame,
    onState: stateChanged,
  });
  document.addEventListener('live:send', event => line.send(event.detail));
}
