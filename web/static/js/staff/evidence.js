// Evidence: turn and enlarge the original; accepting by key or click waits five seconds with "undo" in place.
const sheet = document.getElementById("sheet");
const WAIT = 5;

function cycle(selector, name, steps) {
  const button = document.querySelector(selector);
  if (!button || !sheet.querySelector("img")) return;
  let at = 0;
  button.hidden = false;
  button.addEventListener("click", () => {
    sheet.classList.remove(`${name}-${at}`);
    at = (at + 1) % steps.length;
    sheet.classList.add(`${name}-${steps[at]}`);
    at = steps[at];
  });
}
cycle("[data-turn]", "turn", [0, 1, 2, 3]);

const zoom = document.querySelector("[data-zoom]");
if (zoom && sheet.querySelector("img")) {
  let size = 1;
  zoom.hidden = false;
  zoom.addEventListener("click", () => {
    sheet.classList.remove(`zoom-${size}`);
    size = (size % 3) + 1;
    sheet.classList.add(`zoom-${size}`);
  });
}

// Says which checks are not answered yet and goes to the first of them, before anything is counted down.
function lacks(form) {
  const open = [...form.elements].filter((field) => field.willValidate && !field.validity.valid);
  const names = open.map((field) => field.closest("tr")?.querySelector("th").textContent.trim() ?? field.labels[0]?.textContent.trim());
  const place = document.querySelector("[data-missing]");
  place.hidden = !open.length;
  place.textContent = open.length ? place.dataset.missing + [...new Set(names)].join(document.documentElement.lang.startsWith("zh") ? "、" : ", ") : "";
  open[0]?.focus();
  return open.length > 0;
}

const accept = document.querySelector("[data-accept]");
if (accept) {
  const box = document.querySelector("[data-undo]");
  const words = document.querySelector("[data-undo-words]");
  const template = words.textContent;
  let timer = 0;
  let done = false;
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    box.hidden = true;
    accept.focus();
  };
  accept.addEventListener("click", (event) => {
    if (done) return;
    event.preventDefault();
    if (timer || lacks(accept.form)) return;
    let left = WAIT;
    box.hidden = false;
    words.textContent = template;
    box.querySelector("button").focus();
    timer = setInterval(() => {
      left -= 1;
      words.textContent = template.replace(String(WAIT), String(left));
      if (left > 0) return;
      clearInterval(timer);
      done = true;
      accept.click();
    }, 1000);
  });
  document.querySelector("[data-undo-stop]").addEventListener("click", stop);
  document.addEventListener("keydown", (event) => timer && event.key.toLowerCase() === "z" && stop());
}

// Asking for a new photo and not accepting need a reason first.
document.querySelectorAll("[data-needs-reason]").forEach((button) =>
  button.addEventListener("click", (event) => {
    const reasons = [...button.form.elements].filter((field) => field.name === "reasons");
    if (reasons.some((field) => field.checked)) return;
    event.preventDefault();
    reasons[0]?.focus();
  }));

// Codes are offered while typing; only a code of the list is taken by the server.
const code = document.querySelector("[data-icd]");
code?.addEventListener("input", async () => {
  const reply = await fetch(`${code.dataset.icd}?q=${encodeURIComponent(code.value)}`, { credentials: "same-origin" }).catch(() => null);
  if (!reply?.ok) return;
  const found = await reply.json();
  document.getElementById("icd-list").replaceChildren(...found.map((item) => new Option(`${item.code} ${item.name}`, item.code)));
  document.querySelector("[data-code-name]").textContent = found.find((item) => item.code === code.value)?.name ?? "";
});
