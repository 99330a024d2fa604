// The call in the doctor's console: over the page's own live line.
import { Calling } from "../call/call.js";

const root = document.querySelector("[data-call]");
// Record, note and prescription open beside the call: leaving this page would cut it.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (root?.dataset.mode !== "full" || !link || link.dataset.stay !== undefined || link.getAttribute("href").startsWith("#")) return;
  link.target = "_blank";
  link.addEventListener("click", () => setTimeout(() => link.removeAttribute("target")), { once: true });
}, true);

if (root) {
  new Calling(root, {
    send: (frame) => document.dispatchEvent(new CustomEvent("live:send", { detail: frame })),
    on: (type, heard) => document.addEventListener("live", ({ detail }) => {
      if (detail.type === type && (!detail.topic || detail.topic === root.dataset.topic)) heard(detail);
    }),
  });
}
