// What forms gain from a script; every one of them works without it, and the server checks the same rules.

const PRIVATE = new Set(['identity', 'code', 'csrf']);
const path = location.pathname;

// One press sends once: the second press of the same form within the same page is ignored.
document.addEventListener('submit', event => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = 'yes';
  const pressed = event.submitter;
  // A disabled button would not be sent with the form, so it is only marked.
  pressed?.setAttribute('aria-busy', 'true');
  forget(form);
  if (form.getAttribute('action') === '/sign-out') sessionStorage.clear();
});
// Coming back by the back button shows a page whose forms may be sent again.
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) {
    delete form.dataset.sent;
    form.querySelector('[aria-busy]')?.removeAttribute('aria-busy');
  }
});

// "None of these" clears the others, and any other clears it. Only inside the same name and form.
document.addEventListener('change', event => {
  const box = event.target;
  if (box.type !== 'checkbox' || !box.checked || !box.form) return;
  const alone = box.dataset.behaviour === 'exclusive';
  for (const other of box.form.elements) {
    if (other === box || other.type !== 'checkbox' || other.name !== box.name) continue;
    if (alone || other.dataset.behaviour === 'exclusive') other.checked = false;
  }
});

// Mistakes are read out first: the summary takes the focus, its links go to the field.
const summary = document.querySelector('.nhsuk-error-summary');
if (summary) summary.focus();
summary?.addEventListener('click', event => {
  const link = event.target.closest('a[href^="#"]');
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.scrollIntoView({ block: 'center' });
  field.focus({ preventScroll: true });
});

// How much still fits, said once typing pauses.
for (const field of document.querySelectorAll('[data-limit]')) {
  const count = document.createElement('p');
  count.className = 'counter';
  count.setAttribute('role', 'status');
  let pause;
  const tell = () => {
    const left = Number(field.dataset.limit) - [...field.value].length;
    count.textContent = `${[...field.value].length} / ${field.dataset.limit}`;
    count.classList.toggle('counter--over', left < 0);
  };
  field.after(count);
  field.addEventListener('input', () => { clearTimeout(pause); pause = setTimeout(tell, 300); });
  tell();
}

// Show or hide what is typed into a password field.
for (const field of document.querySelectorAll('input[data-reveal]')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'btn btn--text btn--s btn--flushl';
  button.textContent = field.dataset.reveal;
  button.setAttribute('aria-pressed', 'false');
  button.addEventListener('click', () => {
    const shown = field.type === 'text';
    field.type = shown ? 'password' : 'text';
    button.setAttribute('aria-pressed', String(!shown));
  });
  field.after(button);
}

// Typed text survives a reload, a lost network and a change of language or size. It stays in this tab only,
// never holds secrets or identity numbers, and goes away when the form is sent.
const key = form => `draft:${path}:${form.dataset.draft || [...document.forms].indexOf(form)}`;
const kept = form => [...form.elements].filter(field =>
  field.name && !PRIVATE.has(field.name) && !['password', 'hidden', 'file', 'submit', 'button'].includes(field.type));

function save(form) {
  const values = kept(form).map(field =>
    [field.name, field.value, ['checkbox', 'radio'].includes(field.type) ? field.checked : null]);
  sessionStorage.setItem(key(form), JSON.stringify(values));
}

function forget(form) { sessionStorage.removeItem(key(form)); }

function restore(form) {
  const values = JSON.parse(sessionStorage.getItem(key(form)) || '[]');
  for (const [name, value, checked] of values) {
    for (const field of kept(form)) {
      if (field.name !== name) continue;
      if (checked === null) { if (!field.value) field.value = value; } else if (field.value === value) field.checked = checked;
    }
  }
}

const forms = [...document.querySelectorAll('form[method=post]:not([data-composer])')];
const returning = sessionStorage.getItem('keep') === path;
sessionStorage.removeItem('keep');
for (const form of forms) {
  if (form.dataset.draft || returning) restore(form);
  if (form.dataset.draft) form.addEventListener('input', () => save(form));
}
document.addEventListener('click', event => {
  if (!event.target.closest('a[data-keep]')) return;
  sessionStorage.setItem('keep', path);
  forms.forEach(save);
});

// Small forms that save themselves: a switch at once, a text when typing pauses.
for (const form of document.querySelectorAll('form[data-auto]')) {
  const note = form.querySelector('[data-saved]');
  let pause;
  const send = async () => {
    let done = false;
    try {
      const reply = await fetch(form.action, { method: 'POST', body: new FormData(form), headers: { accept: 'application/json' } });
      done = reply.ok;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // TypeError is how fetch says that the network is gone
    }
    if (note) note.textContent = done ? note.dataset.savedText : note.dataset.failedText;
    if (done) forget(form);
  };
  form.addEventListener('change', send);
  form.addEventListener('input', event => {
    if (event.target.type === 'checkbox') return;
    clearTimeout(pause);
    pause = setTimeout(send, 1200);
  });
}
