// The key grammar of all staff screens: every key is written on its control as data-key.
// Letters move, open and choose; they rest while text is typed or composed and inside dialogs. Only Ctrl Enter binds.
// This file acts when it is loaded, so that no other module imports it.
import { tellLine } from "./line.js";
import { typing } from "./typing.js";

const body = document.body;
const LETTERS = "fuzhen.letters";
const lettersOn = () => localStorage.getItem(LETTERS) !== "off";

const visible = (node) => node.checkVisibility({ visibilityProperty: true }) || (node.type === "file" && node.parentElement.checkVisibility());

function named(event) {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  if (event.ctrlKey || event.metaKey) return `ctrl+${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;
  return event.altKey ? "" : key;
}

// The pane that has focus is asked first, so that one letter may mean two things in two panes.
function control(key) {
  const all = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].filter(visible);
  const here = document.activeElement?.closest(".pane");
  return all.find((node) => here?.contains(node)) ?? all[0];
}

function act(node) {
  if (typing(node)) {
    node.focus();
    node.select?.();
  } else {
    if (node.matches("input[type=radio], input[type=checkbox]")) node.focus();
    node.click();
  }
}

function move(step) {
  const list = [...document.querySelectorAll("[data-list]")].find(visible);
  const items = list ? [...list.querySelectorAll("[data-item]")].filter(visible) : [];
  if (!items.length) return false;
  const at = items.findIndex((item) => item === document.activeElement);
  const from = at >= 0 ? at : items.findIndex((item) => item.matches("[aria-current]") || item.closest("[aria-selected=true]"));
  const next = items[Math.min(Math.max(from + step, 0), items.length - 1)];
  next.focus();
  return true;
}

function changePane(step) {
  const panes = [...document.querySelectorAll(".pane")].filter(visible);
  if (!panes.length) return false;
  const at = panes.findIndex((pane) => pane.contains(document.activeElement));
  const pane = panes[(at + step + panes.length) % panes.length];
  (pane.querySelector("[tabindex='0']") ?? pane.querySelector("a, button, input"))?.focus();
  return true;
}

function words(node) {
  if (node.labels?.length) return clean(node.labels[0]);
  return node.getAttribute("aria-label") || clean(node) || node.placeholder || "";
}

function clean(node) {
  const copy = node.cloneNode(true);
  copy.querySelectorAll("kbd, .sr, small").forEach((part) => part.remove());
  return copy.textContent.trim().replace(/\s+/g, " ").slice(0, 60);
}

function showKeys() {
  const dialog = document.getElementById("keys");
  if (!dialog) return false;
  const seen = new Set();
  const rows = [...document.querySelectorAll("[data-key]")].filter((node) => visible(node) && !seen.has(node.dataset.key) && seen.add(node.dataset.key));
  dialog.querySelector("ul").replaceChildren(...rows.filter((node) => words(node)).map((node) => {
    const row = document.createElement("li");
    for (const part of node.dataset.key.split("+").filter(Boolean)) {
      const cap = document.createElement("kbd");
      cap.textContent = { Escape: "Esc", Delete: "Del", ctrl: "Ctrl", k: "K", s: "S", ArrowRight: "→" }[part] ?? part;
      row.append(cap);
    }
    row.append(words(node));
    return row;
  }));
  dialog.showModal();
  return true;
}

function own(key) {
  if (key === "J") return move(1);
  if (key === "K") return move(-1);
  if (key === "[") return changePane(-1);
  if (key === "]") return changePane(1);
  if (key === "?") return showKeys();
  return false;
}

// A browser sends a form on Enter in any of its inputs; what binds must not go out that way.
const bindsByCtrl = (node) => node.matches?.("input") && [...(node.form?.elements ?? [])].some((part) => part.dataset.key === "ctrl+Enter");

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]")) return;
  const key = named(event);
  const inText = typing(event.target);
  if (key === "Enter" && bindsByCtrl(event.target)) return void event.preventDefault();
  if (inText && key === "Escape") return void event.target.blur();
  if (inText && !key.startsWith("ctrl+")) return;
  if (key.length === 1 && !lettersOn() && key !== "?") return;
  const node = key && control(key);
  if (node && key.startsWith("ctrl+") === node.dataset.key.startsWith("ctrl+")) {
    event.preventDefault();
    act(node);
  } else if (!inText && own(key)) event.preventDefault();
});

// --- one submit at a time; nothing that binds goes out while the line is down -----------------------------
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.stay !== undefined || event.defaultPrevented) return;
  if (form.dataset.sent || (body.dataset.line === "off" && event.submitter?.dataset.binds !== undefined)) return void event.preventDefault();
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

window.addEventListener("offline", () => tellLine(false));
window.addEventListener("online", () => tellLine(true));

document.querySelector("[data-focus-first]")?.focus();
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
const letters = document.querySelector("[data-letters]");
if (letters) {
  letters.checked = lettersOn();
  letters.addEventListener("change", () => localStorage.setItem(LETTERS, letters.checked ? "on" : "off"));
}
