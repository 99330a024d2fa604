// Times that run: how long something waits, how long an answer may take. The server's deadline counts, not this one.
const two = (n) => String(n).padStart(2, "0");

export function length(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

function tick() {
  const now = Date.now();
  document.querySelectorAll("[data-since]").forEach((node) => (node.textContent = length(now - Date.parse(node.dataset.since))));
  const say = document.querySelector("[data-left]")?.dataset ?? {};
  document.querySelectorAll("[data-until]").forEach((node) => {
    const left = Date.parse(node.dataset.until) - now;
    node.textContent = left > 0 ? `${say.left ?? ""} ${length(left)}`.trim() : say.over ?? "0:00";
    node.classList.toggle("hot", left < 60000);
  });
  document.querySelectorAll("progress[data-to]").forEach((bar) => {
    const from = Date.parse(bar.dataset.from);
    const to = Date.parse(bar.dataset.to);
    bar.max = Math.max(to - from, 1);
    bar.value = Math.max(to - now, 0);
  });
}

export function runClocks() {
  tick();
  setInterval(tick, 1000);
}
