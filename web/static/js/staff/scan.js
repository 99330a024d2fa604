// Pick list: a scanner types and presses Enter; each scan counts at once, is told in words and by a tone.
import { refresh, send, stayWithin } from "./fragment.js";
import { typing } from "./typing.js";
import { onLive, openWire } from "./wire.js";

const field = () => document.getElementById("code");
let sound = null;

function tone(result) {
  sound ??= new AudioContext();
  const note = sound.createOscillator();
  const gain = sound.createGain();
  note.type = result === "right" ? "sine" : "square";
  note.frequency.value = result === "right" ? 1046 : 220;
  gain.gain.value = 0.12;
  note.connect(gain).connect(sound.destination);
  note.start();
  note.stop(sound.currentTime + (result === "right" ? 0.09 : 0.35));
}

// Scans may come faster than the answers: they wait in line, none is lost.
const line = [];
let busy = false;
async function work() {
  if (busy) return;
  busy = true;
  while (line.length) {
    const form = document.getElementById("scan");
    field().value = line.shift();
    const made = await send(form, null, "pick");
    tone(made?.querySelector("[data-result]")?.dataset.result ?? "wrong");
    field()?.focus();
  }
  busy = false;
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "scan") return;
  event.preventDefault();
  const code = field().value.trim();
  field().value = "";
  if (code) line.push(code);
  work();
});
// Read in the scan field, or where no text field has focus.
document.addEventListener("keydown", (event) => {
  if (/^[0-9]$/.test(event.key) && !event.ctrlKey && !typing(event.target)) field()?.focus();
}, true);
stayWithin("pick", () => field()?.focus());
onLive((e) => e.topic?.startsWith("order:"), async () => {
  if (busy || field()?.value) return;
  await refresh("pick", location.href);
});
openWire();
