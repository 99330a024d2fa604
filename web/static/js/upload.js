// Pages of evidence: each file goes up on its own and is kept as soon as it arrives. The server answers with the
// part of the page that lists what it has, so what is shown as received was received.

const form = document.querySelector('form[enctype]');
const progress = form.querySelector('[data-progress]');
const bar = progress.querySelector('progress');
const words = progress.querySelector('[data-progress-text]');
const error = form.querySelector('[data-upload-error]');
const csrf = document.querySelector('meta[name=csrf-token]').content;

function say(text) {
  error.textContent = text;
  error.hidden = !text;
}

function send(file, address) {
  return new Promise(resolve => {
    const body = new FormData();
    body.append('file', file, file.name);
    for (const page of form.querySelectorAll('input[name=page]')) body.append('page', page.value);
    const request = new XMLHttpRequest(); // fetch does not tell how far an upload is
    request.open('POST', address);
    request.setRequestHeader('accept', 'text/html');
    request.setRequestHeader('x-csrf-token', csrf);
    request.upload.addEventListener('progress', event => { bar.value = Math.round(100 * event.loaded / event.total); });
    request.addEventListener('load', () => resolve(request));
    request.addEventListener('error', () => resolve(null));
    request.send(body);
  });
}

function refused(request) {
  if (!request) return '';
  const page = new DOMParser().parseFromString(request.responseText, 'text/html');
  return page.querySelector('.verd__b p, h1')?.textContent.trim() || '';
}

// The address names the pages that arrived, so that a reload shows them again.
function remember() {
  const here = new URL(location.href);
  here.searchParams.delete('page');
  for (const page of form.querySelectorAll('input[name=page]')) here.searchParams.append('page', page.value);
  history.replaceState(null, '', here);
}

async function upload(input) {
  const { upload: address, maxMb } = input.dataset;
  say('');
  progress.hidden = false;
  for (const file of [...input.files]) {
    words.textContent = file.name;
    bar.value = 0;
    const big = file.size > Number(maxMb) * 1024 * 1024;
    const request = big ? null : await send(file, address);
    if (!request || request.status >= 300) {
      say(`${file.name}: ${big ? form.dataset.tBig : refused(request) || form.dataset.tFailed}`);
      continue;
    }
    const fresh = new DOMParser().parseFromString(request.responseText, 'text/html').getElementById('pages');
    document.getElementById('pages').replaceWith(document.adoptNode(fresh));
    remember();
  }
  progress.hidden = true;
}

// The list is replaced after each file, so the listener stands on the form.
form.addEventListener('change', event => { if (event.target.matches('[data-upload]')) upload(event.target); });
