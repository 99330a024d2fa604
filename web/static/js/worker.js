// The service worker of the patient's pages. It keeps one page, the one for no network, with its styles, and nothing
// else: never a page of a person, never an answer of the API. With a network it stays out of the way.

const SHELF = 'fuzhen-offline-1';
const PAGE = '/offline';
const MODE = '/offline?mode'; // language, text size and styles with which the page was kept
const DESKS = ['api', 'doctor', 'pharmacist', 'pharmacy', 'admin', 'office', 'staff'];

// The new page takes the place of the old one when all of it is here: a network that goes in between leaves one of them.
async function keep(mode) {
  const reply = await fetch(PAGE, { cache: 'no-store' });
  if (!reply.ok || reply.redirected) return;
  const styles = [...new Set((await reply.clone().text()).match(/\/static\/[^"'\s]+/g))];
  const shelf = await caches.open(SHELF);
  await shelf.addAll(styles);
  await shelf.put(PAGE, reply);
  await shelf.put(MODE, new Response(mode));
  const needed = [PAGE, MODE, ...styles].map(path => new URL(path, self.location.href).href);
  const older = (await shelf.keys()).filter(request => !needed.includes(request.url));
  await Promise.all(older.map(request => shelf.delete(request))); // styles of an older release go with their page
}

async function keepOnce(mode) {
  const shelf = await caches.open(SHELF);
  const known = await (await shelf.match(MODE))?.text();
  if (known !== mode) await keep(mode);
}

// Pages that are opened one after the other ask one after the other. Without a network nothing can be kept now; the
// next page that is opened asks again.
let last = Promise.resolve();
function keepInTurn(mode) {
  last = last.then(() => keepOnce(mode)).catch(() => {});
  return last;
}

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter(name => name !== SHELF).map(name => caches.delete(name)));
}

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(forgetOthers()));
self.addEventListener('message', event => event.waitUntil(keepInTurn(event.data.mode)));

self.addEventListener('fetch', event => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin || request.method !== 'GET') return;
  const page = request.mode === 'navigate' && !DESKS.includes(pathname.split('/')[1]);
  if (!page && !pathname.startsWith('/static/')) return;
  event.respondWith(fetch(request).catch(async lost =>
    await caches.match(page ? PAGE : request, { cacheName: SHELF }) ?? Promise.reject(lost)));
});
