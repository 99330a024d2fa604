// The line: online or not, told by the browser or by the socket; what binds waits for the connection.
const body = document.body;

export function tellLine(online) {
  const mark = document.querySelector("[data-line-word]");
  if (!mark) return;
  body.dataset.line = online ? "on" : "off";
  if (online) delete body.dataset.downSince;
  else body.dataset.downSince ??= String(Date.now());
  mark.textContent = online ? body.dataset.online : body.dataset.offline;
  mark.classList.toggle("off", !online);
  document.getElementById("offline").hidden = online;
  document.querySelectorAll("[data-binds]").forEach((node) => (online ? node.removeAttribute("aria-disabled") : node.setAttribute("aria-disabled", "true")));
  showLength();
}

const clock = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" });

// The foot says, in the hospital's time, when the line last brought something.
export function tellNews() {
  const place = document.querySelector("[data-synced]");
  if (place) place.textContent = clock.format(new Date());
}

function showLength() {
  const place = document.querySelector("[data-offline-for]");
  if (!place || !body.dataset.downSince) return;
  const s = Math.floor((Date.now() - Number(body.dataset.downSince)) / 1000);
  place.textContent = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
  clearTimeout(showLength.timer);
  showLength.timer = setTimeout(showLength, 1000);
}
