// Prescription writer: search, lines that are kept when they change, checks that come back with every change.
import { refresh, searchAsYouType, send, stayWithin } from "./fragment.js";
import { onLive, openWire } from "./wire.js";

const firstEmpty = () => [...document.querySelectorAll("#draft [data-line] :is(input, select)")].find((field) => !field.value && field.name !== "timing");
// What the doctor still has to answer, else the way to the signature, else one more medicine.
const next = () => [...document.querySelectorAll("#questions select, .ack select")].find((field) => !field.value)
  ?? document.querySelector(".finish a[data-key='ctrl+Enter']") ?? document.querySelector("#drug");

searchAsYouType();
stayWithin("draft", (made, form) => {
  if (!made) return;
  if (form.closest("#drug-hits")) (firstEmpty() ?? document.querySelector("#drug"))?.focus();
  else if (document.activeElement === document.body) next()?.focus();
});
// A changed field of a kept line is kept at once: the checks must never be older than what is on the screen. A new
// line waits for its button, and what was typed while the answer was on its way is put back and kept in turn.
const NEEDED = ["dose", "frequency", "route", "days"];
const whole = (form) => NEEDED.every((name) => form.elements[name]?.value.trim());
const typed = (form) => [...form.elements].filter((field) => field.name && field.type !== "hidden").map((field) => [field.name, field.value]);

// From the first key on, the checks on the screen are older than the line: both places say so until it is kept.
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-line]");
  if (form) for (const note of [form.closest(".line"), document.getElementById("findings")].flatMap((part) => [...part.querySelectorAll("[data-unkept]")])) note.hidden = false;
});

async function keep(form) {
  const before = new Map(typed(form));
  const made = await send(form, null, "draft");
  const fresh = made?.querySelector("form[data-line]");
  const later = typed(form).filter(([name, value]) => before.get(name) !== value && fresh?.elements[name]);
  for (const [name, value] of later) fresh.elements[name].value = value;
  if (later.length && whole(fresh)) await keep(fresh);
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-line]");
  if (!form || !document.getElementById("draft").contains(form) || form.action.endsWith("/new") || !whole(form)) return;
  if (!form.dataset.busy) keep(form);
});
// "Go to what is missing" inside this page keeps the keyboard there.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  const goal = link && document.getElementById(link.hash.slice(1));
  if (goal) setTimeout(() => goal.querySelector("select, input, button, a")?.focus());
});
onLive((e) => e.topic?.startsWith("rx:") || e.topic?.startsWith("visit:"), () => {
  if (!document.activeElement?.closest("[data-line]") && !document.querySelector("[data-pending]")) refresh("draft", location.href);
});
openWire();
