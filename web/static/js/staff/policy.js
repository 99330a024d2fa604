// A version and its replay: what happens elsewhere is read again while somebody looks; a form that is being filled stays.
import { refresh } from "./fragment.js";
import { onLive, openWire } from "./wire.js";

const part = document.querySelector("#replay, #version");

async function again() {
  if (!part || document.activeElement?.matches("input, textarea, select")) return;
  const made = await refresh(part.id, location.href);
  if (made?.dataset.running === "no") location.reload();
}

if (part) {
  onLive(({ topic }) => topic?.startsWith("policy:"), again);
  openWire();
}
