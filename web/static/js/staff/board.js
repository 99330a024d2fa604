// Dispatch board: new offers ring and stand in the title; the columns are read again on every hint.
import { runClocks } from "./clocks.js";
import { refresh } from "./fragment.js";
import { onLive, openWire } from "./wire.js";

const title = document.title;
const say = document.querySelector(".panes").dataset;
let sound = null;
let offers = Number(document.getElementById("board").dataset.offers);

// Browsers let a page ring only after the first click or key.
function allowSound() {
  sound ??= new AudioContext();
  sound.resume();
  document.querySelector("[data-sound-words]").textContent = say.soundOn;
}
for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, allowSound, { once: true });

export function ring() {
  if (sound?.state !== "running") return;
  [880, 1320].forEach((pitch, at) => {
    const tone = sound.createOscillator();
    const gain = sound.createGain();
    tone.frequency.value = pitch;
    gain.gain.setValueAtTime(0.18, sound.currentTime + at * 0.18);
    gain.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + at * 0.18 + 0.3);
    tone.connect(gain).connect(sound.destination);
    tone.start(sound.currentTime + at * 0.18);
    tone.stop(sound.currentTime + at * 0.18 + 0.32);
  });
}

function badge() {
  document.title = offers ? `(${offers}) ${title}` : title;
}

async function again() {
  const board = document.getElementById("board");
  const chosen = location.pathname.split("/")[3] ?? "";
  const made = await refresh("board", `${board.dataset.fragment}?order=${chosen}&${location.search.slice(1)}`, "board-figures");
  if (!made) return;
  const now = Number(made.dataset.offers);
  if (now > offers) ring();
  offers = now;
  badge();
  const typingHere = document.querySelector("#order :is(input, details[open])");
  if (!typingHere && chosen) await refresh("order", location.href);
}

badge();
runClocks();
onLive((e) => e.topic === "board" || e.topic?.startsWith("pharmacy:"), again);
openWire();
