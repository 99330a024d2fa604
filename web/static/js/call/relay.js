// The call through a server of the hospital: this page sends its sound and picture once, over a connection of its own,
// and sees each other party over another one. The server is asked for each; when a connection breaks, or the server
// loses it, another one is asked for by itself. To the call it looks like a connection from page to page (peer.js).

const MOST = 500_000; // bit/s: what goes through the hospital is paid by the hospital
const GATHERING = 1500; // ms
const PATIENCE = 2500; // ms in which a cut connection may heal
const CONNECTING = 8000; // ms in which a new connection must stand
const NOT_YET = 400; // ms until somebody who does not send yet is asked for again
const FIRST_REST = 500;
const LONGEST_REST = 8000;

const rests = ms => new Promise(done => { setTimeout(done, ms); });
const gathered = pc => new Promise(done => {
  if (pc.iceGatheringState === 'complete') return done();
  pc.addEventListener('icegatheringstatechange', () => pc.iceGatheringState === 'complete' && done());
  return setTimeout(done, GATHERING);
});

// What the server answers; that it is not yet time is an answer too.
async function asked(calling, fields) {
  const told = await calling.hand('media', fields);
  if (told.waits) throw new Error(told.waits);
  return told.sdp;
}

// One connection to the server, made anew until it is closed. `make` agrees on a fresh one.
class Way {
  constructor(settings, make, changed) {
    Object.assign(this, { settings, make, changed, pc: null, over: false, timer: 0, rest: FIRST_REST });
    this.open();
  }

  open() {
    clearTimeout(this.timer);
    this.pc?.close();
    const { servers, only } = this.settings;
    const pc = this.pc = new RTCPeerConnection({
      iceServers: servers ?? [], iceTransportPolicy: only ? 'relay' : 'all', bundlePolicy: 'max-bundle',
    });
    pc.addEventListener('connectionstatechange', () => this.pc === pc && this.look());
    pc.addEventListener('iceconnectionstatechange', () => this.pc === pc && this.changed());
    this.agree(pc);
  }

  async agree(pc) {
    try {
      await this.make(pc);
      await rests(CONNECTING); // an other end that went meanwhile is never heard of again
      if (!this.over && this.pc === pc && ['new', 'connecting'].includes(pc.connectionState)) this.open();
    } catch (error) {
      if (this.over || this.pc !== pc) return;
      const wait = error.message === 'not-sending' ? NOT_YET : this.rest;
      if (wait === this.rest) this.rest = Math.min(LONGEST_REST, this.rest * 2);
      await rests(wait);
      if (!this.over && this.pc === pc) this.open();
    }
  }

  look() {
    const state = this.pc.connectionState;
    clearTimeout(this.timer);
    if (state === 'connected') this.rest = FIRST_REST;
    if (state === 'failed' || state === 'closed') this.open();
    if (state === 'disconnected') this.timer = setTimeout(() => !this.over && this.open(), PATIENCE);
    this.changed();
  }

  close() {
    this.over = true;
    clearTimeout(this.timer);
    this.pc.close();
  }
}

// What this page sends, shared by everybody who sees it.
class Publication {
  constructor(settings) {
    const { calling, most } = settings;
    Object.assign(this, { calling, most: Math.min(MOST, most), tracks: { ...calling.tracks }, resting: false, senders: {} });
    this.users = new Set();
    this.way = new Way(settings, pc => this.publish(pc), () => {});
  }

  async publish(pc) {
    const audio = pc.addTransceiver(this.tracks.audio ?? 'audio', { direction: 'sendonly' });
    const video = pc.addTransceiver(this.tracks.video ?? 'video', { direction: 'sendonly', sendEncodings: [{ maxBitrate: this.most, active: !this.resting }] });
    const { codecs } = RTCRtpSender.getCapabilities('video');
    video.setCodecPreferences(['video/VP8', 'video/rtx'].flatMap(name => codecs.filter(one => one.mimeType === name)));
    this.senders = { audio: audio.sender, video: video.sender };
    await pc.setLocalDescription();
    await gathered(pc);
    const sdp = await asked(this.calling, { do: 'publish', sdp: pc.localDescription.sdp });
    await pc.setRemoteDescription({ type: 'answer', sdp });
  }

  async send(kind, track) {
    if (this.tracks[kind] === track) return;
    this.tracks[kind] = track;
    await this.senders[kind]?.replaceTrack(track);
  }

  async rest(on) {
    this.resting = on;
    const now = this.senders.video?.getParameters();
    if (!now?.encodings?.length) return;
    for (const encoding of now.encodings) encoding.active = !on;
    await this.senders.video.setParameters(now).catch(error => console.warn(error.name));
  }
}

const publications = new WeakMap(); // one for each call of a page

export class Relayed {
  constructor(settings, whom) {
    Object.assign(this, { settings, calling: settings.calling, whom: whom.page, refused: 0 });
    this.sends = publications.get(this.calling) ?? new Publication(settings);
    publications.set(this.calling, this.sends);
    this.sends.users.add(this);
    this.way = new Way(settings, pc => this.watch(pc), () => settings.onState(this.state));
  }

  async watch(pc) {
    pc.addEventListener('track', event => this.settings.onTrack(event.track));
    const sdp = await asked(this.calling, { do: 'watch', whom: this.whom });
    await pc.setRemoteDescription({ type: 'offer', sdp });
    await pc.setLocalDescription();
    await gathered(pc);
    await asked(this.calling, { do: 'agree', whom: this.whom, sdp: pc.localDescription.sdp });
  }

  get pc() {
    return this.way.pc;
  }

  get state() {
    return this.way?.pc?.iceConnectionState ?? 'new';
  }

  get isConnected() {
    return ['connected', 'completed'].includes(this.state);
  }

  // Pages tell each other nothing here; the server is asked.
  async hear() {}

  tellAgain() {}

  refresh(servers, only) {
    for (const way of [this.way, this.sends.way]) Object.assign(way.settings, { servers, only });
  }

  send(kind, track) {
    return this.sends.send(kind, track);
  }

  rest(on) {
    return this.sends.rest(on);
  }

  close() {
    this.way.close();
    this.sends.users.delete(this);
    // The next party may be met in the same breath: what is sent goes on for it.
    setTimeout(() => {
      if (this.sends.users.size || publications.get(this.calling) !== this.sends) return;
      publications.delete(this.calling);
      this.sends.way.close();
    });
  }
}
