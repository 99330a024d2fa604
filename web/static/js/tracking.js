// Following the parcel: the title of the tab carries the state, so that it can be seen from another tab.

const title = document.title;

function say(part) {
  const status = part.querySelector('.tag')?.textContent.trim();
  document.title = status ? `${status} · ${title}` : title;
}

document.addEventListener('live:part', event => { if (event.detail.id === 'tracking') say(event.detail.part); });
const part = document.getElementById('tracking');
if (part) say(part);
