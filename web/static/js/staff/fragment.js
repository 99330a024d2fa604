// Parts of a page that are fetched again or sent without leaving it. The server always answers with whole mark-up,
// so that the same form works without this script.
import { moveOn, swap as replace } from "../parts.js";

const parse = (html) => new DOMParser().parseFromString(html, "text/html");

// Put a new element in the place of the old one.
export async function swap(id, fresh, sent = false) {
  const made = await replace(id, fresh, sent);
  made?.dispatchEvent(new CustomEvent("swapped", { bubbles: true }));
  return made;
}

export async function load(url, options = {}) {
  const reply = await fetch(url, { credentials: "same-origin", headers: { "X-Requested-With": "fuzhen" }, ...options });
  if (reply.redirected && new URL(reply.url).pathname === "/staff/sign-in") moveOn(reply.url);
  return { ok: reply.ok, status: reply.status, url: reply.url, page: parse(await reply.text()) };
}

const NOTHING = { ok: false }; // no network: the next hint or the returning line fetches again

// Fetch a fragment by its address and put it in place of the element with this id; `beside` are ids of parts that
// came along, such as the figures above a list. Answers with the new element.
export async function refresh(id, url, ...beside) {
  const { ok, page } = await load(url).catch(() => NOTHING);
  if (!ok) return null;
  for (const other of beside) await swap(other, page.getElementById(other));
  return swap(id, page.getElementById(id));
}

// Send a form in the background; the answer is the page it would have led to, of which one part is taken.
export async function send(form, submitter, id) {
  if (form.dataset.busy) return null;
  form.dataset.busy = "1";
  try {
    const data = new FormData(form, submitter ?? undefined);
    const action = submitter?.formAction && submitter.hasAttribute("formaction") ? submitter.formAction : form.action;
    const { page } = await load(action, { method: "POST", body: data });
    const fresh = page.getElementById(id);
    if (!fresh) return void form.submit();
    return await swap(id, fresh, true);
  } catch {
    return null;
  } finally {
    delete form.dataset.busy;
  }
}

// All forms and links with data-stay inside one part keep the person on the page.
export function stayWithin(id, after = () => {}) {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.dataset.stay === undefined || !document.getElementById(id)?.contains(form)) return;
    event.preventDefault();
    after(await send(form, event.submitter, id), form);
  });
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-stay]");
    if (!link || !document.getElementById(id)?.contains(link) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    await refresh(id, link.href);
  });
}

// Search as you type: arrows walk through the hits, Enter takes the first one.
export function searchAsYouType() {
  let timer = 0;
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-search]");
    if (!form || event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(() => find(form, event.target.value.trim()), 140);
  });
  document.addEventListener("compositionend", (event) => event.target.dispatchEvent(new InputEvent("input", { bubbles: true })));
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.dataset.search === undefined) return;
    event.preventDefault();
    clearTimeout(timer);
    await find(form, form.elements.q.value.trim());
    hits(form)[0]?.click();
  });
  document.addEventListener("keydown", walk);
}

const hits = (form) => [...document.querySelectorAll(`#${form.dataset.into} [data-hit]:not([disabled])`)];

async function find(form, query) {
  const { ok, page } = await load(`${form.dataset.search}&q=${encodeURIComponent(query)}`).catch(() => NOTHING);
  if (ok && form.elements.q.value.trim() === query) swap(form.dataset.into, page.getElementById(form.dataset.into));
}

function walk(event) {
  if (!["ArrowDown", "ArrowUp"].includes(event.key) || event.isComposing) return;
  const list = event.target.closest(".hits");
  const form = list ? document.querySelector(`form[data-into="${list.id}"]`) : event.target.closest("form[data-search]");
  if (!form) return;
  const all = [form.elements.q, ...hits(form)];
  const at = all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  all[Math.min(Math.max(at, 0), all.length - 1)].focus();
  event.preventDefault();
}
