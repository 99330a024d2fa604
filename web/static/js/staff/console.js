// Doctor's console: the talk, phrases, draft, and panes that the server sends again when something changed.
import { refresh } from "./fragment.js";
import { Outbox, readOn, receipt } from "./talk.js";
import { onLive, openWire } from "./wire.js";

const log = document.getElementById("talk");
const form = document.getElementById("compose");
const text = document.getElementById("say");
const outbox = log && form ? new Outbox(log, form) : null;

if (log) log.scrollTop = log.scrollHeight;

function keepDraft() {
  const key = `fuzhen.draft.${text.dataset.draft}`;
  if (!text.value && sessionStorage.getItem(key)) text.value = sessionStorage.getItem(key);
  text.addEventListener("input", () => {
    sessionStorage.setItem(key, text.value);
    const saved = document.querySelector("[data-saved]");
    saved.textContent = text.value ? `${saved.dataset.words} ${new Date().toTimeString().slice(0, 5)}` : "";
  });
}

function write() {
  form.addEventListener("submit", (event) => {
    const file = form.elements.attachment;
    if (file.files.length) return void (form.querySelector("[data-client-id]").value ||= crypto.randomUUID());
    event.preventDefault();
    if (!text.value.trim()) return text.focus();
    outbox.add(text.value.trim());
    text.value = "";
    text.dispatchEvent(new Event("input"));
    text.focus();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.elements.attachment.addEventListener("change", ({ target }) => {
    document.querySelector("[data-attach-words]").textContent = target.files[0]?.name ?? "";
  });
}

function phrases() {
  const button = document.querySelector("[data-open-phrases]");
  const box = document.getElementById("phrases");
  if (!button) return;
  const open = (on) => {
    box.hidden = !on;
    button.setAttribute("aria-expanded", String(on));
    (on ? box.querySelector("button") : text).focus();
  };
  button.addEventListener("click", () => open(box.hidden));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") open(false);
    const all = [...box.querySelectorAll("button")];
    const at = all.indexOf(document.activeElement);
    if (event.key === "ArrowDown") all[Math.min(at + 1, all.length - 1)].focus();
    if (event.key === "ArrowUp") all[Math.max(at - 1, 0)].focus();
    event.stopPropagation();
  });
  box.addEventListener("click", (event) => {
    const phrase = event.target.closest("[data-phrase]");
    if (!phrase) return;
    text.value = `${text.value}${text.value ? "\n" : ""}${phrase.textContent}`;
    text.dispatchEvent(new Event("input"));
    open(false);
  });
}

// The doctor has read what stood on the screen while the tab was looked at.
function tellRead() {
  if (!log || !form || document.visibilityState !== "visible") return;
  const data = new FormData(form);
  for (const name of ["body", "attachment", "client_id"]) data.delete(name);
  data.set("seq", log.dataset.after);
  fetch(`/doctor/visits/${log.dataset.visit}/read`, { method: "POST", body: data, credentials: "same-origin" }).catch(() => {});
}

// What somebody is just ticking beside the talk is not taken from under the hand; the answer brings the new pane.
const halfAnswered = () => [...document.querySelectorAll("#context :is(input[type=radio], input[type=checkbox])")].some((field) => field.checked !== field.defaultChecked);

// What a call says to itself changes neither talk nor record.
const ofVisit = (e) => e.topic === log?.dataset.topic && !e.type.startsWith("call");
const only = new URLSearchParams(location.search).get("only") ?? "all";
onLive((e) => e.topic === "queue" || ofVisit(e), () =>
  refresh("queue", `/doctor/parts/queue?only=${only}&open=${log?.dataset.visit ?? ""}`, "queue-figures"));
if (log) {
  onLive(ofVisit, async () => {
    await readOn(log);
    await outbox?.flush();
    if (!halfAnswered()) await refresh("context", `/doctor/visits/${log.dataset.visit}/parts/context`);
    if (form) await refresh("call-time", `/doctor/visits/${log.dataset.visit}/parts/call-time`);
    tellRead();
  });
  document.addEventListener("live", ({ detail }) => detail.type === "receipt" && receipt(log, detail));
}
if (form) {
  keepDraft();
  write();
  phrases();
  outbox.flush();
  tellRead();
}
openWire(log ? { [log.dataset.topic]: Number(log.dataset.after) } : {});
