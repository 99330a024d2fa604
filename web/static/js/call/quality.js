// One honest sign from the browser's own counts: good, weak or bad. Pure, so that a test can ask it anything.

const SLOW = { weak: 0.4, bad: 0.9 }; // seconds there and back
const LOST = { weak: 0.04, bad: 0.12 }; // share of packets
const GIVE_UP = 3; // looks in a row that were bad before the picture rests
const TRY_AGAIN = 6; // looks in a row that were good before it comes back

export function judge({ seconds = 0, lost = 0, got = 0, frozen = false }) {
  const share = lost + got > 0 ? Math.max(0, lost) / (lost + got) : 0;
  if (seconds > SLOW.bad || share > LOST.bad) return 'bad';
  return seconds > SLOW.weak || share > LOST.weak || frozen ? 'weak' : 'good';
}

// Whether the own picture should rest for the sake of the sound, after one more look.
export function resting(before, verdict) {
  const bad = verdict === 'bad' ? before.bad + 1 : 0;
  const good = verdict === 'good' ? before.good + 1 : 0;
  return { bad, good, rests: before.rests ? good < TRY_AGAIN : bad >= GIVE_UP };
}

// What a look found: differences since the last one.
export async function look(pc, last) {
  const now = { lost: 0, got: 0, frozen: 0, bytes: 0, seconds: 0 };
  for (const one of (await pc.getStats()).values()) {
    if (one.type === 'candidate-pair' && one.nominated && one.state === 'succeeded') now.seconds = one.currentRoundTripTime ?? 0;
    if (one.type !== 'inbound-rtp') continue;
    now.lost += one.packetsLost ?? 0;
    now.got += one.packetsReceived ?? 0;
    now.bytes += one.bytesReceived ?? 0;
    now.frozen += one.freezeCount ?? 0;
  }
  const since = last ?? { lost: 0, got: 0, frozen: 0, bytes: 0 }; // a new connection counts from nothing
  return {
    counts: now,
    flows: now.bytes > since.bytes,
    verdict: judge({ seconds: now.seconds, lost: now.lost - since.lost, got: now.got - since.got, frozen: now.frozen > since.frozen + 1 }),
  };
}
