// Between our page and the cashier: asks now and then where it stands, and goes on by itself when that changes.
// A page that reloads itself would pull the words away from somebody who listens to them.

import { moveOn } from './parts.js';

const PAUSE = 2_000;
const shown = document.querySelector('[data-paying]');

async function look() {
  const reply = await fetch(location.href).catch(() => null); // no network: ask again next time
  if (reply?.redirected) { moveOn(reply.url); return; }
  const fresh = reply?.ok && new DOMParser().parseFromString(await reply.text(), 'text/html');
  if (fresh && fresh.querySelector('[data-paying]')?.dataset.paying !== shown.dataset.paying) { moveOn(); return; }
  setTimeout(look, PAUSE);
}

if (shown) setTimeout(look, PAUSE);
