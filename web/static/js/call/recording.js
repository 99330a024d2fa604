// The small copy of this side's sound and picture that goes to the hospital's record, over a connection of its own.
// The call knows nothing of it: when the copy breaks, or the server loses it, another one is opened by itself.

const SMALL = { maxBitrate: 150_000, maxFramerate: 10, scaleResolutionDownBy: 2 };
const GATHERING = 1500; // ms
const PATIENCE = 5000; // ms in which a cut connection may heal
const FIRST_REST = 1000;
const LONGEST_REST = 30_000;

// The relay of the hospital receives this side anyway: the record is taken from there, and nothing is sent twice.
const NO_COPY = { connectionState: 'connected', localDescription: { sdp: '' }, getTransceivers: () => [], close: () => {} };

const gathered = pc => new Promise(done => {
  if (pc.iceGatheringState === 'complete') return done();
  pc.addEventListener('icegatheringstatechange', () => pc.iceGatheringState === 'complete' && done());
  return setTimeout(done, GATHERING);
});

export class Recording {
  constructor(calling) {
    Object.assign(this, { calling, pc: null, leg: null, known: false, opening: false, rest: FIRST_REST, notBefore: 0, cutSince: 0 });
  }

  get wanted() {
    const { call, inside, side, tracks } = this.calling;
    return Boolean(inside && side !== 'guest' && tracks.audio && ['agreed', 'running'].includes(call?.recording?.state));
  }

  // Asked after everything that is told, and every two seconds.
  look() {
    if (!this.wanted) return this.close();
    const { leg, state } = this.calling.call.recording;
    if (leg === this.leg) this.known = true;
    // What was told before the server knew of this leg says nothing about it; afterwards another one, or none, means lost.
    if (this.pc && !this.opening && (this.broken || (this.known && leg !== this.leg))) this.close();
    if (state === 'running') this.rest = FIRST_REST;
    if (!this.pc && !this.opening && performance.now() >= this.notBefore) return this.open();
    return null;
  }

  get broken() {
    const state = this.pc.connectionState;
    if (state === 'failed' || state === 'closed') return true;
    this.cutSince = state === 'disconnected' ? this.cutSince || performance.now() : 0;
    return this.cutSince > 0 && performance.now() - this.cutSince > PATIENCE;
  }

  async open() {
    this.opening = true;
    this.notBefore = performance.now() + this.rest;
    this.rest = Math.min(LONGEST_REST, this.rest * 2);
    const pc = this.pc = this.isSentAnyway ? NO_COPY : this.made();
    try {
      if (pc !== NO_COPY) {
        await pc.setLocalDescription();
        await gathered(pc);
      }
      const told = await this.calling.sendCopy(pc.localDescription.sdp);
      if (this.pc !== pc) return;
      if (!told.leg) return this.close(); // what this side sends has not arrived yet: the next look tries again
      this.leg = told.leg;
      this.known = false;
      if (pc !== NO_COPY) await pc.setRemoteDescription({ type: 'answer', sdp: told.sdp });
    } catch (error) {
      if (this.pc === pc) this.close(); // the next look tries again; the call goes on
      console.warn('no copy is recorded', error.name);
    } finally {
      this.opening = false;
    }
  }

  get isSentAnyway() {
    return this.calling.servers?.engine === 'relay';
  }

  made() {
    const { tracks, servers } = this.calling;
    const pc = new RTCPeerConnection({ iceServers: servers?.servers ?? [], bundlePolicy: 'max-bundle' });
    pc.addTransceiver(tracks.audio, { direction: 'sendonly' });
    const video = pc.addTransceiver(tracks.video ?? 'video', { direction: 'sendonly', sendEncodings: [SMALL] });
    const codecs = RTCRtpSender.getCapabilities('video').codecs;
    video.setCodecPreferences([...codecs.filter(one => one.mimeType === 'video/VP8'), ...codecs.filter(one => one.mimeType === 'video/rtx')]);
    return pc;
  }

  // Another camera, a shared screen, or none: the copy follows what the other side sees.
  follow(kind, track) {
    const sender = this.pc?.getTransceivers().find(one => one.receiver.track.kind === kind)?.sender;
    return sender?.replaceTrack(track).catch(error => console.warn(error.name));
  }

  close() {
    this.pc?.close();
    this.pc = this.leg = null;
    this.cutSince = 0;
  }
}
