// Prescription writer: search, lines that are kept when they change, checks that come back with every change.
import { refresh, searchAsYouType, send, stayWithin } from "./fragment.js";
import { onLive, openWire } from "./wire.js";

const firstEmpty = () => [...document.querySelectorAll("#draft [data-line] :is(input, select)")].find((field) => !field.value && field.name !== "timing");

searchAsYouType();
stayWithin("draft", (made, form) => {
  if (!made) return;
  if (form.closest("#drug-hits")) (firstEmpty() ?? document.querySelector("#drug"))?.focus();
});
// A changed field is kept at once: the checks must never be older than what is on the screen.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-line]");
  if (form && document.getElementById("draft").contains(form)) send(form, null, "draft");
});
// "Go to what is missing" inside this page keeps the keyboard there.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  const goal = link && document.getElementById(link.hash.slice(1));
  if (goal) setTimeout(() => goal.querySelector("select, input, button, a")?.focus());
});
onLive((e) => e.topic?.startsWith("rx:") || e.topic?.startsWith("visit:"), () => {
  if (!document.activeElement?.closest("[data-line]")) refresh("draft", location.href);
});
openWire();
