/**
 * Give the floor: whose picture everybody sees large, until it is given back to the voices.
 */
import { t } from '../i18n.js';
import { openDialog } from './dialog.js';
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { placeAndPerson } from './names.js';

/** @typedef {import('../meeting.js').Meeting} Meeting */
/** @typedef {import('../wire.js').PeerView} PeerView */

const DRAWINGS = { video_phone: 'answer', meeting_room: 'room', mobile: 'phone', desktop: 'room' };

export class FloorPanel {
  /** @param {Meeting} meeting */
  constructor(meeting) {
    this._meeting = meeting;
    this._list = el('div', { class: 'peers', 'data-testid': 'peers' });
    this._drawn = '';
    this._dialog = openDialog({
      title: t('floor.title'),
      text: t('floor.text'),
      content: [this._list],
      answers: [
        {
          words: t('floor.take_back'),
          drawing: 'aloud',
          testid: 'floor-take-back',
          act: () => meeting.giveFloor(null),
        },
        { words: t('dialog.back'), drawing: 'back', testid: 'floor-close' },
      ],
      look: 'roll-call',
      testid: 'floor-panel',
    });
    this._stop = meeting.on('change', () => this._draw());
    this._draw();
  }

  close() {
    this._stop();
    this._dialog.close();
  }

  _draw() {
    const { room } = this._meeting;
    if (!room || !this._dialog.element.isConnected) {
      this._stop();
      return;
    }
    const own = room.peer;
    const peers = room.peers
      .filter((peer) => peer.peer !== own)
      .sort((a, b) => (a.peer < b.peer ? -1 : 1));
    // Drawn anew only when it would look different, so that the focus stays where it is.
    const drawn = JSON.stringify([peers, room.floor]);
    if (drawn !== this._drawn) {
      this._drawn = drawn;
      fill(this._list, ...peers.map((peer) => this._peer(peer, room.floor === peer.peer)));
    }
  }

  /** @param {PeerView} peer @param {boolean} hasFloor */
  _peer(peer, hasFloor) {
    const [place, person] = placeAndPerson(peer.name);
    return el(
      'button',
      {
        type: 'button',
        class: 'button plain peer',
        'aria-pressed': String(hasFloor),
        'data-peer': peer.peer,
        onclick: () => {
          this._meeting.giveFloor(peer.peer);
          this.close();
        },
      },
      icon(DRAWINGS[peer.kind]),
      el('span', { class: 'peer-name' }, place, person ? el('small', { text: person }) : null),
      peer.connected ? null : el('small', { text: t('floor.away') }),
      hasFloor ? el('small', { text: t('floor.has_it') }) : null,
    );
  }
}
