// Parts of a page that are replaced while somebody reads it, without taking away what that person is doing: a press
// that has begun ends where it began, and focus, scroll and opened folds stay.

let down = false;
let waiting = [];

// A press is pointerdown, pointerup, click, on one element: were it replaced in between, nothing would happen.
addEventListener('pointerdown', event => { down ||= event.button === 0; }, true);
for (const end of ['pointerup', 'pointercancel']) addEventListener(end, () => setTimeout(lifted), true);
addEventListener('blur', lifted); // released outside of the window: no pointerup is told
addEventListener('pointermove', event => { if (down && !event.buttons) lifted(); }, { capture: true, passive: true });

function lifted() {
  down = false;
  const now = waiting;
  waiting = [];
  now.forEach(go => go());
}

export const handsOff = () => (down ? new Promise(go => waiting.push(go)) : Promise.resolve());

// A page that goes on by itself must not take away the page that somebody has just asked for: of two navigations the
// later one wins. Not every browser tells beforeunload, so a followed link counts too; a download stays here, so what
// was put off is done after a while.
const ASKED = 5_000;
let asked = -ASKED;
addEventListener('beforeunload', () => { asked = performance.now(); });
addEventListener('click', event => { if (!event.defaultPrevented && event.target.closest('a[href]')) asked = performance.now(); });
addEventListener('pageshow', () => { asked = -ASKED; });

// Go on by itself to an address, or to this page anew when none is given.
export async function moveOn(to = '') {
  await handsOff();
  const left = asked + ASKED - performance.now();
  if (left > 0) setTimeout(moveOn, left, to);
  else if (to) location.assign(to);
  else location.reload();
}

// The way back to the element with the focus, in the new mark-up.
function address(node) {
  if (node.id) return `#${CSS.escape(node.id)}`;
  if (node.name && node.form) {
    return `form[action="${CSS.escape(node.form.getAttribute('action'))}"] [name="${CSS.escape(node.name)}"]`;
  }
  return node.href ? `a[href="${CSS.escape(node.getAttribute('href'))}"]` : '';
}

const each = (root, selector) => [...root.querySelectorAll(selector)];

const CONTROLS = 'input:not([type=hidden], [type=file]), select, textarea';
const ticked = node => ['checkbox', 'radio'].includes(node.type);
const choice = node => ticked(node) || node.tagName === 'SELECT';
const words = node => (node.form ?? node.parentElement).textContent.replace(/\s+/g, ' ').trim();

function touched(node) {
  if (ticked(node)) return node.checked !== node.defaultChecked;
  if (node.tagName === 'SELECT') return [...node.options].some(one => one.selected !== one.defaultSelected);
  return node.value !== node.defaultValue;
}

// The same field of the same form. A choice answers the words beside it: under other words it is made anew.
function twins(one, other) {
  const same = one.name === other.name && one.type === other.type
    && one.form?.getAttribute('action') === other.form?.getAttribute('action') && (!ticked(one) || one.value === other.value);
  return same && (!choice(one) || words(one) === words(other));
}

// What a person has ticked, chosen or typed and not sent yet stands in the new mark-up too.
function carryOver(old, made) {
  const fresh = each(made, CONTROLS);
  for (const node of each(old, CONTROLS).filter(one => one.name && touched(one))) {
    const twin = fresh.find(one => twins(node, one));
    if (!twin) continue;
    if (!ticked(node)) twin.value = node.value;
    else if (node.type === 'checkbox' || node.checked) twin.checked = node.checked;
  }
}

// Put fresh mark-up in the place of the element with this id, as soon as no press is under way; answers with what
// stands there then, or null when the page has no such place. `sent` is true when the mark-up answers a form of this
// part: what was entered has arrived, and nothing of it is carried over.
export async function swap(id, fresh, sent = false) {
  await handsOff();
  const old = document.getElementById(id);
  if (!old || !fresh) return null;
  const focus = old.contains(document.activeElement) ? address(document.activeElement) : '';
  const tops = each(old, '.pane__body').map(node => node.scrollTop);
  const folds = each(old, 'details').map(fold => fold.open);
  const top = old.scrollTop;
  const made = document.importNode(fresh, true);
  if (!sent) carryOver(old, made);
  old.replaceWith(made);
  made.scrollTop = top;
  each(made, '.pane__body').forEach((node, at) => (node.scrollTop = tops[at] ?? 0));
  each(made, 'details').forEach((fold, at) => { if (folds[at]) fold.open = true; });
  if (focus) made.querySelector(focus)?.focus({ preventScroll: true });
  return made;
}
