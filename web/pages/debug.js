/**
 * The live rooms as an engineer sees them: connections, layers, losses, budgets, slots, drops. Ids
 * only: whoever keeps the machines running does not see who meets.
 */
import { get } from '../api.js';
import { whoAmI } from '../device.js';
import { errorText, loadTexts, t } from '../i18n.js';
import { bar, number } from '../ui/desk.js';
import { byId, el, fill, say, show } from '../ui/dom.js';
import { LiveTable } from '../ui/live-table.js';
import { workerTable } from '../ui/worker-table.js';

const EVERY_MS = 2000;
/** Of what the workers count when sending; the rest are no losses. */
const OUT_LOSSES = ['too_long', 'socket_full', 'refused_by_kernel'];

/**
 * @typedef {object} Stream
 * @property {string | null} rid
 * @property {number} bps
 * @property {number} packets
 * @property {number} lost
 * @property {number} feeding
 *
 * @typedef {object} Consumer
 * @property {number} slot
 * @property {'audio' | 'video'} kind
 * @property {string | null} assigned
 * @property {boolean} paused
 * @property {boolean} starved
 * @property {number | null} layer
 * @property {number | null} switching_to
 * @property {number} packets
 * @property {number} fraction_lost
 * @property {number} nacks
 * @property {number} resent
 * @property {number} plis
 *
 * @typedef {object} Inside
 * @property {number} round_trip
 * @property {number} sending_bps
 * @property {number | null} estimate_bps
 * @property {number | null} budget_bps
 * @property {{kind: string, streams: Stream[]}[]} producers
 * @property {Consumer[]} consumers
 * @property {Record<string, number>} drops
 *
 * @typedef {object} Outside
 * @property {string} state
 * @property {number} silent_s
 * @property {number} worker
 *
 * @typedef {object} Routed
 * @property {Record<string, any>} router
 * @property {Record<string, Outside>} transports
 * @property {number[]} workers that carry a part of the room
 * @property {{transports: Record<string, Inside>}} [dump]
 *
 * @typedef {object} Peer
 * @property {string} peer
 * @property {string} who
 * @property {string} kind
 * @property {boolean} connected
 *
 * @typedef {{occurrence: string, peers: Peer[]}} Room
 * @typedef {{room: Room, routed: Routed | null}} RoomRow
 * @typedef {{peer: Peer, outside: Outside | null, inside: Inside | null}} PeerRow
 */

const NONE = '–';

/** @param {number | null | undefined} bps */
const kilobits = (bps) => (bps === null || bps === undefined ? NONE : String(Math.round(bps / 1000)));
/** @param {number} share */
const percent = (share) => (Math.round(share * 1000) / 10).toFixed(1);
/**
 * What was dropped, without what was sent for nobody: that is no loss, and more than all the rest.
 * @param {Record<string, number>} drops
 */
const sum = (drops) =>
  Object.entries(drops).reduce((total, [why, count]) => total + (why === 'unwatched' ? 0 : count), 0);

/** @param {PeerRow} row @returns {{kind: string, stream: Stream}[]} */
function streamsOf({ inside }) {
  /** @type {{kind: string, stream: Stream}[]} */
  const found = [];
  for (const { kind, streams } of inside ? inside.producers : []) {
    streams.forEach((stream) => found.push({ kind, stream }));
  }
  return found;
}

/** What a participant sends: each layer's rate, in brackets where nobody gets it. @param {PeerRow} row */
function layers(row) {
  const words = streamsOf(row)
    .filter(({ stream }) => stream.packets > 0)
    .map(({ kind, stream }) => {
      const sent = `${stream.rid || t(`debug.${kind}`)} ${kilobits(stream.bps)}`;
      return stream.feeding ? sent : `(${sent})`;
    });
  return words.join(' · ') || NONE;
}

/** Share of what a participant sent that never came. @param {PeerRow} row */
function lostUp(row) {
  const streams = streamsOf(row);
  const lost = streams.reduce((total, { stream }) => total + stream.lost, 0);
  const came = streams.reduce((total, { stream }) => total + stream.packets, 0);
  return lost + came ? percent(lost / (lost + came)) : NONE;
}

/** The worst of what a participant reports of its slots. @param {PeerRow} row */
function lostDown({ inside }) {
  const shares = (inside ? inside.consumers : []).map((each) => each.fraction_lost);
  return shares.length ? percent(Math.max(...shares)) : NONE;
}

/** Filled slots of all, those paused apart. @param {PeerRow} row */
function slots({ inside }) {
  if (!inside) {
    return NONE;
  }
  const filled = inside.consumers.filter((each) => each.assigned);
  const paused = filled.filter((each) => each.paused || each.starved).length;
  const words = `${filled.length}/${inside.consumers.length}`;
  return paused ? t('debug.slots_paused', { slots: words, paused }) : words;
}

