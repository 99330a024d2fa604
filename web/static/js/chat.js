// The conversation on the page: draws what is being sent, puts what arrives in its place by number, tells what was
// read. Text is only ever set as text; lines from the server are the same escaped template that drew the page.

import { moveOn } from './parts.js';

const chat = document.querySelector('[data-chat]');
const box = chat.querySelector('.log');
const list = chat.querySelector('[data-log]');
const form = chat.querySelector('[data-composer]');
const field = form?.querySelector('textarea');
const topic = chat.dataset.live;
const words = chat.dataset;
const send = detail => document.dispatchEvent(new CustomEvent('live:send', { detail }));
const nearEnd = () => box.scrollHeight - box.scrollTop - box.clientHeight < 120;
const toEnd = () => { box.scrollTop = box.scrollHeight; };
const own = client_id => list.querySelector(`[data-client="${CSS.escape(client_id)}"]`);

function make(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
}

// A line of ours that the server has not numbered yet.
function pending(client_id, content) {
  const line = make('li', 'msg msg--own');
  line.dataset.client = client_id;
  const column = make('div', 'msg__c');
  const meta = make('p', 'msg__m');
  meta.append(make('span', '', words.tSending));
  column.append(make('span', 'sr', words.tMe), content, meta);
  line.append(column);
  list.append(line);
  toEnd();
}

document.addEventListener('chat:queued', event => {
  const { client_id, text } = event.detail;
  if (!own(client_id)) pending(client_id, make('p', 'bub', text));
});

document.addEventListener('chat:uploading', event => {
  const { client_id, name } = event.detail;
  const bubble = make('div', 'bub');
  const bar = make('progress');
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute('aria-label', name);
  bubble.append(make('span', '', name), bar);
  pending(client_id, bubble);
});

document.addEventListener('chat:progress', event => {
  const bar = own(event.detail.client_id)?.querySelector('progress');
  if (bar) bar.value = event.detail.percent;
});

function retry(client_id) {
  const button = make('button', 'retry', words.tRetry);
  button.type = 'button';
  button.addEventListener('click', () => document.dispatchEvent(new CustomEvent('chat:retry', { detail: { client_id } })));
  return button;
}

document.addEventListener('chat:state', event => {
  const { client_id, state, seq, reason } = event.detail;
  const line = own(client_id);
  if (!line) return;
  line.classList.toggle('msg--fail', state === 'failed');
  const meta = line.querySelector('.msg__m');
  const word = { sending: words.tSending, sent: words.tSent, failed: reason || words.tFailed }[state];
  const said = make('span', '', word);
  said.dataset.receipt = '';
  meta.replaceChildren(said);
  if (state === 'failed') meta.append(retry(client_id));
  if (seq) place(line, seq);
});

// Lines stand in the order of their numbers; those without a number stay at the end.
function place(line, seq) {
  line.dataset.seq = seq;
  const after = [...list.querySelectorAll('[data-seq]')].find(other => other !== line && Number(other.dataset.seq) > seq);
  const open = list.querySelector('li:not([data-seq]):not(.day)');
  list.insertBefore(line, after || (open !== line ? open : null));
}

function drawn(frame) {
  if (frame.html) {
    const parsed = new DOMParser().parseFromString(frame.html, 'text/html').querySelector('li');
    if (parsed) return document.adoptNode(parsed);
  }
  const line = make('li', 'msg');
  line.append(make('div', 'msg__c'));
  line.firstChild.append(make('p', 'bub', frame.data?.text ?? ''));
  return line;
}

document.addEventListener('live:message', event => {
  const frame = event.detail;
  if (frame.topic !== topic) return;
  const follow = nearEnd();
  const line = drawn(frame);
  const client_id = line.dataset.client || frame.data?.client_id;
  if (client_id) {
    own(client_id)?.remove();
    document.dispatchEvent(new CustomEvent('live:ack', { detail: { client_id, seq: frame.seq } }));
  }
  list.querySelector(`[data-seq="${frame.seq}"]`)?.remove(); // the same number twice is the same line
  place(line, frame.seq);
  typing(false);
  if (follow) toEnd();
  seen();
});

document.addEventListener('live:receipt', event => {
  const { seq, state } = event.detail;
  if (event.detail.topic !== topic) return;
  const word = { delivered: words.tDelivered, read: words.tRead }[state];
  for (const line of list.querySelectorAll('.msg--own[data-seq]')) {
    const said = line.querySelector('[data-receipt]');
    if (!said || Number(line.dataset.seq) > seq || (state === 'delivered' && said.textContent === words.tRead)) continue;
    said.textContent = word;
  }
});

// Read means: on the screen of a page that somebody looks at.
let told = 0;
function seen() {
  if (document.hidden || !nearEnd()) return;
  const last = Math.max(0, ...[...list.querySelectorAll('[data-seq]')].map(line => Number(line.dataset.seq)));
  if (last <= told) return;
  told = last;
  send({ type: 'receipt', topic, seq: last, state: 'read' });
}
box.addEventListener('scroll', seen, { passive: true });
document.addEventListener('visibilitychange', seen);
document.addEventListener('live:open', () => { told = 0; seen(); });

const writing = chat.querySelector('[data-typing]');
let stopped = 0;
function typing(on) {
  clearTimeout(stopped);
  writing.textContent = on ? words.tTyping : '';
  writing.hidden = !on;
  if (on) stopped = setTimeout(typing, 5000, false);
}
document.addEventListener('live:typing', event => { if (event.detail.topic === topic) typing(true); });

// A finished visit changes the composer, which belongs to the server.
document.addEventListener('live:part', event => {
  if (event.detail.id === 'chat-status' && event.detail.part.dataset.open !== (form ? 'yes' : 'no')) moveOn();
});

if (form) {
  const draft = field.dataset.draftKey;
  let last = 0;
  field.value = sessionStorage.getItem(draft) || '';
  field.addEventListener('input', () => {
    sessionStorage.setItem(draft, field.value);
    if (Date.now() - last > 3000) { last = Date.now(); send({ type: 'typing', topic }); }
  });
  form.addEventListener('submit', event => {
    event.preventDefault();
    event.stopPropagation(); // the guard against double sending is for forms that leave the page
    const text = field.value.trim();
    if (text) document.dispatchEvent(new CustomEvent('chat:send', { detail: { text } }));
    field.value = '';
    sessionStorage.removeItem(draft);
    field.focus();
  });
  // Enter sends where there is a keyboard; during composition of Chinese it chooses the word.
  field.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || matchMedia('(pointer: coarse)').matches) return;
    event.preventDefault();
    form.requestSubmit();
  });
}
toEnd();
document.dispatchEvent(new CustomEvent('chat:ready'));
