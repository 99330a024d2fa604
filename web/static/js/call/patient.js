// The call on the patient's page of the conversation: over the page's own live line.
import { Calling } from './call.js';

const root = document.querySelector('[data-call]');
if (root) {
  new Calling(root, {
    send: frame => document.dispatchEvent(new CustomEvent('live:send', { detail: frame })),
    on: (type, heard) => document.addEventListener(`live:${type}`, ({ detail }) => {
      if (!detail?.topic || detail.topic === root.dataset.topic) heard(detail);
    }),
  });
}
