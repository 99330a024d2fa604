// The device check: what a call will need, tried one after the other, each told in a sentence. The picture and the
// sound stay on this page; the line is measured by sending through the relay and back.

import { browserName, camera, canCall, microphone, whyNot } from './media.js';
import { judge } from './quality.js';

const PACKETS = 200; // of 1000 bytes every 20 ms: what a small video call sends, for four seconds
const EVERY = 20;
const REACH = 12_000; // ms within which a relay must have been reached
const HEARD = 8; // of 100, well above the noise of a silent room
const QUIET = 8000;

const root = document.querySelector('[data-device-check]');
const words = name => document.querySelector(`template[data-say="${name}"]`)?.content.textContent.trim() ?? '';
const part = name => root.querySelector(`[data-check="${name}"]`);

function tell(name, state, said) {
  const place = part(name);
  place.dataset.state = state;
  place.querySelector('[data-words]').textContent = words(said);
  const tag = place.querySelector('[data-tag]');
  tag.hidden = false;
  tag.textContent = words(`tag-${state}`);
  if (said.endsWith('-denied')) document.querySelector(`[data-browser="${browserName()}"]`).open = true;
}

// --- camera and microphone ----------------------------------------------------------------------------------------

let open = [];

function letGo() {
  open.forEach(stop => stop());
  open = [];
}

async function seeCamera() {
  tell('camera', 'busy', 'camera-ok');
  try {
    const track = await camera();
    open.push(() => track.stop());
    const see = part('camera').querySelector('[data-see]');
    see.srcObject = new MediaStream([track]);
    see.hidden = false;
    await see.play();
    tell('camera', 'ok', 'camera-ok');
  } catch (error) {
    tell('camera', 'bad', `camera-${whyNot(error)}`);
  }
}

async function hearMicrophone() {
  tell('mic', 'busy', 'mic-listening');
  try {
    const track = await microphone();
    const sound = new AudioContext();
    const ear = sound.createAnalyser();
    sound.createMediaStreamSource(new MediaStream([track])).connect(ear);
    open.push(() => { track.stop(); sound.close(); });
    await sound.resume();
    follow(ear, sound);
  } catch (error) {
    tell('mic', 'bad', `mic-${whyNot(error)}`);
  }
}

// The bar follows the voice for as long as the page is open; one loud moment is enough to know.
function follow(ear, sound) {
  const heard = new Float32Array(ear.fftSize);
  const meter = part('mic').querySelector('[data-level]');
  const begun = performance.now();
  const timer = setInterval(() => {
    if (sound.state === 'closed') { clearInterval(timer); return; }
    ear.getFloatTimeDomainData(heard);
    const level = Math.min(100, Math.round(Math.hypot(...heard) / Math.sqrt(heard.length) * 400));
    meter.value = level;
    const state = part('mic').dataset.state;
    if (level >= HEARD && state !== 'ok') tell('mic', 'ok', 'mic-ok');
    else if (state === 'busy' && performance.now() - begun > QUIET) tell('mic', 'warn', 'mic-quiet');
  }, 100);
}

// --- speaker ------------------------------------------------------------------------------------------------------

function playTone() {
  const sound = new AudioContext();
  const volume = sound.createGain();
  volume.gain.value = 0.2;
  volume.connect(sound.destination);
  for (const [at, pitch] of [[0, 523], [0.7, 659], [1.4, 784]]) {
    const tone = sound.createOscillator();
    tone.frequency.value = pitch;
    tone.connect(volume);
    tone.start(sound.currentTime + at);
    tone.stop(sound.currentTime + at + 0.5);
    tone.onended = at === 1.4 ? () => sound.close() : null;
  }
  tell('speaker', 'busy', 'speaker-playing');
  part('speaker').querySelector('[data-ask]').hidden = false;
}

// --- the line -----------------------------------------------------------------------------------------------------

