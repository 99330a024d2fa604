// One other party of the call on this page: the connection to its page, what arrives from it, and how its line is.

import { connect } from './engine.js';
import { look } from './quality.js';

export class Party {
  constructor(calling, whom, far) {
    const { page } = whom;
    Object.assign(this, { page, side: whom.side, far, counts: null, verdict: 'good', found: null, flows: false, closed: false });
    this.peer = connect({
      ...calling.servers, calling, polite: whom.polite,
      tell: signal => !this.closed && calling.say('call_signal', { to: page, ...signal }),
      onTrack: track => this.arrived(track, calling.panel),
      onState: () => { calling.beat(); calling.panel.show(); },
    }, whom);
    for (const [kind, track] of Object.entries(calling.tracks)) this.peer.send(kind, track);
  }

  arrived(track, panel) {
    const far = this.far[track.kind];
    for (const old of far.getTracks()) far.removeTrack(old);
    far.addTrack(track);
    track.addEventListener('unmute', () => panel.show());
    panel.show(); // a tile takes the stream first, then it is played
    panel.play();
  }

  get isConnected() {
    return ['connected', 'completed'].includes(this.peer.state);
  }

  // Count what arrived since the last look; null when the party went while the browser counted.
  async look() {
    const found = await look(this.peer.pc, this.counts);
    if (this.closed) return null;
    this.counts = found.counts;
    this.flows = found.flows;
    this.verdict = this.isConnected ? found.verdict : 'cut';
    this.found = found;
    return found;
  }

  close() {
    this.closed = true;
    this.peer.close();
    for (const far of Object.values(this.far)) far.getTracks().forEach(track => far.removeTrack(track));
  }
}