/** @param {Consumer} row */
function slotState(row) {
  if (!row.assigned) {
    return t('debug.free');
  }
  return t(row.starved ? 'debug.starved' : row.paused ? 'debug.paused' : 'debug.flowing');
}

/** @param {Consumer} row */
function slotLayer(row) {
  const name = row.layer === null ? NONE : String(row.layer);
  return row.switching_to === null ? name : `${name} → ${row.switching_to}`;
}

/** @param {string} key @returns {(row: RoomRow) => string} */
const counted = (key) => (row) => (row.routed ? String(row.routed.router[key]) : NONE);

class DebugPage {
  constructor() {
    /** @type {string | null} */
    this._room = null;
    /** @type {string | null} */
    this._peer = null;
    /** @type {any} */
    this._answer = null;
    this._numbers = el('div', { class: 'numbers', 'data-testid': 'numbers' });
    this._trouble = el('p', { class: 'facts', role: 'status', 'data-testid': 'problem' });
    /** @type {LiveTable<RoomRow>} */
    this._rooms = new LiveTable(
      'rooms',
      [
        { words: 'debug.room', text: (row) => row.room.occurrence },
        { words: 'debug.worker', text: (row) => (row.routed ? row.routed.workers.join(' + ') : NONE) },
        { words: 'debug.devices', text: (row) => String(row.room.peers.length), figure: true },
        { words: 'debug.connections', text: counted('transports'), figure: true },
        { words: 'debug.streams', text: counted('streams'), figure: true },
        { words: 'debug.watched', text: counted('watched'), figure: true },
        { words: 'debug.rows', text: counted('rows'), figure: true },
        { words: 'debug.lost', text: counted('lost'), figure: true },
        { words: 'debug.asked_again', text: counted('nacked'), figure: true },
        { words: 'debug.keyframes', text: counted('keyframes_asked'), figure: true },
        {
          words: 'debug.drops',
          text: (row) => (row.routed ? String(sum(row.routed.router.drops)) : NONE),
          figure: true,
        },
      ],
      (row) => row.room.occurrence,
      (key) => this._choose(key, null),
    );
    /** @type {LiveTable<PeerRow>} */
    this._peers = new LiveTable(
      'transports',
      [
        { words: 'debug.connection', text: ({ peer }) => peer.peer },
        { words: 'debug.whose', text: ({ peer }) => peer.who },
        { words: 'debug.worker', text: ({ outside }) => (outside ? String(outside.worker) : NONE) },
        { words: 'debug.state', text: ({ outside }) => (outside ? t(`debug.${outside.state}`) : NONE) },
        {
          words: 'debug.round_trip',
          text: ({ inside }) => (inside ? String(Math.round(inside.round_trip * 1000)) : NONE),
          figure: true,
        },
        { words: 'debug.sends', text: layers, wide: true },
        { words: 'debug.lost_up', text: lostUp, figure: true },
        { words: 'debug.target', text: ({ inside }) => kilobits(inside && inside.sending_bps), figure: true },
        { words: 'debug.budget', text: ({ inside }) => kilobits(inside && inside.budget_bps), figure: true },
        { words: 'debug.lost_down', text: lostDown, figure: true },
        { words: 'debug.slots', text: slots },
        { words: 'debug.drops', text: ({ inside }) => (inside ? String(sum(inside.drops)) : NONE), figure: true },
      ],
      (row) => row.peer.peer,
      (key) => this._choose(this._room, key),
    );
    /** @type {LiveTable<Consumer>} */
    this._slots = new LiveTable(
      'slots',
      [
        { words: 'debug.slot', text: (row) => `${t(`debug.${row.kind}`)} ${row.slot}` },
        { words: 'debug.from', text: (row) => row.assigned || NONE },
        { words: 'debug.state', text: slotState },
        { words: 'debug.layer', text: slotLayer },
        { words: 'debug.packets', text: (row) => String(row.packets), figure: true },
        { words: 'debug.lost_down', text: (row) => percent(row.fraction_lost), figure: true },
        { words: 'debug.asked_again', text: (row) => String(row.nacks), figure: true },
        { words: 'debug.sent_again', text: (row) => String(row.resent), figure: true },
        { words: 'debug.keyframes', text: (row) => String(row.plis), figure: true },
      ],
      (row) => `${row.kind} ${row.slot}`,
    );
    /** @type {LiveTable<[string, string, number]>} */
    this._drops = new LiveTable(
      'drops',
      [
        { words: 'debug.reason', text: (row) => row[1] },
        { words: 'debug.where', text: (row) => t(`debug.dropped_${row[0]}`) },
        { words: 'debug.count', text: (row) => String(row[2]), figure: true },
      ],
      (row) => `${row[0]} ${row[1]}`,
    );
    this._workers = workerTable();
    this._slotsTitle = el('h2', {});
    this._slotsPart = el('section', {}, this._slotsTitle, this._slots.element);
    this.sheet = el(
      'main',
      { class: 'sheet dense', 'data-testid': 'sheet' },
      el('h1', { text: t('debug.title') }),
      this._trouble,
      this._numbers,
      el('section', {}, el('h2', { text: t('debug.rooms') }), this._rooms.element),
      el('section', {}, el('h2', { text: t('debug.connections') }), this._peers.element),
      this._slotsPart,
      el('section', {}, el('h2', { text: t('debug.workers') }), this._workers.element),
      el('section', {}, el('h2', { text: t('debug.dropped') }), this._drops.element),
    );
  }

