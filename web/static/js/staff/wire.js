// The live line of a staff page: topics come from the page, what arrives is told as "live" events on the document.
// Without the line the page still works; parts are then read again when the tab is looked at.
import { moveOn } from "../parts.js";
import { refresh } from "./fragment.js";
import { tellLine, tellNews } from "./line.js";

export async function openWire(after = {}) {
  const topics = (document.body.dataset.topics ?? "").split(" ").filter(Boolean);
  const again = () => document.dispatchEvent(new CustomEvent("live", { detail: { type: "resume" } }));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && again());
  const live = await import("../live.js").catch(() => null);
  keepFigures();
  if (!live?.connect || !topics.length) return null;
  const tell = (detail) => {
    if (detail.type !== "closed") tellNews();
    document.dispatchEvent(new CustomEvent("live", { detail }));
  };
  const line = live.connect({
    topics, after,
    onEvent: tell,
    onState: (state, detail) => {
      if (state === "refused") return moveOn();
      // One dropped line that comes back at once is not worth a word.
      if (state === "open" || detail.tries > 1) tellLine(state === "open");
      if (state === "open") again();
      tell({ type: state });
    },
  });
  document.addEventListener("live:send", ({ detail }) => line.send(detail));
  return line;
}

// The figures of the top bar stand on every page of a desk, so every page keeps them fresh.
function keepFigures() {
  const { topic, fragment } = document.getElementById("places")?.dataset ?? {};
  if (fragment) onLive((e) => e.topic === topic, () => refresh("places", fragment));
}

// Run `task` after something happened on a topic, once for many events that come together.
export function onLive(wanted, task) {
  let timer = 0;
  document.addEventListener("live", ({ detail }) => {
    if (detail.type !== "resume" && !wanted(detail)) return;
    clearTimeout(timer);
    timer = setTimeout(task, 80);
  });
}
