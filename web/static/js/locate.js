// How far the pharmacies are from here. Only when somebody asks, only to about a kilometre, and nothing of it is kept.
import { moveOn } from './parts.js';

const part = document.querySelector('[data-locate]');
const about = degrees => degrees.toFixed(2); // a hundredth of a degree is about a kilometre

if (part && 'geolocation' in navigator) {
  part.hidden = false;
  const [button, denied] = [part.querySelector('button'), part.querySelector('[data-denied]')];
  button.addEventListener('click', () => {
    button.disabled = true;
    denied.hidden = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => moveOn(`${part.dataset.locate}&latitude=${about(coords.latitude)}&longitude=${about(coords.longitude)}`),
      () => { button.disabled = false; denied.hidden = false; },
      { timeout: 15_000, maximumAge: 600_000 });
  });
}
