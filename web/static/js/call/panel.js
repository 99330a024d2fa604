// What a call looks like on the page: the bar that rings, the stage with both pictures, the buttons and their words.
// Every sentence stands in the page's own language in a <template data-say="name"> of the panel.

import { browserName, cameras, canShare, clock } from './media.js';
import { Tiles } from './tiles.js';

const whenLoaded = () => (document.readyState === 'complete' ? null : new Promise(go => addEventListener('load', go, { once: true })));
const OFFLINE = 30_000; // ms after which somebody who reconnects is said to be offline
const NO_WAY = 20_000; // ms after which "connecting" is no longer the whole truth
const FLEETING = 8000;

export class Panel {
  constructor(root, calling) {
    Object.assign(this, { root, calling, since: 0, fleeting: 0, small: false, told: '' });
    // Two elements: one for both would keep the sound back until a first picture comes, which in a voice call is never.
    this.far = document.querySelector('[data-call-far]');
    this.voice = document.querySelector('[data-call-voice]');
    this.near = document.querySelector('[data-call-near]');
    this.tiles = new Tiles(root, name => this.words(name));
    this.acts = {
      answer: () => calling.answer('video'), voice: () => calling.answer('voice'), decline: () => calling.decline(),
      cancel: () => calling.decline(), resume: () => calling.goOn(), mute: () => calling.mute(),
      camera: () => calling.toggleCamera(), flip: () => calling.flip(), share: () => calling.share(),
      hang: () => calling.hangUp(), people: () => calling.guests.open(), captions: () => calling.captions.toggle(), pip: () => this.pictureInPicture(), text: () => this.resize(true),
      large: () => this.resize(false), sound: () => this.play(), record: () => this.record(true), dontRecord: () => this.record(false), again: () => this.again(), close: () => this.help(null),
    };
    document.addEventListener('click', event => this.pressed(event));
    setInterval(() => this.tick(), 1000);
    cameras().then(count => document.querySelectorAll('[data-call-do=flip]').forEach(one => { one.hidden = count < 2; }), () => {});
    this.part('[data-call-do=share]', canShare());
    this.part('[data-call-do=pip]', document.pictureInPictureEnabled);
  }

  pressed(event) {
    const asked = event.target.closest('[data-call-ask]');
    const act = event.target.closest('[data-call-do]');
    if (asked) { this.wanted = asked.dataset.callAsk; this.calling.ask(this.wanted); }
    if (act) this.acts[act.dataset.callDo]();
  }

  again() {
    const call = this.calling.call;
    if (!call?.open) return this.calling.ask(this.wanted ?? 'video');
    return call.state === 'ringing' ? this.calling.answer('video') : this.calling.goOn();
  }

  words(name) {
    return document.querySelector(`template[data-say="${name}"]`)?.content.textContent.trim() ?? '';
  }

  // A sentence that stands for a few seconds: what just happened, never what must be done. That the call is on another
  // device stands for as long as it is so.
  note(name, words = '', by = '') {
    this.told = words || this.words(by && by === this.calling.side ? `${name}-own` : name) || this.words(name);
    clearTimeout(this.fleeting);
    this.lasting = name === 'elsewhere';
    if (!this.lasting) this.fleeting = setTimeout(() => { this.told = ''; this.show(); }, FLEETING);
    this.show();
  }

  // Why there is no sound or picture from here, and where to allow it in this browser; null puts it away.
  help(reason, what = 'audio') {
    const box = document.querySelector('[data-call-help]');
    box.hidden = reason === null;
    if (reason === null) return false;
    this.say('[data-call-why]', this.words(`${reason}-${what}`) || this.words(reason));
    this.say('[data-call-where]', reason === 'denied' ? this.words(`allow-${browserName()}`) : '');
    box.querySelector('button').focus();
    return false;
  }

  say(place, words) {
    const found = document.querySelector(place);
    if (found && found.textContent !== words) found.textContent = words;
  }

  part(selector, on) {
    for (const found of document.querySelectorAll(selector)) if (found.hidden === on) found.hidden = !on;
  }

  async play() {
    await whenLoaded(); // a video that waits for its first picture would hold up the page's load
    if (!this.calling.inside) return;
    const { far } = this.calling;
    this.far.srcObject ??= far.video;
    this.voice.srcObject ??= far.audio;
    if (far.video.getTracks().length) this.far.play().catch(error => console.debug(error.name)); // muted: it may always
    this.tiles.play();
    for (const sound of [this.voice, ...this.tiles.sounds]) this.hear(sound);
  }

  // Each by itself: a sound that has not begun yet keeps no other one back.
  async hear(sound) {
    try {
      await sound.play();
      this.part('[data-call-do=sound]', false);
    } catch (error) {
      if (error.name === 'NotAllowedError') this.part('[data-call-do=sound]', true); // a browser wants a tap before sound
      else if (error.name !== 'AbortError') throw error;
    }
  }

  async pictureInPicture() {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await this.far.requestPictureInPicture();
  }

  resize(small) {
    this.small = small;
    this.show();
    (small ? document.querySelector('#text, #say') : document.querySelector('[data-call-do=mute]'))?.focus();
  }

  // --- how it stands --------------------------------------------------------------------------------------------

