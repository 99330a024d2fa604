// The waiting room: live.js fetches the place again; this goes to the visit when it begins, and asks now and then
// when the line is down, so that a call is not missed.

import { moveOn } from './parts.js';

const ASK = 30_000;
const room = document.querySelector('[data-live][data-refresh]');
const title = document.title;

function look(part) {
  if (part.dataset.go) { moveOn(part.dataset.go); return; }
  const ahead = part.querySelector('.place__n, .place__t')?.textContent.trim();
  document.title = ahead ? `${ahead} · ${title}` : title;
  if (part.dataset.state !== 'waiting') moveOn();
}

document.addEventListener('live:part', event => { if (event.detail.id === 'waiting') look(event.detail.part); });

let down = 0;
document.addEventListener('live:closed', () => {
  down ||= setInterval(async () => {
    const reply = await fetch(room.dataset.refresh).catch(() => null); // no network: ask again next time
    if (!reply?.ok) return;
    const fresh = new DOMParser().parseFromString(await reply.text(), 'text/html').getElementById('waiting');
    if (fresh) look(fresh);
  }, ASK);
});
document.addEventListener('live:open', () => { clearInterval(down); down = 0; });
