// Third people on the pages of both sides: ask somebody in, see who was asked, knocks or is there; the doctor lets in.

export class Guests {
  constructor(root, calling) {
    Object.assign(this, { root, calling, box: root.querySelector('[data-call-people]'), told: '' });
    if (!this.box) return; // a guest asks nobody in
    this.knocks = root.querySelector('[data-call-knocks]');
    root.addEventListener('click', event => this.pressed(event));
    this.box.querySelector('[data-call-invite]').addEventListener('submit', event => { event.preventDefault(); this.invite(); });
  }

  pressed(event) {
    const act = event.target.closest('[data-guest-do]');
    if (act) this.act({ do: act.dataset.guestDo, guest: act.closest('[data-guest]').dataset.guest });
    if (event.target.closest('[data-call-copy]')) this.copy();
  }

  open(on = this.box.hidden) {
    this.box.hidden = !on;
    this.root.dataset.people = on ? 'open' : 'shut';
    document.querySelector('[data-call-do=people]')?.setAttribute('aria-expanded', String(on));
    if (on) this.box.querySelector('select').focus();
  }

  async invite() {
    const made = await this.act({ do: 'invite', role: this.box.querySelector('select').value });
    if (!made) return;
    this.box.querySelector('[data-call-made]').hidden = false;
    this.box.querySelector('[data-made-code]').textContent = made.code.replace(/(...)(...)/, '$1 $2');
    this.box.querySelector('[data-made-link]').value = made.link;
  }

  async copy() {
    const link = this.box.querySelector('[data-made-link]');
    link.select();
    try {
      await navigator.clipboard.writeText(link.value);
      this.say('copied');
    } catch (error) {
      console.debug(error.name);
      this.say('copyByHand');
    }
  }

  async act(fields) {
    const { post } = this.calling;
    const body = new FormData(post);
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    try {
      const reply = await fetch(`${post.action}/guests`, { method: 'POST', body, headers: { accept: 'application/json' } });
      const told = await reply.json();
      if (reply.ok) { this.say(''); return told; }
      this.say('no-guest', told.detail);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.say('no-network');
    }
    return null;
  }

  say(name, words = '') {
    this.box.querySelector('[data-call-guest-note]').textContent = words || (name && this.calling.panel.words(name));
  }

  // --- how it stands --------------------------------------------------------------------------------------------

  show() {
    if (!this.box) return;
    const { call, inside } = this.calling;
    const guests = (inside && call?.guests) || [];
    const face = JSON.stringify([guests, call?.others?.map(one => [one.id, one.status])]);
    if (face === this.told) return;
    this.told = face;
    const draw = (place, name, list) => place?.replaceChildren(...list.map(one => this.drawn(name, one)));
    draw(this.box.querySelector('[data-call-guests]'), 'guest', guests);
    draw(this.knocks, 'knock', guests.filter(one => one.state === 'knocking'));
    if (!inside) { this.open(false); this.box.querySelector('[data-call-made]').hidden = true; }
  }

  drawn(name, one) {
    const made = this.root.querySelector(`template[data-call-${name}]`).content.firstElementChild.cloneNode(true);
    const { panel, side } = this.calling;
    made.dataset.guest = one.id;
    made.querySelector(`[data-${name}-name]`).textContent = one.name;
    made.querySelector(`[data-${name}-role]`).textContent = panel.words(`role-${one.role}`);
    const state = made.querySelector('[data-guest-state]');
    if (state) state.textContent = panel.words(`guest-${one.state}`);
    const may = { admit: one.state === 'knocking', send_away: one.state === 'admitted',
      withdraw: one.state !== 'admitted' && !(side === 'doctor' && one.state === 'knocking') && (side === 'doctor' || one.invited_side === 'patient') };
    for (const button of made.querySelectorAll('[data-guest-do]')) button.hidden = may[button.dataset.guestDo] === false;
    return made;
  }
}