  show() {
    const { call, inside, tracks, side, sharing, sound } = this.calling;
    const rings = call?.state === 'ringing';
    const mine = call?.asked_by === side;
    const elsewhere = Boolean(call?.open) && call.state === 'talking' && !inside;
    if (!inside) this.small = false;
    if (this.lasting && (inside || !call?.open)) { this.lasting = false; this.told = ''; }
    this.root.dataset.mode = inside ? (this.small ? 'small' : 'full') : 'none';
    document.body.dataset.calling = this.root.dataset.mode;
    this.part('[data-call-stage]', inside);
    this.part('[data-call-rings]', Boolean(rings && !mine));
    this.part('[data-call-asking]', Boolean(rings && mine));
    this.part('[data-call-elsewhere]', elsewhere);
    for (const one of document.querySelectorAll('[data-call-ask]')) one.hidden = Boolean(call?.open);
    this.say('[data-call-kind]', this.words(call?.kind === 'voice' ? 'rings-voice' : 'rings-video'));
    this.say('[data-call-note]', inside ? '' : this.told);
    this.part('[data-call-said]', Boolean(this.told) && !inside);
    for (const one of document.querySelectorAll('[data-call-outside]')) one.inert = inside && !this.small && this.root.dataset.covers === 'yes';
    if (!inside) this.tiles.show([], this.calling.parties);
    this.calling.guests?.show();
    this.calling.captions?.show();
    if (!inside) { this.wasConnected = false; for (const one of [this.far, this.voice, this.near]) one.srcObject = null; return; }
    this.pressedState('mute', !sound, 'unmute');
    this.pressedState('camera', !tracks.video, 'cameraOn');
    this.pressedState('share', sharing, 'stopShare');
    this.pictures(tracks.video, sharing);
    this.tiles.show(this.calling.thirds, this.calling.parties);
    this.recorded(call.recording);
    this.tick();
  }

  record(agrees) {
    return this.calling.record(agrees, agrees ? document.querySelector('[data-call-rec]').dataset.text : '');
  }

  // Whether it is recorded, why not, and what one may do about it; the sign stands there all the while.
  recorded({ state, mine }) {
    const box = document.querySelector('[data-call-rec]');
    if (!box) return;
    this.part('[data-call-rec]', state !== 'off');
    box.dataset.state = state;
    const several = this.calling.side === 'guest' || this.calling.thirds.length > 0;
    const waits = several ? 'waits-all' : 'waits';
    const why = state === 'asking' && mine ? waits : state === 'refused' && mine !== false ? (several ? 'somebody' : 'other') : state;
    this.say('[data-call-rec-mark]', this.words(`rec-${state}`));
    this.say('[data-call-rec-why]', this.words(`why-${why}`));
    this.say('[data-call-rec-no]', this.words(mine ? 'no-stop' : 'no-first'));
    this.part('[data-call-do=record]', mine !== true);
    this.part('[data-call-do=dontRecord]', mine !== false);
  }

  pressedState(name, on, other) {
    const button = document.querySelector(`[data-call-do="${name}"]`);
    if (!button) return;
    button.setAttribute('aria-pressed', String(on));
    const label = button.querySelector('[data-label]');
    label.dataset.off ??= label.textContent;
    label.textContent = on ? this.words(other) : label.dataset.off;
  }

  pictures(own, sharing) {
    if (own && this.near.srcObject?.getVideoTracks()[0] !== own) this.near.srcObject = new MediaStream([own]);
    this.near.hidden = !own;
    this.near.classList.toggle('mirror', !sharing && this.calling.facing === 'user');
    const theirs = this.calling.other;
    const shows = Boolean(theirs?.picture) && this.calling.far.video.getTracks().length > 0;
    this.root.dataset.far = shows ? 'picture' : 'voice';
  }

  // What is said over the picture, the most important first.
  status() {
    const { peer, other, online } = this.calling;
    const connected = ['connected', 'completed'].includes(peer?.state);
    if (!online && !connected) return 'own-cut';
    if (!other || other.status === 'invited') return 'coming';
    if (other.status === 'offline' || (other.status === 'reconnecting' && this.longGone())) return 'offline';
    if (other.status === 'reconnecting' && !connected) return 'reconnecting';
    return connected ? '' : this.lookingForAWay(peer);
  }

  // Still trying, said for as long as that helps anybody; then what can be done instead.
  lookingForAWay(peer) {
    if (peer?.refused && !this.wasConnected) return 'relay-refused';
    if (performance.now() - this.since > NO_WAY) return 'no-way';
    return this.wasConnected ? 'reconnecting' : 'connecting';
  }

  longGone() {
    return performance.now() - (this.calling.call?.at ?? 0) > OFFLINE;
  }

  tick() {
    const { call, inside, peer, other, verdict, resting } = this.calling;
    if (!inside || !call) return;
    const connected = ['connected', 'completed'].includes(peer?.state);
    if (connected || !peer) this.since = performance.now(); // `since` no way has been there
    if (connected) this.wasConnected = true;
    const status = this.status();
    const ran = call.running ? (performance.now() - call.at) / 1000 : 0;
    this.say('[data-call-time]', clock(call.seconds + ran));
    const sign = status ? 'cut' : verdict === 'bad' ? 'bad' : verdict === 'weak' ? 'weak' : 'good';
    this.root.dataset.quality = sign;
    this.say('[data-call-quality]', this.words(`quality-${sign}`));
    this.say('[data-call-status]', status ? this.words(status) : '');
    this.part('[data-call-status]', Boolean(status));
    this.say('[data-call-hint]', this.told || this.words(this.hint(call, other, resting)));
  }

  // One sentence under the pictures, the most important first. Only the doctor of a minor is told of the guardian.
  hint(call, other, resting) {
    if (resting.rests) return 'rests';
    if (call.guardian === false) return 'guardian-away';
    if (other && !other.sound) return 'other-muted';
    if (other && !other.picture) return 'other-dark';
    return call.guardian ? 'guardian-there' : 'calm';
  }
}