async function testLine() {
  const numbers = part('net').querySelector('[data-numbers]');
  numbers.textContent = '';
  tell('net', 'busy', 'net-testing');
  let found;
  try {
    const { servers } = await (await fetch(root.dataset.relays, { headers: { accept: 'application/json' } })).json();
    found = servers.length ? await throughRelay(servers) : { near: true, ...await toHospital() };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    tell('net', 'bad', 'net-offline');
    return;
  }
  if (!found.got) { tell('net', 'bad', 'net-cut'); return; }
  const verdict = judge(found);
  tell('net', { good: 'ok', weak: 'warn', bad: 'bad' }[verdict], `net-${found.near ? 'near-' : ''}${verdict}`);
  if (found.near) return; // what was lost on the way is known only of the relay
  const share = Math.round(100 * found.lost / (found.lost + found.got));
  numbers.textContent = words('numbers').replace('{ms}', Math.round(found.seconds * 1000)).replace('{lost}', share);
}

const median = all => all.sort((a, b) => a - b)[Math.floor(all.length / 2)];

// Only how far the hospital is: a call that goes from browser to browser has another way.
async function toHospital() {
  const times = [];
  for (let n = 0; n < 5; n += 1) {
    const begun = performance.now();
    await fetch('/healthz', { cache: 'no-store' });
    times.push((performance.now() - begun) / 1000);
  }
  return { seconds: median(times), lost: 0, got: times.length };
}

// Two connections of this page that may meet only at the relay: what one sends, the other sends back.
async function throughRelay(servers) {
  const settings = { iceServers: servers, iceTransportPolicy: 'relay' };
  const [near, far] = [new RTCPeerConnection(settings), new RTCPeerConnection(settings)];
  try {
    const line = near.createDataChannel('check', { ordered: false, maxRetransmits: 0 });
    far.addEventListener('datachannel', ({ channel }) => {
      channel.binaryType = 'arraybuffer';
      channel.addEventListener('message', ({ data }) => channel.readyState === 'open' && channel.send(data));
    });
    return await connected(near, far, line) ? await measured(line) : { got: 0 };
  } finally {
    near.close();
    far.close();
  }
}

async function connected(near, far, line) {
  near.addEventListener('icecandidate', ({ candidate }) => candidate && far.addIceCandidate(candidate).catch(() => null));
  far.addEventListener('icecandidate', ({ candidate }) => candidate && near.addIceCandidate(candidate).catch(() => null));
  const ready = new Promise(go => {
    line.addEventListener('open', () => go(true));
    setTimeout(go, REACH, false);
  });
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription);
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription);
  return ready;
}

async function measured(line) {
  const times = [];
  line.addEventListener('message', ({ data }) => times.push((performance.now() - new DataView(data).getFloat64(0)) / 1000));
  line.binaryType = 'arraybuffer';
  const packet = new ArrayBuffer(1000);
  for (let n = 0; n < PACKETS && line.readyState === 'open'; n += 1) {
    new DataView(packet).setFloat64(0, performance.now());
    line.send(packet);
    await new Promise(go => setTimeout(go, EVERY));
  }
  await new Promise(go => setTimeout(go, 1000)); // the last ones are on their way
  return { seconds: median(times) ?? 0, got: times.length, lost: PACKETS - times.length };
}

// --- the page -----------------------------------------------------------------------------------------------------

async function checkAll(button) {
  if (!canCall()) {
    for (const name of ['camera', 'mic', 'net']) tell(name, 'bad', 'browser');
    return;
  }
  button.disabled = true;
  letGo();
  await hearMicrophone();
  await seeCamera();
  await testLine();
  button.disabled = false;
}

const acts = {
  all: checkAll, tone: playTone,
  heard: () => tell('speaker', 'ok', 'speaker-ok'), unheard: () => tell('speaker', 'warn', 'speaker-no'),
};
root.addEventListener('click', ({ target }) => {
  const button = target.closest('[data-do]');
  if (button) acts[button.dataset.do](button);
});
const own = document.querySelector(`[data-browser="${browserName()}"]`);
own.parentElement.querySelector('h2').after(own); // the help for this browser first
addEventListener('pagehide', letGo);
