// Times that run: how long something waits, how long an answer may take. The server's deadline counts, not this one.
const two = (n) => String(n).padStart(2, "0");

export function length(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

// As `waited` of rendering.py says it, so that a page reads the same before and after its scripts run.
export function waited(ms, zh) {
  const minutes = Math.max(0, Math.floor(ms / 60000));
  const hours = Math.floor(minutes / 60);
  return zh ? `${hours ? `${hours} 小时 ` : ""}${minutes % 60} 分` : `${hours ? `${hours} h ` : ""}${minutes % 60} min`;
}

function tick() {
  const now = Date.now();
  const zh = document.documentElement.lang.startsWith("zh");
  document.querySelectorAll("[data-since]").forEach((node) => {
    const words = waited(now - Date.parse(node.dataset.since), zh);
    if (node.textContent !== words) node.textContent = words;
  });
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
