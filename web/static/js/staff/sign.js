// Signature: the PIN never stays behind, and a second press does nothing.
const form = document.getElementById("sign");
const pin = form.elements.pin;
pin.focus();
form.addEventListener("submit", () => setTimeout(() => (pin.value = "")));
window.addEventListener("pagehide", () => (pin.value = ""));
