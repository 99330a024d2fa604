// The service worker of the patient's pages. It keeps one page, the one for no network, with its styles, and nothing
// else: never a page of a person, never an answer of the API. With a network it stays out of the way.

const SHELF = 'fuzhen-offline-1';
const PAGE = '/offline';
const MODE = '/offline?mode'; // language, text size and styles with which the page was kept
const DESKS = ['api', 'doctor', 'pharmacist', 'pharmacy', 'admin', 'office', 'staff'];

async function keep(mode) {
  const reply = await fetch(PAGE, { cache: 'no-store' });
  if (!reply.ok || reply.redirected) return;
  const html = await reply.clone().text();
  await caches.delete(SHELF); // styles of an older release go with their page
  const shelf = await caches.open(SHELF);
  await shelf.addAll([...new Set(html.match(/\/static\/[^"'\s]+/g))]);
  await shelf.put(PAGE, reply);
  await shelf.put(MODE, new Response(mode));
}

async function keepOnce(mode) {
  const shelf = await caches.open(SHELF);
  const known = await (await shelf.match(MODE))?.text();
  if (known !== mode) await keep(mode);
}

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter(name => name !== SHELF).map(name => caches.delete(name)));
}

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(forgetOthers()));
// Without a network nothing can be kept now; the next page that is opened asks again.
self.addEventListener('message', event => event.waitUntil(keepOnce(event.data.mode).catch(() => {})));

self.addEventListener('fetch', event => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin || request.method !== 'GET') return;
  const page = request.mode === 'navigate' && !DESKS.includes(pathname.split('/')[1]);
  if (!page && !pathname.startsWith('/static/')) return;
  event.respondWith(fetch(request).catch(async lost =>
    await caches.match(page ? PAGE : request, { cacheName: SHELF }) ?? Promise.reject(lost)));
});
