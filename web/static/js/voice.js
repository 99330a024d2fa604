// Voice messages, where the browser can record. At most two minutes; nothing is sent before "send" is pressed.

const MOST = 120; // seconds
const chat = document.querySelector('[data-chat]');
const button = chat.querySelector('[data-voice]');
const bar = chat.querySelector('[data-recording]');
let recorder = null;
let began = 0;
let clock = 0;

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`chat:${name}`, { detail }));
const seconds = () => Math.max(1, Math.round((Date.now() - began) / 1000));

function tick() {
  bar.querySelector('[data-seconds]').textContent = `${seconds()}″`;
  if (seconds() >= MOST) stop(true);
}

async function start() {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    tell('note', { text: chat.dataset.tNomic });
    return;
  }
  const kind = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'].find(one => MediaRecorder.isTypeSupported(one));
  recorder = new MediaRecorder(stream, kind ? { mimeType: kind, audioBitsPerSecond: 24_000 } : undefined);
  const parts = [];
  recorder.addEventListener('dataavailable', event => parts.push(event.data));
  recorder.addEventListener('stop', () => {
    stream.getTracks().forEach(track => track.stop());
    if (!recorder.wanted) return;
    const type = recorder.mimeType.split(';')[0];
    const file = new File(parts, `voice.${type.split('/')[1]}`, { type });
    tell('upload', { file, kind: 'voice', seconds: recorder.wanted });
  });
  began = Date.now();
  recorder.start();
  clock = setInterval(tick, 500);
  bar.hidden = false;
  tick();
  bar.querySelector('[data-voice-send]').focus();
}

function stop(wanted) {
  clearInterval(clock);
  bar.hidden = true;
  if (recorder?.state !== 'recording') return;
  recorder.wanted = wanted ? seconds() : 0;
  recorder.stop();
  button.focus();
}

if (button && window.MediaRecorder && navigator.mediaDevices) {
  button.hidden = false;
  button.addEventListener('click', start);
  bar.querySelector('[data-voice-drop]').addEventListener('click', () => stop(false));
  bar.querySelector('[data-voice-send]').addEventListener('click', () => stop(true));
}
