"""What both sides do in a call, and what proves that sound and picture really arrive."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.stories.house import Hospital
from tests.stories.windows import PATIENCE, Window
from web.demo.client import Person
from web.demo.journey import Journey

DEVICES = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=fps=30",
           "--autoplay-policy=no-user-gesture-required", "--disable-features=WebRtcHideLocalIpsWithMdns")

# Frames and sound that arrived so far, from the browser's own counts of every connection that the page has made.
# What a busy machine does to packets between two programs on it says nothing about a line: the page reads a calm one,
# or it would let its picture rest for the sake of the sound (quality.js), as it should on a line that is really bad.
COUNT = """(() => {
  const all = window.storyConnections = [];
  const calm = {'candidate-pair': {currentRoundTripTime: 0.001}, 'inbound-rtp': {packetsLost: 0, freezeCount: 0}};
  window.RTCPeerConnection = class extends window.RTCPeerConnection {
    constructor(settings) { super(settings); all.push(this); }
    async getStats(of) {
      const counts = await super.getStats(of);
      return new Map([...counts].map(([id, one]) => [id, {...one, ...calm[one.type]}]));
    }
  };
})();"""
ARRIVED = """async () => {
  const sum = {frames: 0, energy: 0, connections: window.storyConnections.length};
  for (const pc of window.storyConnections) for (const one of (await pc.getStats()).values()) {
    if (one.type !== 'inbound-rtp') continue;
    sum.frames += one.framesDecoded ?? 0;
    sum.energy += one.totalAudioEnergy ?? 0;
  }
  return sum;
}"""
# What a person would notice: pictures that are really painted, and a loudness that is really there.
NOTICED = """async patience => {
  const far = document.querySelector('video[data-call-far]');
  const played = document.querySelector('audio[data-call-voice]');
  if (!far.srcObject || !played.srcObject || played.paused || played.muted) return {painted: 0, level: 0};
  const sound = new AudioContext(), ear = sound.createAnalyser(), heard = new Float32Array(ear.fftSize);
  const [voice] = played.srcObject.getAudioTracks();
  if (voice) sound.createMediaStreamSource(new MediaStream([voice])).connect(ear);
  let painted = 0, level = 0, on = true;
  const count = () => { painted += 1; if (on) far.requestVideoFrameCallback(count); };
  far.requestVideoFrameCallback(count);
  for (const end = Date.now() + patience; Date.now() < end && (painted < 10 || level < 0.005);) {
    await new Promise(go => setTimeout(go, 20));
    ear.getFloatTimeDomainData(heard);
    level = Math.max(level, Math.hypot(...heard) / Math.sqrt(heard.length));
  }
  on = false;
  await sound.close();
  return {painted, level};
}"""
# A promise counts as true while one waits for a function, so the page itself asks again until it is so.
UNTIL = f"""async ([before, frames, energy]) => {{
  for (const end = Date.now() + {PATIENCE}; Date.now() < end; await new Promise(go => setTimeout(go, 200))) {{
    const now = await ({ARRIVED})();
    if (now.frames >= before.frames + frames && (!energy || now.energy > before.energy)) return now;
  }}
  return null;
}}"""
STAGE = '[data-call][data-mode="full"]'


def in_a_visit(hospital: Hospital, walked: Journey, before: Callable[[Window], None] | None = None,
               ) -> tuple[Window, Window, str]:
    """Wang's phone and Dr Lin's desk in a visit that runs; `before` prepares the phone."""
    wang, lin = (counted(hospital.window(phone=phone)) for phone in (True, False))
    visit = walked.ids["visit_id"]
    if before is not None:
        before(wang)
    for window, person, role, path in ((wang, walked.patient, "patient", f"/visits/{visit}/chat"),
                                       (lin, walked.doctor, "doctor", f"/doctor/visits/{visit}")):
        signed_in(window, person, role)
        window.go(path)
    return wang, lin, visit


def signed_in(window: Window, person: Person, role: str) -> None:
    """The sign-in of the program serves this window too."""
    window.page.context.add_cookies([{"name": f"fuzhen-{role}", "value": str(person.token), "url": window.base}])


def counted(window: Window) -> Window:
    """Let the pages of this window count what their connections carry."""
    window.page.context.add_init_script(COUNT)
    return window


def arrived(window: Window) -> dict[str, Any]:
    """What arrived so far on this page."""
    found: dict[str, Any] = window.page.evaluate(ARRIVED)
    return found


def hears_and_sees(window: Window) -> None:
    """From now on, more frames are decoded and more sound is heard. A page in the back counts slowly: look at it."""
    window.page.bring_to_front()
    window.page.wait_for_function("() => window.storyConnections.length > 0")
    assert window.page.evaluate(UNTIL, [arrived(window), 20, True]), "no picture or no sound arrives"
    noticed = window.page.evaluate(NOTICED, PATIENCE)
    assert noticed["painted"] >= 10 and noticed["level"] >= 0.005, noticed


def hears_only(window: Window) -> None:
    """Sound arrives, and not one frame of a picture."""
    window.page.bring_to_front()
    now = window.page.evaluate(UNTIL, [{"frames": 0, "energy": 0}, 0, True])
    assert now and now["frames"] == 0, now or arrived(window)


def ask(window: Window, kind: str = "video") -> None:
    """Ask the other side to talk."""
    window.sees(f'[data-call-ask="{kind}"]').click()
    window.sees("[data-call-asking]")


def answer(window: Window, how: str = "answer") -> None:
    """The other side rings, and this one takes the call."""
    window.sees("[data-call-rings]")
    window.press_in(f'[data-call-do="{how}"]')
    window.sees(STAGE)


def hang_up(window: Window) -> None:
    """End the call and nothing else."""
    window.press_in(f'{STAGE} [data-call-do="hang"]')
    gone(window)


def gone(window: Window) -> None:
    """No call shows any more, and one may ask again."""
    window.sees('[data-call-ask="video"]')
    window.page.wait_for_selector(STAGE, state="detached")


def time_runs(window: Window) -> None:
    """The time that the server counts shows and goes on; a time in which the house heard nothing is taken back."""
    window.page.evaluate("window.storyLow = undefined")
    window.page.wait_for_function("""() => {
      const told = document.querySelector('[data-call-time]').textContent;
      if (window.storyLow === undefined || told < window.storyLow) window.storyLow = told;
      return told > window.storyLow && told > '00:01';
    }""")
