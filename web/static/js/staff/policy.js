// A version and its replay: what happens elsewhere is shown while somebody looks. A form that was touched stays as it
// is, and a page on which nothing changed is not replaced at all.
import { handsOff } from "../parts.js";
import { load, swap } from "./fragment.js";
import { onLive, openWire } from "./wire.js";

const id = document.querySelector("#replay, #version")?.id;
const here = () => document.getElementById(id);
let touched = false;

async function again() {
  const { ok, page } = await load(location.href).catch(() => ({ ok: false }));
  const fresh = ok && page.getElementById(id);
  if (!fresh || fresh.dataset.stamp === here().dataset.stamp) return;
  await handsOff();
  if (!touched) swap(id, fresh);
}

if (id) {
  document.addEventListener("input", () => (touched = true));
  onLive(({ topic }) => topic?.startsWith("policy:"), again);
  openWire();
}
