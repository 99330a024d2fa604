// Pharmacist: the list grows by itself; the filled button repeats the word that was chosen.
import { runClocks } from "./clocks.js";
import { refresh } from "./fragment.js";
import { onLive, openWire } from "./wire.js";

runClocks();
const rows = document.getElementById("review-rows");
if (rows) onLive((e) => e.topic === "review", () => refresh("review-rows", `${rows.dataset.fragment}${location.search}`, "review-figures", "review-filters"));

const form = document.getElementById("decide");
const button = document.querySelector("[data-decide]");
if (form) {
  const show = () => {
    const chosen = form.elements.decision.value;
    button.firstElementChild.textContent = button.dataset[chosen] ?? button.dataset.none;
    button.toggleAttribute("data-none-yet", !chosen);
    form.querySelector(".codes").disabled = chosen === "approve";
    form.querySelector(".lines").disabled = chosen === "approve";
  };
  form.addEventListener("change", (event) => {
    // A reason was ticked before the decision: it can only mean "return".
    if (event.target.name === "reasons" && event.target.checked && !form.elements.decision.value) form.querySelector("[value=return]").checked = true;
    show();
  });
  show();
}
openWire();
