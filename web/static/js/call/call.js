// A call of the visit that this page shows. The server says what the call is (`told`); this module brings the page to
// it: rings, enters, builds one connection to the page of each other party, comes back after every cut, and shows it.
// `wire` is the page's live line: {send, on(type, heard)}; it is told when the line opens and closes.

import { Captions } from './captions.js';
import { Panel } from './panel.js';
import { Guests } from './guests.js';
import { camera, canCall, microphone, newId, screen, whyNot } from './media.js';
import { Party } from './party.js';
import { resting } from './quality.js';
import { Recording } from './recording.js';

const BEAT = 5000;
const LOOK = 2000;
const here = newId(); // this page, for as long as it lives
const STAGES = ['ringing', 'talking']; // anything else is the end

// The answer to an act and the live line come by two ways: what is older than what the page knows changes nothing.
function isOlder(call, known) {
  if (!known) return false;
  if (call.id !== known.id) return !call.open && known.open;
  const stage = one => (one.open ? STAGES.indexOf(one.state) : STAGES.length);
  return stage(call) < stage(known);
}

export class Calling {
  constructor(root, wire) {
    Object.assign(this, {
      wire, topic: root.dataset.topic, side: root.dataset.side, post: document.querySelector('form[data-call-form]'),
      call: null, inside: false, admitted: false, came: null, parties: new Map(), servers: null, heard: 0,
      unsent: [], early: [], online: false,
      tracks: { audio: null, video: null }, sound: true, facing: 'user', sharing: false, resting: { bad: 0, good: 0, rests: false },
      flows: false, busy: false,
    });
    this.far = { audio: new MediaStream(), video: new MediaStream() };
    this.recording = new Recording(this);
    this.panel = new Panel(root, this);
    this.guests = new Guests(root, this);
    this.captions = new Captions(root, this);
    wire.on('call', frame => this.told(frame.call));
    wire.on('call_ice', frame => this.mayUse(frame));
    wire.on('call_signal', frame => this.heardSignal(frame));
    wire.on('error', frame => this.refused(frame));
    wire.on('open', () => this.lineOpened());
    wire.on('closed', () => this.lineClosed());
    setInterval(() => this.beat(), BEAT);
    setInterval(() => this.look(), LOOK);
    addEventListener('pagehide', () => this.inside && this.say('call_leave'));
  }

  // --- what people do -------------------------------------------------------------------------------------------

  // Nothing is asked of the other side before this side could be heard.
  async ask(kind) {
    if (this.busy || !(await this.ready(kind))) return;
    await this.act({ do: 'ask', kind });
  }

  async answer(kind) {
    if (this.busy || !(await this.ready(kind))) return;
    await this.act({ do: 'answer', call: this.call.id });
  }

  decline() {
    return this.act({ do: 'decline', call: this.call.id });
  }

  async hangUp() {
    const call = this.call?.id;
    this.ended();
    if (this.side === 'guest') document.querySelector('[data-guest-leave]').requestSubmit();
    else if (call) await this.act({ do: 'hang_up', call });
  }

  // The call is over for this page, whatever the others do.
  ended() {
    this.call = { ...this.call, state: 'ended', open: false };
    this.leave();
    this.panel.show();
  }

  // Agree to being recorded, or not, or not any more; `text` names what was shown.
  record(agrees, text) {
    return this.act({ do: agrees ? 'record' : 'do_not_record', call: this.call.id, text });
  }

  // Hand the offer of a copy to the server; it answers with the leg that receives it.
  sendCopy(sdp) {
    return this.hand('copy', { sdp });
  }

  // What this page tells the server of its connections to it; it answers, or refuses by a name.
  async hand(where, fields) {
    const body = new FormData(this.post);
    for (const [name, value] of Object.entries({ call: this.call.id, page: here, ...fields })) body.set(name, value);
    const reply = await fetch(`${this.post.action}/${where}`, { method: 'POST', body, headers: { accept: 'application/json' } });
    if (!reply.ok) throw new Error((await reply.json()).slug);
    return reply.json();
  }

  // Here and now, on this page. After a reload it goes on `instead` of the page that was; a press takes it from anywhere.
  async goOn(instead = null) {
    this.came = instead;
    if (await this.ready(this.call.kind) && this.call.open && !this.inside) this.enter();
  }

  async act(fields) {
    const body = new FormData(this.post);
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    this.busy = true;
    try {
      const reply = await fetch(this.post.action, { method: 'POST', body, headers: { accept: 'application/json' } });
      const told = await reply.json();
      if (reply.ok) this.answered(told.call);
      else if (fields.do !== 'hang_up') this.panel.note('failed', told.detail);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // no network: the line says so, and the next press tries again
      if (fields.do === 'hang_up') setTimeout(() => this.act(fields), 2000);
      else this.panel.note('no-network');
    } finally {
      this.busy = false;
      this.panel.show();
    }
  }

