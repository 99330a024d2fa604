// The pictures of everybody beyond the two sides, each with name and role; nobody is there without a tile.

export class Tiles {
  constructor(root, words) {
    Object.assign(this, { root, words, place: root.querySelector('[data-call-tiles]'), made: new Map() });
    this.template = root.querySelector('template[data-call-tile]');
  }

  show(thirds, parties) {
    for (const [id, tile] of this.made) if (!thirds.some(one => one.id === id)) { tile.remove(); this.made.delete(id); }
    for (const one of thirds) this.fill(this.made.get(one.id) ?? this.make(one.id), one, parties.get(one.page));
    this.root.dataset.thirds = String(thirds.length);
  }

  make(id) {
    const tile = this.template.content.firstElementChild.cloneNode(true);
    tile.dataset.tile = id;
    this.place.append(tile);
    this.made.set(id, tile);
    return tile;
  }

  fill(tile, one, party) {
    const write = (place, words) => { const found = tile.querySelector(place); if (found.textContent !== words) found.textContent = words; };
    const role = this.words(one.side === 'guest' ? `role-${one.role}` : `side-${one.side}`);
    write('[data-tile-name]', one.name);
    write('[data-tile-role]', role);
    const state = one.status === 'here' ? (one.sound ? '' : 'there-muted') : `there-${one.status}`;
    write('[data-tile-state]', state && this.words(state));
    const [video, audio] = [tile.querySelector('video'), tile.querySelector('audio')];
    video.setAttribute('aria-label', `${one.name} ${role}`);
    const shows = Boolean(party && one.picture && party.far.video.getTracks().length);
    tile.dataset.far = shows ? 'picture' : 'voice';
    if (!party) { video.srcObject = audio.srcObject = null; return; }
    if (video.srcObject !== party.far.video) video.srcObject = party.far.video;
    if (audio.srcObject !== party.far.audio) audio.srcObject = party.far.audio;
  }

  play() {
    for (const tile of this.made.values()) {
      const video = tile.querySelector('video');
      if (video.srcObject?.getTracks().length) video.play().catch(error => console.debug(error.name)); // muted: it may always
    }
  }

  // What is to be heard, also of somebody whose picture is off.
  get sounds() {
    return [...this.made.values()].map(tile => tile.querySelector('audio')).filter(audio => audio.srcObject?.getTracks().length);
  }
}
