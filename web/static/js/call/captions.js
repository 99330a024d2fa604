// The words of a call: what the other side writes meanwhile, in large letters under the picture. Nothing is made of
// what is spoken, and the empty place says so.

const MOST = 2; // lines: what was said last, and what it follows

export class Captions {
  constructor(root, calling) {
    Object.assign(this, { root, calling, box: root.querySelector('[data-call-captions]') });
    if (!this.box) return; // a third person is told nothing of the conversation
    this.none = this.box.querySelector('[data-caption-none]');
    calling.wire.on('message', frame => this.heard(frame.data));
  }

  // A line of the conversation: shown when the other side wrote it while this page is in the call.
  heard(line) {
    if (!this.calling.inside || line?.kind !== 'text' || line.sender === this.calling.side) return;
    const shown = document.createElement('p');
    const name = document.createElement('b');
    name.textContent = this.box.dataset.who;
    shown.append(name, line.text);
    shown.className = 'vc__cap';
    this.box.append(shown);
    for (const old of this.lines.slice(0, -MOST)) old.remove();
    this.none.hidden = true;
    this.box.scrollTop = this.box.scrollHeight;
  }

  get lines() {
    return [...this.box.querySelectorAll('.vc__cap')];
  }

  toggle() {
    const off = this.root.dataset.captions !== 'off';
    this.root.dataset.captions = off ? 'off' : 'on';
    this.root.querySelector('[data-call-do=captions]').setAttribute('aria-pressed', String(!off));
  }

  // The next call begins with an empty place.
  show() {
    if (!this.box || this.calling.inside) return;
    for (const line of this.lines) line.remove();
    this.none.hidden = false;
  }
}
