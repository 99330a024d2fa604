// Messages on their way. Each has an id made here and is kept in this tab until the server has answered with its
// number, so a reload, a dead network or a restarted server neither loses nor doubles it.
// In: chat:send {text}, chat:retry {client_id}. Out: chat:queued {client_id, text}, chat:state {client_id, state, seq}.

const chat = document.querySelector('[data-chat]');
const key = `outbox:${chat.dataset.chat}`;
const csrf = document.querySelector('meta[name=csrf-token]').content;
let waiting = JSON.parse(sessionStorage.getItem(key) || '[]');
let busy = false;
let tries = 0;
let timer = 0;

// randomUUID exists on secure pages only; a demonstration in a home network is plain HTTP.
const newId = () => crypto.randomUUID?.() ?? '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, digit =>
  (Number(digit) ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (Number(digit) / 4)))).toString(16));
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`chat:${name}`, { detail }));
const keep = () => sessionStorage.setItem(key, JSON.stringify(waiting));

document.addEventListener('chat:send', event => {
  const message = { client_id: newId(), text: event.detail.text, failed: false };
  waiting.push(message);
  keep();
  tell('queued', message);
  flush();
});

document.addEventListener('chat:retry', event => {
  const message = waiting.find(one => one.client_id === event.detail.client_id);
  if (!message) return;
  message.failed = false;
  tell('state', { client_id: message.client_id, state: 'sending' });
  flush();
});

function arrived(client_id, seq) {
  if (!waiting.some(one => one.client_id === client_id)) return;
  waiting = waiting.filter(one => one.client_id !== client_id);
  keep();
  tell('state', { client_id, state: 'sent', seq });
}

document.addEventListener('live:ack', event => arrived(event.detail.client_id, event.detail.seq));

function failed(message, reason) {
  message.failed = true;
  keep();
  tell('state', { client_id: message.client_id, state: 'failed', reason });
}

async function post(message) {
  const body = new URLSearchParams({ text: message.text, client_id: message.client_id });
  const reply = await fetch(chat.dataset.post, { method: 'POST', body, headers: { accept: 'application/json', 'x-csrf-token': csrf } });
  if (reply.ok) { arrived(message.client_id, (await reply.json()).seq); return; }
  if (reply.status >= 500 || reply.status === 429) throw new TypeError(String(reply.status));
  failed(message, (await reply.json().catch(() => ({}))).detail);
}

// In order, one at a time: what was written first arrives first.
async function flush() {
  if (busy) return;
  busy = true;
  clearTimeout(timer);
  try {
    for (let next; (next = waiting.find(one => !one.failed));) { await post(next); tries = 0; }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // TypeError is how fetch says that the network is gone
    tries += 1;
    if (tries >= 3) waiting.filter(one => !one.failed).forEach(one => failed(one));
    else timer = setTimeout(flush, Math.random() * 1000 * 2 ** tries);
  } finally {
    busy = false;
  }
}

// The line came back: everything that had failed for want of a network is tried again with the same ids.
function again() {
  tries = 0;
  for (const message of waiting) {
    if (message.failed) tell('state', { client_id: message.client_id, state: 'sending' });
    message.failed = false;
  }
  flush();
}

document.addEventListener('live:open', again);
window.addEventListener('online', again);
document.addEventListener('chat:ready', () => {
  for (const message of waiting) tell('queued', message);
  again();
});
