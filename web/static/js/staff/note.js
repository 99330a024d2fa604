// Note and diagnosis: kept while you write, quotes from the talk, search for codes.
import { searchAsYouType } from "./fragment.js";
import { typing } from "./typing.js";
import { openWire } from "./wire.js";

const form = document.getElementById("note");
const saved = document.querySelector("[data-saved]");
let last = form.querySelector("textarea");
let timer = 0;

async function keep() {
  const reply = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual" }).catch(() => null);
  if (reply && (reply.ok || reply.type === "opaqueredirect")) saved.textContent = `${saved.dataset.words} ${new Date().toTimeString().slice(0, 8)}`;
}

form.addEventListener("focusin", (event) => event.target.matches("textarea") && (last = event.target));
form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(keep, 1200);
});
form.addEventListener("submit", () => clearTimeout(timer));

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "q" || event.ctrlKey || event.isComposing || typing(event.target)) return;
  const chosen = getSelection();
  const words = chosen?.toString().trim();
  if (!words || !chosen.anchorNode?.parentElement?.closest("[data-quote-from]")) return;
  event.preventDefault();
  last.value = `${last.value}${last.value ? " " : ""}“${words}”`;
  last.dispatchEvent(new Event("input", { bubbles: true }));
  last.focus();
});
searchAsYouType();
openWire();
