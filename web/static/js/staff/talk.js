// Writing in the talk: every line has an id made here, is kept until the server has it, and is sent again after a cut.
import { handsOff } from "../parts.js";
import { load } from "./fragment.js";

const uuid = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

export class Outbox {
  constructor(log, form) {
    Object.assign(this, { log, form, key: `fuzhen.outbox.${log.dataset.visit}`, busy: false });
    this.items = JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
    this.items.forEach((item) => this.show(item));
  }

  add(text) {
    const item = { id: uuid(), text, at: Date.now() };
    this.items.push(item);
    this.keep();
    this.show(item);
    return this.flush();
  }

  keep() {
    sessionStorage.setItem(this.key, JSON.stringify(this.items));
  }

  show(item) {
    const line = document.createElement("li");
    line.className = "mine pend";
    line.id = `pend-${item.id}`;
    const bubble = document.createElement("p");
    bubble.className = "bub";
    bubble.textContent = item.text;
    const meta = document.createElement("span");
    meta.className = "m";
    meta.textContent = this.log.dataset.sayPending;
    line.append(bubble, meta);
    this.log.append(line);
    this.log.scrollTop = this.log.scrollHeight;
  }

  fail(item, final) {
    const line = document.getElementById(`pend-${item.id}`);
    if (!line || !final) return;
    line.className = "mine fail";
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn btn--text";
    again.textContent = this.log.dataset.sayRetry;
    again.addEventListener("click", () => this.flush());
    line.querySelector(".m").replaceChildren(`${this.log.dataset.sayFailed} · `, again);
  }

  // In order, one after the other: a line is forgotten only when the server has stored it.
  async flush() {
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.items.length && (await this.post(this.items[0]))) {
        document.getElementById(`pend-${this.items[0].id}`)?.remove();
        this.items.shift();
        this.keep();
      }
    } finally {
      this.busy = false;
    }
    await readOn(this.log);
  }

  async post(item) {
    const data = new FormData(this.form);
    data.set("body", item.text);
    data.set("client_id", item.id);
    data.delete("attachment");
    const reply = await fetch(this.form.action, { method: "POST", body: data, credentials: "same-origin", redirect: "manual" }).catch(() => null);
    const stored = reply && (reply.ok || reply.type === "opaqueredirect");
    if (!stored) this.fail(item, reply !== null);
    return stored;
  }
}

// Fetch the lines after the last one that is shown; a line that is there already is not added twice.
export async function readOn(log) {
  const after = Number(log.dataset.after);
  const { ok, page } = await load(`/doctor/visits/${log.dataset.visit}/parts/talk?after=${after}`).catch(() => ({ ok: false }));
  if (!ok) return;
  await handsOff();
  const low = log.scrollHeight - log.scrollTop - log.clientHeight < 120;
  const pending = log.querySelector(".pend, .fail");
  for (const line of page.querySelectorAll("li[data-seq]")) {
    const old = document.getElementById(line.id);
    if (old) old.replaceWith(document.importNode(line, true));
    else log.insertBefore(document.importNode(line, true), pending);
    log.dataset.after = String(Math.max(Number(log.dataset.after), Number(line.dataset.seq)));
  }
  if (low) log.scrollTop = log.scrollHeight;
}

export function receipt(log, { seq, state }) {
  for (const line of log.querySelectorAll("li.mine[data-seq]"))
    if (Number(line.dataset.seq) <= seq) {
      const place = line.querySelector("[data-state]");
      const words = { delivered: log.dataset.sayDelivered, read: log.dataset.sayRead }[state];
      if (place && words) place.textContent = words;
    }
}
