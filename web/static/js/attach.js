// Photos, documents and voice on their way up, with progress; a failed one can be sent again while the page is open.
// In: a chosen file, chat:upload {file, kind, seconds}. Out: chat:uploading, chat:progress, chat:state.

const LIMIT = 10 * 1024 * 1024;
const KINDS = /^(image\/(jpeg|png|webp)|application\/pdf|audio\/(webm|ogg|mp4|mpeg))/;
const chat = document.querySelector('[data-chat]');
const input = chat.querySelector('[data-attach]');
const note = chat.querySelector('[data-note]');
const csrf = document.querySelector('meta[name=csrf-token]').content;
const waiting = new Map();
// randomUUID exists on secure pages only; a demonstration in a home network is plain HTTP.
const newId = () => crypto.randomUUID?.() ?? '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, digit =>
  (Number(digit) ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (Number(digit) / 4)))).toString(16));
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`chat:${name}`, { detail }));

function say(text) {
  note.textContent = text;
  note.hidden = !text;
}

function begin(file, kind, seconds = 0) {
  say('');
  if (file.size > LIMIT) { say(chat.dataset.tBig); return; }
  if (!KINDS.test(file.type)) { say(chat.dataset.tKind); return; }
  const one = { client_id: newId(), file, kind, seconds };
  waiting.set(one.client_id, one);
  tell('uploading', { client_id: one.client_id, name: kind === 'voice' ? `${seconds} ${chat.dataset.tSeconds}` : file.name });
  upload(one);
}

function upload(one) {
  const body = new FormData();
  body.append('file', one.file, one.file.name);
  body.append('kind', one.kind);
  body.append('client_id', one.client_id);
  if (one.seconds) body.append('seconds', String(one.seconds));
  const request = new XMLHttpRequest(); // fetch does not tell how far an upload is
  request.open('POST', chat.dataset.upload);
  request.setRequestHeader('accept', 'application/json');
  request.setRequestHeader('x-csrf-token', csrf);
  request.upload.addEventListener('progress', event =>
    tell('progress', { client_id: one.client_id, percent: Math.round(100 * event.loaded / event.total) }));
  request.addEventListener('load', () => finish(one, request));
  request.addEventListener('error', () => tell('state', { client_id: one.client_id, state: 'failed' }));
  request.send(body);
}

function finish(one, request) {
  const reply = request.getResponseHeader('content-type')?.includes('json') ? JSON.parse(request.responseText) : {};
  if (request.status < 300) {
    waiting.delete(one.client_id);
    tell('state', { client_id: one.client_id, state: 'sent', seq: reply.seq });
  } else tell('state', { client_id: one.client_id, state: 'failed', reason: reply.detail });
}

document.addEventListener('chat:retry', event => {
  const one = waiting.get(event.detail.client_id);
  if (!one) return;
  tell('state', { client_id: one.client_id, state: 'sending' });
  upload(one);
});
document.addEventListener('chat:upload', event => begin(event.detail.file, event.detail.kind, event.detail.seconds));
document.addEventListener('chat:note', event => say(event.detail.text));
input?.addEventListener('change', () => {
  for (const file of input.files) begin(file, file.type.startsWith('image/') ? 'image' : 'document');
  input.value = '';
});
