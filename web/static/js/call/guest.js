// The page of a third person: it waits before the door, and has the same call as the others once they are let in.
import { Calling } from './call.js';
import { moveOn } from '../parts.js';

const root = document.querySelector('[data-call]');
const calling = new Calling(root, {
  send: frame => document.dispatchEvent(new CustomEvent('live:send', { detail: frame })),
  on: (type, heard) => document.addEventListener(`live:${type}`, ({ detail }) => {
    if (!detail?.topic || detail.topic === root.dataset.topic) heard(detail);
  }),
});

const button = document.querySelector('[data-guest-ready]');
const set = document.querySelector('[data-guest-set]');

function show() {
  button.hidden = Boolean(calling.tracks.audio);
  set.hidden = !calling.tracks.audio;
}

button.addEventListener('click', async () => {
  if (!(await calling.ready('video'))) return;
  show();
  if (calling.call?.open && !calling.inside) calling.goOn();
});
show();

// The call of the others is over: this page stands before the door again.
document.addEventListener('live:part', ({ detail }) => {
  if (detail.part.dataset.inside === 'no' && calling.call?.open) calling.ended();
  show();
});

// Sent away, or the visit is over: the page says so.
document.addEventListener('live:error', ({ detail }) => {
  if (!['call-door-shut', 'not-found'].includes(detail.slug)) return;
  if (calling.inside) calling.ended();
  moveOn();
});
