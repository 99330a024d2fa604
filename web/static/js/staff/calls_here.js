// A check of the installation takes half a minute: its findings come into the page by themselves.
import { handsOff } from "../parts.js";
import { load, swap } from "./fragment.js";

const PAUSE = 2000;
const id = "calls-here";
const before = document.getElementById(id)?.dataset.stamp;

async function again() {
  const { ok, page } = await load(location.href).catch(() => ({ ok: false }));
  const fresh = ok && page.getElementById(id);
  if (!fresh || fresh.dataset.stamp === before) return void setTimeout(again, PAUSE);
  await handsOff();
  swap(id, fresh);
  for (const button of document.querySelectorAll('[action="/admin/calls/check"] button')) button.disabled = false;
}

setTimeout(again, PAUSE);
