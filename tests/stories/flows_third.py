"""What a third person does and what is done about them in a call."""
from __future__ import annotations

from tests.stories import flows_call as call
from tests.stories.house import Hospital
from tests.stories.windows import PATIENCE, Window

# Of every tile: pictures that are really painted, and a loudness that is really there.
TILE = """async patience => {
  const tile = document.querySelector('.vc__tile');
  const [far, played] = [tile.querySelector('video'), tile.querySelector('audio')];
  const end = Date.now() + patience;
  const waits = () => !far.srcObject || !played.srcObject?.getAudioTracks().length || played.paused;
  while (Date.now() < end && waits()) await new Promise(go => setTimeout(go, 50));
  if (!far.srcObject || played.paused || played.muted) return {painted: 0, level: 0, paused: played.paused};
  const sound = new AudioContext(), ear = sound.createAnalyser(), heard = new Float32Array(ear.fftSize);
  const [voice] = played.srcObject.getAudioTracks();
  if (voice) sound.createMediaStreamSource(new MediaStream([voice])).connect(ear);
  let painted = 0, level = 0, on = true;
  const count = () => { painted += 1; if (on) far.requestVideoFrameCallback(count); };
  far.requestVideoFrameCallback(count);
  while (Date.now() < end && (painted < 10 || level < 0.005)) {
    await new Promise(go => setTimeout(go, 20));
    ear.getFloatTimeDomainData(heard);
    level = Math.max(level, Math.hypot(...heard) / Math.sqrt(heard.length));
  }
  on = false;
  await sound.close();
  return {painted, level};
}"""


# Frames of the one may come before those of the other: the main party has to be there before it is measured.
MAIN_SOUND = "() => document.querySelector('[data-call-voice]').srcObject?.getAudioTracks().length > 0"


def asks_in(window: Window, role: str) -> tuple[str, str]:
    """Make a link on the page of either side; returns link and code as they are shown."""
    window.press_in('[data-call-do="people"]')
    window.page.select_option("#call-role", role)
    window.press_in("[data-call-invite] button")
    window.sees("[data-call-made]")
    return window.one("[data-made-link]").input_value(), window.one("[data-made-code]").inner_text().replace(" ", "")


def comes_to_the_door(hospital: Hospital, link: str, code: str, name: str) -> Window:
    """Another person's phone opens the link, gives code and name, switches the camera on and waits."""
    guest = call.counted(hospital.window())
    guest.page.goto(link)
    guest.page.fill("#name", name)
    guest.page.fill("#code", code)
    guest.page.click("main form button")
    guest.sees("#guest-waiting", "您在门口")
    guest.press_in("[data-guest-ready]")
    guest.sees("[data-guest-set]")
    return guest


def everybody_sees_and_hears(*windows: Window) -> None:
    """On each page both other parties are painted and heard."""
    for window in windows:
        window.page.bring_to_front()
        window.page.wait_for_function(MAIN_SOUND)
        call.hears_and_sees(window)
        sees_and_hears_a_third(window)


def sees_and_hears_a_third(window: Window) -> None:
    """The picture beside the main one is painted, and its voice is heard."""
    window.sees('.vc__tile[data-far="picture"]')
    noticed = window.page.evaluate(TILE, PATIENCE)
    assert noticed["painted"] >= 10 and noticed["level"] >= 0.005, noticed


def status_of(window: Window, address: str) -> int:
    """What a request from this browser is answered with."""
    return int(window.page.evaluate("async to => (await fetch(to)).status", address))