  // Microphone, and for video the camera; without a camera it becomes a voice call, without a microphone none.
  async ready(kind) {
    if (!canCall()) return this.panel.help('browser');
    try {
      this.tracks.audio ??= this.kept(await microphone());
    } catch (error) {
      return this.panel.help(whyNot(error), 'audio');
    }
    this.tracks.audio.enabled = this.sound;
    if (kind === 'video') await this.cameraOn(true);
    this.panel.help(null);
    return true;
  }

  kept(track) {
    track.addEventListener('ended', () => this.lost(track));
    return track;
  }

  // A phone call or another program took the device, or sharing was ended in the browser's own bar.
  async lost(track) {
    if (track !== this.tracks.video) return;
    if (this.sharing) await this.share();
    else await this.cameraOff();
  }

  async cameraOn(quietly = false) {
    try {
      await this.show(this.kept(await camera(this.facing)));
      this.sharing = false;
    } catch (error) {
      this.panel.note(whyNot(error) === 'denied' ? 'noCamera' : 'cameraBusy');
      if (!quietly) this.panel.help(whyNot(error), 'video');
    }
  }

  async cameraOff() {
    this.sharing = false;
    await this.show(null);
  }

  toggleCamera() {
    return this.tracks.video ? this.cameraOff() : this.cameraOn();
  }

  async flip() {
    this.facing = this.facing === 'user' ? 'environment' : 'user';
    this.tracks.video?.stop(); // phones open one camera at a time
    await this.cameraOn();
  }

  async share() {
    if (this.sharing) { this.sharing = false; return this.cameraOn(true); }
    try {
      await this.show(this.kept(await screen()));
      this.sharing = true;
    } catch (error) {
      if (whyNot(error) !== 'denied') throw error; // somebody who changes their mind has seen nothing go wrong
    }
    this.panel.show();
    return null;
  }

  async show(track) {
    if (this.tracks.video && this.tracks.video !== track) this.tracks.video.stop();
    this.tracks.video = track;
    await Promise.all([...this.parties.values()].map(one => one.peer.send('video', track)));
    await this.recording.follow('video', track);
    this.beat();
    this.panel.show();
  }

  mute() {
    this.sound = !this.sound;
    if (this.tracks.audio) this.tracks.audio.enabled = this.sound;
    this.beat();
    this.panel.show();
  }

  // --- what the server says -------------------------------------------------------------------------------------

  // The live line tells in order; what an act answers may be older, and is only news when it brings the call on.
  answered(call) {
    if (!call || isOlder(call, this.call) || (call.id === this.call?.id && call.state === this.call.state)) return;
    this.told(call);
  }

  told(call) {
    if (isOlder(call, this.call)) return;
    const before = this.call;
    this.call = { ...call, at: performance.now() };
    if (!call.open) {
      if (before?.open) this.panel.note(call.state, '', call.ended_by);
      this.leave();
    } else if (this.inside && this.admitted && call.page !== here) {
      this.lose();
    } else if (call.state === 'talking' && !this.inside) {
      this.maybeEnter();
    }
    // What was on its way before this page entered still names the page that had the call until then.
    this.admitted ||= this.inside && call.page === here;
    this.meet();
    this.recording.look();
    this.panel.show();
  }

  lose() {
    this.leave();
    this.panel.note('elsewhere');
  }

  // By itself: who has just answered or asked on this page, and who was in the call before a reload.
  maybeEnter() {
    const [call, page] = (sessionStorage.getItem('fuzhen.call') ?? '').split(' ');
    if (this.tracks.audio) this.enter();
    else if (call === this.call.id && page) {
      sessionStorage.removeItem('fuzhen.call'); // asked once: who says no to the microphone is not asked again
      this.goOn(page);
    }
  }

  enter() {
    this.inside = true;
    sessionStorage.setItem('fuzhen.call', `${this.call.id} ${here}`);
    this.sayEnter();
    this.panel.show();
  }

  // A line that comes back takes the call from nobody: it may have gone to another device meanwhile.
  sayEnter() {
    const instead = this.admitted ? here : this.came;
    this.say('call_enter', { after: this.heard, ...(instead && { instead }) });
  }

  mayUse({ servers, only, engine, most, minutes }) {
    const fresh = this.servers === null;
    this.servers = { servers, only, engine, most };
    clearTimeout(this.renewal);
    this.renewal = setTimeout(() => this.inside && this.sayEnter(), minutes * 48_000);
    for (const { peer } of this.parties.values()) {
      if (!fresh) peer.refresh(servers, only);
      peer.tellAgain();
    }
    this.meet();
    this.flush();
    this.beat();
  }

