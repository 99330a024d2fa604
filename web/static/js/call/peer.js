// One connection to one page of the other side. Perfect negotiation (W3C WebRTC 1.0, section 10.7): both may speak at
// any time, and when both do at once the polite one gives way. Knows no page and no socket: `tell` takes what the other
// browser must hear, `hear` gets what it said. A line for sound and one for the picture are agreed once, by an offer of
// the side that is not polite; a camera that comes later is put into its line, and nothing is agreed anew.

const KINDS = ['audio', 'video'];
const PATIENCE = 4000; // ms after which a broken path is looked for anew, once more each time

export class Peer {
  constructor({ servers, only, most, polite, tell, onTrack, onState }) {
    Object.assign(this, { most, polite, tell, onState, making: false, ignoring: false, refused: 0, timer: 0, tracks: {}, senders: {}, line: Promise.resolve() });
    this.pc = new RTCPeerConnection({
      iceServers: servers, iceTransportPolicy: only ? 'relay' : 'all', bundlePolicy: 'max-bundle',
    });
    this.pc.addEventListener('negotiationneeded', () => this.offer());
    this.pc.addEventListener('icecandidate', event => this.tell({ cand: event.candidate?.toJSON() ?? {} }));
    // 701 is "nobody there"; everything else a relay said itself: the password is over, wrong, or used too often.
    this.pc.addEventListener('icecandidateerror', event => { if (event.errorCode < 700) this.refused = event.errorCode; });
    this.pc.addEventListener('track', event => onTrack(event.track));
    this.pc.addEventListener('iceconnectionstatechange', () => this.changed());
    if (!polite) for (const kind of KINDS) this.senders[kind] = this.pc.addTransceiver(kind, { direction: 'sendrecv' }).sender;
  }

  async offer() {
    if (this.pc.signalingState === 'closed') return;
    this.making = true;
    try {
      await this.pc.setLocalDescription();
      this.describe();
    } catch (error) {
      if (this.pc.signalingState !== 'closed') throw error;
    } finally {
      this.making = false;
    }
  }

  describe() {
    const { type, sdp } = this.pc.localDescription;
    this.tell({ desc: { type, sdp } });
  }

  // The line was cut and came back: a description that was on its way may be lost; hearing it twice does no harm.
  tellAgain() {
    const own = this.pc.localDescription?.type;
    const open = own === 'offer' ? this.pc.signalingState === 'have-local-offer' : own === 'answer' && !this.isConnected;
    if (open) this.describe();
  }

  get isConnected() {
    return ['connected', 'completed'].includes(this.state);
  }

  // In the order in which it was said: an answer must not overtake the candidate before it.
  hear(said) {
    this.line = this.line.then(() => (this.pc.signalingState === 'closed' ? null : this.take(said)))
      .catch(error => console.warn('not understood', error.name)); // one odd signal must not silence those after it
    return this.line;
  }

  async take({ desc, cand }) {
    if (desc) await this.takeDescription(desc);
    else if (cand) await this.takeCandidate(cand);
  }

  async takeDescription(desc) {
    const glare = desc.type === 'offer' && (this.making || this.pc.signalingState !== 'stable');
    this.ignoring = !this.polite && glare;
    if (this.ignoring) return;
    if (desc.type === 'answer' && this.pc.signalingState !== 'have-local-offer') return; // of an offer that was taken back
    await this.pc.setRemoteDescription(desc);
    if (desc.type !== 'offer') return;
    await this.takeLines();
    await this.pc.setLocalDescription();
    this.describe();
  }

  // The lines that the other side offered first are ours too.
  async takeLines() {
    for (const line of this.pc.getTransceivers()) {
      const kind = line.receiver.track.kind;
      if (this.senders[kind]) continue;
      this.senders[kind] = line.sender;
      line.direction = 'sendrecv';
      await line.sender.replaceTrack(this.tracks[kind] ?? null);
    }
  }

  async takeCandidate(cand) {
    try {
      await this.pc.addIceCandidate(cand.candidate ? cand : null);
    } catch (error) {
      if (!this.ignoring && this.pc.signalingState !== 'closed') console.warn('a way that leads nowhere', error.name);
    }
  }

  get state() {
    return this.pc.iceConnectionState;
  }

  changed() {
    clearTimeout(this.timer);
    if (this.state === 'disconnected' || this.state === 'failed') this.again();
    if (this.isConnected) this.set(encoding => { encoding.maxBitrate = this.most; });
    this.onState(this.state);
  }

  // Measured: asking at "disconnected" brings the picture back in 9 s, waiting for "failed" in 16 s.
  again() {
    if (this.pc.signalingState === 'closed' || this.isConnected) return;
    this.pc.restartIce();
    this.timer = setTimeout(() => this.again(), PATIENCE);
  }

  refresh(servers, only) {
    this.pc.setConfiguration({ iceServers: servers, iceTransportPolicy: only ? 'relay' : 'all', bundlePolicy: 'max-bundle' });
  }

  // Send a track, another one in its place, or none.
  async send(kind, track) {
    this.tracks[kind] = track;
    await this.senders[kind]?.replaceTrack(track);
  }

  // Let the picture rest or come back, without a word to the other side's browser.
  rest(on) {
    return this.set(encoding => { encoding.active = !on; });
  }

  // Change how our picture is sent.
  async set(change) {
    const sender = this.senders.video;
    const now = sender?.getParameters();
    if (!now?.encodings?.length) return;
    now.encodings.forEach(change);
    await sender.setParameters(now).catch(error => console.warn(error.name));
  }

  close() {
    clearTimeout(this.timer);
    this.pc.close();
  }
}
