// Plays a recorded call: a clock of our own runs over one line of time, and each side's screen shows the file that
// covers the moment, at the place in it. Files of one side never overlap by more than a moment; the later one wins.

const DRIFT = 0.6; // seconds that a screen may be off before it is put right
const root = document.querySelector('[data-play]');

const clock = seconds => {
  const whole = Math.floor(seconds);
  return [Math.floor(whole / 60), whole % 60].map(part => String(part).padStart(2, '0')).join(':');
};

class Screen {
  constructor(box, pieces, failed) {
    Object.assign(this, { box, pieces, failed, piece: null });
    this.video = box.querySelector('[data-play-screen]');
    this.none = box.querySelector('[data-play-none]');
    this.video.addEventListener('error', () => this.piece && failed(true));
  }

  // Show the moment `at`, running or standing still. A file of unknown inner place is loaded, then put there.
  show(at, runs) {
    const piece = this.pieces.findLast(one => at >= one.begin && at < one.end) ?? null;
    if (piece !== this.piece) this.load(piece);
    const shows = Boolean(piece?.picture);
    this.box.dataset.on = piece ? 'yes' : 'no';
    this.video.hidden = !shows;
    this.none.hidden = shows;
    if (!piece || this.video.readyState < 1) return;
    const want = at - piece.begin;
    if (Math.abs(this.video.currentTime - want) > (runs ? DRIFT : 0.05) && !this.video.seeking) this.video.currentTime = want;
    if (runs && this.video.paused) this.video.play().catch(error => { if (error.name !== 'AbortError') this.failed(true); });
    if (!runs && !this.video.paused) this.video.pause();
  }

  load(piece) {
    this.piece = piece;
    this.failed(false);
    if (!piece) {
      this.video.pause();
      this.video.removeAttribute('src');
    } else {
      this.video.src = piece.href;
      this.video.preload = 'auto';
    }
    this.video.load();
  }

  // True while the file that should play has nothing to play yet.
  get waits() {
    return Boolean(this.piece) && !this.video.error && !this.video.ended && this.video.readyState < 3;
  }
}

class Player {
  constructor() {
    this.seconds = Number(root.dataset.seconds);
    this.at = 0;
    this.runs = false;
    const pieces = [...root.querySelectorAll('[data-play-piece]')].map(({ dataset }) => ({
      side: dataset.side, begin: Number(dataset.begin), end: Number(dataset.end), href: dataset.href, picture: dataset.picture === 'yes',
    })).sort((a, b) => a.begin - b.begin);
    this.fault = root.querySelector('[data-play-fault]');
    this.screens = [...root.querySelectorAll('[data-play-side]')].map(box => new Screen(
      box, pieces.filter(one => one.side === box.dataset.playSide), failed => { this.fault.hidden = !failed; }));
    this.slider = root.querySelector('[data-play-at]');
    this.said = [...root.querySelectorAll('[data-play-second]')];
    root.querySelector('[data-play-go]').addEventListener('click', () => this.go());
    this.slider.addEventListener('input', () => this.to(Number(this.slider.value)));
    for (const button of root.querySelectorAll('[data-play-to]')) {
      button.disabled = false;
      button.addEventListener('click', () => this.to(Number(button.dataset.playTo), true));
    }
    root.querySelector('[data-play-live]').hidden = false;
    this.draw();
  }

  go(on = !this.runs) {
    if (on && this.at >= this.seconds) this.at = 0;
    this.runs = on;
    this.last = performance.now();
    if (on) this.timer ??= setInterval(() => this.tick(), 100);
    else { clearInterval(this.timer); this.timer = null; }
    this.draw();
  }

  to(second, on = this.runs) {
    this.at = Math.min(second, this.seconds);
    this.go(on);
  }

  // Our clock waits while a screen has nothing to show.
  tick() {
    const now = performance.now();
    if (!this.screens.some(one => one.waits)) this.at = Math.min(this.seconds, this.at + (now - this.last) / 1000);
    this.last = now;
    if (this.at >= this.seconds) return this.go(false);
    return this.draw();
  }

  draw() {
    for (const one of this.screens) if (this.runs || one.piece || this.at > 0) one.show(this.at, this.runs);
    this.slider.value = this.at;
    this.slider.setAttribute('aria-valuetext', clock(this.at));
    root.querySelector('[data-play-time]').textContent = clock(this.at);
    root.querySelector('[data-play-go]').setAttribute('aria-pressed', String(this.runs));
    for (const word of root.querySelectorAll('[data-play-word]')) word.hidden = (word.dataset.playWord === 'pause') !== this.runs;
    const now = this.said.findLast(line => Number(line.dataset.playSecond) <= this.at + 0.05);
    for (const line of this.said) line.toggleAttribute('aria-current', line === now && this.at > 0);
  }
}

if (root) new Player();