  // Patient and doctor are each other's main party, for everybody else it is the doctor; whoever else is there is a third.
  isMain(one) {
    return one.side === (this.side === 'doctor' ? 'patient' : 'doctor');
  }

  get other() {
    const main = this.call?.others?.filter(one => this.isMain(one)) ?? [];
    return main.find(one => one.page && one.status !== 'gone') ?? main[0];
  }

  get thirds() {
    return this.call?.others?.filter(one => !this.isMain(one) && one.status !== 'gone') ?? [];
  }

  get main() {
    return [...this.parties.values()].find(one => this.isMain(one)) ?? null;
  }

  get peer() {
    return this.main?.peer ?? null;
  }

  // One connection to one page: another page of a party is a new connection, the same one is left alone. Who is offline
  // and has no page any more is signed out: whoever holds that device now gets nothing further from here.
  meet() {
    if (!this.inside || !this.servers || this.call?.page !== here) return;
    const { other, thirds } = this;
    for (const party of [...this.parties.values()]) {
      const stays = this.isMain(party)
        ? other?.page === party.page || (!other?.page && other?.status !== 'offline') : thirds.some(one => one.page === party.page);
      if (!stays) this.part(party);
    }
    for (const one of [other, ...thirds]) if (one?.page && !this.parties.has(one.page)) this.reach(one);
  }

  reach(whom) {
    const far = this.isMain(whom) ? this.far : { audio: new MediaStream(), video: new MediaStream() };
    const party = new Party(this, whom, far);
    this.parties.set(whom.page, party);
    const said = this.early.filter(frame => frame.from === whom.page);
    this.early = this.early.filter(frame => frame.from !== whom.page);
    for (const frame of said) party.peer.hear(frame);
  }

  part(party) {
    party.close();
    this.parties.delete(party.page);
    this.unsent = this.unsent.filter(frame => frame.to !== party.page);
  }

  heardSignal(frame) {
    if (frame.seq <= this.heard) return;
    this.heard = frame.seq;
    const party = this.parties.get(frame.from);
    if (party) party.peer.hear(frame);
    else this.early.push(frame); // said before this page knows that page: it is about to
  }

  refused(frame) {
    if (!this.inside || !['call-over', 'call-elsewhere'].includes(frame.slug)) return;
    if (frame.slug === 'call-over') this.leave();
    else this.lose();
    this.panel.show();
  }

  // --- the line -------------------------------------------------------------------------------------------------

  lineOpened() {
    this.online = true;
    if (this.inside) this.sayEnter();
    this.panel.show();
  }

  lineClosed() {
    this.online = false;
    this.panel.show();
  }

  say(type, more = {}) {
    if (!this.call) return;
    const frame = { type, topic: this.topic, call: this.call.id, page: here, ...more };
    if (this.online) this.wire.send(frame);
    else if (type === 'call_signal') this.unsent.push(frame);
  }

  flush() {
    for (const frame of this.unsent.splice(0)) this.wire.send(frame);
  }

  beat() {
    if (!this.inside || this.call?.state !== 'talking') return;
    const picture = Boolean(this.tracks.video) && !this.resting.rests;
    this.say('call_beat', { heard: this.heard, flows: this.flows, sound: this.sound, picture });
  }

  async look() {
    this.recording.look();
    const parties = [...this.parties.values()];
    if (!parties.length || !this.inside) return;
    await Promise.all(parties.map(one => one.look()));
    if (!this.inside) return; // hung up while the browser counted
    const [flowed, rested, { main }] = [this.flows, this.resting.rests, this];
    if (main?.found) {
      this.verdict = main.verdict;
      this.resting = resting(this.resting, main.verdict === 'cut' ? 'weak' : main.found.verdict);
    }
    this.flows = this.side === 'guest' ? parties.some(one => one.flows) : Boolean(main?.flows);
    if (rested !== this.resting.rests) await Promise.all(parties.map(one => !one.closed && one.peer.rest(this.resting.rests)));
    if (flowed !== this.flows || rested !== this.resting.rests) this.beat();
    this.panel.show();
  }

  leave() {
    this.inside = false;
    sessionStorage.removeItem('fuzhen.call');
    clearTimeout(this.renewal);
    for (const party of [...this.parties.values()]) this.part(party);
    this.recording.close();
    for (const track of Object.values(this.tracks)) track?.stop();
    Object.assign(this, {
      servers: null, heard: 0, unsent: [], early: [], admitted: false, came: null, flows: false, sharing: false,
      tracks: { audio: null, video: null }, resting: { bad: 0, good: 0, rests: false }, sound: true,
    });
  }
}