  async run() {
    for (;;) {
      if (!document.hidden) {
        await this._renew();
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  async _renew() {
    const asked = this._room ? `?occurrence=${encodeURIComponent(this._room)}` : '';
    try {
      this._answer = await get(`/api/debug/rooms${asked}`);
      say(this._trouble, this._answer.media ? '' : t('debug.no_worker'));
    } catch (error) {
      say(this._trouble, errorText(/** @type {import('../api.js').ApiError} */ (error)));
      return;
    }
    const before = this._room;
    this._show();
    if (this._room !== before) {
      await this._renew();
    }
  }

  /** @param {string | null} room @param {string | null} peer */
  _choose(room, peer) {
    const other = room !== this._room;
    this._room = room;
    this._peer = peer;
    this._show();
    if (other) {
      this._renew();
    }
  }

  _show() {
    const { rooms, media, sessions } = this._answer;
    /** @type {Record<string, Routed>} */
    const routers = media ? media.routers : {};
    /** @type {RoomRow[]} */
    const rows = rooms.map((/** @type {Room} */ room) => ({
      room,
      routed: routers[room.occurrence] || null,
    }));
    let chosen = rows.find((row) => row.room.occurrence === this._room);
    if (!chosen) {
      chosen = rows[0];
      this._room = chosen ? chosen.room.occurrence : null;
      this._peer = null;
    }
    this._rooms.show(rows, this._room);
    const peers = chosen ? peersOf(chosen) : [];
    this._peers.show(peers, this._peer);
    const peer = peers.find((row) => row.peer.peer === this._peer);
    show(this._slotsPart, !!peer);
    if (peer) {
      say(this._slotsTitle, t('debug.slots_of', { connection: peer.peer.peer }));
      this._slots.show(peer.inside ? peer.inside.consumers : []);
    }
    this._workers.show(media ? media.workers : []);
    this._drops.show(media ? dropsOf(media) : []);
    fill(
      this._numbers,
      number(t('debug.sessions'), sessions),
      number(t('debug.rooms'), rooms.length),
      number(t('debug.connections'), media ? media.transports : NONE),
      number(t('debug.datagrams_in'), media ? media.datagrams_in : NONE),
      number(t('debug.packets_out'), media ? media.rtp_out : NONE),
    );
  }
}

/** @param {RoomRow} row @returns {PeerRow[]} */
function peersOf({ room, routed }) {
  const inside = routed && routed.dump ? routed.dump.transports : {};
  return room.peers.map((peer) => ({
    peer,
    outside: (routed && routed.transports[peer.peer]) || null,
    inside: inside[peer.peer] || null,
  }));
}

/** @param {any} media @returns {[string, string, number][]} */
function dropsOf(media) {
  /** @param {string} where @param {Record<string, number>} drops @returns {[string, string, number][]} */
  const rows = (where, drops) =>
    Object.entries(drops)
      .sort()
      .map(([reason, count]) => [where, reason, count]);
  /** @type {Record<string, number>} */
  const out = {};
  OUT_LOSSES.forEach((reason) => {
    if (media.datagrams_out[reason]) {
      out[reason] = media.datagrams_out[reason];
    }
  });
  return [...rows('in', media.drops), ...rows('room', media.totals.drops), ...rows('out', out)];
}

async function main() {
  await loadTexts();
  document.title = `${t('debug.title')} · ${t('brand')}`;
  const me = await whoAmI('/sign-in');
  if (!me) {
    return;
  }
  const page = new DebugPage();
  fill(byId('page'), bar('debug', me, null), page.sheet);
  await page.run();
}

main();
