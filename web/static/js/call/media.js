// Camera, microphone and screen of this device, and why one cannot be had.

const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const PICTURE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 } };

export const canCall = () => Boolean(window.RTCPeerConnection && navigator.mediaDevices?.getUserMedia);
export const canShare = () => Boolean(navigator.mediaDevices?.getDisplayMedia) && !matchMedia('(pointer: coarse)').matches;

// denied: the person or the browser said no; busy: another program has it; none: there is no such device.
export function whyNot(error) {
  if (error.name === 'NotAllowedError' || error.name === 'SecurityError') return 'denied';
  return error.name === 'NotFoundError' || error.name === 'OverconstrainedError' ? 'none' : 'busy';
}

export async function microphone() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: SOUND });
  return stream.getAudioTracks()[0];
}

export async function camera(facing = 'user') {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { ...PICTURE, facingMode: facing } });
  return stream.getVideoTracks()[0];
}

export async function screen() {
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 10, max: 15 } } });
  return stream.getVideoTracks()[0];
}

export async function cameras() {
  const all = await navigator.mediaDevices.enumerateDevices();
  return all.filter(one => one.kind === 'videoinput').length;
}

// Which of the drawn helps fits this browser.
export function browserName() {
  const told = navigator.userAgent;
  if (/MicroMessenger/i.test(told)) return 'wechat';
  if (/iPhone|iPad/i.test(told)) return 'ios';
  if (/Android/i.test(told)) return 'android';
  return /Firefox/i.test(told) ? 'firefox' : 'desktop';
}

const two = n => String(n).padStart(2, '0');
export const clock = seconds => `${two(Math.floor(seconds / 60))}:${two(Math.floor(seconds % 60))}`;
export const newId = () => crypto.randomUUID?.() ?? '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, digit =>
  (Number(digit) ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (Number(digit) / 4)))).toString(16));
